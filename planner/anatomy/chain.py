"""All vertebrae of a study in order, each with its name."""

from collections.abc import Sequence

import attrs
import numpy as np

from planner.anatomy.body_places import BodyPlace, body_places, rib_share_above, wing_share
from planner.anatomy.canal import track_whole_canal
from planner.anatomy.disc_stack import DiscPlace, find_disc_stack
from planner.anatomy.level_naming import (
    UNDECIDED,
    LevelNaming,
    NamedLevels,
    NamingEvidence,
    named_by_hand,
    named_from_evidence,
)
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.spine_crop import SpineCrop, crop_around
from planner.anatomy.spine_remarks import has_metal, spine_remarks
from planner.anatomy.spine_strip import SpineStrip, strip_along
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import PointLike, Triple, distance_mm
from planner.imaging.volume import Volume

_SPACING_MM = 1.6
_ANCHOR_SHARE = 0.75
"""How far from a body's centre, against its height, a point may lie that names it."""
_WINGS = 0.37
"""Share of bone to both sides from which a body belongs to the sacrum."""
_RIB_SHARE = 0.45
_BRIGHT_MM, _STREAKED_MM = 1.0, 4.0
"""How far around cement and metal no disc is read, and no rib."""


@attrs.frozen
class LevelPlace:
    """A vertebra of a chain: its name and where its body lies."""

    level: VertebraLevel
    centre_lps_mm: Triple
    bears_ribs: bool
    height_mm: float
    """From disc to disc."""


@attrs.frozen
class SpineChain:
    """Every whole vertebral body of a study, from the head to the feet."""

    levels: tuple[LevelPlace, ...]
    naming: LevelNaming
    remarks: tuple[str, ...] = ()
    """Sentences about what in this spine makes outlines or names doubtful."""

    def renamed(self, level: VertebraLevel, at_lps_mm: PointLike) -> "SpineChain":
        """Return the chain counted from one vertebra that the user has named.

        Raises
        ------
        AnatomyProblem
            If the point lies in no vertebra of the chain.
        """
        place = _anchored(self.levels, at_lps_mm)
        return attrs.evolve(
            _chain(self.levels, named_by_hand(level, place, len(self.levels))),
            remarks=self.remarks,
        )

    def place_at(self, lps_mm: PointLike) -> LevelPlace | None:
        """Return the vertebra whose body a point lies in, None where it lies in none."""
        try:
            return self.levels[_anchored(self.levels, lps_mm)]
        except AnatomyProblem:
            return None


def _anchored(places: Sequence[LevelPlace | BodyPlace], at_lps_mm: PointLike) -> int:
    """Return which body a point lies in."""
    gaps = [distance_mm(place.centre_lps_mm, at_lps_mm) for place in places]
    nearest = int(np.argmin(gaps))
    if gaps[nearest] > _ANCHOR_SHARE * places[nearest].height_mm:
        raise AnatomyProblem(
            "The point that was named lies in no whole vertebra that was found.",
            hint="Click inside a vertebral body, about its middle, and name that.",
        )
    return nearest


def _chain(places: Sequence[LevelPlace], named: NamedLevels) -> SpineChain:
    levels = tuple(
        attrs.evolve(place, level=level)
        for place, level in zip(places, named.names, strict=True)
        if level is not None
    )
    return SpineChain(levels, named.naming)


def _whole_crop(volume: Volume) -> SpineCrop:
    grid = volume.geometry
    reach = np.ptp(grid.corners_lps_mm(), axis=0) / 2 + 1.0
    return crop_around(volume, grid.centre_lps_mm, reach, reach, _SPACING_MM)


def _above_sacrum(
    strip: SpineStrip, discs: tuple[DiscPlace, ...]
) -> tuple[tuple[DiscPlace, ...], bool]:
    """Return the discs that lie between vertebrae, and whether the lowest rests on the sacrum."""
    winged = [n for n, disc in enumerate(discs[:2]) if wing_share(strip, disc) >= _WINGS]
    return (discs[max(winged) :], True) if winged else (discs, False)


def find_chain(
    volume: Volume,
    progress: Progress = no_progress,
    anchor: tuple[VertebraLevel, PointLike] | None = None,
) -> SpineChain:
    """Return every whole vertebral body of a study with its name, outlining none of them.

    Parameters
    ----------
    volume
        The CT.
    progress
        Told how far the work is.
    anchor
        A level and a point inside its body, which name all others; without it ribs and sacrum do.

    Raises
    ------
    AnatomyProblem
        If no vertebra is found, or the anchor's point lies in none.
    """
    progress(0.0, "Finding the spine")
    crop = _whole_crop(volume)
    progress(0.4, "Finding the spinal canal")
    line = track_whole_canal(crop)
    progress(0.8, "Telling vertebrae and discs apart")
    as_seen = strip_along(crop, line)
    stack = find_disc_stack(as_seen.without_implants(_BRIGHT_MM))
    strip = as_seen.without_implants(_STREAKED_MM)
    discs, on_sacrum = _above_sacrum(strip, stack)
    bodies = body_places(strip, discs)[::-1]
    if not bodies:
        raise AnatomyProblem(
            "No vertebra was found by itself in this CT.",
            hint="Click inside a vertebral body and name it.",
        )
    if anchor is not None:
        named = named_by_hand(anchor[0], _anchored(bodies, anchor[1]), len(bodies))
    else:
        above = rib_share_above(strip, discs[-1], bodies[0].height_mm)
        # Screws beside a body look like ribs: there, nothing speaks for or against them.
        shares = tuple(UNDECIDED if has_metal(as_seen, body) else body.rib_share for body in bodies)
        named = named_from_evidence(NamingEvidence(shares, above, on_sacrum))
    progress(0.95, "Looking for what is unusual")
    places = [_place(body) for body in bodies]
    remarks = spine_remarks(as_seen, bodies, named.names)
    progress(1.0, "")
    return attrs.evolve(_chain(places, named), remarks=remarks)


def _place(body: BodyPlace) -> LevelPlace:
    """Return a body as a place whose name is still to come."""
    bears_ribs = body.rib_share >= _RIB_SHARE
    return LevelPlace(VertebraLevel.L1, body.centre_lps_mm, bears_ribs, body.height_mm)
