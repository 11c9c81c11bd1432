"""What a body at a place is called: from the spine it belongs to, or else from how far it lies."""

import attrs

from planner.anatomy.chain import SpineChain
from planner.anatomy.level_naming import LevelNaming
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import PointLike, Triple, as_triple

_USUAL_PITCH_MM = 28.0
"""From one body's centre to the next about the thoracolumbar junction, where nothing is known."""
_PITCH_TO_HEIGHT = 1.25
"""A body and its disc over the body's posterior height, which a fracture spares longest."""


@attrs.frozen
class KnownLevel:
    """A place whose name is known."""

    level: VertebraLevel
    lps_mm: Triple = attrs.field(converter=as_triple)
    pitch_mm: float = _USUAL_PITCH_MM


def known_levels(vertebrae: tuple[VertebraModel, ...]) -> tuple[KnownLevel, ...]:
    """Return the places of the vertebrae found so far."""
    return tuple(
        KnownLevel(v.level, v.centre_lps_mm, _PITCH_TO_HEIGHT * v.heights.posterior_mm)
        for v in vertebrae
    )


def named_by_distance(
    known: tuple[KnownLevel, ...], at_lps_mm: PointLike
) -> tuple[VertebraLevel, KnownLevel] | None:
    """Return the name a body at a point most likely has and where it was counted from.

    None where nothing is known, or the count leaves the spine.
    """
    if not known:
        return None
    nearest = _nearest(known, at_lps_mm)
    steps = round((nearest.lps_mm[2] - float(at_lps_mm[2])) / nearest.pitch_mm)
    try:
        return nearest.level.below(steps), nearest
    except AnatomyProblem:
        return None


def named_along(
    spine: SpineChain, known: tuple[KnownLevel, ...], at_lps_mm: PointLike
) -> tuple[VertebraLevel, LevelNaming] | None:
    """Return the name of the body at a point, counted body by body along the spine.

    From the nearest level that is known, or where none is, as ribs and sacrum have it. None where
    no body of the spine lies there, or the known level is none of its.
    """
    if known:
        nearest = _nearest(known, at_lps_mm)
        try:
            spine = spine.renamed(nearest.level, nearest.lps_mm)
        except AnatomyProblem:
            return None
    place = spine.place_at(at_lps_mm)
    return None if place is None else (place.level, spine.naming)


def _nearest(known: tuple[KnownLevel, ...], at_lps_mm: PointLike) -> KnownLevel:
    z_mm = float(at_lps_mm[2])
    return min(known, key=lambda item: abs(item.lps_mm[2] - z_mm))
