"""Ribs from T4 to the last thoracic level, as chains of flat rods in LPS."""

import itertools

import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.distance_fields import Limb
from planner.digital_spine.spine_pose import PosedSpine, PosedVertebra
from planner.geometry.points import FloatArray, as_triple

_STEPS = 22
_FALL_MM_PER_DEG = 0.52
_LAST_RIB_DEG = {VertebraLevel.T11: 78.0, VertebraLevel.T12: 42.0, VertebraLevel.T13: 18.0}
_RIB_DEG = 165.0
_CHEST_MM = (132.0, 92.0)
"""Half width and half depth of the chest along the ribs."""
_BEFORE_SPINE_MM = 40.0
"""From the body's centre to the middle of the chest."""
_HEAD_AT_DISC = frozenset(
    {
        VertebraLevel.T4,
        VertebraLevel.T5,
        VertebraLevel.T6,
        VertebraLevel.T7,
        VertebraLevel.T8,
        VertebraLevel.T9,
    }
)
"""Ribs whose head lies at the disc above; the lower ones bear on their own body."""


def _root(vertebra: PosedVertebra, side: Side) -> FloatArray:
    """Return head, neck and tubercle of a rib in LPS, shape (3, 3)."""
    body, sign = vertebra.body, side.sign
    up = vertebra.body.half_height_mm
    head_w = up + 0.5 if vertebra.level in _HEAD_AT_DISC else 0.45 * up
    head = (sign * (0.86 * body.half_width_mm + 5.0), 0.72 * body.half_depth_mm, head_w)
    span = vertebra.anatomy.side(side).transverse_span / 2.0
    behind = body.half_depth_mm + 12.5
    neck = (sign * (0.5 * (abs(head[0]) + span)), 0.5 * (head[1] + behind) - 1.0, head_w * 0.8)
    tubercle = (sign * (span - 1.0), behind + 2.0, head_w * 0.45 + 3.0)
    return vertebra.lps_from_vertebra.points(np.array([head, neck, tubercle]))


def _shaft(vertebra: PosedVertebra, side: Side, tubercle: FloatArray, scale: float) -> FloatArray:
    """Return points along the shaft in LPS, from behind the tubercle forwards."""
    middle = vertebra.lps_from_vertebra.translation_mm - np.array([0.0, _BEFORE_SPINE_MM, 0.0])
    start = tubercle - middle
    first = np.degrees(np.arctan2(abs(start[0]), start[1]))
    angle = np.linspace(first, _LAST_RIB_DEG.get(vertebra.level, _RIB_DEG), _STEPS)
    turn = np.radians(angle)
    half_width, half_depth = (scale * m for m in _CHEST_MM)
    on_chest = 1.0 / np.hypot(np.sin(turn) / half_width, np.cos(turn) / half_depth)
    own = float(np.hypot(start[0], start[1]))
    share = np.clip((angle - first) / 26.0, 0.0, 1.0)
    radius = own + (on_chest - own) * share * share * (3.0 - 2.0 * share)
    # Just behind the tubercle the rib goes on backwards to its angle.
    radius = radius + 4.0 * np.exp(-(((angle - first - 12.0) / 9.0) ** 2))
    fall = _FALL_MM_PER_DEG * (angle - first)
    return np.stack(
        [
            middle[0] + side.sign * radius * np.sin(turn),
            middle[1] + radius * np.cos(turn),
            tubercle[2] - fall,
        ],
        axis=1,
    )


def rib_limbs(spine: PosedSpine, scale: float) -> list[tuple[VertebraLevel, Side, list[Limb]]]:
    """Return every rib as a chain of limbs in LPS."""
    ribs = []
    for vertebra in spine.vertebrae:
        if not vertebra.level.is_thoracic:
            continue
        for side in (Side.LEFT, Side.RIGHT):
            root = _root(vertebra, side)
            points = np.vstack([root, _shaft(vertebra, side, root[2], scale)[1:]])
            limbs = []
            for n, (a, b) in enumerate(itertools.pairwise(points)):
                radii = (4.6, 4.4) if n == 0 else (5.0, 3.6) if n < 3 else (6.0, 3.3)
                limbs.append(Limb(as_triple(a), as_triple(b), (0.0, 0.0, 1.0), radii, radii))
            ribs.append((vertebra.level, side, limbs))
    return ribs
