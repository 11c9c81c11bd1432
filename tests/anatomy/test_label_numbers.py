"""Whose numbers a label map bears, and that doubtful ones name nothing."""

import pytest

from planner.anatomy.label_numbers import meaning_of
from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem


def _names(numbers: set[int], names: dict[int, str] | None = None) -> dict[int, str]:
    meaning = meaning_of(frozenset(numbers), names or {})
    return {number: level.name for number, level in meaning.levels.items()}


def test_totalsegmentator_counts_upwards_from_the_sacrum() -> None:
    found = _names({26, 27, 31, 32, 43, 44, 52, 79, 92})
    assert found == {27: "L5", 31: "L1", 32: "T12", 43: "T1"}


def test_verse_counts_downwards_and_knows_a_thirteenth_rib() -> None:
    assert _names({7, 8, 19, 28, 20, 24, 25, 26}) == {
        8: "T1", 19: "T12", 28: "T13", 20: "L1", 24: "L5", 25: "L6",
    }  # fmt: skip


def test_organs_of_totalsegmentator_are_no_vertebrae_of_verse() -> None:
    assert _names({1, 5, 20, 21, 31, 32}) == {31: "L1", 32: "T12"}


def test_a_segmentations_own_names_go_before_its_numbers() -> None:
    assert _names({1, 2, 3}, {1: "vertebrae_L1", 2: "Th12", 3: "aorta"}) == {1: "L1", 2: "T12"}


@pytest.mark.parametrize("numbers", [set(), {1}, {52, 79}, {27, 28}, {26, 27, 28}, {200, 20}])
def test_numbers_that_name_no_vertebra_for_sure_are_refused(numbers: set[int]) -> None:
    with pytest.raises(AnatomyProblem):
        _names(numbers)


def test_one_name_for_two_labels_is_refused() -> None:
    with pytest.raises(AnatomyProblem):
        _names({1, 2}, {1: "L1", 2: "L1"})


def test_a_pelvis_with_organs_beyond_the_bones_is_totalsegmentators() -> None:
    assert _names({25, 26, 27, 28, 77, 78}) == {27: "L5", 28: "L4"}


def test_parts_of_one_vertebra_belong_together_and_its_canal_does_not() -> None:
    names = {
        1: "T12 vertebral body",
        2: "T12 pedicles and arch",
        3: "T12 spinal canal",
        4: "T12 planned cement (illustration)",
        5: "rib_left_12",
        6: "aorta",
        7: "inferior_vena_cava",
    }
    meaning = meaning_of(frozenset(names), names)
    assert meaning.numbers_of(VertebraLevel.T12) == {1, 2}
    assert meaning.bones == {1, 2, 5}
    assert meaning.vessels == {"aorta": 6, "vena cava": 7}


def test_totalsegmentators_vessels_are_known_and_verse_has_none() -> None:
    assert meaning_of(frozenset({31, 52, 63}), {}).vessels == {"aorta": 52, "vena cava": 63}
    assert not meaning_of(frozenset({20, 21}), {}).vessels
