"""How likely bone around a vertebra is its own, from where it lies: read from model spines."""

import functools
from collections.abc import Mapping

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.spine_crop import FloatVoxels
from planner.foundation.resource_files import resource
from planner.geometry.points import FloatArray

PRIOR_FILE = ("anatomy", "own-bone.npz")
LATERAL_SHARES = np.arange(0.0, 3.61, 0.2)
"""From the canal's centre to either side, in halves of the body's width."""
POSTERIOR_SHARES = np.arange(-1.2, 3.61, 0.15)
"""From the canal's centre to the back, in halves of the body's width."""
SUPERIOR_SHARES = np.arange(-1.7, 1.31, 0.1)
"""From the body's middle to the head, in steps from disc to disc."""
STEPS_PER_LOG_ODDS = 32.0
"""The table holds whole numbers, this many to one unit of the natural logarithm."""
_STAND_INS: Mapping[VertebraLevel, VertebraLevel] = {
    VertebraLevel.T1: VertebraLevel.T4,
    VertebraLevel.T2: VertebraLevel.T4,
    VertebraLevel.T3: VertebraLevel.T4,
    VertebraLevel.T13: VertebraLevel.T12,
    VertebraLevel.L6: VertebraLevel.L5,
}


@attrs.frozen(eq=False)
class PriorPlace:
    """Where voxels lie against a vertebra; arrays of one shape."""

    beside_canal_mm: FloatArray
    """To either side of the canal's centre in the voxel's own layer."""
    behind_canal_mm: FloatArray
    """Behind the canal's centre in the voxel's own layer."""
    above_middle_mm: FloatArray
    half_width_mm: float
    disc_step_mm: float

    def indices(self) -> FloatArray:
        """Return fractional indices into a table (superior, posterior, lateral)."""
        return np.stack(
            [
                (share - axis[0]) / (axis[1] - axis[0])
                for share, axis in (
                    (self.above_middle_mm / self.disc_step_mm, SUPERIOR_SHARES),
                    (self.behind_canal_mm / self.half_width_mm, POSTERIOR_SHARES),
                    (np.abs(self.beside_canal_mm) / self.half_width_mm, LATERAL_SHARES),
                )
            ]
        )


@functools.cache
def _tables() -> Mapping[str, NDArray[np.int8]]:
    with resource(*PRIOR_FILE).open("rb") as file, np.load(file) as archive:
        return {name: archive[name] for name in archive.files}


def own_log_odds(level: VertebraLevel, place: PriorPlace) -> FloatVoxels:
    """Return the logarithm of the odds that bone at places is this vertebra's; 0 is unknown.

    Levels that no model has take those of the nearest one that has.
    """
    table = _tables().get(_STAND_INS.get(level, level).name)
    if table is None:
        return np.zeros(place.above_middle_mm.shape, np.float32)
    steps = ndimage.map_coordinates(
        table.astype(np.float32), place.indices(), order=1, mode="nearest"
    )
    odds: FloatVoxels = steps / np.float32(STEPS_PER_LOG_ODDS)
    return odds
