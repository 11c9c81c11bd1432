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


class Patches(NamedTuple):
    """Small flat patches of a surface, one for each voxel that has a face in it."""

    voxels: NDArray[np.int64]
    """Flat numbers of the voxels, shape (n,)."""
    points_mm: FloatArray
    """Where the surface is nearest, along k, j and i from the first voxel's centre, (n, 3)."""
    normals: FloatArray
    """Unit vectors along k, j and i, (n, 3), out of the mask."""


class _Kernel(NamedTuple):
    offsets: NDArray[np.int64]
    """Along k, j and i, shape (n, 3)."""
    weights: FloatArray
    """Of the value and of its slopes along k, j and i, shape (n, 4)."""
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
    mask = np.ascontiguousarray(inside).view(np.uint8)
    return Patches(voxels, *_patches(mask, voxels, spacing_kji_mm, _KERNEL))


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
    offsets = np.stack(np.meshgrid(steps, steps, steps, indexing="ij"), axis=-1).reshape(-1, 3)
    offsets = offsets[(offsets**2).sum(axis=1) <= _REACH_EDGES**2 + 1]
    weights = np.zeros((len(offsets), 4))
    for part, width in zip((share, 1.0 - share), _WIDTHS_EDGES, strict=True):
        bell = np.exp(-(offsets**2).sum(axis=1) / (2.0 * width**2))
        bell *= part / bell.sum()
        weights[:, 0] += bell
        weights[:, 1:] += bell[:, np.newaxis] * offsets / width**2
    x, step = np.linspace(-_REACH_EDGES, _REACH_EDGES, len(narrow), retstep=True)
    along = (share * narrow + (1.0 - share) * wide) * step
    below = np.cumsum(along) - along / 2.0
    rises = np.abs(x) <= _MOST_EDGES
    depths = np.interp(_VALUES, below[rises], x[rises])
    # Of a flat surface along the grid it is known that it runs half an edge away.
    half = float(weights[offsets[:, 0] <= 0, 0].sum())
    depths *= 0.5 / np.interp(half, _VALUES, depths)
    return _Kernel(offsets.astype(np.int64), weights, depths)


_KERNEL = _kernel()


@compiled
def _patches(
    inside: NDArray[np.uint8],
    voxels: NDArray[np.int64],
    spacing_kji_mm: FloatArray,
    kernel: _Kernel,
) -> tuple[FloatArray, FloatArray]:
    _, n_j, n_i = inside.shape
    flat = inside.ravel()
    offsets = kernel.offsets
    steps = (offsets[:, 0] * n_j + offsets[:, 1]) * n_i + offsets[:, 2]
    points, normals = np.empty((len(voxels), 3)), np.empty((len(voxels), 3))
    place, sums = np.empty(3, np.int64), np.empty(4)
    for n in range(len(voxels)):
        place[0], place[1] = voxels[n] // (n_j * n_i), voxels[n] // n_i % n_j
        place[2] = voxels[n] % n_i
        if _is_inner(place, inside.shape):
            _smooth_inner(flat, voxels[n], steps, kernel.weights, sums)
        else:
            _smooth_outer(inside, place, offsets, kernel.weights, sums)
        sign = 1.0 if flat[voxels[n]] else -1.0
        _put_patch(place, sums, sign, spacing_kji_mm, kernel, (points[n], normals[n]))
    return points, normals


@compiled
def _is_inner(place: NDArray[np.int64], shape: tuple[int, int, int]) -> bool:
    least, to_end = _REACH_EDGES, _REACH_EDGES
    for axis in range(3):
        least = min(least, place[axis])
        to_end = min(to_end, shape[axis] - 1 - place[axis])
    return least >= _REACH_EDGES and to_end >= _REACH_EDGES


@compiled
def _smooth_inner(
    flat: NDArray[np.uint8],
    voxel: int,
    steps: NDArray[np.int64],
    weights: FloatArray,
    sums: FloatArray,
) -> None:
    sums[:] = 0.0
    for m in range(len(steps)):
        if flat[voxel + steps[m]]:
            for n in range(4):
                sums[n] += weights[m, n]


@compiled
def _smooth_outer(
    inside: NDArray[np.uint8],
    place: NDArray[np.int64],
    offsets: NDArray[np.int64],
    weights: FloatArray,
    sums: FloatArray,
) -> None:
    sums[:] = 0.0
    n_k, n_j, n_i = inside.shape
    for m in range(len(offsets)):
        k = min(max(place[0] + offsets[m, 0], 0), n_k - 1)
        j = min(max(place[1] + offsets[m, 1], 0), n_j - 1)
        i = min(max(place[2] + offsets[m, 2], 0), n_i - 1)
        if inside[k, j, i]:
            for n in range(4):
                sums[n] += weights[m, n]


@compiled
def _put_patch(
    place: NDArray[np.int64],
    sums: FloatArray,
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
