"""How far each voxel lies from the surface of a mask."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.nearest_patch import distances_mm, nearest_marked
from planner.imaging.surface_patches import surface_patches
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


def signed_distance_map(mask: VoxelMask) -> DistanceMap:
    """Return the signed distance to a mask's surface, positive inside.

    The surface runs between the centres of neighbouring voxels of which one is in the mask,
    half way where it is flat along the grid and smoothed across the voxels' steps elsewhere.
    Where the mask is cut off by the end of its grid there is no surface.

    Raises
    ------
    GeometryProblem
        If the mask holds no voxel or every voxel: then there is no surface, and any distance
        would read as a margin.
    """
    if mask.is_empty or mask.voxels.all():
        raise GeometryProblem("A distance needs a mask with a surface inside its grid.")
    spacing_kji_mm = np.array(mask.geometry.spacing_ijk_mm[::-1])
    patches = surface_patches(mask.voxels, _next_to_the_other_side(mask.voxels), spacing_kji_mm)
    numbers = np.full(mask.voxels.shape, -1, np.int32)
    numbers.ravel()[patches.voxels] = np.arange(len(patches.voxels), dtype=np.int32)
    nearest = nearest_marked(numbers, spacing_kji_mm)
    surface = np.hstack([patches.points_mm, patches.normals])
    distance_mm = distances_mm(nearest, numbers, patches.voxels, surface, spacing_kji_mm)
    return DistanceMap(np.where(mask.voxels, distance_mm, -distance_mm), mask.geometry)
