"""Voxels brought to another grid."""

import math

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import PointLike, as_point_mm
from planner.imaging.sitk_image import image_on_grid
from planner.imaging.volume import Volume, VoxelMask

AIR_HU = -1000
_HALF = 0.5
_NEIGHBOURS = 2
"""Voxels kept around the part of the source that the target covers."""


def _covered(source: GridGeometry, target: GridGeometry) -> tuple[slice, slice, slice] | None:
    """Return the part of the source's arrays that the target lies on, None where there is none."""
    ijk = source.ijk_of(target.corners_lps_mm())
    lower = np.maximum(np.floor(ijk.min(axis=0)).astype(int) - _NEIGHBOURS, 0)
    upper = np.ceil(ijk.max(axis=0)).astype(int) + _NEIGHBOURS + 1
    upper = np.minimum(upper, source.shape_ijk)
    if (lower >= upper).any():
        return None
    i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
    return k, j, i


def _resampled(
    voxels_kji: NDArray[np.generic],
    source: GridGeometry,
    target: GridGeometry,
    interpolator: int,
    outside: float,
) -> NDArray[np.generic]:
    filter_ = SimpleITK.ResampleImageFilter()
    filter_.SetSize(target.shape_ijk)
    filter_.SetOutputSpacing(target.spacing_ijk_mm)
    filter_.SetOutputOrigin([float(v) for v in target.lps_from_ijk[:3, 3]])
    filter_.SetOutputDirection([float(v) for v in target.axes_lps.ravel()])
    filter_.SetInterpolator(interpolator)
    filter_.SetDefaultPixelValue(outside)
    found: NDArray[np.generic] = SimpleITK.GetArrayFromImage(
        filter_.Execute(image_on_grid(voxels_kji, source))
    )
    return found


def _cut(geometry: GridGeometry, part: tuple[slice, slice, slice]) -> GridGeometry:
    k, j, i = part
    return geometry.cropped((i.start, j.start, k.start), (i.stop, j.stop, k.stop))


def resample_volume(volume: Volume, geometry: GridGeometry) -> Volume:
    """Return a volume on another grid, linear between voxel centres, rounded to whole units.

    Air (-1000) stands outside the volume and where the scanner saw nothing, so the result has no
    padding. A coarser grid takes samples, it does not average.
    """
    part = _covered(volume.geometry, geometry)
    if part is None:
        voxels = np.full(geometry.shape_kji, AIR_HU, np.int16)
    else:
        # In whole numbers SimpleITK would cut off the fraction instead of rounding.
        source = volume.voxels[part].astype(np.float32)
        if volume.padding_hu is not None:
            source[volume.voxels[part] == volume.padding_hu] = AIR_HU
        cut = _cut(volume.geometry, part)
        found = _resampled(source, cut, geometry, SimpleITK.sitkLinear, AIR_HU)
        voxels = np.rint(found).astype(np.int16)
    return Volume(voxels, geometry, volume.frame_of_reference_uid)


def resample_mask(mask: VoxelMask, geometry: GridGeometry) -> VoxelMask:
    """Return a mask on another grid: a voxel is in it where the nearest voxel of the mask is."""
    part = _covered(mask.geometry, geometry)
    if part is None:
        return VoxelMask(np.zeros(geometry.shape_kji, np.bool_), geometry)
    found = _resampled(
        mask.voxels[part].astype(np.uint8),
        _cut(mask.geometry, part),
        geometry,
        SimpleITK.sitkNearestNeighbor,
        0,
    )
    return VoxelMask(found.astype(np.bool_), geometry)


def resample_shape(mask: VoxelMask, geometry: GridGeometry) -> VoxelMask:
    """Return a mask on a finer grid, its edge half way between voxel centres inside and outside.

    The nearest voxel would leave the steps of thick slices in the shape.
    """
    part = _covered(mask.geometry, geometry)
    if part is None:
        return VoxelMask(np.zeros(geometry.shape_kji, np.bool_), geometry)
    share = _resampled(
        mask.voxels[part].astype(np.float32),
        _cut(mask.geometry, part),
        geometry,
        SimpleITK.sitkLinear,
        0,
    )
    return VoxelMask(np.asarray(share, np.float32) >= _HALF, geometry)


def isotropic_crop_geometry(
    volume_geometry: GridGeometry,
    lower_lps_mm: PointLike,
    upper_lps_mm: PointLike,
    spacing_mm: float,
) -> GridGeometry:
    """Return a grid of cubic voxels along L, P and S over a box, as far as the volume reaches.

    Parameters
    ----------
    volume_geometry
        The grid that the box is cut off at.
    lower_lps_mm, upper_lps_mm
        Opposite corners of the box, least and largest coordinates.
    spacing_mm
        The edge of a voxel.

    Raises
    ------
    GeometryProblem
        If the spacing is not above zero or the box and the volume have nothing in common.
    """
    if not spacing_mm > 0.0:
        raise GeometryProblem("A grid needs a spacing above zero.")
    corners = volume_geometry.corners_lps_mm()
    lower = np.maximum(as_point_mm(lower_lps_mm), corners.min(axis=0))
    upper = np.minimum(as_point_mm(upper_lps_mm), corners.max(axis=0))
    if (lower > upper).any():
        raise GeometryProblem("The place asked for lies outside the volume.")
    i, j, k = (math.floor(round(length / spacing_mm, 6)) + 1 for length in upper - lower)
    return GridGeometry.axis_aligned((i, j, k), lower, (spacing_mm, spacing_mm, spacing_mm))
