"""Values between voxel centres."""

import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray


def _between(
    first: NDArray[np.floating | np.integer | np.bool_],
    second: NDArray[np.floating | np.integer | np.bool_],
    share: FloatArray,
) -> FloatArray:
    start = first.astype(np.float64)
    return start + (second - start) * share


def trilinear(
    values_kji: NDArray[np.floating | np.integer | np.bool_], ijk: FloatArray
) -> FloatArray:
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
    (k0, j0, i0), (k1, j1, i1) = low.T, np.minimum(low + 1, last_kji).T
    share_k, share_j, share_i = (kji - low).T

    def along_i(k: NDArray[np.intp], j: NDArray[np.intp]) -> FloatArray:
        return _between(values_kji[k, j, i0], values_kji[k, j, i1], share_i)

    return _between(
        _between(along_i(k0, j0), along_i(k0, j1), share_j),
        _between(along_i(k1, j0), along_i(k1, j1), share_j),
        share_k,
    )
