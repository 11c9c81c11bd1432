"""Outlines corrected by hand in the real window."""

import shutil
from collections.abc import Callable
from pathlib import Path

import attrs
import numpy as np
import pytest
from left_button import drag, move, press, release
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import HandMade, VertebraModel
from planner.editing.part_labels import OWN_BONE, Part
from planner.gui.case_desk import CaseDesk
from planner.gui.editing.edit_settings import EditTool
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName
from planner.gui.views.slice_view import SliceView
from planner.gui.views.slice_words import heights_line
from planner.gui.views.tool_view import ToolView
from planner.storage.case_file import CaseFile

pytestmark = pytest.mark.slow
LONG_MS = 30_000
L1, T12 = VertebraLevel.L1, VertebraLevel.T12


def _vertebra(desk: CaseDesk) -> VertebraModel:
    vertebra = desk.planning.state().vertebra
    assert vertebra is not None
    return vertebra


def _axial(desk: CaseDesk) -> ToolView:
    return desk.workbench.views.view(ViewName.AXIAL)


def _px(desk: CaseDesk, x_mm: float, y_mm: float, z_mm: float = 0.0) -> QPointF:
    """Return where a point of L1's own frame is in the axial view."""
    point = _vertebra(desk).lps_from_vertebra.point((x_mm, y_mm, z_mm))
    return _axial(desk).widget_point(point)


def _set(desk: CaseDesk, **changes: object) -> None:
    masks = desk.planning.masks
    masks.set_settings(attrs.evolve(masks.settings, **changes))  # type: ignore[arg-type]


def _paint_in_front(desk: CaseDesk) -> None:
    drag(_axial(desk), _px(desk, 4.0, -17.0), _px(desk, 12.0, -17.0))


