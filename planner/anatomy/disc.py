"""The disc spaces above and below a body: two bright plates with something darker between."""

import math

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.body_block import BLOCK_STEP_MM, BodyBlock
from planner.geometry.points import FloatArray

_RADIUS_MM = 9.0
_TILTS_U = np.arange(-0.36, 0.361, 0.06)
_TILTS_V = np.arange(-0.48, 0.481, 0.06)
_HALF_GAPS_MM = np.arange(1.6, 7.3, 0.4)
_BODY_OFFSET_MM = 6.0
_PLATE_MM = 2.0
"""How far a bright plate reaches into the gap."""
_WIDE_MM, _DARK_INSIDE = 4.0, 3.0
"""Half gaps from which the gap must be darker than its plates, and how much that counts."""
_TILT_COST_HU = 80.0
"""Cost of a disc tilted by a whole unit of slope."""


@attrs.frozen
class DiscFit:
    """A disc space: its middle on the body's axis, its slopes and half the gap between plates."""

    w_mm: float
    slope_u: float
    slope_v: float
    half_gap_mm: float
    score_hu: float

    def plate_mm(self, u_mm: FloatArray, v_mm: FloatArray, *, upper: bool) -> FloatArray:
        """Return the height of the plate above or below the disc at body coordinates."""
        gap = self.half_gap_mm if upper else -self.half_gap_mm
        height: FloatArray = self.w_mm + gap + self.slope_u * u_mm + self.slope_v * v_mm
        return height


@attrs.frozen
class DiscPair:
    """The disc spaces that a body lies between."""

    below: DiscFit
    above: DiscFit


def _columns(block: BodyBlock) -> tuple[FloatArray, FloatArray, FloatArray]:
    v, u = np.meshgrid(block.v_mm, block.u_mm, indexing="ij")
    inside = (np.hypot(u, v) <= _RADIUS_MM) & (np.indices(u.shape) % 2 == 0).all(axis=0)
    return block.hu[:, inside].T.astype(np.float64), u[inside], v[inside]


def _tilted_profiles(block: BodyBlock) -> tuple[FloatArray, FloatArray]:
    """Return median profiles along the axis for each pair of slopes, and the slopes (n, 2)."""
    columns, u, v = _columns(block)
    columns = np.clip(columns, 0.0, 450.0)
    slopes = np.array([(a, b) for a in _TILTS_U for b in _TILTS_V])
    places = np.arange(columns.shape[1])
    profiles = np.empty((len(slopes), columns.shape[1]))
    rows = np.arange(len(columns))[:, np.newaxis]
    for n, (a, b) in enumerate(slopes):
        shift = np.rint((a * u + b * v) / BLOCK_STEP_MM).astype(np.intp)
        index = np.clip(places + shift[:, np.newaxis], 0, columns.shape[1] - 1)
        # A bone island fills few columns, an endplate most of them.
        profiles[n] = np.median(columns[rows, index], axis=0)
    return profiles, slopes


def _shifted(profiles: FloatArray, offset_mm: float) -> FloatArray:
    steps = round(offset_mm / BLOCK_STEP_MM)
    index = np.clip(np.arange(profiles.shape[1]) + steps, 0, profiles.shape[1] - 1)
    moved: FloatArray = profiles[:, index]
    return moved


