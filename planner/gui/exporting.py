"""Hand the plan over: the snapshot is judged from the very plan it holds."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.export.registry import PluginFailure, Writers, discover
from planner.export.writer import WriterInfo
from planner.foundation.progress import Progress, part_of
from planner.gui.case_document import CaseDocument
from planner.gui.derived_results import DerivedResults
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.workflow.hand_over import HandOver, hand_over
from planner.workflow.take_snapshot import take_snapshot

EXPORTING = "export"
_SHARE_OF_PICTURES = 0.4


class Exporting(QObject):
    """Runs the writers as a job and keeps what they wrote."""

    changed = Signal()
    told = Signal(str)
    refused = Signal(object)

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
        self._handed: HandOver | None = None
        self._writers: Writers = discover()
        document.case_opened.connect(self._forget)
        document.plan_changed.connect(self._forget)

    @property
    def handed(self) -> HandOver | None:
        """What was written of the current plan; None once the plan is another."""
        return self._handed

    @property
    def writers(self) -> tuple[WriterInfo, ...]:
        """Every writer that can be used."""
        return tuple(installed.info for installed in self._writers.writers)

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """Every plugin that cannot be used, and why."""
        return self._writers.failures

    def write(self, writer_ids: tuple[str, ...], folder: Path, *, deidentify: bool) -> None:
        """Write the current plan; refused while its assessment is not made yet."""
        case, scene = self._document.case, self._keeper.scene
        if case is None or scene is None or not self._results.is_current:
            self.told.emit("The plan is still being judged: export waits.")
            return
        if not writer_ids:
            self.told.emit("Choose what to write.")
            return
        writers = self._writers

        def work(progress: Progress) -> HandOver:
            pictures = part_of(progress, 0.0, _SHARE_OF_PICTURES)
            snapshot = take_snapshot(case, scene, pictures, deidentify=deidentify)
            rest = part_of(progress, _SHARE_OF_PICTURES, 1.0)
            return hand_over(snapshot, writers, writer_ids, folder, rest)

        def done(handed: HandOver) -> None:
            if case.plan is self._document.plan:
                self._handed = handed
            self.changed.emit()
            written = sum(len(receipt.files) for receipt in handed.receipts)
            self.told.emit(f"{written} files written to {folder}.")

        self._jobs.start("Exporting", work, done, key=EXPORTING, on_failed=self.refused.emit)

    def _forget(self, *_changed: object) -> None:
        if self._handed is not None:
            self._handed = None
            self.changed.emit()
