"""The desk is built between turns of the window's loop, and nobody is given half of one."""

import threading
from collections.abc import Iterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.foundation.progress import Cancelled
from planner.gui.application import build_window
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage

_LONG_MS = 60_000


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    yield session
    session.window.close()


def test_a_desk_comes_in_many_steps_and_only_whole(a_session: Session) -> None:
    builder = a_session.desk_builder
    steps = 0
    while builder.desk is None:
        builder._step()
        steps += 1
    assert steps > len(Stage)
    assert set(builder.desk.workbench.panels) == set(Stage)
    assert a_session.desk is None, "no case lies on it"


def test_a_thread_that_opens_a_case_waits_until_the_desk_is_built(
    a_session: Session, qtbot: QtBot
) -> None:
    builder = a_session.desk_builder
    found: list[object] = []

    def wait() -> None:
        builder.wait(lambda: None)
        found.append(builder.desk)

    thread = threading.Thread(target=wait)
    with qtbot.waitSignal(builder.built, timeout=_LONG_MS) as told:
        thread.start()
    thread.join()
    assert found == told.args
    assert found[0] is not None


def test_a_cancelled_opening_waits_no_longer(a_session: Session) -> None:
    def cancelled() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        a_session.desk_builder.wait(cancelled)


def test_who_cannot_wait_gets_the_whole_desk_at_once(a_session: Session) -> None:
    builder = a_session.desk_builder
    builder._step()
    desk = builder.finish()
    assert desk is builder.desk
    assert builder.finish() is desk
