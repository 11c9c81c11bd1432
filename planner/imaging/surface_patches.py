"""Where the surface of a mask runs between voxel centres: a small flat patch for each voxel at it.

A mask's steps are smoothed away with a kernel that leaves curved surfaces where they are. Each
voxel beside the surface then lies as deep in the smoothed mask as its value there says, along the
mask's slope.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray
from planner.imaging.volume import BoolArray

_WIDTHS_EDGES = (1.2, 2.4)
"""Of two bells, of which the kernel takes more than all of the first and the rest less of the
second, so that a curved surface stays where it is; one bell alone would shrink what is round."""
_REACH_EDGES = 4
_MOST_EDGES = 0.9
"""A voxel beside the surface is not further from it; what reads more is a corner."""
_LEAST_SLOPE = 1e-6
_VALUES = np.linspace(0.0, 1.0, 401)


Patterns = NDArray[np.uint16]


class Patches(NamedTuple):
    """Small flat patches of a surface, one for each voxel that has a face in it."""

    voxels: NDArray[np.int64]
    """Flat numbers of the voxels, shape (n,)."""
    points_mm: FloatArray
    """Where the surface is nearest, along k, j and i from the first voxel's centre, (n, 3)."""
    normals: FloatArray
    """Unit vectors along k, j and i, (n, 3), out of the mask."""


class _Kernel(NamedTuple):
    rows: NDArray[np.int64]
    """Rows of voxels the kernel reaches: along k and j, and which table is theirs, (n, 3)."""
    tables: FloatArray
    """For each kind of row and each pattern of voxels inside along it: the sums of the weights
    of the value, of the slope across the row and of the slope along it, (kinds, patterns, 3)."""
    depths_edges: FloatArray
    """How deep a place lies below a flat surface, for each of `_VALUES`."""


def surface_patches(inside: BoolArray, border: BoolArray, spacing_kji_mm: FloatArray) -> Patches:
    """Return the patches of a mask's surface.

    Parameters
    ----------
    inside
        The mask, read ``inside[k, j, i]``. Beyond the grid it goes on as at its end.
    border
        The voxels that share a face with one of the other side.
    spacing_kji_mm
        Edges of a voxel, shape (3,).
    """
    voxels = np.flatnonzero(border)
    patterns = _patterns(np.ascontiguousarray(inside).view(np.uint8))
    return Patches(voxels, *_patches(patterns, voxels, spacing_kji_mm, _KERNEL))


