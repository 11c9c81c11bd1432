"""Write a plan through the writer plugins."""

from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.export.registry import PluginFailure, Writers
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriteProblem, WriteReceipt
from planner.foundation.errors import WriterProblem
from planner.foundation.progress import Progress, no_progress, part_of


@attrs.frozen
class HandOver:
    """What each writer wrote, and which plugins could not be used at all."""

    receipts: tuple[WriteReceipt, ...]
    failures: tuple[PluginFailure, ...]


def hand_over(
    snapshot: PlanSnapshot,
    writers: Writers,
    writer_ids: Sequence[str],
    folder: Path,
    progress: Progress = no_progress,
) -> HandOver:
    """Write a snapshot with the named writers; one that fails leaves the others alone.

    Raises
    ------
    WriterProblem
        If no writer has one of the ids.
    """
    chosen = [writers.named(writer_id) for writer_id in writer_ids]
    receipts = []
    for number, writer in enumerate(chosen):
        part = part_of(progress, number / len(chosen), (number + 1) / len(chosen))
        part(0.0, writer.info.title)
        try:
            receipts.append(run_export(snapshot, writer, folder, part))
        except WriterProblem as problem:
            receipts.append(WriteReceipt(writer.info.id, problems=(WriteProblem(str(problem)),)))
    return HandOver(tuple(receipts), writers.failures)
