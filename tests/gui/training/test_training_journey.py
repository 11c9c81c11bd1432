"""From the start page into a case and back, with the trainee's log."""

import datetime as dt
import json

import attrs
import pytest
from PySide6.QtWidgets import QFileDialog, QLabel

from planner.gui.application import build_window
from planner.gui.dialogs.stage_help import StageHelp
from planner.gui.fluoroscopy.rehearsal_keys import REHEARSAL_KEYS
from planner.gui.preferences import Preferences
from planner.gui.training.rating_dialog import RatingDialog
from planner.rehearsal.events import Finish
from planner.rehearsal.scenario import scenarios
from planner.rehearsal.teachers_keys import keep_key
from planner.rehearsal.training_mode import TrainingMode
from planner.rehearsal.training_record import RATED_ITEMS
from planner.workflow import rehearse
from planner.workflow.training_logs import all_runs


@pytest.fixture
def a_session(qtbot, qapp, the_stage, monkeypatch):
    """The window, in which every case is the phantom."""
    monkeypatch.setattr(rehearse, "open_stage", lambda _chosen, _progress: the_stage)
    session = build_window(qapp, Preferences(trainee="Ada"))
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    session.shut_down()


def into_the_room(qtbot, session):
    session.window.start_page.rehearse.click()
    tasks = session.window.pages.currentWidget()
    tasks.choose_mode(TrainingMode.EXAM)
    tasks.panel.primary.click()
    qtbot.waitUntil(lambda: session.window.pages.currentWidget() is not tasks, timeout=60_000)
    room = session.window.pages.currentWidget()
    qtbot.waitUntil(lambda: room.desk.is_ready, timeout=60_000)
    return tasks, room


def test_two_clicks_lead_from_the_start_page_into_a_case_and_a_finish_into_the_log(
    qtbot, a_session
) -> None:
    tasks, room = into_the_room(qtbot, a_session)
    assert room.desk.mode is TrainingMode.EXAM
    room.desk.do(Finish(room.desk.now_s()))
    qtbot.waitUntil(lambda: bool(all_runs()), timeout=60_000)
    ((person, (record,)),) = all_runs().items()
    assert person == "Ada"
    assert record.mode is TrainingMode.EXAM
    room.debrief_pressed.emit()
    qtbot.waitUntil(
        lambda: a_session.window.pages.currentWidget() not in {tasks, room}, timeout=60_000
    )
    a_session.window.action_of["cancel-gesture"].trigger()
    assert a_session.window.pages.currentWidget() is tasks
    a_session.window.action_of["cancel-gesture"].trigger()
    assert a_session.window.pages.currentWidget() is a_session.window.start_page


def test_without_a_name_nothing_is_kept_and_that_is_said(qtbot, a_session) -> None:
    tasks, room = into_the_room(qtbot, a_session)
    tasks.person.setText("")
    room.desk.do(Finish(room.desk.now_s()))
    qtbot.waitUntil(lambda: "in no log" in a_session.window.notice.text, timeout=60_000)
    assert all_runs() == {}


def test_all_runs_are_exported_where_the_user_says(qtbot, a_session, monkeypatch, tmp_path) -> None:
    tasks, room = into_the_room(qtbot, a_session)
    room.desk.do(Finish(room.desk.now_s()))
    qtbot.waitUntil(lambda: bool(all_runs()), timeout=60_000)
    target = tmp_path / "runs.json"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    tasks.export_pressed.emit()
    assert json.loads(target.read_text("utf-8"))["people"][0]["person"] == "Ada"


def test_a_rating_needs_a_name_and_gives_every_mark(qtbot, the_theme: None) -> None:
    del the_theme
    dialog = RatingDialog("run", None)
    qtbot.addWidget(dialog)
    assert not dialog.save.isEnabled()
    dialog.rater.setText("Teacher")
    assert dialog.save.isEnabled()
    dialog.marks[RATED_ITEMS[0]].setValue(5)
    rating = dialog.rating(dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    assert rating.marks[RATED_ITEMS[0]] == 5
    assert rating.mean == pytest.approx((5 + 3 * 5) / 6)


def test_the_page_of_a_case_shows_the_limits_and_the_mark_that_hold_here(a_session) -> None:
    case = scenarios()[0]
    limits = attrs.evolve(case.limits, needle_shots=7, cement_ml=1.5)
    keep_key(case, attrs.evolve(case.key, pass_mark=88.0), limits)
    a_session.window.start_page.rehearse.click()
    tasks = a_session.window.pages.currentWidget()
    tasks.choose(case)
    assert "7 shots" in tasks.limits.text()
    assert "1.5 ml" in tasks.limits.text()
    assert "88 points" in tasks.limits.text()
    other = scenarios()[1]
    tasks.choose(other)
    assert f"{other.limits.needle_shots} shots" in tasks.limits.text()
    assert "70 points" in tasks.limits.text()
    keep_key(case, case.key, case.limits)


def test_help_before_a_rehearsal_lists_the_rehearsals_own_keys(a_session, monkeypatch) -> None:
    shown = []
    monkeypatch.setattr(StageHelp, "exec", lambda dialog: shown.append(dialog) or 0)
    a_session.window.start_page.rehearse.click()
    a_session.window.action_of["help"].trigger()
    (dialog,) = shown
    assert dialog.windowTitle() == "Help: Rehearse"
    words = {text.text() for text in dialog.findChildren(QLabel)}
    assert {name for pair in REHEARSAL_KEYS for name in pair} <= words
    assert dialog.sizeHint().height() <= 800
