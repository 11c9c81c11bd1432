"""Hand the plan over: the snapshot is judged from the very plan it holds."""

from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.export.read_source_images import is_dicom_volume
from planner.export.registry import Writers, discover
from planner.export.snapshot_check import missing_parts
from planner.export.writer import WriterInfo
from planner.foundation.plugins import PluginFailure
from planner.foundation.progress import Progress, part_of
from planner.gui.case_document import CaseDocument
from planner.gui.derived_results import DerivedResults
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.workflow.hand_over import HandOver, hand_over
from planner.workflow.preview_paper import PaperPage, preview_paper
from planner.workflow.take_snapshot import take_snapshot

EXPORTING = "export"
_SHARE_OF_PICTURES = 0.4


class Exporting(QObject):
    """Runs the writers as a job and keeps what they wrote."""

    changed = Signal()
    told = Signal(str)
    refused = Signal(object)
    previewed = Signal(str, object)
    """A writer's title and the pages it would write."""

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
        document.case_opened.connect(self.forget)
        document.plan_changed.connect(self.forget)
        document.vertebrae_changed.connect(self.forget)

    @property
    def handed(self) -> HandOver | None:
        """What was written of the current plan; None once the plan is another."""
        return self._handed

    @property
    def writers(self) -> tuple[WriterInfo, ...]:
        """Every writer that can be used."""
        return tuple(installed.info for installed in self._writers.writers)

    @property
    def installed(self) -> Writers:
        """The writers themselves."""
        return self._writers

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """Every plugin that cannot be used, and why."""
        return self._writers.failures

    @property
    def lacks(self) -> Mapping[str, str]:
        """By its id, what each writer that cannot write this case lacks."""
        scene = self._keeper.scene
        has_dicom = scene is not None and is_dicom_volume(scene.study.series)
        plan = self._document.plan
        missing = {
            info.id: missing_parts(info, plan, has_dicom_images=has_dicom) for info in self.writers
        }
        return {key: " ".join(p.message for p in found) for key, found in missing.items() if found}

    def write(
        self,
        writer_ids: tuple[str, ...],
        folder: Path,
        *,
        deidentify: bool,
        may_replace: bool = False,
    ) -> None:
        """Write the current plan; refused while its assessment is not made yet."""
        case, scene = self._document.case, self._keeper.scene
        if case is None or scene is None or not self._results.is_current:
            self.told.emit("The plan is still being judged: export waits.")
            return
        if not writer_ids:
            self.told.emit("Choose what to write.")
            return
        writers = self._writers
        outcome: list[HandOver] = []

        def work(progress: Progress) -> HandOver:
            pictures = part_of(progress, 0.0, _SHARE_OF_PICTURES)
            snapshot = take_snapshot(case, scene, pictures, deidentify=deidentify)
            rest = part_of(progress, _SHARE_OF_PICTURES, 1.0)
            handed = hand_over(snapshot, writers, writer_ids, folder, rest, may_replace=may_replace)
            outcome.append(handed)
            return handed

        def done(handed: HandOver) -> None:
            document = self._document
            if case.plan is document.plan and case.vertebrae is document.vertebrae:
                self._handed = handed
            self.changed.emit()
            self.told.emit(_outcome_words(handed, folder))

        def stopped() -> None:
            # The job drops its result, but what was whole before the cancel is on the disk.
            done(outcome[0] if outcome else HandOver((), self.failures, is_cancelled=True))

        job = self._jobs.start("Exporting", work, done, key=EXPORTING, on_failed=self.refused.emit)
        job.cancelled.connect(stopped)

    def preview(self, writer_id: str, *, deidentify: bool) -> None:
        """Draw the pages that a writer would write of the current plan."""
        case, scene = self._document.case, self._keeper.scene
        if case is None or scene is None or not self._results.is_current:
            self.told.emit("The plan is still being judged: the preview waits.")
            return
        writer = self._writers.named(writer_id)

        def work(progress: Progress) -> tuple[PaperPage, ...]:
            pictures = part_of(progress, 0.0, _SHARE_OF_PICTURES)
            snapshot = take_snapshot(case, scene, pictures, deidentify=deidentify)
            return preview_paper(snapshot, writer, part_of(progress, _SHARE_OF_PICTURES, 1.0))

        def done(pages: tuple[PaperPage, ...]) -> None:
            if case.plan is self._document.plan:
                self.previewed.emit(writer.info.title, pages)
            else:
                self.told.emit("The plan was changed meanwhile: ask for the preview again.")

        self._jobs.start(
            "Drawing a preview", work, done, key=EXPORTING, on_failed=self.refused.emit
        )

    def forget(self, *_changed: object) -> None:
        """Let go of what was written: the case is another than it was."""
        if self._handed is not None:
            self._handed = None
            self.changed.emit()


def _outcome_words(handed: HandOver, folder: Path) -> str:
    written = sum(len(receipt.files) for receipt in handed.receipts)
    failed = sum(bool(receipt.problems) for receipt in handed.receipts)
    if handed.is_cancelled:
        return f"Export cancelled: {written} files were whole before and stay in {folder}."
    if failed:
        return f"{written} files written to {folder}; {failed} formats were not: see the receipts."
    return f"{written} files written to {folder}."
