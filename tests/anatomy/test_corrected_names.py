"""Names counted from one correction."""

import pytest

from planner.anatomy.level_naming import names_counted_from
from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem


def _levels(text: str) -> list[VertebraLevel]:
    return [VertebraLevel.named(name) for name in text.split()]


@pytest.mark.parametrize(
    ("chain", "corrected", "name", "renamed"),
    [
        ("T11 T12 L1 L2", "L1", "T12", "T10 T11 T12 L1"),
        ("T11 T12 L1 L2", "T11", "T12", "T12 L1 L2 L3"),
        # A gap where one could not be outlined stays one.
        ("T10 T12 L1", "T12", "L1", "T11 L1 L2"),
        # An extra thoracic vertebra: what is below is counted from it.
        ("T11 T12 L1 L2 L3", "L1", "T13", "T11 T12 T13 L1 L2"),
        ("T12 T13 L1", "T13", "L1", "T12 L1 L2"),
        ("L4 L5 S1", "S1", "L6", "L4 L5 L6"),
        ("L1", "L1", "L4", "L4"),
    ],
)
def test_one_correction_renames_every_level(
    chain: str, corrected: str, name: str, renamed: str
) -> None:
    levels = _levels(chain)
    names = names_counted_from(levels, *_levels(f"{corrected} {name}"))
    assert [names[level] for level in levels] == _levels(renamed)


def test_a_correction_that_would_leave_a_level_without_a_name_is_refused_with_both_names() -> None:
    with pytest.raises(AnatomyProblem, match="L5 would have no name if L1 were S1"):
        names_counted_from(_levels("L1 L5"), *_levels("L1 S1"))
