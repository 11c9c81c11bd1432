"""What the numbers of other programs' label maps mean."""

import re
from collections.abc import Mapping

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem

_TOTALSEGMENTATOR_S1 = 26
_LARGEST_VERSE, _LARGEST_TOTALSEGMENTATOR = 28, 117
_TOTALSEGMENTATOR_BONES = frozenset({*range(25, 51), *range(92, 116)})
"""Sacrum, vertebrae and ribs."""
_ONLY_TOTALSEGMENTATOR = frozenset(range(29, 51))
_TOTALSEGMENTATOR_VESSELS = {"aorta": 52, "vena cava": 63}
_VERSE_BONES = frozenset(range(1, 29))
_NAME = re.compile(
    r"(?:vertebrae?[ _-]*)?((?:T|TH|L)\d{1,2})"
    r"(?:[ _-]*(?:vertebrae?|(?:vertebral[ _-]*)?body|pedicles and arch|arch))?",
    re.IGNORECASE,
)
"""A vertebra, or a part of its bone."""
_OTHER_BONE = re.compile(r"rib|sacrum|vertebra(?!l canal)|\b[CS]\d\b", re.IGNORECASE)
_VESSEL_NAMES = {
    "aorta": re.compile(r"aorta", re.IGNORECASE),
    "vena cava": re.compile(r"(?:inferior[ _-]*)?vena[ _-]*cava(?:[ _-]*inferior)?", re.IGNORECASE),
}
_HINT = "Use a map with the numbers of TotalSegmentator (L1 = 31) or VerSe (L1 = 20)."


@attrs.frozen
class LabelMeaning:
    """Which numbers of a map are which vertebrae."""

    scheme: str
    levels: Mapping[int, VertebraLevel]
    """Thoracic and lumbar vertebrae by number; several numbers may be parts of one."""
    bones: frozenset[int]
    """Every number that is known to be bone."""
    vessels: Mapping[str, int] = attrs.field(factory=dict)
    """The numbers of ``aorta`` and ``vena cava``, where the map has them."""

    def numbers_of(self, level: VertebraLevel) -> frozenset[int]:
        """Return the numbers that a vertebra bears."""
        return frozenset(number for number, named in self.levels.items() if named is level)


def _totalsegmentator() -> Mapping[int, VertebraLevel]:
    from_below = [v for v in reversed(VertebraLevel) if v.name not in {"T13", "L6"}]
    return {_TOTALSEGMENTATOR_S1 + n: level for n, level in enumerate(from_below)}


def _can_be_planned(level: VertebraLevel) -> bool:
    return level.name[0] in "TL"


def meaning_of(numbers: frozenset[int], names: Mapping[int, str]) -> LabelMeaning:
    """Return what a map's numbers mean: by its own names, else by the scheme they fit.

    VerSe ends at 28, and TotalSegmentator's L3, all above it and most organs lie beyond: a map
    with one of those is TotalSegmentator's. Without any, numbers up to 25 are VerSe's.

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
    said = {number: names[number].strip() for number in sorted(numbers & names.keys())}
    levels = {}
    for number, name in said.items():
        if match := _NAME.fullmatch(name):
            levels[number] = VertebraLevel.named(match[1])
    of_levels = [said[number].casefold() for number in levels]
    if len(set(of_levels)) < len(of_levels):
        raise AnatomyProblem("The label map gives one name to two vertebrae.", hint=_HINT)
    others = {number for number, name in said.items() if _OTHER_BONE.search(name)}
    vessels = {
        vessel: number
        for vessel, pattern in _VESSEL_NAMES.items()
        for number, name in said.items()
        if pattern.fullmatch(name)
    }
    return LabelMeaning("the file's own names", levels, frozenset({*levels, *others}), vessels)


def _numbered(numbers: frozenset[int]) -> LabelMeaning:
    largest = max(numbers, default=0)
    is_of_organs = _LARGEST_VERSE < largest <= _LARGEST_TOTALSEGMENTATOR
    if is_of_organs or numbers & _ONLY_TOTALSEGMENTATOR:
        found = _of_scheme(
            "TotalSegmentator", numbers, _totalsegmentator(), _TOTALSEGMENTATOR_BONES
        )
        present = {k: n for k, n in _TOTALSEGMENTATOR_VESSELS.items() if n in numbers}
        return attrs.evolve(found, vessels=present)
    verse = {level.verse_number: level for level in VertebraLevel}
    if largest > _LARGEST_VERSE:
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
