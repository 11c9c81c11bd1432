"""Where a pointer held over the patient's back touches the skin."""

import numpy as np

from planner.geometry.points import Triple, as_triple
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
    points = end - np.arange(0.0, length_mm, _STEP_MM)[:, np.newaxis] * direction
    ijk = skin.geometry.ijk_of(points)
    is_imaged = np.all((ijk >= 0) & (ijk <= np.array(skin.geometry.shape_ijk) - 1), axis=1)
    inside = is_imaged & (trilinear(skin.voxels, ijk) > _HALF_INSIDE)
    if not inside.any():
        return None
    first = int(inside.argmax())
    if first == 0 or not is_imaged[first - 1]:
        return None
    return as_triple(points[first])
