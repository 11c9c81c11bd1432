"""Where a needle's line leaves the patient."""

import numpy as np

from planner.geometry.points import FloatArray, PointLike, Triple, as_point_mm, as_triple
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import VoxelMask

_STEP_MM = 1.0
_REACH_MM = 400.0
_HALF_INSIDE = 0.5


def skin_crossing_lps_mm(
    skin: VoxelMask, from_inside_lps_mm: PointLike, direction_lps: PointLike
) -> Triple | None:
    """Return where a ray from inside the patient meets the skin, between voxel centres.

    Parameters
    ----------
    skin
        The patient's inside.
    from_inside_lps_mm
        A point inside the patient.
    direction_lps
        Unit vector out of the patient.

    Returns
    -------
    The first crossing, or None where the images end before the skin.
    """
    start, direction = as_point_mm(from_inside_lps_mm), as_point_mm(direction_lps)
    distances_mm = np.arange(0.0, _REACH_MM, _STEP_MM)
    share, is_imaged = _share_inside(skin, start + distances_mm[:, np.newaxis] * direction)
    outside = np.flatnonzero(share < _HALF_INSIDE)
    if not len(outside) or outside[0] == 0 or not is_imaged[: outside[0] + 1].all():
        return None
    last = int(outside[0])
    drop = share[last - 1] - share[last]
    part = float((share[last - 1] - _HALF_INSIDE) / drop)
    return as_triple(start + (distances_mm[last - 1] + part * _STEP_MM) * direction)


def _share_inside(skin: VoxelMask, points_lps_mm: FloatArray) -> tuple[FloatArray, FloatArray]:
    ijk = skin.geometry.ijk_of(points_lps_mm)
    last_ijk = np.array(skin.geometry.shape_ijk) - 1
    is_imaged = np.all((ijk >= 0) & (ijk <= last_ijk), axis=1)
    return trilinear(skin.voxels, ijk), is_imaged
