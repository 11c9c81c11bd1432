"""The cheapest smooth surface through a cost volume."""

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray

IntArray = NDArray[np.intp]
_LARGEST_STEP = 4
"""How many samples the surface may move between neighbouring columns."""


@compiled
def _best_paths(cost: FloatArray, step_cost: float, closed: bool) -> IntArray:  # noqa: FBT001
    """Return for each row the height at each place of the path; cost is (rows, n, heights)."""
    rows, length, heights = cost.shape
    turns = 3 if closed else 1
    # The middle of three turns has forgotten both loose ends.
    kept = length if closed else 0
    paths = np.zeros((length, rows), np.intp)
    taken = np.zeros((turns * length, heights), np.int8)
    for row in range(rows):
        total = cost[row, 0].copy()
        after = np.empty(heights)
        for n in range(1, turns * length):
            here = cost[row, n % length]
            for height in range(heights):
                best, step = np.inf, 0
                first = max(-_LARGEST_STEP, -height)
                last = min(_LARGEST_STEP, heights - 1 - height)
                for s in range(first, last + 1):
                    option = total[height + s] + step_cost * s * s
                    if option < best:
                        best, step = option, s
                after[height] = best + here[height]
                taken[n, height] = step
            total, after = after, total
        place = int(total.argmin())
        for n in range(turns * length - 1, -1, -1):
            if kept <= n < kept + length:
                paths[n - kept, row] = place
            place += taken[n, place]
    return paths


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
    base = np.ascontiguousarray(cost, np.float64)
    surface = _best_paths(base, step_cost_along, closed_along).T.copy()
    for sweep in range(sweeps):
        found = surface.astype(float)
        before, after = found[np.r_[0, : len(found) - 1]], found[np.r_[1 : len(found), -1]]
        # Only every second row moves at once, so that neighbours cannot swap for ever.
        moving = slice(sweep % 2, None, 2)
        pull = step_cost_across * (
            (heights - before[moving, :, np.newaxis]) ** 2
            + (heights - after[moving, :, np.newaxis]) ** 2
        )
        held = base[moving] + pull
        surface[moving] = _best_paths(held, step_cost_along, closed_along).T
    return surface
