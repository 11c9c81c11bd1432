"""Send a plan to another machine: written, checked, then handed over piece by piece."""

import tempfile
from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.export.registry import Writers, plugin_errors_as_sentences
from planner.export.sender import (
    Connection,
    ConnectionProblem,
    Parcel,
    PlanSender,
    Refused,
    SenderInfo,
    SendReceipt,
)
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriterInfo
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Cancelled, Progress, no_progress, part_of
from planner.workflow.hand_over import hand_over

_SHARE_OF_WRITING = 0.6


def writers_for(sender: SenderInfo, writers: Sequence[WriterInfo]) -> tuple[WriterInfo, ...]:
    """Return the writers all of whose files a sender can send."""
    wanted = set(sender.sends)
    return tuple(
        info for info in writers if info.file_suffixes and set(info.file_suffixes) <= wanted
    )


def send_plan(
    snapshot: PlanSnapshot,
    writers: tuple[Writers, Sequence[str]],
    sender: PlanSender,
    connection: Connection,
    progress: Progress = no_progress,
) -> SendReceipt:
    """Write what a sender sends into a private folder, and send it.

    What was taken by the receiver before a cancel or a lost line is in the receipt, and so is
    what was not. The case and the files on this machine are as they were.

    Parameters
    ----------
    snapshot
        What to send.
    writers
        All that are installed, and the ids of those whose files shall be sent.
    sender
        What sends.
    connection
        Where to, as the user entered it.
    progress
        Told of each piece; raises `Cancelled` to stop.

    Raises
    ------
    Cancelled
        If it was stopped before anything was sent.
    """
    installed, writer_ids = writers
    destination = _destination(connection)
    with tempfile.TemporaryDirectory(prefix="vertebroplan-send-") as folder:
        writing = part_of(progress, 0.0, _SHARE_OF_WRITING)
        handed = hand_over(snapshot, installed, writer_ids, Path(folder), writing)
        if handed.is_cancelled:
            raise Cancelled
        files = [file.path for receipt in handed.receipts for file in receipt.files]
        problems = [p.message for receipt in handed.receipts for p in receipt.problems]
        try:
            with plugin_errors_as_sentences(sender.info.id):
                parcels = tuple(sender.parcels(snapshot, files))
        except WriterProblem as problem:
            return SendReceipt(sender.info.id, destination, problems=(*problems, str(problem)))
    receipt = SendReceipt(sender.info.id, destination, problems=tuple(problems))
    sending = part_of(progress, _SHARE_OF_WRITING, 1.0)
    return _sent(parcels, sender, connection, receipt, sending)


@attrs.define
class _Outcome:
    sent: list[str] = attrs.field(factory=list)
    notes: list[str] = attrs.field(factory=list)
    problems: list[str] = attrs.field(factory=list)
    is_cancelled: bool = False


def _sent(
    parcels: Sequence[Parcel],
    sender: PlanSender,
    connection: Connection,
    receipt: SendReceipt,
    progress: Progress,
) -> SendReceipt:
    outcome = _Outcome()
    try:
        with (
            plugin_errors_as_sentences(sender.info.id),
            sender.connected(connection, parcels) as send,
        ):
            for number, parcel in enumerate(parcels):
                progress(number / len(parcels), f"Sending {parcel.name}")
                try:
                    note = send(parcel)
                except Refused as refusal:
                    outcome.problems.append(str(refusal))
                    continue
                outcome.sent.append(parcel.name)
                outcome.notes += [note] if note else []
    except (ConnectionProblem, WriterProblem) as problem:
        outcome.problems.append(f"{problem}{_what_arrived(len(outcome.sent), len(parcels))}")
    except Cancelled:
        outcome.is_cancelled = True
    return attrs.evolve(
        receipt,
        sent=tuple(outcome.sent),
        not_sent=tuple(p.name for p in parcels if p.name not in outcome.sent),
        notes=tuple(outcome.notes),
        problems=(*receipt.problems, *outcome.problems),
        is_cancelled=outcome.is_cancelled,
    )


def _what_arrived(sent: int, count: int) -> str:
    if not sent:
        return " Nothing was sent; the plan is safe in its case."
    return (
        f" {sent} of {count} had arrived before; the plan is safe in its case. "
        "Sending again does no harm."
    )


def _destination(connection: Connection) -> str:
    """Return where to, without what is secret."""
    if "url" in connection:
        return connection["url"].strip()
    return ":".join(connection.get(key, "").strip() for key in ("host", "port"))
