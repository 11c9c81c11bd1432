"""What a spine pulled straight shows of each vertebra between its discs: size, ribs, wings."""

import itertools
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.disc_stack import DiscPlace
from planner.anatomy.spine_strip import STEP_MM, SpineStrip
from planner.geometry.points import FloatArray, Triple, as_triple

_MIDDLE = (0.3, 0.7)
"""The part of a body's height in which its walls are read."""
_WALL_MM = 4.0
"""Over how much way a wall's fall from bone is read."""
_HALF_WIDTHS_MM = np.arange(8.0, 40.0)
_FRONTS_MM, _BACKS_MM = np.arange(-58.0, -14.0), np.arange(-16.0, 2.0)
_CORE_HALF_MM, _CORE_V_MM = 8.0, (-26.0, -12.0)
_RIB_HU, _FAINT_RIB_HU, _FAINT_SHARE = 220.0, 115.0, 0.7
"""Ribs of healthy bone, ribs of thin bone, and what the latter count: contrast looks like them."""
_THICK_LAYERS, _THICK_COLUMNS = 13, 7
"""A block of so many voxels of the strip fits into kidneys, spleen and great vessels full of
contrast, and into no rib or process."""
_RIB_GAP_MM, _RIB_ZONE_MM, _RIB_BACK_MM = 3.0, 15.0, (-8.0, 9.0)
"""Beside a body: from its wall on, up to there, and from front to back of the posterior wall."""
_RIB_SLANT = 0.4
"""Ribs run backwards from the body; kidneys and vessels lie in front of such a slant."""
_RIB_BELOW_MM, _RIB_ABOVE_MM = 28.0, 8.0
_LEAST_MM3 = 20.0
_RIB_REACH_MM, _PROCESS_REACH_MM = 58.0, 30.0
"""From the midline: what reaches that far is a rib; what ends between them may be a process."""
_STUMP_SHARE, _PROCESS_SHARE = 0.3, 0.2
_WING_U_MM, _WING_V_MM, _WING_HU = (24.0, 42.0), (-18.0, 2.0), 90.0
_WING_LAYERS_MM = (8.0, 26.0)
"""Below a disc: where the wings of the sacrum would be."""


@attrs.frozen
class BodyPlace:
    """A body of the strip, before it has a name."""

    low: DiscPlace
    high: DiscPlace
    centre_lps_mm: Triple
    half_width_mm: float
    depth_mm: float
    rib_share: float
    """From 0, no ribs, to 1, a clear one on each side."""

    @property
    def height_mm(self) -> float:
        """From the middle of one disc to that of the next."""
        return (self.high.layer - self.low.layer) * STEP_MM


@attrs.frozen
class _Walls:
    left_mm: float
    right_mm: float
    front_mm: float
    back_mm: float


def _steepest_fall(hu: FloatArray, at_mm: FloatArray, places_mm: FloatArray) -> float:
    """Return where, along growing places, bone ends most clearly."""
    values = np.interp(places_mm, at_mm, hu)
    steps = round(_WALL_MM)
    fall = values[:-steps] - values[steps:]
    return float(places_mm[int(fall.argmax())] + _WALL_MM / 2)


def _walls(strip: SpineStrip, low: float, high: float) -> _Walls:
    first, last = (round(low + share * (high - low)) for share in _MIDDLE)
    hu = np.clip(strip.hu[first : last + 1], -100.0, 400.0)
    u, v = strip.u_mm, strip.v_mm
    in_core = (v >= _CORE_V_MM[0]) & (v <= _CORE_V_MM[1])
    across = hu[:, in_core].mean(axis=(0, 1))
    along = hu[:, :, np.abs(u) <= _CORE_HALF_MM].mean(axis=(0, 2))
    return _Walls(
        _steepest_fall(across, u, _HALF_WIDTHS_MM),
        _steepest_fall(across[::-1], -u[::-1], _HALF_WIDTHS_MM),
        -_steepest_fall(along[::-1], -v[::-1], -_FRONTS_MM[::-1]),
        _steepest_fall(along, v, _BACKS_MM),
    )


def _thin_bone(strip: SpineStrip, least_hu: float) -> NDArray[np.bool_]:
    """Return the voxels dense enough for bone that are no part of a thick organ or vessel."""
    dense = strip.hu > least_hu
    block = (_THICK_LAYERS, _THICK_COLUMNS, _THICK_COLUMNS)
    thick = ndimage.maximum_filter(ndimage.minimum_filter(dense, block), block)
    return dense & ~thick


@attrs.frozen
class _Span:
    """From one disc's layer to the next, and the walls of the body between them."""

    low: float
    high: float
    walls: _Walls


