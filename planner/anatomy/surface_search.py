"""The cheapest smooth surface through a cost volume."""

import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray

IntArray = NDArray[np.intp]
_LARGEST_STEP = 4
"""How many samples the surface may move between neighbouring columns."""


def _forward(
    cost: FloatArray, step_cost: float, start: FloatArray
) -> tuple[FloatArray, NDArray[np.int8]]:
    """Return the cost of the best path to each end and the steps taken; cost is (n, rows, h)."""
    steps = np.arange(-_LARGEST_STEP, _LARGEST_STEP + 1)
    heights = cost.shape[2]
    total = cost[0] + start
    taken = np.zeros(cost.shape, np.int8)
    padded = np.full((cost.shape[1], heights + 2 * _LARGEST_STEP), np.inf)
    for n in range(1, len(cost)):
        padded[:, _LARGEST_STEP:-_LARGEST_STEP] = total
        options = np.stack(
            [
                padded[:, _LARGEST_STEP + s : _LARGEST_STEP + s + heights] + step_cost * s * s
                for s in steps
            ]
        )
        best = options.argmin(axis=0)
        total = np.take_along_axis(options, best[np.newaxis], axis=0)[0] + cost[n]
        taken[n] = steps[best]
    return total, taken


def _best_paths(cost: FloatArray, step_cost: float, *, closed: bool) -> IntArray:
    """Return for each row the height at each place of the path; cost is (n, rows, h)."""
    length, rows, heights = cost.shape
    turns = np.concatenate([cost, cost, cost]) if closed else cost
    total, taken = _forward(turns, step_cost, np.zeros((rows, heights)))
    paths = np.zeros((len(turns), rows), np.intp)
    paths[-1] = total.argmin(axis=1)
    every = np.arange(rows)
    for n in range(len(turns) - 1, 0, -1):
        paths[n - 1] = paths[n] + taken[n, every, paths[n]]
    # The middle of three turns has forgotten both loose ends.
    return paths[length : 2 * length] if closed else paths


def cheapest_surface(
    cost: FloatArray,
    *,
    step_cost_along: float,
    step_cost_across: float,
    closed_along: bool = False,
    sweeps: int = 4,
) -> IntArray:
    """Return the height index of a smooth surface of low cost over a grid of columns.

    Parameters
    ----------
    cost
        Cost of each height, shape (across, along, heights).
    step_cost_along, step_cost_across
        Cost of the squared difference, in samples, between neighbouring columns.
    closed_along
        Whether the last column along lies next to the first, as angles do.
    sweeps
        How often the rows are searched again, each held to what its neighbours chose.

    Returns
    -------
    height indices, shape (across, along)
    """
    heights = np.arange(cost.shape[2])
    base = np.ascontiguousarray(cost.transpose(1, 0, 2))
    surface = _best_paths(base, step_cost_along, closed=closed_along).T.copy()
    for sweep in range(sweeps):
        found = surface.astype(float)
        before, after = found[np.r_[0, : len(found) - 1]], found[np.r_[1 : len(found), -1]]
        # Only every second row moves at once, so that neighbours cannot swap for ever.
        moving = slice(sweep % 2, None, 2)
        pull = step_cost_across * (
            (heights - before[moving, :, np.newaxis]) ** 2
            + (heights - after[moving, :, np.newaxis]) ** 2
        )
        held = base[:, moving] + pull.transpose(1, 0, 2)
        surface[moving] = _best_paths(held, step_cost_along, closed=closed_along).T
    return surface
