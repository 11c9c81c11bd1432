"""Exact line integrals through voxels, each a box of one value: what other projectors approach.

The parts of a ray between its crossings with the voxels' walls, one after the other (Siddon 1985).
"""

import numba
import numpy as np

from planner.geometry.grids import GridGeometry
from planner.simulation.c_arm import XrayView


def exact_integrals(values_kji: np.ndarray, grid: GridGeometry, view: XrayView) -> np.ndarray:
    """Return values times millimetres along each ray, shape (rows, columns)."""
    columns, rows = np.meshgrid(np.arange(view.pixels), np.arange(view.pixels))
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    ends = grid.ijk_of(view.detector_points_lps_mm(pixels))
    lengths_mm = np.linalg.norm(view.detector_points_lps_mm(pixels) - view.source_lps_mm, axis=1)
    source = grid.ijk_of(np.asarray(view.source_lps_mm))
    sums = _sums(np.ascontiguousarray(values_kji), source, ends, lengths_mm)
    return sums.reshape(view.pixels, view.pixels)


def in_shadow(grid: GridGeometry, view: XrayView) -> np.ndarray:
    """Return which rays enter and leave the volume through its sides, not its cut ends."""
    columns, rows = np.meshgrid(np.arange(view.pixels), np.arange(view.pixels))
    pixels = np.stack([columns.ravel(), rows.ravel()], axis=1)
    source = grid.ijk_of(np.asarray(view.source_lps_mm))
    way = grid.ijk_of(view.detector_points_lps_mm(pixels)) - source
    with np.errstate(divide="ignore"):
        low = (-0.5 - source[:2]) / way[:, :2]
        high = (np.array(grid.shape_ijk[:2]) - 0.5 - source[:2]) / way[:, :2]
    enter = np.minimum(low, high).max(axis=1)
    leave = np.maximum(low, high).min(axis=1)
    inside = enter < leave
    for share in (enter, leave):
        k = source[2] + share * way[:, 2]
        inside &= (k >= -0.5) & (k <= grid.shape_ijk[2] - 0.5)
    return inside.reshape(view.pixels, view.pixels)


@numba.njit(cache=False)
def _sums(values, source, ends, lengths_mm):  # noqa: C901, PLR0912 - one loop, as published
    shape = np.array(values.shape[::-1])
    result = np.zeros(len(ends))
    place, step = np.zeros(3, np.int64), np.zeros(3, np.int64)
    crossing, spacing = np.zeros(3), np.zeros(3)
    for n in range(len(ends)):
        way = ends[n] - source
        begin, end = 0.0, 1.0
        for a in range(3):
            if way[a] != 0.0:
                one, other = (-0.5 - source[a]) / way[a], (shape[a] - 0.5 - source[a]) / way[a]
                begin, end = max(begin, min(one, other)), min(end, max(one, other))
            elif not -0.5 <= source[a] <= shape[a] - 0.5:
                end = -1.0
        if end <= begin:
            continue
        for a in range(3):
            at = source[a] + (begin + 1e-10) * way[a]
            place[a] = min(max(int(np.floor(at + 0.5)), 0), shape[a] - 1)
            step[a] = 1 if way[a] > 0 else -1
            if way[a] == 0.0:
                crossing[a], spacing[a] = 1e30, 1e30
            else:
                crossing[a] = (place[a] + 0.5 * step[a] - source[a]) / way[a]
                spacing[a] = abs(1.0 / way[a])
        here, total = begin, 0.0
        while here < end - 1e-13:
            a = int(np.argmin(crossing))
            there = min(crossing[a], end)
            total += (there - here) * values[place[2], place[1], place[0]]
            here = there
            place[a] += step[a]
            if place[a] < 0 or place[a] >= shape[a]:
                break
            crossing[a] += spacing[a]
        result[n] = total * lengths_mm[n]
    return result
