"""Levels that another program outlined come onto the board, as one change that undo takes back."""

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.foundation.progress import Progress, part_of
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.level_finding import FINDING
from planner.gui.scene_keeper import SceneKeeper
from planner.rendering.picture_of_plan import vertebra_picture_of
from planner.workflow.label_levels import LabelledLevels, levels_of_labels
from planner.workflow.open_study import OpenStudy

_SHARE_OF_LEVELS = 0.9


class LevelImporting(QObject):
    """Reads label maps as jobs and puts what they outline into the document."""

    told = Signal(str)
    refused = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._jobs = jobs

    def take(self, path: Path) -> None:
        """Import a label map; the case stays as it is where that is refused."""

        def levels(study: OpenStudy, progress: Progress) -> LabelledLevels:
            return levels_of_labels(study, path, progress)

        self.start("Importing a label map", f"Import levels of {path.name}", levels)

    def start(
        self,
        title: str,
        undo_text: str,
        levels: Callable[[OpenStudy, Progress], LabelledLevels],
    ) -> None:
        """Let levels be made of the open study as a job, and put them into the document.

        Parameters
        ----------
        title
            Of the job.
        undo_text
            Completes "Undo ...".
        levels
            The work.
        """
        scene = self._keeper.scene
        if scene is None:
            return

        def work(progress: Progress) -> LabelledLevels:
            found = levels(scene.study, part_of(progress, 0.0, _SHARE_OF_LEVELS))
            drawing = part_of(progress, _SHARE_OF_LEVELS, 1.0)
            for number, vertebra in enumerate(found.vertebrae):
                drawing(number / len(found.vertebrae), "Drawing the levels")
                # Or the window would wait for each surface when its level is chosen.
                vertebra_picture_of(vertebra)
            return found

        def done(found: LabelledLevels) -> None:
            self._put(found, undo_text)

        self._jobs.start(title, work, done, key=FINDING, on_failed=self.refused.emit)

    def _put(self, found: LabelledLevels, undo_text: str) -> None:
        by_hand = {v.level for v in self._document.vertebrae if v.by_hand}
        taken = tuple(v for v in found.vertebrae if v.level not in by_hand)
        kept = [level.name for level in VertebraLevel if level in by_hand]
        if taken:
            self._document.put_vertebrae(taken, undo_text)
        names = ", ".join(vertebra.level.name for vertebra in taken)
        said = f"{names} came in; Ctrl+Z takes them back." if taken else "No level came in."
        by_hand_words = (f"Kept as set by hand: {', '.join(kept)}.",) if kept else ()
        vessels = (found.vessels.sentence,) if found.vessels else ()
        self.told.emit(" ".join((said, *found.sentences, *by_hand_words, *vessels)))
