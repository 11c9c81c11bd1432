"""The dialog that sends a plan, joined to what sends it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject

from planner.assessment.findings import Severity
from planner.export.sender import SendReceipt
from planner.gui.dialogs.send_dialog import SendDialog
from planner.gui.sending import SendOrder, receipt_lines

if TYPE_CHECKING:
    from planner.gui.case_desk import CaseDesk
    from planner.gui.session import Session


class SendCommands(QObject):
    """Asks where to, and tells what came of it."""

    def __init__(self, session: "Session", desk: "CaseDesk") -> None:
        super().__init__(desk)
        self._session = session
        self._desk = desk
        self.dialog: SendDialog | None = None
        self._order = SendOrder("", {})
        sending = desk.planning.sending
        sending.reached.connect(self._show_reached)
        sending.not_reached.connect(self._show_not_reached)
        sending.ended.connect(self._show_ended)
        sending.stopped.connect(self._show_stopped)
        session.jobs.progressed.connect(self._show_progress)

    def ask(self, sender_id: str) -> None:
        """Open the dialog of a sender."""
        sending, panel = self._desk.planning.sending, self._desk.workbench.hand_over
        info = next(info for info in sending.senders if info.id == sender_id)
        writers = self._desk.planning.exporting.writers
        chosen = sending.sendable(sender_id, writers, panel.chosen_ids)
        is_deidentified = panel.deidentify.isChecked()
        self._order = SendOrder(sender_id, {}, tuple(w.id for w in chosen), is_deidentified)
        contents = [w.title for w in chosen] if info.sends else ["Each needle: skin entry and tip"]
        names = any(w.carries_identity for w in chosen) and not is_deidentified
        whose = "They name the patient." if names else "Nothing sent names the patient."
        self.dialog = SendDialog(
            info,
            [*contents, whose] if contents else (),
            self._session.preferences.connections.get(sender_id, {}),
            self._session.palette,
            self._session.window,
        )
        self.dialog.test_pressed.connect(self._test)
        self.dialog.send_pressed.connect(self._send)
        self.dialog.stop_pressed.connect(sending.stop)
        self.dialog.finished.connect(self._forget)
        self.dialog.open()

    def _test(self, values: Mapping[str, str]) -> None:
        self._begin("testing")
        self._desk.planning.sending.test(self._order.sender_id, values)

    def _send(self, values: Mapping[str, str]) -> None:
        self._begin("sending")
        exporting = self._desk.planning.exporting
        order = attrs.evolve(self._order, connection=values)
        self._desk.planning.sending.send(order, exporting.installed)

    def _begin(self, word: str) -> None:
        if self.dialog is not None:
            kept = {**self._session.preferences.connections}
            kept[self.dialog.info.id] = self.dialog.kept_values
            self._session.prefer(attrs.evolve(self._session.preferences, connections=kept))
            self.dialog.show_busy(is_busy=True)
            self.dialog.show_state(word, Severity.NOTE, ())

    def _show_reached(self, sentence: str) -> None:
        self._show("reached", Severity.SAFE, (sentence,))

    def _show_not_reached(self, sentence: str) -> None:
        self._show("not reached", Severity.DANGER, (sentence,))

    def _show_ended(self, receipt: SendReceipt) -> None:
        lines = receipt_lines(receipt)
        if receipt.sent and not receipt.not_sent and not receipt.problems:
            self._show("sent", Severity.SAFE, lines)
        else:
            word = "sent in part" if receipt.sent else "not sent"
            self._show(word, Severity.CAUTION if receipt.sent else Severity.DANGER, lines)

    def _show_stopped(self, sentence: str) -> None:
        self._show("not sent", Severity.CAUTION, (sentence,))

    def _show(self, word: str, severity: Severity, lines: tuple[str, ...]) -> None:
        if self.dialog is not None:
            self.dialog.show_busy(is_busy=False)
            self.dialog.show_state(word, severity, lines)
        else:
            self._session.tell(" ".join(lines), severity)

    def _show_progress(self) -> None:
        running = self._desk.planning.sending.progress
        if self.dialog is not None and running is not None:
            self.dialog.show_progress(*running)

    def _forget(self, _result: int) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
            self.dialog = None
