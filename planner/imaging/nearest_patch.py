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
_MOST_TOUCHING = 27
_LOOKED_AROUND_EDGES = 3.0
"""How far from the surface a tenth of a millimetre counts."""


@compiled
def nearest_marked(numbers: Numbers, spacing_kji_mm: FloatArray) -> Numbers:
    """Return for each voxel the number of the nearest voxel whose number is not negative.

    Axis by axis: along a row the nearest mark, then along the others the lower envelope of
    parabolas (Felzenszwalb and Huttenlocher 2012).
    """
    # In steps, not in millimetres: squares of equal steps are whole numbers, and ties are ties.
    step_k, step_j, step_i = spacing_kji_mm[0], spacing_kji_mm[1], spacing_kji_mm[2]
    in_slab, squares = _nearest_in_slabs(numbers, (step_i / step_j) ** 2)
    return _nearest_of_slabs(in_slab, squares, (step_j / step_k) ** 2)


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
def _lowest(
    places: Numbers, heights: FloatArray, halves: FloatArray, bounds: FloatArray, found: Numbers
) -> None:
    """Write for each place along a line which of some parabolas over it is the lowest.

    Parameters
    ----------
    places
        Of the parabolas' vertices, rising; used up.
    heights
        Of the parabolas over the line's start, in squares of a step; used up.
    halves
        ``1 / (2 n)`` for each n up to the length of the line.
    bounds
        Room for one number more than there are parabolas.
    """
    kept = 0
    bounds[0] = -math.inf
    for n in range(1, len(places)):
        place, height = places[n], heights[n]
        crossing = (height - heights[kept]) * halves[place - places[kept]]
        while crossing <= bounds[kept]:
            kept -= 1
            crossing = (height - heights[kept]) * halves[place - places[kept]]
        kept += 1
        places[kept], heights[kept], bounds[kept] = place, height, crossing
    bounds[kept + 1] = math.inf
    lowest = 0
    for here in range(len(found)):
        while bounds[lowest + 1] < here:
            lowest += 1
        found[here] = places[lowest]


@compiled
def _nearest_in_slabs(numbers: Numbers, square_share: float) -> tuple[Numbers, Floats32]:
    """Return the nearest mark within each slab of equal k, and its squared distance.

    Distances are in steps along j; `square_share` is the square of a step along i in these.
    """
    n_k, n_j, n_i = numbers.shape
    found = np.full(numbers.shape, np.int32(_NONE))
    squares = np.empty(numbers.shape, np.float32)
    halves, in_row = _halves(n_j), np.empty((n_j, n_i), np.int16)
    places, line = np.empty(n_j, np.int32), np.empty(n_j, np.int32)
    heights, bounds = np.empty(n_j), np.empty(n_j + 1)
    for k in range(n_k):
        for j in range(n_j):
            _nearest_in_row(numbers[k, j], in_row[j])
        rows = np.flatnonzero(in_row[:, 0] >= 0)
        count = len(rows)
        if count == 0:
            continue
        for i in range(n_i):
            for n in range(count):
                row = rows[n]
                places[n] = row
                heights[n] = square_share * (i - in_row[row, i]) ** 2 + row * row
            _lowest(places[:count], heights[:count], halves, bounds, line)
            for j in range(n_j):
                row = line[j]
                found[k, j, i] = numbers[k, row, in_row[row, i]]
                squares[k, j, i] = square_share * (i - in_row[row, i]) ** 2 + (j - row) ** 2
    return found, squares


@compiled
def _nearest_of_slabs(in_slab: Numbers, squares: Floats32, square_share: float) -> Numbers:
    """Return the nearest mark of all slabs; `square_share` turns `squares` into steps along k."""
    n_k, n_j, n_i = in_slab.shape
    slabs = np.flatnonzero(in_slab[:, 0, 0] >= 0)
    count, halves = len(slabs), _halves(n_k)
    nearest = np.empty(in_slab.shape, np.int32)
    places, line = np.empty(n_k, np.int32), np.empty(n_k, np.int32)
    heights, bounds = np.empty(n_k), np.empty(n_k + 1)
    for j in range(n_j):
        for i in range(n_i):
            for n in range(count):
                slab = slabs[n]
                places[n] = slab
                heights[n] = square_share * squares[slab, j, i] + slab * slab
            _lowest(places[:count], heights[:count], halves, bounds, line)
            for k in range(n_k):
                nearest[k, j, i] = in_slab[line[k], j, i]
    return nearest


