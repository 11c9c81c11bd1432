"""How far each voxel lies from the surface of a mask."""

import attrs
import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import BoolArray, VoxelMask


def _read_only(values: NDArray[np.float32]) -> NDArray[np.float32]:
    values = values.view()
    values.flags.writeable = False
    return values


@attrs.frozen(eq=False)
class DistanceMap:
    """Signed distance in millimetres to a mask's surface, ``values[k, j, i]``, positive inside."""

    values: NDArray[np.float32] = attrs.field(converter=_read_only)
    geometry: GridGeometry

    def __attrs_post_init__(self) -> None:
        if self.values.shape != self.geometry.shape_kji or self.values.dtype != np.float32:
            raise GeometryProblem("A distance map needs 32-bit numbers that fill its grid.")

    def at(self, points_lps_mm: FloatArray) -> FloatArray:
        """Return the distance at points (n, 3), shape (n,), trilinear between voxel centres.

        A point outside the grid gets the distance of the nearest point of the grid.
        """
        return trilinear(self.values, self.geometry.ijk_of(points_lps_mm))


def _next_to_the_other_side(inside: BoolArray) -> BoolArray:
    """Return the voxels that share a face with one of the other side."""
    border = np.zeros_like(inside)
    for axis in range(inside.ndim):
        along, marked = np.moveaxis(inside, axis, 0), np.moveaxis(border, axis, 0)
        changes = along[1:] != along[:-1]
        marked[1:] |= changes
        marked[:-1] |= changes
    return border


def _distance_to_mm(voxels: BoolArray, grid: GridGeometry) -> NDArray[np.float32]:
    image = SimpleITK.GetImageFromArray(voxels.astype(np.uint8))
    image.SetSpacing(grid.spacing_ijk_mm)
    signed = SimpleITK.SignedMaurerDistanceMap(image, squaredDistance=False, useImageSpacing=True)
    distances: NDArray[np.float32] = np.abs(SimpleITK.GetArrayViewFromImage(signed))
    return distances


def signed_distance_map(mask: VoxelMask) -> DistanceMap:
    """Return the signed distance to a mask's surface, positive inside.

    The surface runs half way between the centres of neighbouring voxels of which one is in the
    mask: the distance is the mean of that to the nearest voxel centre just inside and that to
    the nearest just outside. Where the mask is cut off by the end of its grid there is no
    surface.

    Raises
    ------
    GeometryProblem
        If the mask holds no voxel or every voxel: then there is no surface, and any distance
        would read as a margin.
    """
    if mask.is_empty or mask.voxels.all():
        raise GeometryProblem("A distance needs a mask with a surface inside its grid.")
    border = _next_to_the_other_side(mask.voxels)
    to_inner_mm = _distance_to_mm(border & mask.voxels, mask.geometry)
    to_outer_mm = _distance_to_mm(border & ~mask.voxels, mask.geometry)
    distance_mm = (to_inner_mm + to_outer_mm) / 2
    return DistanceMap(np.where(mask.voxels, distance_mm, -distance_mm), mask.geometry)


def quick_distance_map(mask: VoxelMask) -> DistanceMap:
    """Return the signed distance to a mask's surface in half the time, positive inside.

    Only the outermost voxels inside are looked at, and the surface is taken to lie half an edge
    beyond their centres: up to 0.3 edges off where it runs diagonally. Good enough for what a
    needle is to keep millimetres away from.

    Raises
    ------
    GeometryProblem
        If the mask holds no voxel or every voxel.
    """
    if mask.is_empty or mask.voxels.all():
        raise GeometryProblem("A distance needs a mask with a surface inside its grid.")
    border = _next_to_the_other_side(mask.voxels) & mask.voxels
    distance_mm = _distance_to_mm(border, mask.geometry)
    half_mm = np.float32(mask.geometry.spacing_ijk_mm[0] / 2.0)
    return DistanceMap(
        np.where(mask.voxels, distance_mm + half_mm, half_mm - distance_mm), mask.geometry
    )
