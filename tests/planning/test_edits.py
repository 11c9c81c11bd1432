import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import PlanProblem
from planner.planning import edits
from planner.planning.plan import (
    Approach,
    LevelPlan,
    Plan,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)

L1 = VertebraLevel.L1


def needle_of(plan: Plan, side: Side) -> PlannedNeedle:
    item = plan.at(L1)
    assert item is not None
    needle = item.needle(side)
    assert needle is not None
    return needle


def test_levels_stand_in_order_from_the_head_whatever_order_they_came_in() -> None:
    plan = Plan()
    for level in (VertebraLevel.L3, VertebraLevel.T12, VertebraLevel.T13, VertebraLevel.L1):
        plan = edits.put_level(plan, LevelPlan(level, Procedure.VERTEBROPLASTY))
    assert [item.level.name for item in plan.levels] == ["T12", "T13", "L1", "L3"]


def test_a_level_that_becomes_a_vertebroplasty_loses_its_balloons_and_nothing_else(
    a_bipedicular_plan: Plan,
) -> None:
    (before,) = a_bipedicular_plan.levels
    (after,) = edits.set_procedure(a_bipedicular_plan, L1, Procedure.VERTEBROPLASTY).levels
    assert after.balloons == ()
    assert (after.needles, after.cement) == (before.needles, before.cement)


def test_a_unipedicular_approach_keeps_only_its_side(a_bipedicular_plan: Plan) -> None:
    (after,) = edits.set_approach(a_bipedicular_plan, L1, Approach.UNIPEDICULAR_LEFT).levels
    assert [n.side for n in after.needles] == [Side.LEFT]
    assert [b.side for b in after.balloons] == [Side.LEFT]


def test_moving_a_tip_leaves_the_entry_and_the_other_needle(a_bipedicular_plan: Plan) -> None:
    after = edits.move_tip(a_bipedicular_plan, L1, Side.LEFT, (20.0, -40.0, -411.0))
    before_left = needle_of(a_bipedicular_plan, Side.LEFT)
    assert needle_of(after, Side.LEFT).tip_lps_mm == (20.0, -40.0, -411.0)
    assert needle_of(after, Side.LEFT).skin_lps_mm == before_left.skin_lps_mm
    assert needle_of(after, Side.RIGHT) == needle_of(a_bipedicular_plan, Side.RIGHT)


def test_moving_an_entry_leaves_the_tip(a_bipedicular_plan: Plan) -> None:
    after = edits.move_entry(a_bipedicular_plan, L1, Side.RIGHT, (-30.0, 50.0, -400.0))
    before = needle_of(a_bipedicular_plan, Side.RIGHT)
    assert needle_of(after, Side.RIGHT).skin_lps_mm == (-30.0, 50.0, -400.0)
    assert needle_of(after, Side.RIGHT).tip_lps_mm == before.tip_lps_mm


def test_a_whole_needle_moved_keeps_its_direction_and_length(a_bipedicular_plan: Plan) -> None:
    after = edits.move_whole_needle(a_bipedicular_plan, L1, Side.LEFT, (1.0, 2.0, -3.0))
    before_path, path = (needle_of(p, Side.LEFT).path for p in (a_bipedicular_plan, after))
    assert path.direction_lps == pytest.approx(before_path.direction_lps)
    moved = np.subtract(path.end_lps_mm, before_path.end_lps_mm)
    assert moved == pytest.approx([1.0, 2.0, -3.0])


def test_a_needle_pivots_about_its_tip_with_its_length_kept(a_bipedicular_plan: Plan) -> None:
    before = needle_of(a_bipedicular_plan, Side.LEFT)
    towards = np.add(before.skin_lps_mm, (8.0, 30.0, 4.0))
    after = needle_of(edits.pivot_about_tip(a_bipedicular_plan, L1, Side.LEFT, towards), Side.LEFT)
    assert after.tip_lps_mm == before.tip_lps_mm
    assert after.path.length_mm == pytest.approx(before.path.length_mm)
    assert after.path.distance_mm(np.array([after.skin_lps_mm]))[0] < 1e-6
    assert np.cross(np.subtract(towards, after.tip_lps_mm), after.path.direction_lps) == (
        pytest.approx([0.0, 0.0, 0.0], abs=1e-9)
    )


def test_a_mirrored_needle_lies_on_the_other_side_and_mirrors_back(
    a_bipedicular_plan: Plan, a_phantom_vertebra: VertebraModel
) -> None:
    left = needle_of(a_bipedicular_plan, Side.LEFT)
    after = edits.mirror_needle(a_bipedicular_plan, L1, Side.LEFT, a_phantom_vertebra)
    mirrored = needle_of(after, Side.RIGHT)
    middle_mm = a_phantom_vertebra.centre_lps_mm[0]
    assert mirrored.tip_lps_mm[0] - middle_mm == pytest.approx(middle_mm - left.tip_lps_mm[0])
    again = edits.mirror_needle(after, L1, Side.RIGHT, a_phantom_vertebra)
    assert needle_of(again, Side.LEFT).skin_lps_mm == pytest.approx(left.skin_lps_mm)


def test_removing_a_needle_takes_its_balloon_with_it(a_bipedicular_plan: Plan) -> None:
    (after,) = edits.remove_needle(a_bipedicular_plan, L1, Side.LEFT).levels
    assert [n.side for n in after.needles] == [Side.RIGHT]
    assert [b.side for b in after.balloons] == [Side.RIGHT]


def test_a_balloon_slides_and_inflates_without_touching_the_other(a_bipedicular_plan: Plan) -> None:
    plan = edits.set_balloon_depth(a_bipedicular_plan, L1, Side.LEFT, -2.5)
    plan = edits.inflate_balloon(plan, L1, Side.LEFT, 3.0)
    (before,), (after,) = a_bipedicular_plan.levels, plan.levels
    left = after.balloon(Side.LEFT)
    assert left is not None
    assert (left.front_beyond_tip_mm, left.volume_ml) == (-2.5, 3.0)
    assert after.balloon(Side.RIGHT) == before.balloon(Side.RIGHT)


def test_a_cement_keeps_its_model_when_its_volume_changes(a_bipedicular_plan: Plan) -> None:
    (after,) = edits.set_cement_volume(a_bipedicular_plan, L1, 3.2).levels
    assert after.cement == PlannedCement("kyphon-hv-r", 3.2)


def test_an_edit_leaves_the_old_plan_as_it_was(a_bipedicular_plan: Plan) -> None:
    before = Plan(a_bipedicular_plan.levels)
    edits.remove_level(a_bipedicular_plan, L1)
    edits.set_cement_model(a_bipedicular_plan, L1, "pmma-low-viscosity")
    assert a_bipedicular_plan == before


def test_what_is_not_planned_cannot_be_changed(a_bipedicular_plan: Plan) -> None:
    with pytest.raises(PlanProblem, match="T12"):
        edits.move_tip(a_bipedicular_plan, VertebraLevel.T12, Side.LEFT, (0.0, 0.0, 0.0))
    alone = edits.remove_needle(a_bipedicular_plan, L1, Side.LEFT)
    with pytest.raises(PlanProblem, match="left needle"):
        edits.move_tip(alone, L1, Side.LEFT, (0.0, 0.0, 0.0))
    with pytest.raises(PlanProblem, match="left balloon"):
        edits.inflate_balloon(alone, L1, Side.LEFT, 1.0)
    with pytest.raises(PlanProblem, match="below zero"):
        edits.set_cement_volume(a_bipedicular_plan, L1, -1.0)
