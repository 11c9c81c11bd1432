"""For every voxel the nearest of some marked ones, and the distance to the surface there."""

import math

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray

Shorts = NDArray[np.int16]
Numbers = NDArray[np.int32]
Floats32 = NDArray[np.float32]
_NONE = -1
_PATCH_EDGES = 0.15
"""Half the width of a patch. Wider ones stick out of a rough surface and read too near."""
_LOOKED_AROUND_EDGES = 3.0
"""How far from the surface a tenth of a millimetre counts."""


@compiled
def nearest_marked(numbers: Numbers, spacing_kji_mm: FloatArray) -> Numbers:
    """Return for each voxel the number of the nearest voxel whose number is not negative.

    Axis by axis: along a row the nearest mark, then along the others the lower envelope of
    parabolas (Felzenszwalb and Huttenlocher 2012).
    """
    in_row = _nearest_in_rows(numbers)
    in_slab, squares = _nearest_in_slabs(in_row, spacing_kji_mm)
    return _nearest_of_slabs(numbers, in_row, in_slab, squares, spacing_kji_mm[0])


@compiled
def _nearest_in_rows(numbers: Numbers) -> Shorts:
    n_k, n_j, _ = numbers.shape
    found = np.empty(numbers.shape, np.int16)
    for k in range(n_k):
        for j in range(n_j):
            _nearest_in_row(numbers[k, j], found[k, j])
    return found


@compiled
def _nearest_in_row(numbers: NDArray[np.int32], found: Shorts) -> None:
    last = _NONE
    for i in range(len(numbers)):
        if numbers[i] >= 0:
            last = i
        found[i] = last
    for i in range(len(numbers) - 1, -1, -1):
        if found[i] == i:
            last = i
        if found[i] == _NONE or last - i < i - found[i]:
            found[i] = last


@compiled
def _envelope(
    places: NDArray[np.int64], heights: FloatArray, square_step: float, bounds: FloatArray
) -> int:
    """Leave in `places` and `heights` the parabolas that are lowest somewhere; return how many.

    `bounds[n]` is where the n-th begins to be the lowest.
    """
    kept = 0
    bounds[0] = -math.inf
    for n in range(1, len(places)):
        place, height = places[n], heights[n]
        while True:
            before = places[kept]
            crossing = (
                (height - heights[kept]) / (square_step * (place - before)) + place + before
            ) / 2.0
            if crossing > bounds[kept] or kept == 0:
                break
            kept -= 1
        if crossing <= bounds[kept]:
            kept -= 1
        kept += 1
        places[kept], heights[kept], bounds[kept] = place, height, crossing
    return kept + 1


@compiled
def _nearest_in_slabs(in_row: Shorts, spacing_kji_mm: FloatArray) -> tuple[Shorts, Floats32]:
    n_k, n_j, n_i = in_row.shape
    found = np.full(in_row.shape, np.int16(_NONE))
    squares = np.empty(in_row.shape, np.float32)
    square_j, square_i = spacing_kji_mm[1] ** 2, spacing_kji_mm[2] ** 2
    places, heights, bounds = np.empty(n_j, np.int64), np.empty(n_j), np.empty(n_j)
    for k in range(n_k):
        rows = np.flatnonzero(in_row[k, :, 0] >= 0)
        if len(rows) == 0:
            continue
        for i in range(n_i):
            for n in range(len(rows)):
                places[n] = rows[n]
                heights[n] = square_i * (i - in_row[k, rows[n], i]) ** 2
            count = _envelope(places[: len(rows)], heights[: len(rows)], square_j, bounds)
            n = 0
            for j in range(n_j):
                while n + 1 < count and bounds[n + 1] < j:
                    n += 1
                found[k, j, i] = places[n]
                squares[k, j, i] = heights[n] + square_j * (j - places[n]) ** 2
    return found, squares


