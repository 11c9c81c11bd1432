"""The part of an array that holds all of a mask, where work on the rest would be wasted."""

import numpy as np
from numpy.typing import NDArray

from planner.anatomy.spine_crop import Box


def box_of(mask: NDArray[np.bool_], margin_voxels: int = 0) -> Box:
    """Return the smallest box around a mask ``[k, j, i]``, and a margin as far as there is room."""
    layers = np.any(mask, axis=2)
    return (
        _range(np.any(layers, axis=1), margin_voxels),
        _range(np.any(layers, axis=0), margin_voxels),
        _range(np.any(mask, axis=(0, 1)), margin_voxels),
    )


def voxels_of(mask: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Return the column, row and slice of every voxel of a mask, shape (n, 3)."""
    near = box_of(mask)
    first = np.array([side.start for side in near])
    ijk: NDArray[np.intp] = (np.argwhere(mask[near]) + first)[:, ::-1]
    return ijk


def _range(seen: NDArray[np.bool_], margin: int) -> slice:
    places = np.flatnonzero(seen)
    if not places.size:
        return slice(0, 0)
    return slice(max(int(places[0]) - margin, 0), int(places[-1]) + margin + 1)
