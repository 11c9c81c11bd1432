"""SimpleITK images on our grids; SimpleITK is LPS millimetres too."""

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry


def image_on_grid(voxels_kji: NDArray[np.generic], geometry: GridGeometry) -> SimpleITK.Image:
    """Return a copy of voxels as an image that knows where it lies."""
    image = SimpleITK.GetImageFromArray(voxels_kji)
    image.SetSpacing(geometry.spacing_ijk_mm)
    image.SetOrigin([float(v) for v in geometry.lps_from_ijk[:3, 3]])
    image.SetDirection([float(v) for v in geometry.axes_lps.ravel()])
    return image
