import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phantom_vertebra import phantom_needle, phantom_plan

from planner.anatomy.levels import Side
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.geometry.points import distance_mm
from planner.geometry.shapes import Capsule
from planner.planning import propose_level as propose_level_module
from planner.planning.balloon_placement import (
    balloons_touch,
    measure_balloon,
    usual_balloon,
    with_usual_balloons,
)
from planner.planning.cement_plan import cement_band, measure_cement, syringe_volume_ml
from planner.planning.corridor_search import propose
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import Approach, PlannedBalloon, Procedure
from planner.planning.propose_level import propose_for_level, propose_level
from planner.planning.safety_maps import SafetyMaps

(PLANNED,) = phantom_plan().levels


def test_a_kyphoplasty_is_planned_with_needles_balloons_and_cement(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    request = ProposalRequest(Procedure.KYPHOPLASTY)
    plan = propose_level(the_maps, request, the_catalog)
    assert plan.needles in {p.needles for p in propose(the_maps, request, the_catalog)}
    assert {balloon.side for balloon in plan.balloons} == set(Side)
    assert plan.cement is not None
    for balloon in plan.balloons:
        needle = plan.needle(balloon.side)
        assert needle is not None
        measures = measure_balloon(balloon, needle, the_maps, the_catalog)
        model = the_catalog.balloon(balloon.model_id)
        assert measures.contact_mm >= 1.0
        assert measures.rear_marker_beyond_cannula_mm >= 0.0
        assert the_catalog.needle(needle.model_id).gauge <= model.minimum_gauge
        assert 1.0 <= balloon.volume_ml <= model.maximum_volume_ml


def test_two_thinner_needles_with_room_go_before_one_of_the_usual_gauge(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_room_for_a_wide_left_one(needle, maps, catalog):
        if needle.side is Side.LEFT and catalog.needle(needle.model_id).gauge == 8:
            raise PlanProblem("No room.")
        return usual_balloon(needle, maps, catalog)

    monkeypatch.setattr(propose_level_module, "usual_balloon", no_room_for_a_wide_left_one)
    proposals = propose_for_level(the_maps, ProposalRequest(Procedure.KYPHOPLASTY), the_catalog)
    best = proposals[0]
    assert best.approach is Approach.BIPEDICULAR
    assert {the_catalog.needle(needle.model_id).gauge for needle in best.needles} == {10}
    assert best.place == "best of all taken together"
    assert len({proposal.needles for proposal in proposals}) == len(proposals)
    asked = ProposalRequest(Procedure.KYPHOPLASTY, gauge=8)
    only_wide = propose_for_level(the_maps, asked, the_catalog)
    assert only_wide[0].approach is Approach.UNIPEDICULAR_RIGHT
    assert {
        the_catalog.needle(needle.model_id).gauge for p in only_wide for needle in p.needles
    } == {8}


def test_a_vertebroplasty_is_planned_without_balloons(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    request = ProposalRequest(Procedure.VERTEBROPLASTY)
    plan = propose_level(the_maps, request, the_catalog)
    assert plan.balloons == ()
    assert plan.cement is not None


def test_both_markers_lie_on_the_needles_axis_a_working_length_apart(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = PLANNED.needles[0]
    balloon = PlannedBalloon(needle.side, "kyphon-xpander-15-3", -2.0, 1.0)
    measures = measure_balloon(balloon, needle, the_maps, the_catalog)
    assert distance_mm(measures.front_marker_lps_mm, needle.tip_lps_mm) == pytest.approx(2.0)
    assert distance_mm(measures.front_marker_lps_mm, measures.rear_marker_lps_mm) == pytest.approx(
        15.0
    )


def test_a_balloon_is_as_far_from_the_endplate_as_the_formula_says(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(
        Side.LEFT, tip_mm=(8.0, -7.0, 6.0), through_mm=(12.0, 20.0, 6.0), model_id="access-8g-125"
    )
    balloon = PlannedBalloon(Side.LEFT, "kyphon-xpander-15-3", 0.0, 1.0)
    measures = measure_balloon(balloon, needle, the_maps, the_catalog)
    assert measures.nearest_wall == "superior endplate"
    expected_mm = 13.0 - 6.0 - measures.shape.radius_mm
    assert measures.contact_mm == pytest.approx(expected_mm, abs=0.4)
    assert measures.shape.volume_mm3 == pytest.approx(1000.0)


def test_more_volume_brings_a_balloon_nearer_to_the_cortex(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = PLANNED.needles[0]
    contacts = [
        measure_balloon(
            PlannedBalloon(needle.side, "kyphon-xpander-15-3", 0.0, ml),
            needle,
            the_maps,
            the_catalog,
        ).contact_mm
        for ml in (0.5, 1.0, 2.0, 3.0, 4.0)
    ]
    assert contacts == sorted(contacts, reverse=True)
    assert contacts[-1] < contacts[0] - 3.0


def test_a_needle_too_thin_for_every_balloon_gets_none(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = attrs.evolve(PLANNED.needles[0], model_id="access-13g-125")
    with pytest.raises(PlanProblem, match="13 G"):
        usual_balloon(needle, the_maps, the_catalog)


def test_a_tip_at_the_posterior_wall_leaves_no_room_for_a_balloon(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needle = phantom_needle(Side.LEFT, tip_mm=(10.0, 10.0, 2.0), model_id="access-8g-125")
    with pytest.raises(PlanProblem, match="left needle"):
        usual_balloon(needle, the_maps, the_catalog)


def test_balloons_that_share_space_are_noticed(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    needles = [phantom_needle(side, tip_mm=(side.sign * 4.0, -7.0, 0.0)) for side in Side]

    def shapes(volume_ml: float) -> list[Capsule]:
        return [
            measure_balloon(
                PlannedBalloon(needle.side, "kyphon-xpander-15-3", 0.0, volume_ml),
                needle,
                the_maps,
                the_catalog,
            ).shape
            for needle in needles
        ]

    assert not balloons_touch(tuple(shapes(0.4)))
    assert balloons_touch(tuple(shapes(4.0)))


@given(st.floats(min_value=0.5, max_value=120.0))
def test_a_cement_band_is_always_ordered(body_ml: float) -> None:
    band = cement_band(body_ml)
    assert 0.0 < band.reference_ml <= band.soft_ml <= band.hard_ml <= 7.0
    assert band.soft_ml <= 6.5


def test_a_small_body_is_bound_by_its_share_and_a_large_one_by_volume() -> None:
    small, large = cement_band(20.0), cement_band(40.0)
    assert (small.soft_ml, small.binding_limit) == (pytest.approx(4.8), "share of the body")
    assert (large.soft_ml, large.binding_limit) == (pytest.approx(6.5), "absolute volume")
    assert (small.reference_ml, small.hard_ml) == (pytest.approx(3.0), pytest.approx(6.0))
    assert cement_band(60.0).reference_ml == pytest.approx(6.5)


def test_the_syringe_holds_what_stays_in_both_cannulas(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    dead_ml = the_catalog.needle("access-8g-125").dead_volume_ml
    assert syringe_volume_ml(PLANNED, 4.0, the_catalog) == pytest.approx(4.0 + 2 * dead_ml)
    measures = measure_cement(PLANNED, the_maps.vertebra, the_catalog)
    assert measures is not None
    assert measures.fill_share == pytest.approx(4.0 / the_maps.vertebra.body_volume_ml)
    without = attrs.evolve(PLANNED, cement=None)
    assert measure_cement(without, the_maps.vertebra, the_catalog) is None


def test_a_needle_without_room_for_a_balloon_stays_without(
    the_maps: SafetyMaps, the_catalog: DeviceCatalog
) -> None:
    short = phantom_needle(Side.LEFT, tip_mm=(10.0, 10.0, 2.0), model_id="access-8g-125")
    plan = attrs.evolve(PLANNED, needles=(short, PLANNED.needles[1]), balloons=())
    balloons = with_usual_balloons(plan, the_maps, the_catalog).balloons
    assert [balloon.side for balloon in balloons] == [Side.RIGHT]
