"""Where a pointer held over the patient's back touches the skin."""

import numpy as np

from planner.geometry.points import FloatArray, Triple, as_triple
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import VoxelMask
from planner.simulation.c_arm import XrayView

_STEP_MM = 0.5
_HALF_INSIDE = 0.5


def skin_under_pixel_lps_mm(
    view: XrayView, column: float, row: float, skin: VoxelMask
) -> Triple | None:
    """Return the skin's point on the detector's side that a pixel shows.

    None where the ray of that pixel meets no patient, or leaves the images inside him.
    """
    pixel = np.array([[column, row]])
    (end,) = view.detector_points_lps_mm(pixel)
    (direction,) = view.ray_directions_lps(pixel)
    length_mm = float(np.linalg.norm(end - view.source_lps_mm))
    return _first_inside(end - np.arange(0.0, length_mm, _STEP_MM)[:, np.newaxis] * direction, skin)


def skin_behind_lps_mm(x_mm: float, z_mm: float, skin: VoxelMask) -> Triple | None:
    """Return the skin of the back at an LPS x and z; None where there is none."""
    extent_mm = np.abs(skin.geometry.axes_lps) @ np.multiply(
        skin.geometry.shape_ijk, skin.geometry.spacing_ijk_mm
    )
    middle_y, reach_mm = skin.geometry.centre_lps_mm[1], extent_mm[1] / 2.0 + 2.0
    y_mm = np.arange(middle_y + reach_mm, middle_y - reach_mm, -_STEP_MM)
    points = np.stack([np.full_like(y_mm, x_mm), y_mm, np.full_like(y_mm, z_mm)], axis=1)
    return _first_inside(points, skin)


def _first_inside(points: FloatArray, skin: VoxelMask) -> Triple | None:
    """Return the first of points on a line that is inside the patient and has air before it."""
    ijk = skin.geometry.ijk_of(points)
    is_imaged = np.all((ijk >= 0) & (ijk <= np.array(skin.geometry.shape_ijk) - 1), axis=1)
    inside = is_imaged & (trilinear(skin.voxels, ijk) > _HALF_INSIDE)
    if not inside.any():
        return None
    first = int(inside.argmax())
    if first == 0 or not is_imaged[first - 1]:
        return None
    return as_triple(points[first])
