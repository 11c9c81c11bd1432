"""Values between voxel centres."""

import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray


def trilinear(values_kji: NDArray[np.generic], ijk: FloatArray) -> FloatArray:
    """Return the values at continuous indices.

    Parameters
    ----------
    values_kji
        Numbers on a grid, read ``values[k, j, i]``.
    ijk
        Continuous indices, column-row-slice, shape (n, 3). Outside the grid they are clamped to
        its outermost voxel centres.

    Returns
    -------
    values, shape (n,)
    """
    last_kji = np.array(values_kji.shape) - 1
    kji = np.clip(np.asarray(ijk, dtype=np.float64)[:, ::-1], 0.0, last_kji)
    low = np.minimum(kji.astype(np.intp), np.maximum(last_kji - 1, 0))
    share = kji - low
    step = np.minimum(last_kji, 1)
    result = np.zeros(len(kji))
    for corner in np.ndindex(2, 2, 2):
        weight = np.prod(np.where(corner, share, 1.0 - share), axis=1)
        k, j, i = (low + step * corner).T
        result += weight * values_kji[k, j, i]
    return result
