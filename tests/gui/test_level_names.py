"""A clicked body is called what its place in the spine says, not what its distance suggests."""

import pytest

from planner.anatomy.chain import LevelPlace, SpineChain
from planner.anatomy.level_naming import LevelNaming, Sureness
from planner.anatomy.levels import VertebraLevel
from planner.gui.level_names import KnownLevel, named_along, named_by_distance

L = VertebraLevel


HEIGHTS = {L.T11: 100.0, L.T12: 81.0, L.L1: 64.0, L.L2: 44.0, L.L3: 14.0}


@pytest.fixture
def a_spine() -> SpineChain:
    places = tuple(LevelPlace(level, (0, 0, z), False, 20.0) for level, z in HEIGHTS.items())
    return SpineChain(places, LevelNaming(Sureness.LIKELY, "As the ribs have it."))


def test_bodies_are_counted_along_the_spine_where_distance_would_miscount(
    a_spine: SpineChain,
) -> None:
    known = (KnownLevel(L.T11, (0, 0, 100.0)),)
    by_distance = named_by_distance(known, (0, 0, 45.0))
    along = named_along(a_spine, known, (1.0, 2.0, 45.0))
    assert by_distance is not None
    assert by_distance[0] is L.L1
    assert along is not None
    assert along[0] is L.L2


def test_a_level_the_user_has_named_goes_before_the_ribs(a_spine: SpineChain) -> None:
    along = named_along(a_spine, (KnownLevel(L.L1, (0, 0, 81.0)),), (0, 0, 44.0))
    assert along is not None
    assert along[0] is L.L3
    assert "L1" in along[1].evidence


def test_where_nothing_is_known_ribs_and_sacrum_name_the_body(a_spine: SpineChain) -> None:
    along = named_along(a_spine, (), (0, 0, 64.0))
    assert along == (L.L1, a_spine.naming)


@pytest.mark.parametrize(
    ("known", "clicked"), [((), (0, 40.0, 64.0)), ((KnownLevel(L.L1, (0, 0, 300.0)),), (0, 0, 64))]
)
def test_no_name_is_told_where_no_body_of_the_spine_lies(
    a_spine: SpineChain, known: tuple[KnownLevel, ...], clicked: tuple[float, float, float]
) -> None:
    assert named_along(a_spine, known, clicked) is None
