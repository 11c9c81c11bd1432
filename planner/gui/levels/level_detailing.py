"""The details of the selected vertebra, measured when the hand rests and never of an older one."""

from PySide6.QtCore import QObject, QTimer, Signal

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.progress import Progress
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.workflow.level_details import LevelDetails, level_details

_KEY = "level-details"
_REST_MS = 250
_KEPT = 12


class LevelDetailing(QObject):
    """Measures the selected vertebra as a job, once for each outline."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document, self._keeper, self._jobs = document, keeper, jobs
        self._known: list[LevelDetails] = []
        self._is_wanted = False
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.setInterval(_REST_MS)
        self._later.timeout.connect(self._measure)
        keeper.changed.connect(self._ask)
        document.selection_changed.connect(self._ask)
        document.case_opened.connect(self._forget)

    @property
    def details(self) -> LevelDetails | None:
        """The details of the selected vertebra as it is now; None until they are measured."""
        vertebra = self._selected()
        return next((item for item in self._known if item.vertebra is vertebra), None)

    def want(self, *, wanted: bool) -> None:
        """Measure from now on, or let it be: only one stage shows the details."""
        self._is_wanted = wanted
        self._ask()

    def _selected(self) -> VertebraModel | None:
        case, level = self._document.case, self._document.selection.level
        return case.vertebra(level) if case and level else None

    def _ask(self, *_changed: object) -> None:
        if self._is_wanted and self._selected() is not None and self.details is None:
            self._later.start()

    def _measure(self) -> None:
        scene, level = self._keeper.scene, self._document.selection.level
        vertebra = self._selected()
        if scene is None or vertebra is None or level is None or self.details is not None:
            return
        maps = scene.maps.get(level)
        if maps is None or maps.vertebra is not vertebra or not self._is_wanted:
            return

        def work(progress: Progress) -> LevelDetails:
            return level_details(maps, scene.catalog, progress)

        def done(details: LevelDetails) -> None:
            self._known = [*self._known, details][-_KEPT:]
            self.changed.emit()

        self._jobs.start(
            f"Measuring {_name(level)}", work, done, key=_KEY, on_failed=self.failed.emit
        )

    def _forget(self, *_opened: object) -> None:
        self._known = []


def _name(level: VertebraLevel) -> str:
    return f"the walls of {level.name}"
