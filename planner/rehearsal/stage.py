"""What a run takes place in: the patient, the level, the instruments on the table."""

import attrs

from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlannerError
from planner.imaging.volume import Volume
from planner.planning.safety_maps import SafetyMaps
from planner.rehearsal.cement_injection import FillModel
from planner.rehearsal.scenario import Scenario
from planner.simulation.live_fill import marching_fill
from planner.simulation.true_views import ViewLandmarks, view_landmarks


@attrs.frozen(eq=False)
class RehearsalStage:
    """One scenario's patient with all that a run is judged by."""

    scenario: Scenario
    volume: Volume
    maps: SafetyMaps
    catalog: DeviceCatalog
    marks: ViewLandmarks
    fill_model: FillModel

    def __attrs_post_init__(self) -> None:
        if self.maps.vertebra.level is not self.scenario.level:
            raise PlannerError(
                f"The scenario is about {self.scenario.level.name}, "
                f"not {self.maps.vertebra.level.name}."
            )

    @property
    def vertebra(self) -> VertebraModel:
        """The level that is treated."""
        return self.maps.vertebra


def set_stage(
    scenario: Scenario, volume: Volume, maps: SafetyMaps, catalog: DeviceCatalog
) -> RehearsalStage:
    """Return the stage of a scenario.

    Raises
    ------
    AnatomyProblem
        If a pedicle of the level was not found.
    PlannerError
        If the maps are of another level than the scenario's.
    """
    marks = view_landmarks(maps.vertebra)
    return RehearsalStage(scenario, volume, maps, catalog, marks, marching_fill(maps))
