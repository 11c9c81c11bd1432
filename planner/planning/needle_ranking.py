"""How good an admissible needle is, and why: one formula for the search, the list and the plan."""

from collections.abc import Iterator
from typing import NamedTuple

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.compiled import compiled
from planner.planning.measures import NeedleMeasures
from planner.planning.needle_path import MOST_TURN_DEG
from planner.planning.plan import NeedleRoute

_WALL_WEIGHT = 24.0
_CANAL_WEIGHT = 14.0
_ENDPLATE_WEIGHT = 10.0
_ANTERIOR_WEIGHT = 6.0
_TIP_DEPTH_WEIGHT = 16.0
_TIP_LATERAL_WEIGHT = 10.0
_ANGLE_WEIGHT = 7.0
_SKIN_WEIGHT = 3.0
_ENTRY_WEIGHT = 10.0
"""The weights add up to 100. They are a design choice: hard limits are held before any weighing."""

WALL_FULL_MM = 3.0
_CANAL_FROM_MM = 2.0
CANAL_FULL_MM = 6.0
ENDPLATE_FULL_MM = 6.0
_ANTERIOR_FULL_MM = 4.0
_DEPTH_RESERVE = 0.03
"""How far inside the accepted depths one aims, so that a tip is not on their very edge."""
_TIP_DEPTH_FADE = 0.2
_TIP_LATERAL_FADE = 0.3
_ANGLE_FULL_DEG = 5.0
_ANGLE_NONE_DEG = 35.0
ROOT_FULL_MM = 4.0
_TURN_FULL_DEG = 30.0
SKIM_FULL_MM = 3.0
_SKIM_NONE_MM = 10.0
_SKIM_TOLD_MM = 5.0
_SKIN_FULL_MM = 30.0
_SKIN_NONE_MM = 110.0
USUAL_SKIN_TO_BONE_MM = 50.0
"""Stands for the depth under the skin while the search compares paths that hardly differ in it."""


class TipAim(NamedTuple):
    """Where in the body a tip is aimed at, in shares of its depth and of its half width."""

    depth_least: float
    depth_most: float
    lateral_least: float
    lateral_most: float


def tip_aim(*, is_bipedicular: bool) -> TipAim:
    """Return where tips belong: on each side of the midline, or at it and past it."""
    depth = (
        clinical_number("tip-depth-least") + _DEPTH_RESERVE,
        clinical_number("tip-depth-most") - _DEPTH_RESERVE,
    )
    if is_bipedicular:
        return TipAim(
            *depth,
            clinical_number("bipedicular-tip-least"),
            clinical_number("bipedicular-tip-most"),
        )
    return TipAim(*depth, -0.15, 0.0)


@compiled
def rising(value: float, none_at: float, full_at: float) -> float:
    """Return 0 at `none_at`, 1 at `full_at`, linear between and level beyond."""
    share = (value - none_at) / (full_at - none_at)
    return min(max(share, 0.0), 1.0)


@compiled
def within(value: float, least: float, most: float, fade: float) -> float:
    """Return 1 between two values, falling to 0 at `fade` outside them."""
    outside = max(least - value, value - most, 0.0)
    return max(1.0 - outside / fade, 0.0)


@compiled
def margin_score(wall_mm: float, canal_mm: float, endplate_mm: float, anterior_mm: float) -> float:
    """Return the part of the score that distances from the needle's surface give."""
    return (
        _WALL_WEIGHT * rising(wall_mm, 0.0, WALL_FULL_MM)
        + _CANAL_WEIGHT * rising(canal_mm, _CANAL_FROM_MM, CANAL_FULL_MM)
        + _ENDPLATE_WEIGHT * rising(endplate_mm, 0.0, ENDPLATE_FULL_MM)
        + _ANTERIOR_WEIGHT * rising(anterior_mm, 0.0, _ANTERIOR_FULL_MM)
    )


@compiled
def beside_score(root_mm: float, canal_mm: float, endplate_mm: float, anterior_mm: float) -> float:
    """Return what distances give a needle past the pedicle: the root's for the wall's."""
    return (
        _WALL_WEIGHT * rising(root_mm, 0.0, ROOT_FULL_MM)
        + _CANAL_WEIGHT * rising(canal_mm, _CANAL_FROM_MM, CANAL_FULL_MM)
        + _ENDPLATE_WEIGHT * rising(endplate_mm, 0.0, ENDPLATE_FULL_MM)
        + _ANTERIOR_WEIGHT * rising(anterior_mm, 0.0, _ANTERIOR_FULL_MM)
    )


@compiled
def turn_score(turned_deg: float, skin_to_bone_mm: float) -> float:
    """Return what the way in gives a needle past the pedicle: flat ones pass more tissue."""
    return _ANGLE_WEIGHT * rising(turned_deg, MOST_TURN_DEG, _TURN_FULL_DEG) + _SKIN_WEIGHT * (
        rising(skin_to_bone_mm, _SKIN_NONE_MM, _SKIN_FULL_MM)
    )


