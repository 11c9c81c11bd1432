"""Take an exported plan onto the open case, as one change that undo takes back."""

from pathlib import Path

from PySide6.QtCore import QObject, Signal

from planner.export.registry import discover
from planner.foundation.progress import Progress
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.workflow.import_plan import import_plan
from planner.workflow.put_plan import IMPORTED, PutPlan, put_plan

IMPORTING = "import-plan"


class Importing(QObject):
    """Reads the file, finds the levels it names, and puts the plan into the document."""

    told = Signal(str)
    refused = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._jobs = jobs

    def take(self, path: Path) -> None:
        """Import a file; the case stays as it is where that is refused."""
        case, scene = self._document.case, self._keeper.scene
        if case is None or scene is None:
            return

        def work(progress: Progress) -> PutPlan:
            progress(0.0, "Reading the plan")
            return put_plan(
                import_plan(path, discover()), case, scene.study, scene.catalog, progress
            )

        def done(put: PutPlan) -> None:
            if self._document.case is not case:
                self.told.emit("The case was changed meanwhile: the plan was not imported.")
                return
            self._document.put_plan(IMPORTED, put.vertebrae, put.plan)
            names = ", ".join(level.level.name for level in put.plan.levels)
            found = ", ".join(vertebra.level.name for vertebra in put.found)
            said = f"The plan of {names} was imported; Ctrl+Z brings the former one back."
            self.told.emit(
                f"{said} {found} was found for it: check the outline." if found else said
            )

        self._jobs.start("Importing a plan", work, done, key=IMPORTING, on_failed=self.refused.emit)
