"""The active needle in hand: typed numbers, keys, a held end, a mirror, snapping and its key."""

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.gui.case_document import CaseDocument
from planner.gui.desk_state import DeskState
from planner.gui.jobs import JobRunner
from planner.gui.needle_actions import NEEDLE_ACTIONS
from planner.gui.needle_planning import NeedlePlanning
from planner.gui.needle_steering import NeedleSteering
from planner.gui.panels.needle_hands import NeedleHands
from planner.gui.scene_keeper import SceneKeeper
from planner.gui.tools.move_needle import MoveNeedle
from planner.gui.tools.tool import Pointer
from planner.planning import edits
from planner.planning.needle_moves import Held
from planner.planning.needle_path import frame_angles_deg
from planner.planning.plan import PlannedNeedle
from planner.rendering.plan_picture import Handle, NeedleEnd

L1 = VertebraLevel.L1


@pytest.fixture
def a_steering(a_document: CaseDocument, a_job_runner: JobRunner) -> NeedleSteering:
    return NeedleSteering(a_document, SceneKeeper(a_document, a_job_runner))


@pytest.fixture
def the_hands(qtbot: QtBot, the_theme: None, a_desk_state: DeskState) -> NeedleHands:
    del the_theme
    hands = NeedleHands()
    qtbot.addWidget(hands)
    hands.show_state(a_desk_state)
    return hands


def _needle(document: CaseDocument, side: Side = Side.LEFT) -> PlannedNeedle:
    planned = document.plan.at(L1)
    assert planned is not None
    needle = planned.needle(side)
    assert needle is not None
    return needle


def _angles(document: CaseDocument, side: Side = Side.LEFT) -> tuple[float, float]:
    return frame_angles_deg(_needle(document, side).path, document.vertebrae[0], side)


def _in_frame(document: CaseDocument, before: PlannedNeedle, after: PlannedNeedle) -> np.ndarray:
    """Return how far the tip has moved to the left, back and up in the vertebra's own frame."""
    by = np.subtract(after.tip_lps_mm, before.tip_lps_mm)
    return np.asarray(document.vertebrae[0].lps_from_vertebra.inverse.vector(by))


def test_the_boxes_show_the_active_needles_numbers_and_say_only_what_was_typed(
    qtbot: QtBot, the_hands: NeedleHands, a_desk_state: DeskState
) -> None:
    level = a_desk_state.level_assessment
    assert level is not None
    measures = level.needle(Side.LEFT)
    assert measures is not None
    assert the_hands.transverse_box.value() == pytest.approx(measures.transverse_deg, abs=0.05)
    assert the_hands.sagittal_box.value() == pytest.approx(measures.sagittal_deg, abs=0.05)
    with qtbot.assertNotEmitted(the_hands.transverse_typed):
        the_hands.transverse_box.editingFinished.emit()
    the_hands.transverse_box.setValue(21.5)
    with qtbot.waitSignal(the_hands.transverse_typed) as typed:
        the_hands.transverse_box.editingFinished.emit()
    assert typed.args == [21.5]
    assert measures.depth_from_bone_mm is not None
    the_hands.depth_box.setValue(the_hands.depth_box.value() + 4.0)
    with qtbot.waitSignal(the_hands.pushed) as pushed:
        the_hands.depth_box.editingFinished.emit()
    assert pushed.args[0] == pytest.approx(4.0, abs=0.06)


def test_without_an_assessment_of_this_plan_the_boxes_cannot_be_typed_into(
    the_hands: NeedleHands, a_desk_state: DeskState
) -> None:
    the_hands.show_state(DeskState(case=a_desk_state.case, selection=a_desk_state.selection))
    for box in (the_hands.transverse_box, the_hands.sagittal_box, the_hands.depth_box):
        assert not box.isEnabled()
        assert not box.findChild(QLineEdit).isEnabled()


def test_a_typed_angle_is_the_needles_angle_and_its_tip_stays(
    a_steering: NeedleSteering, a_document: CaseDocument
) -> None:
    tip, sagittal_deg = _needle(a_document).tip_lps_mm, _angles(a_document)[1]
    a_steering.set_transverse(21.5)
    assert _angles(a_document) == pytest.approx((21.5, sagittal_deg), abs=0.01)
    a_steering.set_sagittal(-7.0)
    assert _angles(a_document) == pytest.approx((21.5, -7.0), abs=0.01)
    assert _needle(a_document).tip_lps_mm == pytest.approx(tip, abs=1e-6)


@pytest.mark.parametrize("side", list(Side))
def test_medial_means_to_the_midline_on_either_side(
    side: Side, a_steering: NeedleSteering, a_document: CaseDocument
) -> None:
    a_document.select(L1, side)
    before = _needle(a_document, side)
    a_steering.nudge(1, 0)
    moved = _in_frame(a_document, before, _needle(a_document, side))
    assert moved == pytest.approx([-side.sign * 0.5, 0.0, 0.0], abs=1e-6)
    before_deg = _angles(a_document, side)
    a_steering.turn(1, 0)
    assert _angles(a_document, side)[0] == pytest.approx(before_deg[0] + 0.5, abs=0.01)


def _steps(steering: NeedleSteering) -> dict[str, Callable[[], object]]:
    """Return what the table of keys does to the active needle."""

    class _Commands:
        @staticmethod
        def steer(do: Callable[[NeedleSteering], object]) -> None:
            do(steering)

    return {
        spec.shortcut: (lambda spec=spec: spec.run(_Commands()))  # type: ignore[misc]
        for spec in NEEDLE_ACTIONS
    }


