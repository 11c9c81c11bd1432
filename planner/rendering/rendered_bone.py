"""The images themselves in 3D: a box about a vertebra, cut out for casting rays through it."""

import attrs
import numpy as np

from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import PointLike
from planner.imaging.resample import isotropic_crop_geometry, resample_volume
from planner.imaging.volume import Volume

_REACH_MM = 62.0
"""From the middle to each face of the box: a vertebra and its neighbours."""
_FINE_MM, _COARSE_MM = 0.9, 1.8


@attrs.frozen(eq=False)
class RenderedBone:
    """Voxels along L, P and S: fine for a view at rest and coarse for one that moves."""

    fine: Volume
    coarse: Volume


def rendered_bone(
    volume: Volume, centre_lps_mm: PointLike, progress: Progress = no_progress
) -> RenderedBone:
    """Return the box of a CT about a point.

    Raises
    ------
    GeometryProblem
        If the point lies far outside the volume.
    Cancelled
        When the progress asks to stop.
    """
    centre = np.asarray(centre_lps_mm, dtype=np.float64)
    boxes = []
    for number, spacing_mm in enumerate((_FINE_MM, _COARSE_MM)):
        progress(number / 2.0, "Cutting out")
        grid = isotropic_crop_geometry(
            volume.geometry, centre - _REACH_MM, centre + _REACH_MM, spacing_mm
        )
        boxes.append(resample_volume(volume, grid))
    return RenderedBone(*boxes)
