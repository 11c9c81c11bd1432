"""When cement comes to each place: made once, then only held against a volume."""

from typing import TYPE_CHECKING

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import VoxelMask
from planner.simulation.cement_zones import WayOut

if TYPE_CHECKING:  # these load numba and scipy, which what only draws does without
    from planner.simulation.cement_fill import FillPicture
    from planner.simulation.cement_runs import FillStudy

_ROOM_VOXELS = 2
"""Around what is filled: room for a surface to close in, a whole voxel of half the fineness."""


@attrs.frozen(eq=False)
class ArrivalMap:
    """A fill at every volume up to its last one."""

    at_ml: NDArray[np.float32]
    """What had been injected once each voxel was full, ``[k, j, i]``; infinite where it never
    is."""
    is_outside: NDArray[np.bool_]
    """Where cement has left the bone."""
    geometry: GridGeometry
    """Of the block around what is filled at last."""
    to_ml: float
    """The last volume."""

    def at(self, points_lps_mm: FloatArray) -> FloatArray:
        """Return when cement comes to points (n, 3): infinite where it never does."""
        kji = np.rint(self.geometry.ijk_of(points_lps_mm)[:, ::-1]).astype(np.intp)
        inside = ((kji >= 0) & (kji < self.at_ml.shape)).all(axis=1)
        comes_ml = np.full(len(kji), np.inf)
        comes_ml[inside] = self.at_ml[tuple(kji[inside].T)]
        return comes_ml

    def mask_at(self, volume_ml: float) -> VoxelMask:
        """Return where cement is once a volume is in."""
        return VoxelMask(self.at_ml <= volume_ml, self.geometry)


@attrs.frozen(eq=False)
class ShareMap:
    """In what share of runs cement filled each voxel."""

    share_of_runs: NDArray[np.float32]
    """``[k, j, i]``, 0 to 1."""
    geometry: GridGeometry


def arrival_map(picture: "FillPicture") -> ArrivalMap:
    """Return a picture as a map of volumes on a block just large enough."""
    grid = picture.prepared.space.geometry
    at_ml = np.full(grid.shape_kji, np.inf, np.float32)
    at_ml.ravel()[picture.order] = picture.at_ml
    is_outside = np.zeros(grid.shape_kji, np.bool_)
    is_outside.ravel()[picture.order] = picture.way_out != WayOut.INSIDE
    block, geometry = _block_around(np.isfinite(at_ml), grid)
    return ArrivalMap(
        at_ml[block].copy(),
        is_outside[block].copy(),
        geometry,
        picture.prepared.injection.volume_ml,
    )


def share_map(study: "FillStudy") -> ShareMap:
    """Return a study's shares on a block just large enough."""
    grid = study.picture.prepared.space.geometry
    block, geometry = _block_around(study.share_of_runs > 0.0, grid)
    return ShareMap(study.share_of_runs[block].copy(), geometry)


def _block_around(
    filled: NDArray[np.bool_], grid: GridGeometry
) -> tuple[tuple[slice, ...], GridGeometry]:
    slices = []
    for axis in range(3):
        others = tuple(n for n in range(3) if n != axis)
        places = np.flatnonzero(filled.any(axis=others))
        first, last = (int(places[0]), int(places[-1])) if len(places) else (0, 0)
        slices.append(slice(max(first - _ROOM_VOXELS, 0), last + _ROOM_VOXELS + 1))
    block = tuple(slice(s.start, min(s.stop, n)) for s, n in zip(slices, filled.shape, strict=True))
    lower, upper = (tuple(getattr(s, end) for s in block[::-1]) for end in ("start", "stop"))
    return block, grid.cropped(lower, upper)