def test_a_stroke_on_the_patients_left_adds_body_there_as_one_entry_of_the_history(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    changes = desk.planning.document.change_count
    _paint_in_front(desk)
    idle()
    after = _vertebra(desk)
    new = after.body.voxels & ~before.body.voxels
    assert new.sum() * after.body.geometry.voxel_mm3 > 100.0
    centre = after.body.geometry.lps_of(np.argwhere(new).mean(axis=0)[::-1])
    own = before.lps_from_vertebra.inverse.point(centre)
    assert own[0] > 3.0
    assert own[1] < -14.0
    assert desk.planning.document.change_count == changes + 1
    assert desk.planning.document.undo_text == "Paint body"
    assert HandMade.OUTLINE in after.by_hand


def test_while_an_outline_is_drawn_no_margin_and_no_measure_of_the_former_one_is_shown(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk = an_edited_level
    assert desk.planning.state().assessment is not None
    press(_axial(desk), _px(desk, 0.0, -17.0))
    state = desk.planning.state()
    assert state.edit.is_pending
    assert state.assessment is None
    assert not state.can_export
    texts = [item.text() for item in desk.workbench.levels.heights_card.findChildren(QLabel)]
    assert "updating" in texts
    assert not any(text.startswith(("Grade", "No fracture")) for text in texts)
    tile = next(item for item in desk.workbench.board.tiles if item.isChecked())
    assert tile.accessibleName() == "L1, updating"
    sagittal = desk.workbench.views.view(ViewName.SAGITTAL)
    assert isinstance(sagittal, SliceView)
    assert heights_line(sagittal) == ""
    release(_axial(desk), _px(desk, 6.0, -17.0))
    assert desk.planning.state().assessment is None
    idle()
    assert not desk.planning.state().edit.is_pending
    assert desk.planning.state().assessment is not None


def test_undo_and_redo_bring_outline_and_measures_back(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    _set(desk, tool=EditTool.ERASE, radius_mm=8.0)
    drag(_axial(desk), _px(desk, 0.0, -14.0), _px(desk, 8.0, -14.0))
    idle()
    after = _vertebra(desk)
    assert after.body_volume_ml < before.body_volume_ml - 1.0
    desk.planning.document.undo()
    assert _vertebra(desk) is before
    draft = desk.planning.masks.draft
    assert draft is not None
    assert np.array_equal(draft.having(*OWN_BONE), before.whole.voxels)
    desk.planning.document.redo()
    assert _vertebra(desk) is after


def test_an_edited_outline_is_on_the_disk_although_the_program_never_closed_the_case(
    an_edited_level: CaseDesk, a_case_path: Path, idle: Callable[[], None], tmp_path: Path
) -> None:
    desk = an_edited_level
    _paint_in_front(desk)
    idle()
    after = _vertebra(desk)
    left_behind = tmp_path / "after-the-crash.vplan"
    shutil.copy(a_case_path, left_behind)
    with CaseFile.open(left_behind) as found:
        case = found.load()
        assert found.verify_chain().intact
    kept = case.vertebra(L1)
    assert kept is not None
    assert np.array_equal(kept.body.voxels, after.body.voxels)
    assert kept.heights == after.heights
    assert kept.by_hand == (HandMade.OUTLINE,)


def test_leaving_the_stage_at_once_keeps_the_last_stroke(
    an_edited_level: CaseDesk,
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    _paint_in_front(desk)
    assert _vertebra(desk) is before
    desk.workbench.go_to(Stage.APPROACH)
    assert desk.planning.masks.level is None
    assert _vertebra(desk).body_volume_ml > before.body_volume_ml
    assert not desk.planning.document.is_gesture_running


def test_closing_the_case_at_once_keeps_the_last_stroke(
    an_edited_level: CaseDesk, a_session: Session, a_case_path: Path
) -> None:
    before_ml = _vertebra(an_edited_level).body_volume_ml
    _paint_in_front(an_edited_level)
    a_session.close_case()
    with CaseFile.open(a_case_path, read_only=True) as file:
        kept = file.load().vertebra(L1)
    assert kept is not None
    assert kept.body_volume_ml > before_ml


def test_shift_erases_with_the_brush(an_edited_level: CaseDesk, idle: Callable[[], None]) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    drag(_axial(desk), _px(desk, 0.0, -14.0), _px(desk, 6.0, -14.0), shift=True)
    idle()
    assert _vertebra(desk).body_volume_ml < before.body_volume_ml
    assert desk.planning.document.undo_text == "Erase body"


def test_escape_takes_a_running_stroke_back(qtbot: QtBot, an_edited_level: CaseDesk) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    view = _axial(desk)
    press(view, _px(desk, 0.0, -17.0))
    move(view, _px(desk, 10.0, -17.0))
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    draft = desk.planning.masks.draft
    assert draft is not None
    assert np.array_equal(draft.having(*OWN_BONE), before.whole.voxels)
    assert not desk.planning.state().edit.is_pending
    assert not desk.planning.document.is_gesture_running
    assert desk.planning.state().assessment is not None


def test_two_quick_strokes_are_two_entries_although_the_first_was_not_measured_yet(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk = an_edited_level
    changes = desk.planning.document.change_count
    drag(_axial(desk), _px(desk, 4.0, -17.0), _px(desk, 10.0, -17.0))
    first = desk.planning.masks.draft
    drag(_axial(desk), _px(desk, -4.0, -17.0), _px(desk, -10.0, -17.0))
    second = desk.planning.masks.draft
    idle()
    assert desk.planning.document.change_count == changes + 2
    assert second is not None
    assert np.array_equal(_vertebra(desk).body.voxels, second.having(Part.BODY))
    desk.planning.document.undo()
    assert first is not None
    assert np.array_equal(_vertebra(desk).body.voxels, first.having(Part.BODY))


def test_the_surface_in_3d_follows_a_stroke_before_it_is_let_go(
    qtbot: QtBot, an_edited_level: CaseDesk
) -> None:
    desk = an_edited_level
    made = desk.outline.mesh.made_count
    view = _axial(desk)
    press(view, _px(desk, 0.0, -17.0))
    move(view, _px(desk, 8.0, -17.0))
    qtbot.waitUntil(lambda: desk.outline.mesh.made_count > made, timeout=LONG_MS)
    assert desk.planning.masks.is_pending
    release(view, _px(desk, 8.0, -17.0))


def test_a_line_across_the_spinous_process_cuts_it_off(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk = an_edited_level
    _set(desk, tool=EditTool.CUT)
    drag(_axial(desk), _px(desk, -12.0, 48.0, 0.0), _px(desk, 12.0, 48.0, 0.0))
    idle()
    vertebra = _vertebra(desk)
    places = vertebra.whole.geometry.lps_of(np.argwhere(vertebra.whole.voxels)[:, ::-1])
    assert vertebra.lps_from_vertebra.inverse.points(places)[:, 1].max() < 49.5
    assert desk.planning.document.undo_text == "Cut outline"


def test_growing_from_soft_tissue_changes_nothing_and_says_why(
    an_edited_level: CaseDesk, a_session: Session, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    _set(desk, tool=EditTool.GROW)
    at = _px(desk, 18.0, -18.5)
    press(_axial(desk), at)
    release(_axial(desk), at)
    idle()
    assert _vertebra(desk) is before
    assert "lies outside 120 to 3000 HU" in a_session.window.notice.text


def test_an_edit_that_leaves_no_body_to_measure_is_put_back_with_a_sentence(
    an_edited_level: CaseDesk, a_session: Session, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    masks = desk.planning.masks
    masks.shape(
        "Erase body", lambda labels, _hu: labels.changed(labels.having(Part.BODY), Part.NOTHING)
    )
    idle()
    assert _vertebra(desk) is before
    draft = masks.draft
    assert draft is not None
    assert np.array_equal(draft.having(Part.BODY), before.body.voxels)
    assert not masks.is_pending
    assert "Nothing of the body would be left" in a_session.window.notice.text


def test_a_cancelled_measuring_puts_the_outline_back_and_leaves_nothing_pending(
    an_edited_level: CaseDesk, a_session: Session, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    _paint_in_front(desk)
    a_session.jobs.cancel_all()
    idle()
    assert _vertebra(desk) is before
    draft = desk.planning.masks.draft
    assert draft is not None
    assert np.array_equal(draft.having(Part.BODY), before.body.voxels)
    assert not desk.planning.document.is_gesture_running
    assert "cancelled" in a_session.window.notice.text


def test_a_stroke_not_measured_yet_is_kept_when_the_level_is_renamed(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk, before = an_edited_level, _vertebra(an_edited_level)
    _paint_in_front(desk)
    desk.workbench.levels.rename_chosen.emit(L1, VertebraLevel.L2)
    idle()
    assert desk.planning.document.selection.level is VertebraLevel.L2
    assert _vertebra(desk).body_volume_ml > before.body_volume_ml


def test_another_level_of_the_strip_is_edited_next(
    an_edited_level: CaseDesk, idle: Callable[[], None]
) -> None:
    desk = an_edited_level
    tile = next(
        item
        for item in desk.workbench.board.tiles
        if item.report and item.report.vertebra.level is T12
    )
    tile.click()
    idle()
    assert desk.planning.masks.level is T12
    _draft = desk.planning.masks.draft
    assert _draft is not None
    assert np.array_equal(_draft.having(*OWN_BONE), _vertebra(desk).whole.voxels)


def test_receipts_of_an_export_do_not_outlive_an_edit(
    an_edited_level: CaseDesk, idle: Callable[[], None], tmp_path: Path
) -> None:
    desk = an_edited_level
    desk.planning.exporting.write(("plan-json",), tmp_path, deidentify=True)
    idle()
    assert desk.planning.state().hand_over is not None
    _paint_in_front(desk)
    idle()
    assert desk.planning.state().hand_over is None


@pytest.mark.parametrize("steps", [1, -1])
def test_keys_make_the_brush_larger_and_smaller(an_edited_level: CaseDesk, steps: int) -> None:
    before_mm = an_edited_level.planning.masks.settings.radius_mm
    an_edited_level.outline.resize_brush(steps)
    after_mm = an_edited_level.planning.masks.settings.radius_mm
    assert (after_mm > before_mm) is (steps > 0)
    assert an_edited_level.view_state.brush_mm == after_mm