def _rib_side_share(strip: SpineStrip, thin: NDArray[np.bool_], span: _Span, sign: float) -> float:
    """Return how much the bone beside a body looks like a rib, by how far out it reaches."""
    low, high, walls = span.low, span.high, span.walls
    wall = walls.left_mm if sign > 0 else walls.right_mm
    u, v = strip.u_mm * sign, strip.v_mm - walls.back_mm
    first = max(round(low - _RIB_BELOW_MM / STEP_MM), 0)
    last = round(high + _RIB_ABOVE_MM / STEP_MM)
    beside = u >= wall + _RIB_GAP_MM
    behind = v[:, np.newaxis] >= _RIB_BACK_MM[0] + _RIB_SLANT * (u - wall)
    bone = thin[first:last] & behind & beside
    parts, count = ndimage.label(bone)
    in_v = (v >= _RIB_BACK_MM[0]) & (v <= _RIB_BACK_MM[1])
    in_u = beside & (u <= wall + _RIB_ZONE_MM)
    head = parts[round(low + 0.35 * (high - low)) - first : round(high + 5.0) - first]
    sizes = np.bincount(head[:, in_v][:, :, in_u].ravel(), minlength=count + 1)
    sizes[0] = 0
    voxel_mm3 = STEP_MM * float(np.diff(strip.u_mm[:2])[0] * np.diff(strip.v_mm[:2])[0])
    roots = np.flatnonzero(sizes * voxel_mm3 >= _LEAST_MM3)
    reach = max((float(u[(parts == n).any(axis=(0, 1))].max()) for n in roots), default=0.0)
    if reach >= _RIB_REACH_MM:
        return 1.0
    if reach > _PROCESS_REACH_MM:
        return _PROCESS_SHARE
    return _STUMP_SHARE if reach > 0.0 else 0.0


def _rib_shares(strip: SpineStrip, spans: Sequence[_Span]) -> list[float]:
    """Return the share of ribs of each body: clear ones count in full, faint ones less."""
    shares = np.zeros(len(spans))
    for least_hu, weight in ((_RIB_HU, 1.0), (_FAINT_RIB_HU, _FAINT_SHARE)):
        thin = _thin_bone(strip, least_hu)
        both = [
            sum(_rib_side_share(strip, thin, span, sign) for sign in (1.0, -1.0)) / 2.0
            for span in spans
        ]
        shares = np.maximum(shares, weight * np.array(both))
    return [float(share) for share in shares]


def body_places(strip: SpineStrip, discs: Sequence[DiscPlace]) -> tuple[BodyPlace, ...]:
    """Return the bodies between discs, both given from the feet to the head."""
    pairs = list(itertools.pairwise(discs))
    walls = _without_outliers([_walls(strip, low.layer, high.layer) for low, high in pairs])
    spans = [
        _Span(low.layer, high.layer, wall) for (low, high), wall in zip(pairs, walls, strict=True)
    ]
    ribs = _rib_shares(strip, spans)
    return tuple(
        _place(strip, pair, span.walls, share)
        for pair, span, share in zip(pairs, spans, ribs, strict=True)
    )


def _place(
    strip: SpineStrip, pair: tuple[DiscPlace, DiscPlace], wall: _Walls, rib_share: float
) -> BodyPlace:
    low, high = pair
    aside, depth = (wall.left_mm - wall.right_mm) / 2.0, (wall.front_mm + wall.back_mm) / 2.0
    return BodyPlace(
        low,
        high,
        as_triple(strip.lps_of((low.layer + high.layer) / 2.0, aside, depth)),
        (wall.left_mm + wall.right_mm) / 2.0,
        wall.back_mm - wall.front_mm,
        rib_share,
    )


def _without_outliers(walls: Sequence[_Walls]) -> list[_Walls]:
    """Return walls of which none that is hidden by a spur, a rib or a vessel stands out."""
    table = np.array([attrs.astuple(wall) for wall in walls]).reshape(-1, 4)
    calm = ndimage.median_filter(table, (3, 1), mode="nearest")
    return [_Walls(*row) for row in calm.tolist()]


def rib_share_above(strip: SpineStrip, top: DiscPlace, height_mm: float) -> float:
    """Return the share of ribs of the cut vertebra above the uppermost disc."""
    end = min(top.layer + height_mm / STEP_MM, len(strip.hu) - 1.0)
    if end - top.layer < height_mm / STEP_MM / 2.0:
        return 0.0
    span = _Span(top.layer, end, _walls(strip, top.layer, end))
    return _rib_shares(strip, [span])[0]


def wing_share(strip: SpineStrip, disc: DiscPlace) -> float:
    """Return how much bone lies to both sides of the body below a disc, as in the sacrum."""
    near, far = (round(disc.layer - mm / STEP_MM) for mm in _WING_LAYERS_MM)
    layers = strip.hu[max(far, 0) : max(near, 0)]
    if len(layers) < (_WING_LAYERS_MM[1] - _WING_LAYERS_MM[0]) / 2.0 / STEP_MM:
        return 0.0
    v = (strip.v_mm >= _WING_V_MM[0]) & (strip.v_mm <= _WING_V_MM[1])
    shares = []
    for sign in (1.0, -1.0):
        u = (strip.u_mm * sign >= _WING_U_MM[0]) & (strip.u_mm * sign <= _WING_U_MM[1])
        shares.append(float((layers[:, v][:, :, u] > _WING_HU).mean()))
    return min(shares)