def test_each_key_moves_by_half_a_millimetre_or_half_a_degree_in_one_step_of_undo(
    a_steering: NeedleSteering, a_document: CaseDocument
) -> None:
    keys = _steps(a_steering)
    for key, by_mm in (("Alt+Up", (0.0, 0.0, 0.5)), ("Alt+Left", (0.5, 0.0, 0.0))):
        before, count = _needle(a_document), a_document.change_count
        keys[key]()
        moved = _in_frame(a_document, before, _needle(a_document))
        assert moved == pytest.approx(by_mm, abs=1e-6), "the left needle: lateral is left"
        assert a_document.change_count == count + 1
        a_document.undo()
        assert _needle(a_document) == before
    before_deg = _angles(a_document)
    keys["Alt+Shift+Down"]()
    assert _angles(a_document)[1] == pytest.approx(before_deg[1] + 0.5, abs=0.01), "caudad is +"
    before = _needle(a_document)
    keys["Alt+PgDown"]()
    assert _needle(a_document).path.length_mm == pytest.approx(before.path.length_mm + 0.5)


def test_a_held_entry_stays_under_keys_and_numbers_and_a_held_tip_takes_no_depth(
    a_steering: NeedleSteering, a_document: CaseDocument
) -> None:
    a_steering.hold(Held.ENTRY)
    entry = _needle(a_document).skin_lps_mm
    a_steering.nudge(1, 1)
    a_steering.turn(1, 0)
    a_steering.set_transverse(19.0)
    assert _needle(a_document).skin_lps_mm == pytest.approx(entry, abs=1e-6)
    a_steering.hold(Held.TIP)
    tip = _needle(a_document).tip_lps_mm
    a_steering.push(3.0)
    a_steering.nudge(1, 0)
    assert _needle(a_document).tip_lps_mm == pytest.approx(tip, abs=1e-6)


def test_a_chosen_hold_is_told_and_shown(qtbot: QtBot, the_hands: NeedleHands) -> None:
    with qtbot.waitSignal(the_hands.held_chosen) as chosen:
        the_hands.hold.buttons[Held.TIP.value].click()
    assert chosen.args == [Held.TIP]
    the_hands.show_held(Held.TIP)
    shown = {key for key, button in the_hands.hold.buttons.items() if button.isChecked()}
    assert shown == {Held.TIP.value}


def test_a_mirrored_needle_lies_on_the_other_side_with_the_same_angles(
    a_steering: NeedleSteering, a_document: CaseDocument
) -> None:
    angles = _angles(a_document)
    a_document.edit("Remove", edits.remove_needle(a_document.plan, L1, Side.RIGHT))
    a_steering.mirror()
    assert a_document.selection.side is Side.RIGHT
    assert _angles(a_document, Side.RIGHT) == pytest.approx(angles, abs=0.01)
    to_vertebra = a_document.vertebrae[0].lps_from_vertebra.inverse
    left_mm, right_mm = (
        float(to_vertebra.point(_needle(a_document, side).tip_lps_mm)[0]) for side in Side
    )
    assert left_mm * right_mm < 0.0


def _dragged(
    document: CaseDocument, planning: NeedlePlanning, *, ctrl: bool
) -> tuple[PlannedNeedle, PlannedNeedle]:
    """Drag the left tip by half a millimetre; return where it would lie unsnapped, and lies."""
    needle = _needle(document)
    handle = Handle(L1, Side.LEFT, NeedleEnd.TIP, needle.tip_lps_mm)
    tool = MoveNeedle(document, None, planning.snapped)
    x, y, z = needle.tip_lps_mm
    there = (x, y + 0.5, z)
    assert tool.press(Pointer(needle.tip_lps_mm, handle))
    tool.move(Pointer(there, handle, ctrl=ctrl))
    tool.release(Pointer(there, handle, ctrl=ctrl))
    plan = edits.move_tip(document.plan, L1, Side.LEFT, there).at(L1)
    assert plan is not None
    free = plan.needle(Side.LEFT)
    assert free is not None
    return free, _needle(document)


@pytest.fixture
def a_planning_on_the_axis(
    a_document: CaseDocument, a_job_runner: JobRunner, a_phantom_vertebra: VertebraModel
) -> NeedlePlanning:
    """The left needle lies on its pedicle's axis, from behind to the front of the body."""
    pedicle = a_phantom_vertebra.pedicle(Side.LEFT)
    assert pedicle is not None
    axis, isthmus = np.asarray(pedicle.axis_lps), np.asarray(pedicle.isthmus_lps_mm)
    plan = edits.move_tip(a_document.plan, L1, Side.LEFT, isthmus + 20.0 * axis)
    plan = edits.move_entry(plan, L1, Side.LEFT, isthmus - 60.0 * axis)
    a_document.edit("Onto the axis", plan)
    return NeedlePlanning(a_document, SceneKeeper(a_document, a_job_runner), a_job_runner)


def test_a_needle_dragged_near_its_pedicles_axis_is_drawn_onto_it(
    a_planning_on_the_axis: NeedlePlanning,
    a_document: CaseDocument,
    a_phantom_vertebra: VertebraModel,
) -> None:
    pedicle = a_phantom_vertebra.pedicle(Side.LEFT)
    assert pedicle is not None
    _free, snapped = _dragged(a_document, a_planning_on_the_axis, ctrl=False)
    assert snapped.path.direction_lps == pytest.approx(pedicle.axis_lps, abs=1e-9)


def test_ctrl_while_dragging_leaves_the_needle_where_the_hand_has_it(
    a_planning_on_the_axis: NeedlePlanning, a_document: CaseDocument
) -> None:
    free, kept = _dragged(a_document, a_planning_on_the_axis, ctrl=True)
    assert kept.tip_lps_mm == pytest.approx(free.tip_lps_mm, abs=1e-9)
