"""What the vertebrae of a chain are called, from what evidence, and how sure that is."""

import enum
from collections.abc import Sequence

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem

_FALSE_RIB_COST = 1.2
"""A rib on one side only is more often a rib that is missed than a process that looks like one."""
UNDECIDED = 1.0 / (1.0 + _FALSE_RIB_COST)
"""A share of ribs that speaks neither for them nor against."""
_CLEAR_LEAD = 0.15
_SEEN_SHARE = 0.45
_STUMP_SHARE = 0.25
"""Below the lowest ribs, from which on short ribs of one more vertebra may be there."""
_RIB_PAIRS, _LUMBAR = 12, 5


class Sureness(enum.Enum):
    """How sure the names of a chain are."""

    SURE = "sure"
    LIKELY = "likely"
    DOUBTFUL = "doubtful"


@attrs.frozen
class LevelNaming:
    """How the levels of a chain got their names."""

    sureness: Sureness
    evidence: str
    """A sentence for the user."""

    @property
    def certain(self) -> bool:
        """Whether the evidence is clear, even where it is of one kind only."""
        return self.sureness is not Sureness.DOUBTFUL


@attrs.frozen
class NamingEvidence:
    """What a chain shows of its place in the body, from the head to the feet."""

    rib_shares: tuple[float, ...]
    """Of each whole vertebra, from 0, no ribs, to 1, a clear one on each side."""
    rib_share_above: float
    """The same of the cut vertebra above the first."""
    rests_on_sacrum: bool
    """Whether the lowest one does."""


@attrs.frozen
class NamedLevels:
    """The names of a chain from the head to the feet, None where there is none."""

    names: tuple[VertebraLevel | None, ...]
    naming: LevelNaming


def counted_from(level: VertebraLevel, place: int, count: int) -> tuple[VertebraLevel | None, ...]:
    """Return the names of a chain in which the vertebra at a place, from the head, is known.

    Naming a vertebra T13 or L6 puts it between its neighbours; else neither occurs.
    """
    return tuple(_steps_below(level, n - place) for n in range(count))


def _steps_below(level: VertebraLevel, steps: int) -> VertebraLevel | None:
    try:
        return level.below(steps)
    except AnatomyProblem:
        return None


def names_counted_from(
    levels: Sequence[VertebraLevel], corrected: VertebraLevel, name: VertebraLevel
) -> dict[VertebraLevel, VertebraLevel]:
    """Return the new name of every level, counted up and down from the one that was corrected.

    Levels that were left out between two stay left out. A thirteenth thoracic or sixth lumbar
    vertebra of the old names is not kept: it was counted from the wrong name; a new one may be
    the name given.

    Parameters
    ----------
    levels
        The levels there are, the corrected one among them.
    corrected
        The one whose name is wrong.
    name
        What it is called.

    Raises
    ------
    AnatomyProblem
        If the count leaves the spine.
    """
    spine = [level for level in VertebraLevel if not level.is_extra or level in levels]
    counted = dict(zip(spine, counted_from(name, spine.index(corrected), len(spine)), strict=True))
    names = {}
    for level in levels:
        called = counted[level]
        if called is None:
            raise AnatomyProblem(
                f"{level.name} would have no name if {corrected.name} were {name.name}.",
                hint="Remove the levels that are wrong first.",
            )
        names[level] = called
    return names


def named_by_hand(level: VertebraLevel, place: int, count: int) -> NamedLevels:
    """Return a chain named from the one vertebra that the user has named."""
    evidence = f"Counted from {level.name}, which was named by hand."
    return NamedLevels(counted_from(level, place, count), LevelNaming(Sureness.SURE, evidence))


def _misfit(shares: Sequence[float], bearing: int) -> float:
    """Return how badly it fits that just the first so many vertebrae bear ribs."""
    missed = sum(1.0 - share for share in shares[:bearing])
    return missed + _FALSE_RIB_COST * sum(shares[bearing:])


def count_with_ribs(shares: Sequence[float]) -> tuple[int, bool]:
    """Return how many vertebrae from above bear ribs, and whether no other number fits as well."""
    misfits = np.array([_misfit(shares, n) for n in range(len(shares) + 1)])
    best = int(misfits.argmin())
    lead = float(np.delete(misfits, best).min() - misfits[best])
    return best, lead >= _CLEAR_LEAD


