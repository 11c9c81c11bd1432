"""Where the discs of a whole spine lie, all explained together."""

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.spine_strip import STEP_MM, SpineStrip
from planner.geometry.points import FloatArray

_CORE_MM = (0.0, 9.0), (-26.0, -11.0)
"""The core of the bodies that discs are read in: within u to either side, and between v."""
_TILTS_U, _TILTS_V = np.arange(-0.2, 0.21, 0.1), np.arange(-0.4, 0.41, 0.1)
_HALF_GAPS_MM = np.arange(2.0, 8.0)
_BODY_OFFSET_MM, _PLATE_MM = 6.0, 2.0
_WIDE_MM, _DARK_INSIDE = 4.0, 3.0
_TILT_COST_HU, _MARROW_WEIGHT = 80.0, 0.1
_PEDICLE_MM = (9.0, 17.0), (-8.0, -2.0)
_BACKGROUND_MM = 15.0
_ARCH_WEIGHT, _MOST_ARCH_HU = 0.8, 60.0
_DISC_COST_HU = 30.0
"""What a disc must show to be taken."""
_CLEAR_HU = 100.0
_LEAST_HU, _LEAST_AT_END_HU = -60.0, 25.0
"""Least evidence for a disc between clear ones, and for one that nothing follows."""
_STRIP_END_MM = 6.0
_SPACING_MM = (12.0, 48.0)
_USUAL_SPACING_MM = (17.0, 42.0)
_UNUSUAL_COST_HU = 6.0
_UNLIKE_COST_HU = 60.0
"""What it costs if a body is e times as high as its neighbour."""
_ROUNDS, _ENOUGH_DISCS = 2, 4
_TALLER_COST_HU, _LOWER_COST_HU = 150.0, 30.0
"""The same against the whole spine: bodies collapse, but they do not grow."""
IntArray = NDArray[np.intp]


@attrs.frozen
class DiscPlace:
    """A disc space of the strip: its layer and how well it is seen."""

    layer: float
    score_hu: float


def _profiles(strip: SpineStrip) -> tuple[FloatArray, FloatArray]:
    """Return median profiles of the core for each tilt, and what each tilt costs."""
    (_, half_u), (first_v, last_v) = _CORE_MM
    columns = strip.part((0.0, half_u), (first_v, last_v))
    u = strip.u_mm[np.abs(strip.u_mm) <= half_u]
    v = strip.v_mm[(strip.v_mm >= first_v) & (strip.v_mm <= last_v)]
    v, u = (grid.ravel() for grid in np.meshgrid(v - v.mean(), u, indexing="ij"))
    columns = np.clip(columns.reshape(len(columns), -1).T, 0.0, 450.0)
    places, rows = np.arange(columns.shape[1]), np.arange(len(columns))[:, np.newaxis]
    tilts = [(a, b) for a in _TILTS_U for b in _TILTS_V]
    profiles = []
    for a, b in tilts:
        shift = np.rint((a * u + b * v) / STEP_MM).astype(np.intp)[:, np.newaxis]
        index = np.clip(places + shift, 0, columns.shape[1] - 1)
        profiles.append(np.median(columns[rows, index], axis=0))
    cost = np.array([_TILT_COST_HU * math.hypot(a, b) for a, b in tilts])
    return np.array(profiles, np.float64), cost[:, np.newaxis]


def _shifted(profiles: FloatArray, offset_mm: float) -> FloatArray:
    places = np.arange(profiles.shape[1]) + round(offset_mm / STEP_MM)
    moved: FloatArray = profiles[:, np.clip(places, 0, profiles.shape[1] - 1)]
    return moved


def disc_scores_hu(strip: SpineStrip) -> FloatArray:
    """Return how much each layer looks like a disc: two bright plates, darker between them."""
    profiles, tilt_cost = _profiles(strip)
    best = np.full(profiles.shape[1], -np.inf)
    for half in _HALF_GAPS_MM:
        plates = np.minimum(_shifted(profiles, -half), _shifted(profiles, half))
        out = half + _BODY_OFFSET_MM
        bodies = np.maximum(_shifted(profiles, -out), _shifted(profiles, out))
        inner = 2 * int(max(half - _PLATE_MM, 0.0) / STEP_MM) + 1
        brightest = ndimage.maximum_filter1d(profiles, inner, axis=1)
        contrast = _DARK_INSIDE * (plates - brightest) if half >= _WIDE_MM else np.inf
        dip = np.clip(plates - profiles, 0.0, 150.0)
        filled = np.clip(profiles - plates, 0.0, None)
        # Where marrow is denser than discs, what is denser than its surroundings is marrow.
        marrow = _MARROW_WEIGHT * np.clip(profiles - bodies, 0.0, None)
        score = np.minimum(plates - bodies, contrast) + 0.5 * dip - filled - marrow - tilt_cost
        best = np.maximum(best, score.max(axis=0))
    return best


def pedicle_hu(strip: SpineStrip) -> FloatArray:
    """Return how much brighter than around it the way beside the canal is: pedicle, not hole."""
    beside = np.clip(strip.part(*_PEDICLE_MM), 0.0, 400.0).mean(axis=(1, 2)).astype(np.float64)
    around = ndimage.gaussian_filter1d(beside, _BACKGROUND_MM / STEP_MM, mode="nearest")
    standing_out: FloatArray = beside - around
    return standing_out