@compiled
def path_score(angle_deg: float, skin_to_bone_mm: float, skimmed_mm: float) -> float:
    """Return the part of the score that the way in gives."""
    return (
        _ANGLE_WEIGHT * rising(angle_deg, _ANGLE_NONE_DEG, _ANGLE_FULL_DEG)
        + _SKIN_WEIGHT * rising(skin_to_bone_mm, _SKIN_NONE_MM, _SKIN_FULL_MM)
        + _ENTRY_WEIGHT * rising(skimmed_mm, _SKIM_NONE_MM, SKIM_FULL_MM)
    )


@compiled
def tip_score(depth_share: float, lateral_share: float, aim: TipAim) -> float:
    """Return the part of the score that the tip's place in the body gives."""
    return _TIP_DEPTH_WEIGHT * within(
        depth_share, aim.depth_least, aim.depth_most, _TIP_DEPTH_FADE
    ) + _TIP_LATERAL_WEIGHT * within(
        lateral_share, aim.lateral_least, aim.lateral_most, _TIP_LATERAL_FADE
    )


def score_of(measures: NeedleMeasures, *, is_bipedicular: bool = True) -> float:
    """Return how good a needle is, 0 to 100; it says nothing of admissibility.

    One of two needles belongs beside the midline, a single one at it.
    """
    margins = measures.margins
    bone_mm = measures.depth_from_bone_mm
    skin_mm = _SKIN_NONE_MM if bone_mm is None else measures.depth_from_skin_mm - bone_mm
    canal, endplate, anterior = (
        0.0 if margin is None else margin.distance_mm
        for margin in (margins.canal, margins.endplate, margins.anterior_cortex)
    )
    lateral = measures.tip_lateral_share
    tip = tip_score(
        measures.tip_depth_share,
        1.0 if lateral is None else lateral,
        tip_aim(is_bipedicular=is_bipedicular),
    )
    if measures.route is NeedleRoute.EXTRAPEDICULAR:
        root = ROOT_FULL_MM if margins.foramen is None else margins.foramen.distance_mm
        return (
            beside_score(root, canal, endplate, anterior)
            + turn_score(measures.transverse_deg, skin_mm)
            + tip
        )
    wall = 0.0 if margins.pedicle_wall is None else margins.pedicle_wall.distance_mm
    angle = measures.angle_to_pedicle_deg
    return (
        margin_score(wall, canal, endplate, anterior)
        + path_score(
            _ANGLE_NONE_DEG if angle is None else angle,
            skin_mm,
            _SKIM_NONE_MM if measures.skimmed_mm is None else measures.skimmed_mm,
        )
        + tip
    )


def reasons_for(measures: NeedleMeasures, *, is_bipedicular: bool = True) -> tuple[str, ...]:
    """Return what speaks for and against a needle, in words."""
    aim = tip_aim(is_bipedicular=is_bipedicular)
    reasons = [*_margin_reasons(measures), _depth_reason(measures.tip_depth_share, aim)]
    if measures.tip_lateral_share is not None:
        reasons.append(_lateral_reason(measures.tip_lateral_share))
    if measures.angle_to_pedicle_deg is not None:
        reasons.append(f"{measures.angle_to_pedicle_deg:.0f} degrees from the pedicle's axis")
    if measures.skimmed_mm is not None and measures.skimmed_mm > _SKIM_TOLD_MM:
        reasons.append(f"skims the bone's surface for {measures.skimmed_mm:.0f} mm at its entry")
    return tuple(reasons)


def _margin_reasons(measures: NeedleMeasures) -> Iterator[str]:
    margins = measures.margins
    is_beside = measures.route is NeedleRoute.EXTRAPEDICULAR
    if is_beside:
        yield "passes lateral of the pedicle, so no pedicle wall is graded"
    if margins.pedicle_wall is not None:
        words = "clear of" if margins.pedicle_wall.distance_mm >= 0 else "through"
        yield (
            f"{abs(margins.pedicle_wall.distance_mm):.1f} mm {words} the "
            f"{measures.nearest_pedicle_wall or 'nearest'} pedicle wall"
        )
    for margin, what, is_told in (
        (margins.canal, "the spinal canal", True),
        (margins.foramen, "the neural foramina", True),
        (measures.neighbour_bone, "ribs and neighbours", is_beside),
        (measures.lung, "air in lung or bowel", is_beside),
        (measures.vessel, "a great vessel", True),
        (
            measures.possible_vessel,
            "soft tissue that may be a great vessel, not told apart",
            measures.vessel is None,
        ),
        (margins.endplate, "the nearer endplate", True),
    ):
        if margin is not None and is_told:
            yield f"{margin.distance_mm:.1f} mm from {what}"


def _depth_reason(share: float, aim: TipAim) -> str:
    if share < aim.depth_least - _DEPTH_RESERVE:
        return f"tip at {share:.0%} of the body's depth, behind its anterior third"
    if share > aim.depth_most + _DEPTH_RESERVE:
        return f"tip at {share:.0%} of the body's depth, close to the anterior wall"
    return f"tip at {share:.0%} of the body's depth"


def _lateral_reason(share: float) -> str:
    if share <= 0.0:
        return f"tip {-share:.0%} of the half width past the midline"
    return f"tip {share:.0%} of the half width short of the midline"