def _bell(width_edges: float) -> tuple[FloatArray, float]:
    """Return what of a bell cut off at a ball lies at each x, and its spread across at x = 0."""
    most_2 = _REACH_EDGES**2 + 1.0
    x, step = np.linspace(-_REACH_EDGES, _REACH_EDGES, 6001, retstep=True)
    along = np.exp(-(x**2) / (2.0 * width_edges**2))
    along *= 1.0 - np.exp(-(most_2 - x**2) / (2.0 * width_edges**2))
    along /= along.sum() * step
    across = np.linspace(0.0, math.sqrt(most_2), 4001)
    ring = across * np.exp(-(across**2) / (2.0 * width_edges**2))
    return along, float((across**2 @ ring) / ring.sum() * along[len(x) // 2])


def _kernel() -> _Kernel:
    (narrow, narrow_spread), (wide, wide_spread) = (_bell(width) for width in _WIDTHS_EDGES)
    share = wide_spread / (wide_spread - narrow_spread)
    steps = np.arange(-_REACH_EDGES, _REACH_EDGES + 1)
    k, j, i = (grid.ravel() for grid in np.meshgrid(steps, steps, steps, indexing="ij"))
    squares = k**2 + j**2 + i**2
    is_reached = squares <= _REACH_EDGES**2 + 1
    value, slope = np.zeros(len(squares)), np.zeros(len(squares))
    for part, width in zip((share, 1.0 - share), _WIDTHS_EDGES, strict=True):
        bell = np.where(is_reached, np.exp(-squares / (2.0 * width**2)), 0.0)
        bell *= part / bell.sum()
        value += bell
        slope += bell / width**2
    x, step = np.linspace(-_REACH_EDGES, _REACH_EDGES, len(narrow), retstep=True)
    along = (share * narrow + (1.0 - share) * wide) * step
    below = np.cumsum(along) - along / 2.0
    rises = np.abs(x) <= _MOST_EDGES
    depths = np.interp(_VALUES, below[rises], x[rises])
    # Of a flat surface along the grid it is known that it runs half an edge away.
    depths *= 0.5 / np.interp(float(value[k <= 0].sum()), _VALUES, depths)
    weights = np.stack([value, slope, slope * i], axis=-1).reshape(-1, len(steps), 3)
    return _Kernel(*_by_row(weights, np.stack([k, j], axis=-1)[:: len(steps)]), depths)


def _by_row(
    weights: FloatArray, rows_kj: NDArray[np.int64]
) -> tuple[NDArray[np.int64], FloatArray]:
    """Return the rows with their kinds, and the sums of each kind for each pattern of voxels.

    Rows as far from the middle are of one kind: few kinds fit into the processor's cache.
    """
    squares, first, kinds = np.unique(
        (rows_kj**2).sum(axis=1), return_index=True, return_inverse=True
    )
    bits = np.arange(1 << weights.shape[1])[:, np.newaxis] >> np.arange(weights.shape[1]) & 1
    is_reached = squares[kinds] <= _REACH_EDGES**2 + 1
    rows = np.column_stack([rows_kj, kinds])[is_reached].astype(np.int64)
    return rows, np.stack([bits @ weights[row] for row in first[: rows[:, 2].max() + 1]])


_KERNEL = _kernel()


@compiled
def _patterns(inside: NDArray[np.uint8]) -> Patterns:
    """Return which of the voxels along i around each are inside, as bits, the least i lowest."""
    n_k, n_j, n_i = inside.shape
    found = np.empty(inside.shape, np.uint16)
    highest = 2 * _REACH_EDGES
    for k in range(n_k):
        for j in range(n_j):
            pattern = np.int64(0)
            for step in range(-_REACH_EDGES, _REACH_EDGES):
                here = inside[k, j, min(max(step, 0), n_i - 1)]
                pattern |= np.int64(here) << (step + _REACH_EDGES + 1)
            for i in range(n_i):
                here = inside[k, j, min(i + _REACH_EDGES, n_i - 1)]
                pattern = pattern >> 1 | np.int64(here) << highest
                found[k, j, i] = pattern
    return found


@compiled
def _patches(
    patterns: Patterns, voxels: NDArray[np.int64], spacing_kji_mm: FloatArray, kernel: _Kernel
) -> tuple[FloatArray, FloatArray]:
    _, n_j, n_i = patterns.shape
    points, normals = np.empty((len(voxels), 3)), np.empty((len(voxels), 3))
    place = np.empty(3, np.int64)
    for n in range(len(voxels)):
        place[0], place[1] = voxels[n] // (n_j * n_i), voxels[n] // n_i % n_j
        place[2] = voxels[n] % n_i
        sums = _smoothed(patterns, place, kernel)
        sign = 1.0 if patterns[place[0], place[1], place[2]] >> _REACH_EDGES & 1 else -1.0
        _put_patch(place, sums, sign, spacing_kji_mm, kernel, (points[n], normals[n]))
    return points, normals


@compiled
def _smoothed(
    patterns: Patterns, place: NDArray[np.int64], kernel: _Kernel
) -> tuple[float, float, float, float]:
    """Return the smoothed mask and its slopes along k, j and i at a voxel."""
    value, slope_k, slope_j, slope_i = 0.0, 0.0, 0.0, 0.0
    n_k, n_j, _ = patterns.shape
    rows, tables = kernel.rows, kernel.tables
    for row in range(len(rows)):
        off_k, off_j, kind = rows[row, 0], rows[row, 1], rows[row, 2]
        k = min(max(place[0] + off_k, 0), n_k - 1)
        j = min(max(place[1] + off_j, 0), n_j - 1)
        pattern = patterns[k, j, place[2]]
        across = tables[kind, pattern, 1]
        value += tables[kind, pattern, 0]
        slope_k += off_k * across
        slope_j += off_j * across
        slope_i += tables[kind, pattern, 2]
    return value, slope_k, slope_j, slope_i


@compiled
def _put_patch(
    place: NDArray[np.int64],
    sums: tuple[float, float, float, float],
    sign: float,
    spacing_kji_mm: FloatArray,
    kernel: _Kernel,
    patch: tuple[FloatArray, FloatArray],
) -> None:
    """Write a patch's point and normal; `sign` is 1 for a voxel inside."""
    point, normal = patch
    at = min(max(sums[0], 0.0), 1.0) * (len(kernel.depths_edges) - 1)
    low = min(int(at), len(kernel.depths_edges) - 2)
    below, above = kernel.depths_edges[low], kernel.depths_edges[low + 1]
    depth = below + (above - below) * (at - low)
    # The surface runs between this voxel and one of the other side, never beyond it.
    depth = sign * max(sign * depth, 0.0)
    slope = max(math.sqrt(sums[1] ** 2 + sums[2] ** 2 + sums[3] ** 2), _LEAST_SLOPE)
    length = 0.0
    for axis in range(3):
        out = -sums[1 + axis] / slope
        point[axis] = (place[axis] + depth * out) * spacing_kji_mm[axis]
        normal[axis] = out / spacing_kji_mm[axis]
        length += normal[axis] ** 2
    normal /= max(math.sqrt(length), _LEAST_SLOPE)
