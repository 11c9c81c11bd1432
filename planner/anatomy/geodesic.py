"""Shortest ways through a cost volume from several sets of seeds."""

import heapq

import numpy as np
from numpy.typing import NDArray

from planner.anatomy.spine_crop import FloatVoxels
from planner.foundation.compiled import compiled

LabelVoxels = NDArray[np.uint8]
_FIRST = 1
_CENTRE = 13
"""The place of the voxel itself among the 27 around it."""


@compiled
def _neighbour(place: int, step: int, shape: tuple[int, int, int]) -> int:
    """Return the flat index one step away, -1 outside the grid."""
    layers, rows, columns = shape
    k = place // (rows * columns) + step // 9 - 1
    j = (place // columns) % rows + (step // 3) % 3 - 1
    i = place % columns + step % 3 - 1
    if min(k, j, i) < 0 or k >= layers or j >= rows or i >= columns:
        return -1
    return (k * rows + j) * columns + i


@compiled
def _spread(
    cost: FloatVoxels,
    label: LabelVoxels,
    distance: FloatVoxels,
    reluctance: FloatVoxels,
    shape: tuple[int, int, int],
    furthest: float,
) -> None:
    """Fill labels and distances, all flat, along the shortest ways from where labels are set.

    Ways from the first label are longer through a voxel by its reluctance, all others shorter.
    """
    heap = [(distance[seed], int(seed)) for seed in np.flatnonzero(label)]
    heapq.heapify(heap)
    while len(heap) > 0:
        so_far, place = heapq.heappop(heap)
        if so_far > distance[place]:
            continue
        for step in range(27):
            to = _neighbour(place, step, shape)
            if to < 0 or step == _CENTRE or cost[to] == np.inf:
                continue
            off = (step // 9 != 1) + (step // 3 % 3 != 1) + (step % 3 != 1)
            length = np.sqrt(np.float32(off))
            if label[place] == _FIRST:
                length *= reluctance[to]
            else:
                length /= reluctance[to]
            there = np.float32(so_far + (cost[place] + cost[to]) * length / np.float32(2.0))
            if there < distance[to] and there <= furthest:
                distance[to] = there
                label[to] = label[place]
                heapq.heappush(heap, (there, to))


def nearest_seed(cost: FloatVoxels, seeds: LabelVoxels, reluctance: FloatVoxels) -> LabelVoxels:
    """Return for each voxel the label of the seed it is reached from first.

    Parameters
    ----------
    cost
        Cost of one voxel's edge through each voxel; infinite where there is no way.
    seeds
        Labels above zero where the ways start.
    reluctance
        By how much ways from label 1 are longer through each voxel; those from any other label are
        shorter by as much.

    Returns
    -------
    labels, 0 where no seed leads to
    """
    label = seeds.ravel().copy()
    distance = np.where(label > 0, np.float32(0.0), np.float32(np.inf))
    _spread(cost.ravel(), label, distance, reluctance.ravel(), seeds.shape, np.inf)
    return label.reshape(seeds.shape)


def way_from(cost: FloatVoxels, start: NDArray[np.bool_], furthest: float) -> FloatVoxels:
    """Return the cost of the cheapest way to each voxel, infinite beyond `furthest`."""
    label = start.ravel().astype(np.uint8)
    distance = np.where(label > 0, np.float32(0.0), np.float32(np.inf))
    even = np.ones(cost.size, np.float32)
    _spread(cost.ravel(), label, distance, even, start.shape, furthest)
    return distance.reshape(start.shape)