@compiled
def _halves(most: int) -> FloatArray:
    halves = np.zeros(most + 1)
    for n in range(1, most + 1):
        halves[n] = 0.5 / n
    return halves


@compiled
def _square_to_patch(
    at_mm: tuple[float, float, float], patches: FloatArray, n: int, half_mm: float
) -> float:
    """Return the squared distance to a flat disc.

    Without branches: which patch is nearest cannot be foretold, and a wrong guess of the
    processor costs more than the root.
    """
    k, j, i = at_mm[0] - patches[n, 0], at_mm[1] - patches[n, 1], at_mm[2] - patches[n, 2]
    height = k * patches[n, 3] + j * patches[n, 4] + i * patches[n, 5]
    aside_2 = max(k * k + j * j + i * i - height * height, 0.0)
    aside = max(math.sqrt(aside_2) - half_mm, 0.0)
    square: float = height * height + aside * aside
    return square


@compiled
def _least_with(
    other: int,
    least: float,
    own_patch: tuple[tuple[float, float, float], FloatArray, int, float],
) -> float:
    at_mm, patches, own, half_mm = own_patch
    """Return the lesser of `least` and the squared distance to another patch than the own."""
    if other == own:
        return least
    return min(least, _square_to_patch(at_mm, patches, other, half_mm))


@compiled
def _touching(
    voxels: NDArray[np.int64], numbers: Numbers
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Return the patches of the voxels that touch each one's voxel, one list after the other.

    Returns
    -------
    starts, touching
        The n-th list is ``touching[starts[n]:starts[n + 1]]``.
    """
    n_k, n_j, n_i = numbers.shape
    starts = np.empty(len(voxels) + 1, np.int64)
    touching = np.empty(_MOST_TOUCHING * len(voxels), np.int32)
    count = 0
    for n in range(len(voxels)):
        starts[n] = count
        k0, j0, i0 = voxels[n] // (n_j * n_i), voxels[n] // n_i % n_j, voxels[n] % n_i
        for k in range(max(k0 - 1, 0), min(k0 + 2, n_k)):
            for j in range(max(j0 - 1, 0), min(j0 + 2, n_j)):
                for i in range(max(i0 - 1, 0), min(i0 + 2, n_i)):
                    touching[count] = numbers[k, j, i]
                    count += numbers[k, j, i] >= 0 and numbers[k, j, i] != n
    starts[len(voxels)] = count
    return starts, touching


@compiled
def distances_mm(
    nearest: Numbers,
    numbers: Numbers,
    voxels: NDArray[np.int64],
    patches: FloatArray,
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
        Their flat numbers, shape (n,).
    patches
        Points in millimetres and normals along k, j and i from the first voxel's centre, (n, 6).
    """
    n_k, n_j, n_i = nearest.shape
    found = np.empty(nearest.shape, np.float32)
    edge_mm = min(spacing_kji_mm[0], spacing_kji_mm[1], spacing_kji_mm[2])
    half_mm, near_2 = _PATCH_EDGES * edge_mm, (_LOOKED_AROUND_EDGES * edge_mm) ** 2
    starts, touching = _touching(voxels, numbers)
    for k in range(n_k):
        k_0, k_1 = max(k - 1, 0), min(k + 1, n_k - 1)
        for j in range(n_j):
            j_0, j_1 = max(j - 1, 0), min(j + 1, n_j - 1)
            for i in range(n_i):
                i_0, i_1 = max(i - 1, 0), min(i + 1, n_i - 1)
                own = nearest[k, j, i]
                at = (k * spacing_kji_mm[0], j * spacing_kji_mm[1], i * spacing_kji_mm[2])
                least = _square_to_patch(at, patches, own, half_mm)
                if least < near_2:
                    for n in range(starts[own], starts[own + 1]):
                        least = min(least, _square_to_patch(at, patches, touching[n], half_mm))
                own_patch = (at, patches, own, half_mm)
                least = _least_with(nearest[k_0, j, i], least, own_patch)
                least = _least_with(nearest[k_1, j, i], least, own_patch)
                least = _least_with(nearest[k, j_0, i], least, own_patch)
                least = _least_with(nearest[k, j_1, i], least, own_patch)
                least = _least_with(nearest[k, j, i_0], least, own_patch)
                least = _least_with(nearest[k, j, i_1], least, own_patch)
                found[k, j, i] = math.sqrt(least)
    return found
