"""Send the plan to another machine: only where the user says, and only the plan just judged."""

from collections.abc import Sequence

import attrs
from PySide6.QtCore import QObject, Signal

from planner.export.registry import Senders, Writers, discover_senders
from planner.export.sender import Connection, SenderInfo, SendReceipt
from planner.export.writer import WriterInfo
from planner.foundation.plugins import PluginFailure
from planner.foundation.progress import Progress, part_of
from planner.gui.case_document import CaseDocument
from planner.gui.crash_guard import words_for
from planner.gui.derived_results import DerivedResults
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.workflow.send_plan import send_plan, writers_for
from planner.workflow.take_snapshot import take_snapshot

SENDING = "send"
_SHARE_OF_PICTURES = 0.3


@attrs.frozen
class SendOrder:
    """What is sent where."""

    sender_id: str
    connection: Connection = attrs.field(repr=False)
    """It may hold a password."""
    writer_ids: tuple[str, ...] = ()
    is_deidentified: bool = False


class Sending(QObject):
    """Tests lines and sends over them, as jobs."""

    reached = Signal(str)
    not_reached = Signal(str)
    """Who answered the test, or why nobody did."""
    ended = Signal(object)
    """The `SendReceipt`."""
    stopped = Signal(str)
    """Why nothing was sent at all."""

    def __init__(
        self,
        document: CaseDocument,
        keeper: SceneKeeper,
        results: DerivedResults,
        jobs: JobRunner,
    ) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._results = results
        self._jobs = jobs
        self._senders: Senders = discover_senders()

    @property
    def senders(self) -> tuple[SenderInfo, ...]:
        """Every sender that can be used."""
        return tuple(sender.info for sender in self._senders.senders)

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """Every plugin that cannot be used, and why."""
        return self._senders.failures

    def sendable(
        self, sender_id: str, writers: Sequence[WriterInfo], chosen_ids: Sequence[str]
    ) -> tuple[WriterInfo, ...]:
        """Return those of the chosen writers whose files a sender sends."""
        info = self._senders.named(sender_id).info
        return tuple(w for w in writers_for(info, writers) if w.id in chosen_ids)

    def test(self, sender_id: str, connection: Connection) -> None:
        """Reach the receiver without sending anything of the case."""
        sender = self._senders.named(sender_id)

        def work(progress: Progress) -> str:
            progress(0.0, "Testing the line")
            return sender.test(connection)

        self._jobs.start(
            "Testing the line",
            work,
            self.reached.emit,
            key=SENDING,
            on_failed=lambda problem: self.not_reached.emit(words_for(problem)),
        ).cancelled.connect(lambda: self.stopped.emit("The test was stopped."))

    def send(self, order: SendOrder, writers: Writers) -> None:
        """Send the current plan; refused while its assessment is not made yet."""
        case, scene = self._document.case, self._keeper.scene
        if case is None or scene is None or not self._results.is_current:
            self.stopped.emit("The plan is still being judged: nothing was sent yet.")
            return
        sender = self._senders.named(order.sender_id)
        outcome: list[SendReceipt] = []

        def work(progress: Progress) -> SendReceipt:
            pictures = part_of(progress, 0.0, _SHARE_OF_PICTURES)
            snapshot = take_snapshot(case, scene, pictures, deidentify=order.is_deidentified)
            rest = part_of(progress, _SHARE_OF_PICTURES, 1.0)
            chosen = (writers, order.writer_ids)
            outcome.append(send_plan(snapshot, chosen, sender, order.connection, rest))
            return outcome[0]

        def stopped() -> None:
            # The job drops its result, but what was taken before the cancel is there.
            if outcome:
                self.ended.emit(outcome[0])
            else:
                self.stopped.emit("Stopped: nothing was sent.")

        job = self._jobs.start(
            "Sending",
            work,
            self.ended.emit,
            key=SENDING,
            on_failed=lambda problem: self.stopped.emit(words_for(problem)),
        )
        job.cancelled.connect(stopped)

    def stop(self) -> None:
        """Ask what runs to stop before its next piece."""
        for job in self._jobs.running:
            if job.key == SENDING:
                job.cancel()

    @property
    def progress(self) -> tuple[float, str] | None:
        """How far the running job is, and its words; None where none runs."""
        running = [job for job in self._jobs.running if job.key == SENDING]
        return (running[-1].fraction, running[-1].message) if running else None


def receipt_lines(receipt: SendReceipt) -> tuple[str, ...]:
    """Return what arrived and what did not, a sentence a line."""
    count = len(receipt.sent) + len(receipt.not_sent)
    stopped = "Stopped: " if receipt.is_cancelled else ""
    head = f"{stopped}{len(receipt.sent)} of {count} sent to {receipt.destination}."
    return (head, *receipt.problems, *receipt.notes)
