"""A rehearsal on the user's own CT: its task, its limits, and what thick slices do not show."""

from types import SimpleNamespace

import pytest

from planner.anatomy.levels import VertebraLevel
from planner.gui.fluoroscopy.rehearsing import _scenario_of
from planner.planning.plan import Approach, LevelPlan, Procedure
from planner.rehearsal.run_limits import usual_limits

PLAN = LevelPlan(VertebraLevel.L1, Procedure.KYPHOPLASTY, ())


@pytest.mark.parametrize(
    ("step_mm", "is_told"), [(0.625, False), (1.25, False), (1.3, True), (2.5, True)]
)
def test_slices_above_1_25_mm_are_rehearsed_with_a_sentence(step_mm, is_told) -> None:
    state = SimpleNamespace(study=SimpleNamespace(slice_step_mm=step_mm))
    task = _scenario_of(PLAN, state)
    assert bool(task.unseen) is is_told
    assert (f"{step_mm:.1f} mm apart" in task.unseen) is is_told
    assert ("blurred" in task.unseen) is is_told


def test_a_plan_without_needles_is_a_task_for_two_with_the_usual_limits() -> None:
    task = _scenario_of(PLAN, SimpleNamespace(study=None))
    assert task.approach is Approach.BIPEDICULAR
    assert task.limits == usual_limits(2)
    assert task.procedure is Procedure.KYPHOPLASTY
