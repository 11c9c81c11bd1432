"""The disc spaces above and below a body: two bright plates with something darker between."""

import attrs
import numpy as np

from planner.anatomy.body_block import BLOCK_STEP_MM, BodyBlock
from planner.geometry.points import FloatArray

_RADIUS_MM = 9.0
_TILTS_U = np.arange(-0.36, 0.361, 0.06)
_TILTS_V = np.arange(-0.48, 0.481, 0.06)
_HALF_GAPS_MM = np.arange(1.6, 7.3, 0.4)
_BODY_OFFSET_MM = 6.0
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
    inside = (np.hypot(u, v) <= _RADIUS_MM) & (np.indices(u.shape).sum(axis=0) % 2 == 0)
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
        filled = np.clip(profiles - plates, 0.0, None)
        scores.append(plates - bodies + 0.5 * dip - filled - tilt_cost)
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


_HEIGHT_MM = (11.0, 34.0)
USUAL_HEIGHT_MM = (17.0, 30.0)
_EDGE_MM = 2.0


def find_discs(
    block: BodyBlock, inside_w_mm: float, usual_height_mm: tuple[float, float] = USUAL_HEIGHT_MM
) -> DiscPair | None:
    """Return the discs below and above a place on the body's axis, None where no pair fits.

    Heights between the discs outside the usual range are taken only on better evidence.
    """
    fits = _best_by_place(block)
    best: tuple[float, DiscPair] | None = None
    for low in (f for f in fits if f.w_mm + f.half_gap_mm + _EDGE_MM < inside_w_mm):
        for high in (f for f in fits if f.w_mm - f.half_gap_mm - _EDGE_MM > inside_w_mm):
            height = (high.w_mm - high.half_gap_mm) - (low.w_mm + low.half_gap_mm)
            if not _HEIGHT_MM[0] <= height <= _HEIGHT_MM[1]:
                continue
            unusual = max(usual_height_mm[0] - height, height - usual_height_mm[1], 0.0)
            score = low.score_hu + high.score_hu - 8.0 * unusual
            if best is None or score > best[0]:
                best = (score, DiscPair(low, high))
    return best[1] if best else None
