"""What a run takes place in: the patient, the level, the instruments on the table."""

import itertools

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlannerError
from planner.imaging.volume import Volume, VoxelMask
from planner.planning.safety_maps import SafetyMaps
from planner.rehearsal.cement_injection import FillModel
from planner.rehearsal.scenario import Scenario
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.instruments import table_top
from planner.simulation.live_fill import marching_fill
from planner.simulation.true_views import ViewLandmarks, view_landmarks

_LEAST_TO_FRONT_MM = 110.0
"""From a body's centre to the table; images that end inside the patient do not show it."""


@attrs.frozen(eq=False)
class RehearsalStage:
    """One scenario's patient with all that a run is judged by."""

    scenario: Scenario
    volume: Volume
    maps: SafetyMaps
    catalog: DeviceCatalog
    marks: ViewLandmarks
    fill_model: FillModel
    table: AttenuatingBody = attrs.field(init=False)
    """What the prone patient lies on."""

    @table.default
    def _under_the_front(self) -> AttenuatingBody:
        x, y, z = self.vertebra.centre_lps_mm
        front_mm = min(_foremost_mm(self.maps.skin), y - _LEAST_TO_FRONT_MM)
        return table_top((x, front_mm, z))

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


def _foremost_mm(skin: VoxelMask) -> float:
    """Return the LPS y of the front of the box around the skin's mask."""
    ranges = [
        np.flatnonzero(skin.voxels.any(axis=others))[[0, -1]]
        for others in ((0, 1), (0, 2), (1, 2))
        if skin.voxels.any()
    ]
    if not ranges:
        return float(skin.geometry.centre_lps_mm[1])
    corners = np.array(list(itertools.product(*ranges)), float)
    return float(skin.geometry.lps_of(corners)[:, 1].min())
