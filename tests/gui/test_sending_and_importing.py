"""Out of the window and in again: sending asks first, importing checks first."""

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.export.registry import discover_senders
from planner.export.sender import SendReceipt
from planner.foundation.app_paths import config_folder
from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.desk_state import DeskState
from planner.gui.dialogs.send_dialog import SendDialog
from planner.gui.panels.hand_over_panel import HandOverPanel
from planner.gui.preferences import Preferences, load_preferences
from planner.gui.sending import receipt_lines
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.theme import DARK
from planner.planning.plan import Approach
from planner.samples.catalog import BASE_SAMPLE_ID, sample_study

_LONG_MS = 90_000
STOW, STORE, NAVIGATION = "dicomweb-stow", "dicom-store", "openigtlink"


def a_dialog(qtbot: QtBot, sender_id: str, **kept: str) -> SendDialog:
    info = discover_senders().named(sender_id).info
    dialog = SendDialog(info, ["Report"], kept, DARK)
    qtbot.addWidget(dialog)
    return dialog


def test_the_dialog_has_an_entry_for_each_field_that_the_sender_names(qtbot: QtBot) -> None:
    dialog = a_dialog(qtbot, STORE, host="pacs", tls="yes")
    expected = {field.key for field in dialog.info.fields}
    assert set(dialog.entries) == expected
    assert dialog.values["host"] == "pacs"
    assert dialog.values["port"] == "104"
    assert dialog.values["tls"] == "yes"


def test_a_password_is_hidden_as_it_is_typed_and_never_kept(qtbot: QtBot) -> None:
    dialog = a_dialog(qtbot, STOW, url="https://pacs")
    entry = dialog.entries["password"]
    typed = "open sesame"
    entry.show_value(typed)
    assert entry.findChild(QLineEdit).echoMode() is QLineEdit.EchoMode.Password
    assert dialog.values["password"] == typed
    assert "password" not in dialog.kept_values
    assert dialog.kept_values["url"] == "https://pacs"


def test_the_dialog_stays_while_something_is_on_its_way(qtbot: QtBot) -> None:
    dialog = a_dialog(qtbot, STORE)
    dialog.show()
    dialog.show_busy(is_busy=True)
    dialog.reject()
    assert dialog.isVisible()
    assert not dialog.send.isEnabled()
    assert dialog.stop.isVisible()
    dialog.show_busy(is_busy=False)
    dialog.reject()
    assert not dialog.isVisible()


def test_without_anything_to_send_there_is_no_way_to_send(qtbot: QtBot) -> None:
    dialog = SendDialog(discover_senders().named(STORE).info, (), {}, DARK)
    qtbot.addWidget(dialog)
    assert not dialog.send.isEnabled()
    dialog.show_busy(is_busy=False)
    assert not dialog.send.isEnabled()
    assert dialog.test.isEnabled()


def test_the_panel_sends_only_once_a_plan_is_judged(qtbot: QtBot, a_desk_state: DeskState) -> None:
    import attrs

    panel = HandOverPanel(DARK)
    qtbot.addWidget(panel)
    senders = tuple(sender.info for sender in discover_senders().senders)
    panel.show_state(attrs.evolve(a_desk_state, senders=senders, assessment=None))
    assert not any(button.isEnabled() for button in panel.send.buttons.values())
    panel.show_state(attrs.evolve(a_desk_state, senders=senders))
    with qtbot.waitSignal(panel.send.send_pressed) as asked:
        panel.send.buttons[NAVIGATION].click()
    assert asked.args == [NAVIGATION]


def test_a_receipt_says_how_much_arrived_then_what_went_wrong() -> None:
    receipt = SendReceipt(STORE, "pacs:104", ("a",), ("b", "c"), problems=("The line was lost.",))
    assert receipt_lines(receipt) == ("1 of 3 sent to pacs:104.", "The line was lost.")


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    session.window.close()


def _planned(qtbot: QtBot, session: Session) -> CaseDesk:
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.window.start_page.samples[BASE_SAMPLE_ID].click()
    desk = session.desk
    assert desk is not None
    sample = sample_study(BASE_SAMPLE_ID)
    desk.planning.levels.find_at(sample.anchor_lps_mm)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    desk.workbench.go_to(Stage.APPROACH)
    desk.workbench.approach.approach.buttons[Approach.BIPEDICULAR.value].click()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    desk.workbench.go_to(Stage.HAND_OVER)
    return desk


def _dialog_of(desk: CaseDesk) -> SendDialog:
    from planner.gui.send_commands import SendCommands

    dialog = desk.findChild(SendCommands).dialog
    assert dialog is not None
    return dialog


@pytest.mark.slow
@pytest.mark.journey
def test_a_plan_is_sent_from_the_window_and_the_receiver_is_remembered(
    qtbot: QtBot, a_session: Session
) -> None:
    desk = _planned(qtbot, a_session)
    received: list[bytes] = []
    listening = socket.create_server(("127.0.0.1", 0))
    port = str(listening.getsockname()[1])

    def listen() -> None:
        for _ in range(2):
            line, _address = listening.accept()
            with line:
                while more := line.recv(65536):
                    received.append(more)

    thread = threading.Thread(target=listen)
    thread.start()
    desk.workbench.hand_over.send.buttons[NAVIGATION].click()
    dialog = _dialog_of(desk)
    assert received == []
    dialog.entries["port"].show_value(port)
    dialog.test.click()
    qtbot.waitUntil(lambda: dialog.state.text == "reached", timeout=_LONG_MS)
    assert b"TRAJ" not in b"".join(received)
    dialog.send.click()
    assert dialog.state.text == "sending"
    qtbot.waitUntil(lambda: dialog.state.text == "sent", timeout=_LONG_MS)
    thread.join()
    listening.close()
    level = sample_study(BASE_SAMPLE_ID).anchor_level
    assert isinstance(level, VertebraLevel)
    assert f"{level.name} left needle".encode() in b"".join(received)
    assert f"3 of 3 sent to 127.0.0.1:{port}." in dialog.said.text()
    assert load_preferences().connections[NAVIGATION]["port"] == port
    assert (config_folder() / "preferences.json").is_file()

    dialog.send.click()
    qtbot.waitUntil(lambda: dialog.state.text == "not sent", timeout=_LONG_MS)
    assert "Nothing was sent; the plan is safe in its case." in dialog.said.text()
    dialog.close_button.click()
    assert desk.planning.document.plan.levels


@pytest.mark.slow
@pytest.mark.journey
def test_an_exported_plan_comes_back_onto_the_case_as_one_change(
    qtbot: QtBot, a_session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = _planned(qtbot, a_session)
    document, panel = desk.planning.document, desk.workbench.hand_over
    for writer_id, check in panel.checks.items():
        check.setChecked(writer_id == "plan-json")
    panel.folder.setText(str(tmp_path))
    panel.primary.click()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    (path,) = tmp_path.glob("*.json")
    plan = document.plan
    while document.can_undo:
        document.undo()
    assert document.vertebrae == ()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_args: (str(path), ""))
    a_session.window.action_of["import-plan"].trigger()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    assert document.plan == plan
    assert document.undo_text == "Import plan"
    assert "was found for it: check the outline" in a_session.window.notice.text
    document.undo()
    assert document.plan.levels == ()

    path.write_text(path.read_text("utf-8").replace(document.case.study.study_uid, "1.2.3"))
    a_session.window.action_of["import-plan"].trigger()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    assert document.plan.levels == ()
    assert "another study than these images" in a_session.window.notice.text
