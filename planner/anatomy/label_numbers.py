"""What the numbers of other programs' label maps mean."""

import re
from collections.abc import Mapping

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem

_TOTALSEGMENTATOR_S1 = 26
_LARGEST_VERSE = 28
_TOTALSEGMENTATOR_BONES = frozenset({*range(25, 51), *range(92, 116)})
"""Sacrum, vertebrae and ribs."""
_VERSE_BONES = frozenset(range(1, 29))
_ONLY_TOTALSEGMENTATOR = frozenset(range(29, 51))
_NAME = re.compile(r"(?:vertebrae?[ _-]*)?((?:T|TH|L)\d{1,2})", re.IGNORECASE)
_HINT = "Use a map with the numbers of TotalSegmentator (L1 = 31) or VerSe (L1 = 20)."


@attrs.frozen
class LabelMeaning:
    """Which numbers of a map are which vertebrae."""

    scheme: str
    levels: Mapping[int, VertebraLevel]
    """Thoracic and lumbar vertebrae by number."""
    bones: frozenset[int]
    """Every number that is known to be bone."""


def _totalsegmentator() -> Mapping[int, VertebraLevel]:
    from_below = [v for v in reversed(VertebraLevel) if v.name not in {"T13", "L6"}]
    return {_TOTALSEGMENTATOR_S1 + n: level for n, level in enumerate(from_below)}


def _can_be_planned(level: VertebraLevel) -> bool:
    return level.name[0] in "TL"


def meaning_of(numbers: frozenset[int], names: Mapping[int, str]) -> LabelMeaning:
    """Return what a map's numbers mean: by its own names, else by the scheme they fit.

    VerSe ends at 28, and TotalSegmentator's L3 and all above it lie beyond: a map with one of
    those is TotalSegmentator's. Without any, numbers up to 25 are VerSe's.

    Parameters
    ----------
    numbers
        The numbers that occur.
    names
        What the file itself calls them.

    Raises
    ------
    AnatomyProblem
        If no number is a thoracic or lumbar vertebra, or they may mean either scheme.
    """
    meaning = _named(numbers, names) if names else _numbered(numbers)
    if not meaning.levels:
        raise AnatomyProblem("The label map holds no thoracic or lumbar vertebra.", hint=_HINT)
    return meaning


def _named(numbers: frozenset[int], names: Mapping[int, str]) -> LabelMeaning:
    levels = {}
    for number in sorted(numbers & names.keys()):
        match = _NAME.fullmatch(names[number].strip())
        if match:
            levels[number] = VertebraLevel.named(match[1])
    if len(set(levels.values())) < len(levels):
        raise AnatomyProblem("The label map gives one name to two vertebrae.", hint=_HINT)
    return LabelMeaning("the file's own names", levels, frozenset(levels))


def _numbered(numbers: frozenset[int]) -> LabelMeaning:
    if numbers & _ONLY_TOTALSEGMENTATOR:
        return _of_scheme("TotalSegmentator", numbers, _totalsegmentator(), _TOTALSEGMENTATOR_BONES)
    verse = {level.verse_number: level for level in VertebraLevel}
    if numbers and max(numbers) > _LARGEST_VERSE:
        raise AnatomyProblem("The label map's numbers are not those of vertebrae.", hint=_HINT)
    if numbers and not any(_is_sure_verse(n, verse) for n in numbers) and numbers & {27, 28}:
        raise AnatomyProblem(
            "The label map's numbers may mean L4 and L5 as well as others.", hint=_HINT
        )
    return _of_scheme("VerSe", numbers, verse, _VERSE_BONES)


def _is_sure_verse(number: int, verse: Mapping[int, VertebraLevel]) -> bool:
    return number < _TOTALSEGMENTATOR_S1 and number in verse


def _of_scheme(
    scheme: str,
    numbers: frozenset[int],
    meanings: Mapping[int, VertebraLevel],
    bones: frozenset[int],
) -> LabelMeaning:
    levels = {n: meanings[n] for n in sorted(numbers) if n in meanings}
    planned = {n: level for n, level in levels.items() if _can_be_planned(level)}
    return LabelMeaning(scheme, planned, bones & numbers)
