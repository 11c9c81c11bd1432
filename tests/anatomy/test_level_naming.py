import pytest

from planner.anatomy.level_naming import (
    NamedLevels,
    NamingEvidence,
    Sureness,
    named_by_hand,
    named_from_evidence,
)
from planner.anatomy.levels import VertebraLevel

RIB, ONE_SIDE, PROCESS, NONE = 1.0, 0.5, 0.2, 0.0


def named(*shares: float, above: float = 0.0, sacrum: bool = False) -> NamedLevels:
    return named_from_evidence(NamingEvidence(shares, above, sacrum))


def words(levels: NamedLevels) -> list[str]:
    return [name.name if name else "-" for name in levels.names]


def test_the_lowest_vertebra_with_ribs_is_t12() -> None:
    found = named(RIB, RIB, RIB, NONE, NONE)
    assert words(found) == ["T10", "T11", "T12", "L1", "L2"]
    assert found.naming.sureness is Sureness.LIKELY


def test_broad_transverse_processes_do_not_shift_the_names() -> None:
    assert words(named(RIB, RIB, RIB, NONE, PROCESS, PROCESS))[:4] == ["T10", "T11", "T12", "L1"]


def test_a_lowest_rib_that_is_seen_on_one_side_counts_but_leaves_a_doubt() -> None:
    found = named(RIB, RIB, ONE_SIDE, PROCESS)
    assert words(found) == ["T10", "T11", "T12", "L1"]
    assert not found.naming.certain


@pytest.mark.parametrize("shares", [(RIB, RIB, RIB), (NONE, NONE, NONE), (RIB, NONE)])
def test_names_without_a_plain_end_of_the_ribs_are_doubtful(shares: tuple[float, ...]) -> None:
    assert not named(*shares).naming.certain


def test_a_short_rib_below_the_lowest_clear_ones_leaves_a_doubt() -> None:
    assert not named(RIB, RIB, RIB, 0.3, NONE).naming.certain


def test_ribs_and_sacrum_five_apart_make_names_sure() -> None:
    found = named(RIB, RIB, NONE, NONE, NONE, NONE, NONE, sacrum=True)
    assert words(found) == ["T11", "T12", "L1", "L2", "L3", "L4", "L5"]
    assert found.naming.sureness is Sureness.SURE


def test_six_vertebrae_between_ribs_and_sacrum_end_with_l6_and_ask_to_be_counted() -> None:
    found = named(RIB, NONE, NONE, NONE, NONE, NONE, NONE, sacrum=True)
    assert words(found) == ["T12", "L1", "L2", "L3", "L4", "L5", "L6"]
    assert not found.naming.certain
    assert "T13" in found.naming.evidence


def test_thirteen_pairs_of_ribs_end_with_t13() -> None:
    found = named(*[RIB] * 13, NONE)
    assert words(found)[0] == "T1"
    assert words(found)[-2:] == ["T13", "L1"]


def test_the_sacrum_alone_names_l5() -> None:
    found = named(NONE, PROCESS, PROCESS, sacrum=True)
    assert words(found) == ["L3", "L4", "L5"]
    assert found.naming.sureness is Sureness.LIKELY


def test_a_cut_vertebra_with_ribs_names_the_first_whole_one_l1() -> None:
    found = named(NONE, NONE, above=RIB)
    assert words(found) == ["L1", "L2"]
    assert not found.naming.certain


def test_a_missing_lumbar_vertebra_is_told() -> None:
    found = named(RIB, NONE, NONE, NONE, NONE, sacrum=True)
    assert words(found)[-1] == "L5"
    assert not found.naming.certain


@pytest.mark.parametrize(
    ("level", "place", "expected"),
    [
        (VertebraLevel.T13, 1, ["T12", "T13", "L1", "L2"]),
        (VertebraLevel.L6, 2, ["L4", "L5", "L6", "S1"]),
        (VertebraLevel.L2, 0, ["L2", "L3", "L4", "L5"]),
    ],
)
def test_one_word_of_the_user_names_all(
    level: VertebraLevel, place: int, expected: list[str]
) -> None:
    found = named_by_hand(level, place, 4)
    assert words(found) == expected
    assert found.naming.sureness is Sureness.SURE