def _best_by_place(block: BodyBlock) -> list[DiscFit]:
    """Return the best disc with its middle at each place along the axis."""
    profiles, slopes = _tilted_profiles(block)
    tilt_cost = _TILT_COST_HU * np.hypot(slopes[:, 0], slopes[:, 1])[:, np.newaxis]
    scores = []
    for half in _HALF_GAPS_MM:
        plates = np.minimum(_shifted(profiles, -half), _shifted(profiles, half))
        out = half + _BODY_OFFSET_MM
        bodies = np.maximum(_shifted(profiles, -out), _shifted(profiles, out))
        dip = np.clip(plates - profiles, 0.0, 150.0)
        inner = 2 * int(max(half - _PLATE_MM, 0.0) / BLOCK_STEP_MM) + 1
        brightest = ndimage.maximum_filter1d(profiles, inner, axis=1)
        # Marrow between two discs is brighter than they are, but no darker inside.
        contrast = _DARK_INSIDE * (plates - brightest) if half >= _WIDE_MM else np.inf
        filled = np.clip(profiles - plates, 0.0, None)
        stands_out = np.minimum(plates - bodies, contrast)
        scores.append(stands_out + 0.5 * dip - filled - tilt_cost)
    table = np.array(scores)
    fits = []
    for place, w_mm in enumerate(block.w_mm):
        gap, tilt = np.unravel_index(int(table[:, :, place].argmax()), table.shape[:2])
        a, b = slopes[tilt]
        fits.append(
            DiscFit(
                float(w_mm),
                float(a),
                float(b),
                float(_HALF_GAPS_MM[gap]),
                float(table[gap, tilt, place]),
            )
        )
    return fits


_HEIGHT_MM = (9.0, 36.0)
USUAL_HEIGHT_MM = (15.0, 30.0)
_UNUSUAL_COST_HU = 8.0
"""Cost of each millimetre by which a body is lower or higher than usual."""
_EDGE_MM = 2.0
_FAINT_HU, _CLEAR_HU = 10.0, 100.0
"""Evidence below which nothing is a disc, and from which a disc is as good as any."""


def _height_mm(low: DiscFit, high: DiscFit) -> float:
    return (high.w_mm - high.half_gap_mm) - (low.w_mm + low.half_gap_mm)


def _body_cost_hu(low: DiscFit, high: DiscFit, usual_mm: tuple[float, float]) -> float:
    """Return what a body between two discs costs, infinite where none fits."""
    height = _height_mm(low, high)
    if not _HEIGHT_MM[0] <= height <= _HEIGHT_MM[1]:
        return math.inf
    return _UNUSUAL_COST_HU * max(usual_mm[0] - height, height - usual_mm[1], 0.0)


def _by_height(one: DiscFit, other: DiscFit) -> tuple[DiscFit, DiscFit]:
    return (one, other) if one.w_mm < other.w_mm else (other, one)


def _stacked_hu(discs: list[DiscFit], usual_mm: tuple[float, float]) -> list[float]:
    """Return the evidence of the best stack of discs that ends with each, in order of the list."""
    totals: list[float] = []
    for n, disc in enumerate(discs):
        own = min(disc.score_hu, _CLEAR_HU) - _FAINT_HU
        before = (
            total - _body_cost_hu(*_by_height(disc, other), usual_mm)
            for other, total in zip(discs[:n], totals, strict=True)
        )
        totals.append(own + max(0.0, *before, 0.0))
    return totals


def find_discs(
    block: BodyBlock, inside_w_mm: float, usual_height_mm: tuple[float, float] = USUAL_HEIGHT_MM
) -> DiscPair | None:
    """Return the discs below and above a place on the body's axis, None where no pair fits.

    The whole column in the block is explained at once, as a stack of discs with bodies between
    them: a collapsed body between bright endplates would else pass for a disc. Heights outside the
    usual range are taken only on better evidence.
    """
    fits = [fit for fit in _best_by_place(block) if fit.score_hu > _FAINT_HU]
    lower = [f for f in fits if f.w_mm + f.half_gap_mm + _EDGE_MM < inside_w_mm]
    upper = [f for f in reversed(fits) if f.w_mm - f.half_gap_mm - _EDGE_MM > inside_w_mm]
    pairs = [
        (below_hu + above_hu - _body_cost_hu(low, high, usual_height_mm), DiscPair(low, high))
        for low, below_hu in zip(lower, _stacked_hu(lower, usual_height_mm), strict=True)
        for high, above_hu in zip(upper, _stacked_hu(upper, usual_height_mm), strict=True)
    ]
    best_hu, best = max(pairs, key=lambda pair: pair[0], default=(-math.inf, None))
    return best if math.isfinite(best_hu) else None
