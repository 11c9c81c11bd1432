"""What to draw up and inject: sides, syringes, turns, and a session's total."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phantom_vertebra import phantom_plan

from planner.anatomy.levels import VertebraLevel
from planner.assessment.assess import assess
from planner.foundation.errors import PlanProblem
from planner.planning.cement_plan import (
    Injector,
    cavity_reference_ml,
    cement_band,
    injection_steps,
    measure_cement,
    session_sheet,
    side_volumes,
)
from planner.planning.device_limits import catalog_of
from planner.planning.edits import set_dead_volume
from planner.planning.level_balloons import hollow_ml, level_balloons
from planner.planning.plan import DeadVolume, Plan, PlannedCement


@given(body_ml=st.floats(1.0, 80.0))
def test_the_band_is_ordered_whatever_the_body(body_ml):
    band = cement_band(body_ml)
    assert 0.0 < band.reference_ml <= band.soft_ml <= band.hard_ml
    assert band.binding_limit in {"share of the body", "absolute volume"}


def test_a_small_body_is_bound_by_its_share_and_a_large_one_by_the_absolute_volume():
    assert cement_band(15.0).binding_limit == "share of the body"
    assert cement_band(45.0).binding_limit == "absolute volume"


def test_both_sides_together_take_the_planned_volume_and_draw_up_each_lumen(the_catalog):
    (level,) = phantom_plan().levels
    sides = side_volumes(level, the_catalog)
    assert [item.side for item in sides] == [needle.side for needle in level.needles]
    assert sum(item.volume_ml for item in sides) == pytest.approx(level.cement.volume_ml)
    for item, needle in zip(sides, level.needles, strict=True):
        lumen_ml = the_catalog.needle(needle.model_id).dead_volume_ml
        assert item.syringe_ml - item.volume_ml == pytest.approx(lumen_ml)


def test_what_the_user_has_read_of_a_lumen_is_drawn_up_instead_of_the_catalogues(the_catalog):
    plan = phantom_plan()
    (level,) = plan.levels
    left = level.needles[0]
    read = set_dead_volume(plan, DeadVolume(left.model_id, 1.23, "leaflet, revision C"))
    read = set_dead_volume(read, DeadVolume(left.model_id, 1.25, "leaflet, revision D"))
    assert [lumen.volume_ml for lumen in read.dead_volumes] == [1.25]
    side = side_volumes(level, catalog_of(read, the_catalog))[0]
    assert side.syringe_ml - side.volume_ml == pytest.approx(1.25)
    assert side_volumes(level, catalog_of(plan, the_catalog)) == side_volumes(level, the_catalog)


def test_what_to_draw_up_is_read_once_every_lumen_is(the_maps, the_catalog):
    plan = phantom_plan()
    (level,) = plan.levels

    def is_read(planned: Plan) -> bool:
        catalog = catalog_of(planned, the_catalog)
        return measure_cement(level, the_maps.vertebra, catalog).is_syringe_read

    assert not is_read(plan)
    for model_id in {needle.model_id for needle in level.needles}:
        plan = set_dead_volume(plan, DeadVolume(model_id, 0.8, "leaflet, revision C"))
    assert is_read(plan)


def test_a_lumen_read_nowhere_or_empty_is_refused(the_catalog):
    needle = the_catalog.needle("access-8g-125")
    with pytest.raises(PlanProblem, match="Say where"):
        needle.with_dead_volume(0.8, "  ")
    with pytest.raises(PlanProblem, match="above zero"):
        needle.with_dead_volume(0.0, "leaflet")


def test_steps_read_in_the_users_own_device():
    steps = injection_steps(3.0, Injector(ml_per_turn=0.5, ml_per_minute=1.5))
    assert (steps.turns, steps.minutes) == (6.0, 2.0)
    with pytest.raises(PlanProblem):
        injection_steps(-0.1, Injector(0.5, 1.0))


def test_after_balloons_the_reference_is_their_hollow_and_a_fifth_more():
    band = cement_band(30.0, hollow_ml=2.0)
    assert band.reference_ml == pytest.approx(2.4)
    assert band.reference_ml == pytest.approx(cavity_reference_ml(2.0))
    assert band.reference_limit == "cavity and margin"
    assert "2.0 ml" in band.reasons[0]
    assert "2.4 ml" in band.reasons[0]


def test_without_balloons_the_reference_is_a_share_of_the_body_and_says_so():
    band = cement_band(20.0)
    assert band.reference_ml == pytest.approx(3.0)
    assert band.reference_limit == "share of the body"
    assert "15%" in band.reasons[0]


def test_a_hollow_larger_than_the_soft_cap_allows_is_bound_by_it():
    band = cement_band(20.0, hollow_ml=6.0)
    assert band.reference_ml == band.soft_ml
    assert band.reference_limit == "soft cap"


@given(body_ml=st.floats(1.0, 80.0), hollow_ml=st.floats(0.0, 12.0))
def test_the_band_is_ordered_whatever_balloons_leave(body_ml, hollow_ml):
    band = cement_band(body_ml, hollow_ml)
    assert 0.0 < band.reference_ml <= band.soft_ml <= band.hard_ml
    assert band.hard_ml == cement_band(body_ml).hard_ml


def test_the_hollow_of_inflated_balloons_sets_the_reference_of_a_planned_level(
    the_maps, the_catalog
):
    (level,) = phantom_plan().levels
    measured = level_balloons(level, the_maps, the_catalog)
    hollow = hollow_ml(level, measured)
    assert 0.0 < hollow <= sum(balloon.volume_ml for balloon in level.balloons) * 1.01
    assessed = assess(Plan((level,)), {level.level: the_maps}, the_catalog, slice_step_mm=0.7).at(
        level.level
    )
    assert assessed.cement.band.reference_ml == pytest.approx(1.2 * hollow)
    deflated = attrs.evolve(
        level, balloons=tuple(attrs.evolve(b, volume_ml=0.0) for b in level.balloons)
    )
    assert hollow_ml(deflated, level_balloons(deflated, the_maps, the_catalog)) == 0.0


def _session(level_names, volume_ml):
    (level,) = phantom_plan().levels
    cement = PlannedCement(level.cement.model_id, volume_ml)
    return Plan(
        tuple(
            attrs.evolve(level, level=VertebraLevel.named(name), cement=cement)
            for name in level_names
        )
    )


def test_a_session_sheet_adds_up_and_advises_only_where_a_limit_is_reached(the_catalog):
    small = session_sheet(_session(["T12", "L1"], 3.0), the_catalog)
    assert small.total_ml == pytest.approx(6.0)
    assert small.total_syringe_ml > small.total_ml
    assert small.advice == ()
    many = session_sheet(_session(["T11", "T12", "L1"], 2.0), the_catalog)
    assert len(many.advice) == 1
    assert "3 levels" in many.advice[0]
    much = session_sheet(_session(["T12", "L1"], 4.0), the_catalog)
    assert "8.0 ml in all" in much.advice[0]
