"""Air inside the patient beside a vertebra: lung, which no needle may touch."""

import numpy as np
from scipy import ndimage

from planner.geometry.grids import GridGeometry
from planner.imaging.distance_maps import DistanceMap, signed_distance_map
from planner.imaging.resample import isotropic_crop_geometry, resample_mask, resample_volume
from planner.imaging.volume import Volume, VoxelMask

_SPACING_MM = 1.6
_BESIDE_MM = 25.0
"""A needle lateral of a pedicle leaves the vertebra's own grid before it leaves the chest."""
_LUNG_HU = -450.0
_LEAST_ML = 2.0
"""Less is a bubble in a disc or a cleft, or noise."""


def lung_distance(volume: Volume, skin: VoxelMask, around: GridGeometry) -> DistanceMap | None:
    """Return the signed distance to lung around a vertebra, positive inside it; None without any.

    Parameters
    ----------
    volume
        The CT.
    skin
        The patient's inside: air beyond it is no lung.
    around
        The vertebra's grid.
    """
    corners = around.corners_lps_mm()
    beside = np.array([_BESIDE_MM, _BESIDE_MM, 0.0])
    grid = isotropic_crop_geometry(
        volume.geometry, corners.min(axis=0) - beside, corners.max(axis=0) + beside, _SPACING_MM
    )
    air = resample_volume(volume, grid).voxels < _LUNG_HU
    parts, _ = ndimage.label(air & resample_mask(skin, grid).voxels)
    sizes_mm3 = np.bincount(parts.ravel()) * grid.voxel_mm3
    sizes_mm3[0] = 0.0
    lung = (sizes_mm3 > 1000.0 * _LEAST_ML)[parts]
    return signed_distance_map(VoxelMask(lung, grid)) if lung.any() else None
