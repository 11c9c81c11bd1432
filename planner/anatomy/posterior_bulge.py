"""How far the posterior wall of a body bulges into the canal."""

import attrs
import numpy as np

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.mask_surfaces import last_crossing, share_inside
from planner.anatomy.vertebra import VertebraModel
from planner.geometry.points import FloatArray, Triple, as_triple

_BESIDE_MM = np.arange(-8.0, 8.1, 2.0)
_BEHIND_MM = np.arange(-5.0, 32.1, 0.4)
_LAYERS = np.linspace(0.08, 0.92, 29)
"""Shares of the height, from below, at which the wall is read."""
_CORNER = np.abs(_LAYERS - 0.5) >= 0.36
_MIDDLE = np.abs(_LAYERS - 0.5) <= 0.25


@attrs.frozen
class PosteriorBulge:
    """The furthest that a posterior wall stands behind the line between its two corners."""

    depth_mm: float
    """0 where it is straight or hollow, as it usually is."""
    at_lps_mm: Triple
    canal_share: float
    """Of the canal's depth there, as it would be without the bulge."""


def posterior_bulge(vertebra: VertebraModel) -> PosteriorBulge | None:
    """Return the bulge of a body's posterior wall, None where too little of the wall is there."""
    axes = BodyAxes(vertebra.lps_from_vertebra)
    line = vertebra.heights.posterior
    ends = axes.uvw_of(np.array([line.inferior_lps_mm, line.superior_lps_mm]))
    w = ends[0, 2] + _LAYERS * (ends[1, 2] - ends[0, 2])
    wall = _wall_mm(vertebra, axes, w)
    beyond = np.full_like(wall, -np.inf)
    for column in range(wall.shape[1]):
        known = _CORNER & np.isfinite(wall[:, column])
        if known[_LAYERS < 0.5].any() and known[_LAYERS > 0.5].any():
            fit = np.polyfit(w[known], wall[known, column], 1)
            beyond[:, column] = wall[:, column] - np.polyval(fit, w)
    beyond[~_MIDDLE] = -np.inf
    beyond[~np.isfinite(beyond)] = -np.inf
    if not np.isfinite(beyond).any():
        return None
    layer, beside = (int(n) for n in np.unravel_index(int(beyond.argmax()), beyond.shape))
    depth_mm = max(float(beyond[layer, beside]), 0.0)
    at = np.array([_BESIDE_MM[beside], wall[layer, beside], w[layer]])
    canal_mm = _canal_depth_mm(vertebra, axes, float(w[layer]))
    share = depth_mm / (canal_mm + depth_mm) if canal_mm > 0.0 else 0.0
    return PosteriorBulge(depth_mm, as_triple(axes.lps_of(at)), share)


def _wall_mm(vertebra: VertebraModel, axes: BodyAxes, w_mm: FloatArray) -> FloatArray:
    """Return where the body ends behind, shape (layers, columns), NaN beside it."""
    w, u, v = np.meshgrid(w_mm, _BESIDE_MM, _BEHIND_MM, indexing="ij")
    inside = share_inside(vertebra.body, axes, np.stack([u, v, w], axis=-1))
    return last_crossing(inside, _BEHIND_MM)


def _canal_depth_mm(vertebra: VertebraModel, axes: BodyAxes, w_mm: float) -> float:
    """Return the canal's depth on the midline at a height of the body."""
    v = np.arange(0.0, 50.0, 0.4)
    uvw = np.stack([np.zeros_like(v), v, np.full_like(v, w_mm)], axis=-1)
    inside = share_inside(vertebra.canal, axes, uvw) >= 0.5
    return float(inside.sum()) * 0.4