@compiled
def _nearest_of_slabs(
    numbers: Numbers, in_row: Shorts, in_slab: Shorts, squares: Floats32, step_k_mm: float
) -> Numbers:
    n_k, n_j, n_i = numbers.shape
    slabs = np.flatnonzero(in_slab[:, 0, 0] >= 0)
    nearest = np.empty(numbers.shape, np.int32)
    places, heights, bounds = np.empty(n_k, np.int64), np.empty(n_k), np.empty(n_k)
    for j in range(n_j):
        for i in range(n_i):
            for n in range(len(slabs)):
                places[n] = slabs[n]
                heights[n] = squares[slabs[n], j, i]
            count = _envelope(places[: len(slabs)], heights[: len(slabs)], step_k_mm**2, bounds)
            n = 0
            for k in range(n_k):
                while n + 1 < count and bounds[n + 1] < k:
                    n += 1
                slab = places[n]
                row = in_slab[slab, j, i]
                nearest[k, j, i] = numbers[slab, row, in_row[slab, row, i]]
    return nearest


@compiled
def _to_patch_mm(
    at_mm: tuple[float, float, float], point: FloatArray, normal: FloatArray, half_mm: float
) -> float:
    """Return the distance to a flat disc."""
    k, j, i = at_mm[0] - point[0], at_mm[1] - point[1], at_mm[2] - point[2]
    height = k * normal[0] + j * normal[1] + i * normal[2]
    aside_2 = k * k + j * j + i * i - height * height
    if aside_2 <= half_mm * half_mm:
        return math.fabs(height)
    aside = math.sqrt(aside_2) - half_mm
    return math.sqrt(height * height + aside * aside)


@compiled
def _least_around_mm(
    at_mm: tuple[float, float, float],
    voxel: NDArray[np.int64],
    numbers: Numbers,
    patches: tuple[FloatArray, FloatArray],
    half_mm: float,
) -> float:
    """Return the distance to the nearest patch of a voxel and those that touch it."""
    points_mm, normals = patches
    n_k, n_j, n_i = numbers.shape
    least = math.inf
    for k in range(max(voxel[0] - 1, 0), min(voxel[0] + 2, n_k)):
        for j in range(max(voxel[1] - 1, 0), min(voxel[1] + 2, n_j)):
            for i in range(max(voxel[2] - 1, 0), min(voxel[2] + 2, n_i)):
                own = numbers[k, j, i]
                if own >= 0:
                    to_it: float = _to_patch_mm(at_mm, points_mm[own], normals[own], half_mm)
                    least = min(least, to_it)
    return least


@compiled
def distances_mm(
    nearest: Numbers,
    numbers: Numbers,
    voxels: NDArray[np.int64],
    patches: tuple[FloatArray, FloatArray],
    spacing_kji_mm: FloatArray,
) -> Floats32:
    """Return the distance of each voxel centre to the surface made of patches, not signed.

    The nearest patch need not belong to the nearest voxel: those of each voxel's neighbours are
    looked at too, and close to the surface also those around the nearest one.

    Parameters
    ----------
    nearest
        Each voxel's nearest patch by the voxel it belongs to.
    numbers
        Of the patch of each voxel, negative where it has none.
    voxels
        Their place along k, j and i, shape (n, 3).
    patches
        Points and normals along k, j and i from the first voxel's centre, each (n, 3).
    """
    points_mm, normals = patches
    n_k, n_j, n_i = nearest.shape
    found = np.empty(nearest.shape, np.float32)
    edge_mm = min(spacing_kji_mm[0], spacing_kji_mm[1], spacing_kji_mm[2])
    half_mm, near_mm = _PATCH_EDGES * edge_mm, _LOOKED_AROUND_EDGES * edge_mm
    for k in range(n_k):
        for j in range(n_j):
            for i in range(n_i):
                own = nearest[k, j, i]
                at = (k * spacing_kji_mm[0], j * spacing_kji_mm[1], i * spacing_kji_mm[2])
                least = _to_patch_mm(at, points_mm[own], normals[own], half_mm)
                if least < near_mm:
                    least = _least_around_mm(at, voxels[own], numbers, patches, half_mm)
                for other in (
                    nearest[max(k - 1, 0), j, i],
                    nearest[min(k + 1, n_k - 1), j, i],
                    nearest[k, max(j - 1, 0), i],
                    nearest[k, min(j + 1, n_j - 1), i],
                    nearest[k, j, max(i - 1, 0)],
                    nearest[k, j, min(i + 1, n_i - 1)],
                ):
                    if other != own:
                        to_it = _to_patch_mm(at, points_mm[other], normals[other], half_mm)
                        least = min(least, to_it)
                found[k, j, i] = least
    return found
