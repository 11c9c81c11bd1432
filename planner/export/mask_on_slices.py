"""A mask drawn on the slices it was found in, voxel for voxel."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.export.source_images import SourceImages
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import BoolArray, VoxelMask

_INSIDE = 0.5

_Indices = NDArray[np.int64]


@attrs.frozen
class SliceRange:
    """Slices from `first` up to but without `end`, in the order of the volume."""

    first: int
    end: int

    def __len__(self) -> int:
        """Return how many slices there are."""
        return self.end - self.first


def slices_through(grid: GridGeometry, source: SourceImages) -> SliceRange:
    """Return the slices that come near a grid; an empty range where none does."""
    near = [number for number in range(len(source.images)) if _pixels_near(grid, source, number)[2]]
    return SliceRange(near[0], near[-1] + 1) if near else SliceRange(0, 0)


def mask_on_slices(mask: VoxelMask, source: SourceImages, slices: SliceRange) -> BoolArray:
    """Return which voxels of the slices lie in a mask, read ``[slice, row, column]``.

    A voxel is in when its centre is: between the mask's own voxels the boundary runs half way.
    Outside the mask's grid nothing is in.
    """
    drawn = np.zeros((len(slices), source.rows, source.columns), dtype=np.bool_)
    if mask.is_empty:
        return drawn
    for number in range(slices.first, slices.end):
        columns, rows, is_near = _pixels_near(mask.geometry, source, number)
        if not is_near:
            continue
        j, i = np.meshgrid(rows, columns, indexing="ij")
        ij1 = np.stack([i.ravel(), j.ravel(), np.ones(i.size)], axis=1)
        ijk = mask.geometry.ijk_of(ij1 @ source.lps_from_ij(number).T)
        inside = (trilinear(mask.voxels, ijk) >= _INSIDE) & _on_grid(ijk, mask.geometry)
        area = (number - slices.first, rows[:, np.newaxis], columns)
        drawn[area] = inside.reshape(len(rows), len(columns))
    return drawn


def _on_grid(ijk: FloatArray, grid: GridGeometry) -> BoolArray:
    last = np.asarray(grid.shape_ijk) - 0.5
    inside: BoolArray = np.all((ijk >= -0.5) & (ijk <= last), axis=1)
    return inside


def _pixels_near(
    grid: GridGeometry, source: SourceImages, number: int
) -> tuple[_Indices, _Indices, bool]:
    """Return the columns and rows of a slice that come near a grid, and whether any does."""
    corners = grid.corners_lps_mm()
    matrix = source.lps_from_ij(number)
    normal = np.cross(source.row_lps, source.column_lps)
    heights_mm = (corners - matrix[:, 2]) @ normal
    reach_mm = max(grid.spacing_ijk_mm)
    # Where the slice's normal pierces the grid, the corners bound what can be inside.
    offsets = (corners - matrix[:, 2]) @ np.stack([source.row_lps, source.column_lps], axis=1)
    ij = offsets / np.asarray(source.spacing_ij_mm)
    lower = np.clip(np.floor(ij.min(axis=0)).astype(int) - 1, 0, [source.columns, source.rows])
    upper = np.clip(np.ceil(ij.max(axis=0)).astype(int) + 2, 0, [source.columns, source.rows])
    is_near = bool(heights_mm.min() <= reach_mm and heights_mm.max() >= -reach_mm)
    columns, rows = np.arange(lower[0], upper[0]), np.arange(lower[1], upper[1])
    return columns, rows, is_near and bool(len(columns)) and bool(len(rows))
