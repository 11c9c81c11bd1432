"""The planning scene, kept in step with the vertebrae of the open case."""

import attrs
from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.progress import Progress
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.planning.needle_margins import entry_on_skin
from planner.planning.plan import PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.workflow.planning_scene import PlanningScene

_KEY = "safety-maps"
_KEPT_MAPS = 12
"""Of vertebrae that are no longer in the case, for undo: each takes some ten megabytes, and every
stroke of the brush makes another vertebra."""


class SceneKeeper(QObject):
    """Holds the scene; maps of a vertebra are made once and found again after undo."""

    changed = Signal()
    """Another scene: more or fewer levels can be judged."""

    def __init__(self, document: CaseDocument, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document = document
        self._jobs = jobs
        self._scene: PlanningScene | None = None
        self._maps: list[tuple[VertebraModel, SafetyMaps]] = []
        document.vertebrae_changed.connect(lambda _before, _after: self._follow())

    @property
    def scene(self) -> PlanningScene | None:
        """The scene of exactly the document's vertebrae whose maps are made."""
        return self._scene

    def open(self, scene: PlanningScene) -> None:
        """Begin with the scene of a case just opened."""
        self._maps = []
        self._scene = scene
        case = self._document.case
        for vertebra in case.vertebrae if case else ():
            if vertebra.level in scene.maps:
                self._maps.append((vertebra, scene.maps[vertebra.level]))
        self._follow()

    def close(self) -> None:
        """Let go of the scene."""
        self._scene, self._maps = None, []

    def keep(self, vertebra: VertebraModel, maps: SafetyMaps) -> None:
        """Take maps that were made together with a vertebra just found."""
        self._maps.append((vertebra, maps))

    def on_skin(self, needle: PlannedNeedle, level: VertebraLevel) -> PlannedNeedle:
        """Return a needle with its entry slid along its line to the skin, where that is imaged."""
        maps = self._scene.maps.get(level) if self._scene else None
        return (entry_on_skin(needle, maps) if maps else None) or needle

    def _follow(self) -> None:
        if self._scene is None:
            return
        self._forget_old()
        known = {}
        missing: list[VertebraModel] = []
        for vertebra in self._document.vertebrae:
            maps = next((m for kept, m in self._maps if kept is vertebra), None)
            if maps is None:
                missing.append(vertebra)
            else:
                known[vertebra.level] = maps
        self._scene = attrs.evolve(self._scene, maps=known)
        if missing:
            self._make(self._scene, missing[0])
        self.changed.emit()

    def _forget_old(self) -> None:
        current = {id(vertebra) for vertebra in self._document.vertebrae}
        former = [pair for pair in self._maps if id(pair[0]) not in current]
        gone = {id(vertebra) for vertebra, _maps in former[:-_KEPT_MAPS]}
        self._maps = [pair for pair in self._maps if id(pair[0]) not in gone]

    def _make(self, scene: PlanningScene, vertebra: VertebraModel) -> None:
        def work(progress: Progress) -> SafetyMaps:
            return scene.with_vertebra(vertebra, progress).maps[vertebra.level]

        def done(maps: SafetyMaps) -> None:
            self.keep(vertebra, maps)
            self._follow()

        self._jobs.start(f"Measuring around {vertebra.level.name}", work, done, key=_KEY)
