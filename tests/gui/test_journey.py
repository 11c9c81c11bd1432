"""A whole case through the window, on the shipped study."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import Side
from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName
from planner.planning.plan import Approach
from planner.samples.catalog import BASE_SAMPLE_ID, sample_study
from planner.storage.case_file import CaseFile

_LONG_MS = 90_000


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    session.window.close()


def _idle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)


def _open_sample(qtbot: QtBot, session: Session) -> CaseDesk:
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        qtbot.mouseClick(
            session.window.start_page.samples[BASE_SAMPLE_ID], Qt.MouseButton.LeftButton
        )
    assert session.desk is not None
    return session.desk


def _find_and_propose(qtbot: QtBot, session: Session, desk: CaseDesk) -> None:
    sample = sample_study(BASE_SAMPLE_ID)
    desk.workbench.go_to(Stage.LEVELS)
    desk.planning.levels.find_at(sample.anchor_lps_mm)
    _idle(qtbot, session)
    assert [v.level for v in desk.planning.document.vertebrae] == [sample.anchor_level]
    desk.workbench.go_to(Stage.APPROACH)
    desk.workbench.approach.approach.buttons[Approach.BIPEDICULAR.value].click()
    _idle(qtbot, session)
    assert desk.planning.results.is_current


def _accept_a_finding(qtbot: QtBot, desk: CaseDesk) -> None:
    shown = desk.workbench.findings[Stage.APPROACH]
    strip = next(strip for strip in shown.strips() if strip.open.isVisibleTo(shown))
    strip.open.click()
    qtbot.keyClicks(strip.reason, "seen with the radiologist")
    strip.confirm.click()
    assert strip.words.text() == "accepted: seen with the radiologist"


def _drag_left_tip(qtbot: QtBot, session: Session, desk: CaseDesk) -> None:
    planned = session.state.level_plan
    needle = planned.needle(Side.LEFT) if planned else None
    assert needle is not None
    desk.workbench.view_state.set_crosshair(needle.tip_lps_mm)
    view = desk.workbench.views.view(ViewName.AXIAL)
    start = view.widget_point(needle.tip_lps_mm).toPoint()
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        qtbot.mouseMove(view, start + QPoint(-2 * step, 0))
    assert desk.planning.document.is_gesture_running
    assert not session.window.action_of["undo"].isEnabled()
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=start + QPoint(-10, 0))


def _export_json(qtbot: QtBot, session: Session, desk: CaseDesk, folder: Path) -> None:
    panel = desk.workbench.hand_over
    desk.workbench.go_to(Stage.HAND_OVER)
    for writer_id, check in panel.checks.items():
        check.setChecked(writer_id == "plan-json")
    panel.folder.setText(str(folder))
    panel.primary.click()
    _idle(qtbot, session)
    handed = session.state.hand_over
    assert handed is not None
    assert [file.path.parent for receipt in handed.receipts for file in receipt.files] == [folder]


@pytest.mark.slow
@pytest.mark.journey
def test_a_sample_is_planned_changed_undone_exported_and_opened_again(
    qtbot: QtBot, a_session: Session, tmp_path: Path
) -> None:
    desk = _open_sample(qtbot, a_session)
    document = desk.planning.document
    _find_and_propose(qtbot, a_session, desk)
    _accept_a_finding(qtbot, desk)
    changes = document.change_count
    _drag_left_tip(qtbot, a_session, desk)
    assert document.change_count == changes + 1
    assert document.undo_text == "Move needle tip"
    assert desk.planning.results.is_current

    plan, vertebrae = document.plan, document.vertebrae
    assert desk.planning.case_file is not None
    path = desk.planning.case_file.path
    while document.can_undo:
        document.undo()
    assert document.is_clean
    assert document.vertebrae == ()
    while document.can_redo:
        document.redo()
    assert document.plan == plan
    assert document.vertebrae == vertebrae
    assert desk.planning.results.is_current

    _export_json(qtbot, a_session, desk, tmp_path)

    a_session.close_case()
    assert a_session.window.pages.currentWidget() is a_session.window.start_page
    with CaseFile.open(path, read_only=True) as kept:
        assert kept.load().plan == plan
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        a_session.open_path(path)
    assert document.plan == plan
    assert desk.workbench.stage is Stage.APPROACH


@pytest.mark.slow
def test_a_folder_without_images_is_refused_in_a_sentence(
    qtbot: QtBot, a_session: Session, tmp_path: Path
) -> None:
    a_session.open_path(tmp_path)
    qtbot.waitUntil(lambda: bool(a_session.window.notice.text), timeout=_LONG_MS)
    assert "Traceback" not in a_session.window.notice.text
    assert a_session.desk is None