def arch_over_hole_hu(pedicle: FloatArray, low: float, high: float) -> float:
    """Return how much brighter the pedicles of a body are than the foramina below them.

    Parameters
    ----------
    pedicle
        As `pedicle_hu` gives it.
    low, high
        The layers between which the body lies.

    Returns
    -------
    Hounsfield units; below zero beside a disc, which has foramina above and pedicles below.
    """
    ends = [round(low + share * (high - low)) for share in (0.0, 0.3, 0.4, 0.85)]
    hole, bridge = (pedicle[a : b + 1].mean() for a, b in (ends[:2], ends[2:]))
    return float(bridge - hole)


def _body_hu(low: float, high: float, pedicle: FloatArray) -> float:
    """Return what speaks for one body between two discs, minus infinity where none fits."""
    spacing = (high - low) * STEP_MM
    if not _SPACING_MM[0] <= spacing <= _SPACING_MM[1]:
        return -math.inf
    unusual = max(_USUAL_SPACING_MM[0] - spacing, spacing - _USUAL_SPACING_MM[1], 0.0)
    arch_hu = float(np.clip(arch_over_hole_hu(pedicle, low, high), -_MOST_ARCH_HU, _MOST_ARCH_HU))
    return _ARCH_WEIGHT * arch_hu - _UNUSUAL_COST_HU * unusual


def find_disc_stack(strip: SpineStrip) -> tuple[DiscPlace, ...]:
    """Return the discs of a strip from the feet to the head, as the likeliest stack of bodies.

    A disc is taken for what it shows itself, for the arch between its foramen and the next, and
    for how like its neighbours it makes the bodies: a faint one between clear ones is kept, a
    band inside a body is not.
    """
    scores, pedicle = disc_scores_hu(strip), pedicle_hu(strip)
    peaks = scores >= ndimage.maximum_filter1d(scores, 5)
    end = round(_STRIP_END_MM / STEP_MM)
    peaks[:end] = peaks[-end:] = False
    layers = np.flatnonzero(peaks & (scores > _LEAST_HU))
    if len(layers) < 2:
        return ()
    own = np.minimum(scores[layers], _CLEAR_HU) - _DISC_COST_HU
    bodies = _bodies_hu(layers, pedicle)
    chosen = _best_stack(layers, own, bodies)
    for _ in range(_ROUNDS):
        if len(chosen) > _ENOUGH_DISCS:
            likely = bodies - _unexpected_cost_hu(layers, layers[chosen])
            chosen = _best_stack(layers, own, likely)
    return tuple(DiscPlace(float(layers[n]), float(scores[layers[n]])) for n in chosen)


def _bodies_hu(layers: IntArray, pedicle: FloatArray) -> FloatArray:
    """Return what speaks for a body between each two discs, shape (low, high)."""
    bodies = np.full((len(layers), len(layers)), -np.inf)
    for high in range(len(layers)):
        for low in range(high):
            bodies[low, high] = _body_hu(layers[low], layers[high], pedicle)
    return bodies


def _unexpected_cost_hu(layers: IntArray, stack: IntArray) -> FloatArray:
    """Return what a body costs that is higher or lower than the stack expects there.

    Bodies grow evenly from the neck to the loins, so that a line through the spacings, by the
    median of all slopes, is not misled by a few that are broken or wrong.
    """
    middles, spacings = (stack[1:] + stack[:-1]) / 2.0, np.diff(stack).astype(np.float64)
    rows, columns = np.triu_indices(len(spacings), 1)
    slope = np.median((spacings[columns] - spacings[rows]) / (middles[columns] - middles[rows]))
    start = np.median(spacings - slope * middles)
    middle = (layers[:, np.newaxis] + layers) / 2.0
    spacing = np.maximum(layers - layers[:, np.newaxis], 1).astype(np.float64)
    excess = np.log(spacing / np.maximum(start + slope * middle, 1.0))
    cost: FloatArray = np.where(excess > 0.0, _TALLER_COST_HU, -_LOWER_COST_HU) * excess
    return cost


def _best_stack(layers: IntArray, own: FloatArray, bodies: FloatArray) -> list[int]:
    """Return the indices of the best stack, by its last two discs."""
    may_end = own >= _LEAST_AT_END_HU - _DISC_COST_HU
    totals: dict[tuple[int, int], float] = {}
    previous: dict[tuple[int, int], int] = {}
    for low, high in np.argwhere(np.isfinite(bodies)).tolist():
        spacing = layers[high] - layers[low]
        best, before = (own[low] if may_end[low] else -math.inf), -1
        for n in (n for n in range(low) if (n, low) in totals):
            unlike = abs(math.log(spacing / (layers[low] - layers[n])))
            total = totals[n, low] - _UNLIKE_COST_HU * unlike
            if total > best:
                best, before = total, n
        totals[low, high] = best + own[high] + bodies[low, high]
        previous[low, high] = before
    ends = [pair for pair in totals if may_end[pair[1]] and math.isfinite(totals[pair])]
    if not ends:
        return []
    pair = max(ends, key=totals.__getitem__)
    chosen = [pair[1], pair[0]]
    while previous[pair] >= 0:
        pair = previous[pair], pair[0]
        chosen.append(pair[0])
    return chosen[::-1]
