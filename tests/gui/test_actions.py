from collections import Counter

import attrs
import pytest
from PySide6.QtGui import QKeySequence

from planner.anatomy.vertebra import VertebraModel
from planner.gui.actions import ACTIONS, MENUS
from planner.gui.desk_state import DeskState
from planner.gui.stages import Stage, blocked_reason, is_done, next_stage
from planner.planning.plan import Plan, Procedure


def _is_enabled(action_id: str, state: DeskState) -> bool:
    return next(spec for spec in ACTIONS if spec.id == action_id).enabled_when(state)


def test_no_two_actions_share_an_id() -> None:
    assert [key for key, count in Counter(s.id for s in ACTIONS).items() if count > 1] == []


def test_no_two_actions_share_a_key() -> None:
    keys = Counter(QKeySequence(s.shortcut).toString() for s in ACTIONS if s.shortcut)
    assert [key for key, count in keys.items() if count > 1] == []


@pytest.mark.parametrize("spec", ACTIONS, ids=lambda spec: spec.id)
def test_every_action_says_what_it_does_and_stands_in_a_menu(spec: object) -> None:
    assert spec.status_tip  # type: ignore[attr-defined]
    assert spec.menu in MENUS  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("action_id", "key"),
    [
        *((f"stage-{number}", str(number)) for number in range(1, 8)),
        ("set-entry", "E"),
        ("set-target", "T"),
        ("undo", "Ctrl+Z"),
        ("redo", "Ctrl+Shift+Z"),
        ("export", "Ctrl+E"),
        ("report", "Ctrl+P"),
        ("help", "F1"),
        ("palette", "Ctrl+K"),
    ],
)
def test_the_promised_keys_do_what_was_promised(action_id: str, key: str) -> None:
    assert next(spec for spec in ACTIONS if spec.id == action_id).shortcut == key


def test_export_waits_until_the_plan_is_judged(a_desk_state: DeskState) -> None:
    assert _is_enabled("export", a_desk_state)
    assert not _is_enabled("export", attrs.evolve(a_desk_state, assessment=None))


def test_export_waits_until_the_drag_has_ended(a_desk_state: DeskState) -> None:
    assert not _is_enabled("export", attrs.evolve(a_desk_state, is_gesture_running=True))


def test_without_a_case_no_stage_can_be_entered() -> None:
    assert all(blocked_reason(stage, DeskState()) for stage in Stage)


def test_a_rehearsal_needs_a_needle_and_both_pedicles(a_desk_state: DeskState) -> None:
    assert blocked_reason(Stage.REHEARSE, a_desk_state) is None
    assert a_desk_state.case is not None
    (vertebra,) = a_desk_state.case.vertebrae
    one_sided = attrs.evolve(vertebra, left_pedicle=None)
    case = attrs.evolve(a_desk_state.case, vertebrae=(one_sided,))
    state = attrs.evolve(a_desk_state, case=case)
    assert "both pedicles" in (blocked_reason(Stage.REHEARSE, state) or "")
    without = attrs.evolve(a_desk_state, case=attrs.evolve(a_desk_state.case, plan=Plan()))
    assert "needle" in (blocked_reason(Stage.REHEARSE, without) or "")


def test_the_approach_needs_a_vertebra(a_desk_state: DeskState) -> None:
    assert a_desk_state.case is not None
    without = attrs.evolve(a_desk_state.case, vertebrae=(), plan=Plan())
    empty = attrs.evolve(a_desk_state, case=without)
    assert blocked_reason(Stage.LEVELS, empty) is None
    assert blocked_reason(Stage.APPROACH, empty)
    assert blocked_reason(Stage.APPROACH, a_desk_state) is None


def test_a_vertebroplasty_passes_over_the_balloon(
    a_desk_state: DeskState, a_phantom_vertebra: VertebraModel
) -> None:
    assert a_desk_state.case is not None
    level = attrs.evolve(
        a_desk_state.plan.levels[0], balloons=(), procedure=Procedure.VERTEBROPLASTY
    )
    assert level.level is a_phantom_vertebra.level
    state = attrs.evolve(a_desk_state, case=attrs.evolve(a_desk_state.case, plan=Plan((level,))))
    assert next_stage(Stage.APPROACH, state) is Stage.CEMENT
    assert next_stage(Stage.APPROACH, a_desk_state) is Stage.BALLOON


def test_a_stage_counts_as_done_once_the_next_has_what_it_needs(a_desk_state: DeskState) -> None:
    done = [stage for stage in Stage if is_done(stage, a_desk_state)]
    assert done == [Stage.STUDY, Stage.LEVELS, Stage.APPROACH, Stage.BALLOON, Stage.CEMENT]
