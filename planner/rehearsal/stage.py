"""What a run takes place in: the patient, the level, the instruments on the table."""

import itertools

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlannerError
from planner.geometry.points import FloatArray, Triple
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
_TRUNKS_MM = (280.0, 420.0)
"""Images that end inside the patient, or hold his arms, do not show how wide he is."""
_LEVEL_PITCH_MM, _MIDDLE_LEVEL = 27.0, VertebraLevel.L1


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
        low, _ = _box_lps_mm(self.maps.skin)
        front_mm = min(float(low[1]), y - _LEAST_TO_FRONT_MM)
        return table_top((x, front_mm, z))

    def __attrs_post_init__(self) -> None:
        if self.maps.vertebra.level is not self.scenario.level:
            raise PlannerError(
                f"The scenario is about {self.scenario.level.name}, "
                f"not {self.maps.vertebra.level.name}."
            )

    trunk_mm: float = attrs.field(init=False)
    """How wide the patient is, for pictures of the room."""

    @trunk_mm.default
    def _between_the_flanks(self) -> float:
        low, high = _box_lps_mm(self.maps.skin)
        return float(np.clip(high[0] - low[0], *_TRUNKS_MM))

    @property
    def trunk_lps_mm(self) -> Triple:
        """The middle of the lower trunk, as far as the level tells where it is."""
        x, y, z = self.vertebra.centre_lps_mm
        return x, y, z + _LEVEL_PITCH_MM * (self.scenario.level.value - _MIDDLE_LEVEL.value)

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


def _box_lps_mm(skin: VoxelMask) -> tuple[FloatArray, FloatArray]:
    """Return the lowest and highest LPS coordinates of the box around the skin's mask."""
    if not skin.voxels.any():
        return skin.geometry.centre_lps_mm, skin.geometry.centre_lps_mm
    ranges = [
        np.flatnonzero(skin.voxels.any(axis=others))[[0, -1]] for others in ((0, 1), (0, 2), (1, 2))
    ]
    corners = skin.geometry.lps_of(np.array(list(itertools.product(*ranges)), float))
    return corners.min(axis=0), corners.max(axis=0)
