"""What to draw up and inject: sides, syringes, turns, and a session's total."""

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phantom_vertebra import phantom_plan

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.planning.cement_plan import (
    Injector,
    cavity_reference_ml,
    cement_band,
    injection_steps,
    session_sheet,
    side_volumes,
)
from planner.planning.plan import Plan, PlannedCement


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


def test_steps_read_in_the_users_own_device():
    steps = injection_steps(3.0, Injector(ml_per_turn=0.5, ml_per_minute=1.5))
    assert (steps.turns, steps.minutes) == (6.0, 2.0)
    with pytest.raises(PlanProblem):
        injection_steps(-0.1, Injector(0.5, 1.0))


def test_a_kyphoplasty_fills_its_hollow_and_a_margin():
    assert cavity_reference_ml(2.0) > 2.0


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
