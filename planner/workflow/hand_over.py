"""Write a plan through the writer plugins."""

from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.export.registry import Writers
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriteProblem, WriteReceipt
from planner.foundation.errors import WriterProblem
from planner.foundation.plugins import PluginFailure
from planner.foundation.progress import Cancelled, Progress, no_progress, part_of


@attrs.frozen
class HandOver:
    """What each writer wrote, and which plugins could not be used at all."""

    receipts: tuple[WriteReceipt, ...]
    failures: tuple[PluginFailure, ...]
    is_cancelled: bool = False
    """Whether writers that were asked for were not begun or not finished."""


def hand_over(
    snapshot: PlanSnapshot,
    writers: Writers,
    writer_ids: Sequence[str],
    folder: Path,
    progress: Progress = no_progress,
    *,
    may_replace: bool = False,
) -> HandOver:
    """Write a snapshot with the named writers; one that fails leaves the others alone.

    When it is cancelled, what is whole by then stays and is in the receipts; of the writer that
    was at work nothing stays.

    Parameters
    ----------
    snapshot
        What to write.
    writers
        All that are installed.
    writer_ids
        Which of them shall write, in this order.
    folder
        Where the files go.
    progress
        Told of each writer; raises `Cancelled` to stop.
    may_replace
        Whether files of the same names with another content may be replaced.

    Raises
    ------
    WriterProblem
        If no writer has one of the ids.
    """
    chosen = [writers.named(writer_id) for writer_id in writer_ids]
    receipts = []
    for number, writer in enumerate(chosen):
        part = part_of(progress, number / len(chosen), (number + 1) / len(chosen))
        try:
            part(0.0, writer.info.title)
            receipts.append(run_export(snapshot, writer, folder, part, may_replace=may_replace))
        except WriterProblem as problem:
            receipts.append(WriteReceipt(writer.info.id, problems=(WriteProblem(str(problem)),)))
        except Cancelled:
            return HandOver(tuple(receipts), writers.failures, is_cancelled=True)
    return HandOver(tuple(receipts), writers.failures)
