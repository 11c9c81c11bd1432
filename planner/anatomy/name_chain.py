"""One corrected name renames the chain: all others are counted from it."""

from collections.abc import Sequence

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem

_EXTRA = (VertebraLevel.T13, VertebraLevel.L6)
"""Levels that are there only where somebody says so."""


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
    before = _order(levels)
    after = _order([name])
    shift = after.index(name) - before.index(corrected)
    names = {}
    for level in levels:
        place = before.index(level) + shift
        if not 0 <= place < len(after):
            raise AnatomyProblem(
                f"{level.name} would have no name if {corrected.name} were {name.name}.",
                hint="Remove the levels that are wrong first.",
            )
        names[level] = after[place]
    return names


def _order(present: Sequence[VertebraLevel]) -> list[VertebraLevel]:
    """Return the levels from the head down, extra ones only where they are present."""
    return [level for level in VertebraLevel if level not in _EXTRA or level in present]
