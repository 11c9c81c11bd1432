"""How far each voxel lies from the surface of a mask."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.nearest_patch import distances_mm, nearest_marked
from planner.imaging.surface_patches import surface_patches
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
        points = np.ascontiguousarray(points_lps_mm, dtype=np.float64)
        return _at(self.values, self.geometry.ijk_from_lps, points)


@compiled
def _at(
    values: NDArray[np.float32], ijk_from_lps: FloatArray, points_lps_mm: FloatArray
) -> FloatArray:
    last_k, last_j, last_i = values.shape[0] - 1, values.shape[1] - 1, values.shape[2] - 1
    found = np.empty(len(points_lps_mm))
    m = ijk_from_lps
    for n in range(len(points_lps_mm)):
        x, y, z = points_lps_mm[n]
        i = min(max(m[0, 0] * x + m[0, 1] * y + m[0, 2] * z + m[0, 3], 0.0), float(last_i))
        j = min(max(m[1, 0] * x + m[1, 1] * y + m[1, 2] * z + m[1, 3], 0.0), float(last_j))
        k = min(max(m[2, 0] * x + m[2, 1] * y + m[2, 2] * z + m[2, 3], 0.0), float(last_k))
        i0, j0, k0 = min(int(i), last_i - 1), min(int(j), last_j - 1), min(int(k), last_k - 1)
        i0, j0, k0 = max(i0, 0), max(j0, 0), max(k0, 0)
        i1, j1, k1 = min(i0 + 1, last_i), min(j0 + 1, last_j), min(k0 + 1, last_k)
        i, j, k = i - i0, j - j0, k - k0
        low = (values[k0, j0, i0] * (1 - i) + values[k0, j0, i1] * i) * (1 - j) + (
            values[k0, j1, i0] * (1 - i) + values[k0, j1, i1] * i
        ) * j
        high = (values[k1, j0, i0] * (1 - i) + values[k1, j0, i1] * i) * (1 - j) + (
            values[k1, j1, i0] * (1 - i) + values[k1, j1, i1] * i
        ) * j
        found[n] = low * (1 - k) + high * k
    return found


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