def named_from_evidence(evidence: NamingEvidence) -> NamedLevels:
    """Return the names that ribs and sacrum speak for."""
    count = len(evidence.rib_shares)
    with_ribs, clear = count_with_ribs(evidence.rib_shares)
    ribs_above = with_ribs == 0 and evidence.rib_share_above >= _SEEN_SHARE
    seen_end = with_ribs < count and (with_ribs > 0 or ribs_above)
    if evidence.rests_on_sacrum:
        free = count - with_ribs
        return _from_both(count, free, clear=clear) if seen_end else _from_sacrum(count, with_ribs)
    if seen_end:
        clear &= with_ribs == 0 or evidence.rib_shares[with_ribs] < _STUMP_SHARE
        return _from_ribs(count, with_ribs, clear=clear)
    return _without_an_end(count, with_ribs)


def _from_both(count: int, free: int, *, clear: bool) -> NamedLevels:
    if free == _LUMBAR:
        names = counted_from(VertebraLevel.L5, count - 1, count)
        text = "Five vertebrae lie between the lowest ribs and the sacrum, as in most people."
        return NamedLevels(names, LevelNaming(Sureness.SURE, text))
    if free == _LUMBAR + 1:
        above = counted_from(VertebraLevel.L5, count - 2, count - 1)
        text = (
            "Six vertebrae lie between the lowest ribs and the sacrum: the lowest is called L6. "
            "It may as well be that the uppermost of them is T13 without ribs, or that small ribs "
            "of T12 are not seen: count them."
        )
        return NamedLevels((*above, VertebraLevel.L6), LevelNaming(Sureness.DOUBTFUL, text))
    names = counted_from(VertebraLevel.L5, count - 1, count)
    text = (
        f"The lowest vertebra rests on the sacrum and is called L5, though {free} instead of five "
        "vertebrae are seen between it and the lowest ribs: count them."
    )
    if not clear:
        text += " The ribs are hard to see."
    return NamedLevels(names, LevelNaming(Sureness.DOUBTFUL, text))


def _from_sacrum(count: int, with_ribs: int) -> NamedLevels:
    names = counted_from(VertebraLevel.L5, count - 1, count)
    text = "The lowest vertebra rests on the sacrum and is taken for L5."
    fits = count <= _LUMBAR and with_ribs == 0
    if not fits:
        text += " Ribs, which should be seen above L1, do not confirm it: count them."
    return NamedLevels(names, LevelNaming(Sureness.LIKELY if fits else Sureness.DOUBTFUL, text))


def _from_ribs(count: int, with_ribs: int, *, clear: bool) -> NamedLevels:
    if with_ribs == _RIB_PAIRS + 1:
        text = "Thirteen vertebrae bear ribs: the lowest of them is called T13."
        names = counted_from(VertebraLevel.T13, with_ribs - 1, count)
        return NamedLevels(names, LevelNaming(Sureness.DOUBTFUL, text))
    names = counted_from(VertebraLevel.T12, with_ribs - 1, count)
    text = "The lowest vertebra that bears ribs is taken for T12, as with twelve pairs of ribs."
    if with_ribs == 0:
        text = "The cut vertebra above the first whole one bears ribs and is taken for T12."
    certain = clear and with_ribs != 1
    if not certain:
        text += " The ribs are hard to see: count them."
    return NamedLevels(names, LevelNaming(Sureness.LIKELY if certain else Sureness.DOUBTFUL, text))


def _without_an_end(count: int, with_ribs: int) -> NamedLevels:
    if with_ribs:
        text = "Every vertebra bears ribs: the lowest one is taken for T12. Name one that you know."
        names = counted_from(VertebraLevel.T12, with_ribs - 1, count)
    else:
        text = (
            "Neither ribs nor the sacrum are seen: the uppermost vertebra is taken for L1. "
            "Name one that you know."
        )
        names = counted_from(VertebraLevel.L1, 0, count)
    return NamedLevels(names, LevelNaming(Sureness.DOUBTFUL, text))
