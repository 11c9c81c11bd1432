"""Pictures read along a turned lattice, linear between voxel centres."""

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray

Floats32 = NDArray[np.float32]


def read_lattice(
    values: NDArray[np.float32 | np.bool_],
    steps_ijk: FloatArray,
    start_ijk: FloatArray,
    shape_kji: tuple[int, int, int],
    *,
    beyond: float | None = None,
) -> Floats32:
    """Return an array read at the points of a lattice.

    Parameters
    ----------
    values
        Numbers on a grid, read ``values[k, j, i]``.
    steps_ijk
        The lattice's three steps as columns, in voxels of the grid, shape (3, 3).
    start_ijk
        Its first point, column-row-slice.
    shape_kji
        How many points it has along its third, second and first step.
    beyond
        What is read outside the outermost voxel centres; where there is none, the nearest voxel.

    Returns
    -------
    shape `shape_kji`
    """
    found = np.empty(shape_kji, np.float32)
    _read(
        np.ascontiguousarray(values, np.float32),
        np.ascontiguousarray(steps_ijk[::-1, ::-1], np.float64),
        np.ascontiguousarray(start_ijk[::-1], np.float64),
        beyond is None,
        np.float32(0.0 if beyond is None else beyond),
        found,
    )
    return found


@compiled
def _read(
    values: Floats32,
    steps: FloatArray,
    start: FloatArray,
    nearest: bool,  # noqa: FBT001
    beyond: np.float32,
    found: Floats32,
) -> None:
    slices, rows, columns = found.shape
    last_k, last_j, last_i = values.shape[0] - 1.0, values.shape[1] - 1.0, values.shape[2] - 1.0
    for c in range(slices):
        for b in range(rows):
            row = start + steps[:, 0] * c + steps[:, 1] * b
            for a in range(columns):
                k, j, i = (
                    row[0] + steps[0, 2] * a,
                    row[1] + steps[1, 2] * a,
                    row[2] + steps[2, 2] * a,
                )
                inside = 0.0 <= k <= last_k and 0.0 <= j <= last_j and 0.0 <= i <= last_i
                if inside or nearest:
                    k = min(max(k, 0.0), last_k)
                    j = min(max(j, 0.0), last_j)
                    i = min(max(i, 0.0), last_i)
                    found[c, b, a] = _between(values, k, j, i)
                else:
                    found[c, b, a] = beyond


@compiled
def _between(values: Floats32, k: float, j: float, i: float) -> float:
    """Return the value at a place inside the grid."""
    k0, j0, i0 = np.uint32(k), np.uint32(j), np.uint32(i)
    share_k, share_j, share_i = k - k0, j - j0, i - i0
    # At the last voxel its own share is nothing: it stands for the one after it.
    k1, j1, i1 = k0 + (share_k > 0.0), j0 + (share_j > 0.0), i0 + (share_i > 0.0)
    ahead = (1.0 - share_i) * values[k0, j0, i0] + share_i * values[k0, j0, i1]
    ahead += share_j * ((1.0 - share_i) * values[k0, j1, i0] + share_i * values[k0, j1, i1] - ahead)
    above = (1.0 - share_i) * values[k1, j0, i0] + share_i * values[k1, j0, i1]
    above += share_j * ((1.0 - share_i) * values[k1, j1, i0] + share_i * values[k1, j1, i1] - above)
    value: float = ahead + share_k * (above - ahead)
    return value
