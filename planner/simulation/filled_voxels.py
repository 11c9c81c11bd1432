"""Sets of voxels given by their flat indices, as masks no larger than they need be."""

import numpy as np
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask


def mask_around(voxels: NDArray[np.int32], grid: GridGeometry) -> VoxelMask:
    """Return voxels as a mask on the smallest block of their grid with room around them.

    Parameters
    ----------
    voxels
        Flat indices into the grid, ``[k, j, i]`` with i fastest.
    grid
        Its edge is clear of them.
    """
    k, j, i = np.unravel_index(voxels, grid.shape_kji)
    if not len(voxels):
        return VoxelMask(np.zeros((1, 1, 1), np.bool_), grid.cropped((0, 0, 0), (1, 1, 1)))
    ijk = np.stack([i, j, k], axis=1)
    lower = np.maximum(ijk.min(axis=0) - 1, 0)
    upper = np.minimum(ijk.max(axis=0) + 2, grid.shape_ijk)
    block = np.zeros(tuple((upper - lower)[::-1]), np.bool_)
    block[k - lower[2], j - lower[1], i - lower[0]] = True
    return VoxelMask(block, grid.cropped(lower, upper))
