"""Editing the outline of one vertebra: strokes on a draft, each measured and kept in its turn."""

from collections.abc import Callable

import attrs
from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.remeasure import VertebraMasks, hu_on_grid_of, remeasured
from planner.anatomy.vertebra import VertebraModel
from planner.editing.brush import Brush
from planner.editing.part_labels import OWN_BONE, Part, PartLabels
from planner.editing.stroke import stroke
from planner.foundation.errors import AnatomyProblem, PlannerError
from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import Triple
from planner.gui.case_document import CaseDocument
from planner.gui.editing.edit_settings import EditSettings
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.imaging.volume import HuArray
from planner.rendering.picture_of_plan import vertebra_picture_of

MEASURING = "measure-edit"
_PREPARING, _SHAPING = "prepare-edit", "shape-edit"
_GESTURE = "edit-outline"
_UP = (0.0, 0.0, 1.0)


@attrs.frozen(eq=False)
class _Ground:
    """What is edited, and the densities below it."""

    level: VertebraLevel
    vertebra: VertebraModel
    hu: HuArray


@attrs.frozen(eq=False)
class _Waiting:
    """A change that is drawn but not measured yet."""

    text: str
    labels: PartLabels


class MaskDesk(QObject):
    """Holds the draft of an outline; what is kept goes through the document's history."""

    drafted = Signal(object)
    """PartLabels as they are drawn now, None when nothing is edited."""
    changed = Signal()
    """Editing began, ended or was set otherwise; or measures became pending, or current again."""
    refused = Signal(object)

    def __init__(self, document: CaseDocument, keeper: SceneKeeper, jobs: JobRunner) -> None:
        super().__init__(document)
        self._document, self._keeper, self._jobs = document, keeper, jobs
        self._settings = EditSettings()
        self._ground: _Ground | None = None
        self._draft: PartLabels | None = None
        self._before_stroke: PartLabels | None = None
        self._waiting: list[_Waiting] = []
        self._is_shaping = False
        document.vertebrae_changed.connect(self._follow_document)
        document.selection_changed.connect(self._follow_selection)

    @property
    def settings(self) -> EditSettings:
        """How the outline is edited next."""
        return self._settings

    @property
    def level(self) -> VertebraLevel | None:
        """The level whose outline is edited."""
        return self._ground.level if self._ground else None

    @property
    def draft(self) -> PartLabels | None:
        """The labels as they are drawn now."""
        return self._draft

    @property
    def is_pending(self) -> bool:
        """Whether the outline on screen is not the one that everything was measured of."""
        return self._before_stroke is not None or bool(self._waiting)

    @property
    def is_busy(self) -> bool:
        """Whether a change of the whole part is being made."""
        return self._is_shaping

    def set_settings(self, settings: EditSettings) -> None:
        """Edit otherwise from now on."""
        if settings != self._settings:
            self._settings = settings
            self.changed.emit()

    def begin(self) -> None:
        """Edit the outline of the selected level, as soon as its densities are at hand."""
        scene, level = self._keeper.scene, self._document.selection.level
        vertebra = self._vertebra(level)
        if scene is None or level is None or vertebra is None or level is self.level:
            return
        self.end()
        volume = scene.study.volume

        def work(progress: Progress) -> _Ground:
            progress(0.0)
            hu = hu_on_grid_of(vertebra, volume)
            # The first stroke must not wait for its loop to be compiled.
            labels = PartLabels.of_vertebra(vertebra)
            at = vertebra.centre_lps_mm
            stroke(labels, hu, Brush(), (at, at), _UP)
            return _Ground(level, vertebra, hu)

        self._jobs.start(
            f"Preparing to edit {level.name}",
            work,
            self._begin_on,
            key=_PREPARING,
            on_failed=self.refused.emit,
        )

    def end(self, *_why: object) -> None:
        """Stop editing; every change that is drawn is measured and kept first."""
        self.finish()
        if self._ground is not None:
            self._ground, self._draft = None, None
            self.drafted.emit(None)
            self.changed.emit()

    def finish(self) -> None:
        """Measure and keep at once what is drawn; the window waits for it."""
        self.cancel_stroke()
        while self._waiting and self._ground is not None:
            ground, waiting = self._ground, self._waiting[0]
            try:
                self._keep(_measured(ground, waiting.labels, no_progress))
            except PlannerError as problem:
                self._refuse(problem)

    def begin_stroke(self) -> bool:
        """Begin a stroke; False where nothing can be edited now."""
        if self._draft is None or self._is_shaping:
            return False
        self._before_stroke = self._draft
        self._document.begin_gesture(_GESTURE)
        self.changed.emit()
        return True

    def paint(self, brush: Brush, way_lps_mm: tuple[Triple, Triple], normal_lps: Triple) -> None:
        """Paint from one point to another."""
        if self._draft is not None and self._ground is not None and self._before_stroke is not None:
            self._show(stroke(self._draft, self._ground.hu, brush, way_lps_mm, normal_lps))

    def end_stroke(self, text: str) -> None:
        """Keep the stroke as one entry of the history."""
        before, self._before_stroke = self._before_stroke, None
        if before is None or self._draft is None:
            return
        if (before.voxels == self._draft.voxels).all():
            self._rest()
        else:
            self._wait_for_measures(text, self._draft)

    def cancel_stroke(self) -> None:
        """Take the stroke back."""
        before, self._before_stroke = self._before_stroke, None
        if before is not None:
            self._show(before)
            self._rest()

    def shape(self, text: str, change: Callable[[PartLabels, HuArray], PartLabels]) -> None:
        """Change the draft as a whole, as a job."""
        ground, draft = self._ground, self._draft
        if ground is None or draft is None or self._is_shaping:
            return
        self._is_shaping = True
        self.changed.emit()

        def work(progress: Progress) -> PartLabels:
            progress(0.0)
            return change(draft, ground.hu)

        def done(labels: PartLabels) -> None:
            self._is_shaping = False
            # What was undone meanwhile is not what was changed.
            if self._draft is draft and not (labels.voxels == draft.voxels).all():
                self._document.begin_gesture(_GESTURE)
                self._show(labels)
                self._wait_for_measures(text, labels)
            self.changed.emit()

        def failed(problem: Exception) -> None:
            self._is_shaping = False
            self.changed.emit()
            self.refused.emit(problem)

        job = self._jobs.start(text, work, done, key=_SHAPING, on_failed=failed)
        job.cancelled.connect(self._shaping_cancelled)

    def _shaping_cancelled(self) -> None:
        self._is_shaping = False
        self.changed.emit()

    def _begin_on(self, ground: _Ground) -> None:
        if self._vertebra(ground.level) is not ground.vertebra:
            return
        self._ground = ground
        self._show(PartLabels.of_vertebra(ground.vertebra))
        self.changed.emit()

    def _vertebra(self, level: VertebraLevel | None) -> VertebraModel | None:
        case = self._document.case
        return case.vertebra(level) if case and level else None

    def _show(self, labels: PartLabels) -> None:
        self._draft = labels
        self.drafted.emit(labels)

    def _wait_for_measures(self, text: str, labels: PartLabels) -> None:
        self._waiting.append(_Waiting(text, labels))
        if len(self._waiting) == 1:
            self._measure_next()
        self.changed.emit()

    def _measure_next(self) -> None:
        if not self._waiting or self._ground is None:
            return
        ground, waiting = self._ground, self._waiting[0]

        def work(progress: Progress) -> VertebraModel:
            vertebra = _measured(ground, waiting.labels, progress)
            vertebra_picture_of(vertebra)
            return vertebra

        def done(vertebra: VertebraModel) -> None:
            if self._waiting and self._waiting[0] is waiting:
                self._keep(vertebra)
                self._measure_next()

        def failed(problem: Exception) -> None:
            if self._waiting and self._waiting[0] is waiting:
                self._refuse(problem)

        def cancelled() -> None:
            failed(AnatomyProblem("The measuring was cancelled: the outline is as it was before."))

        title = f"Measuring {ground.level.name}"
        job = self._jobs.start(title, work, done, key=MEASURING, on_failed=failed)
        job.cancelled.connect(cancelled)

    def _keep(self, vertebra: VertebraModel) -> None:
        waiting = self._waiting.pop(0)
        if self._ground is not None:
            # Before the document tells of it: this one is ours.
            self._ground = attrs.evolve(self._ground, vertebra=vertebra)
        if self._before_stroke is None and not self._waiting:
            self._document.end_gesture()
        self._document.change_vertebra(vertebra, waiting.text)
        self.changed.emit()

    def _refuse(self, problem: Exception) -> None:
        """Put the outline back to the last one that could be measured."""
        self._waiting.clear()
        self._before_stroke = None
        if self._ground is not None:
            self._show(PartLabels.of_vertebra(self._ground.vertebra))
        self._rest()
        self.refused.emit(problem)

    def _rest(self) -> None:
        if not self.is_pending:
            self._document.end_gesture()
        self.changed.emit()

    def _follow_document(self, *_changed: object) -> None:
        """Draw what undo or redo brought back; end where the vertebra is no longer there."""
        ground = self._ground
        if ground is None:
            return
        vertebra = self._vertebra(ground.level)
        if vertebra is ground.vertebra:
            return
        if vertebra is None or vertebra.whole.geometry != ground.vertebra.whole.geometry:
            self._waiting.clear()
            self.end()
            return
        self._ground = attrs.evolve(ground, vertebra=vertebra)
        self._show(PartLabels.of_vertebra(vertebra))

    def _follow_selection(self, *_changed: object) -> None:
        if self._ground is not None and self._document.selection.level is not self._ground.level:
            self.end()
            self.begin()


def _measured(ground: _Ground, labels: PartLabels, progress: Progress) -> VertebraModel:
    vertebra = ground.vertebra
    if not labels.having(Part.BODY).any():
        raise AnatomyProblem("Nothing of the body would be left.", hint="Undo or paint it.")
    masks = VertebraMasks(
        whole=labels.mask(*OWN_BONE),
        body=labels.mask(Part.BODY),
        canal=labels.mask(Part.CANAL),
        other_bone=labels.mask(Part.OTHER),
    )
    kept = {
        name: getattr(vertebra, name)
        for name in ("whole", "body", "canal", "other_bone")
        if (getattr(vertebra, name).voxels == getattr(masks, name).voxels).all()
    }
    # Masks that did not change stay the same object: the history holds each once.
    return remeasured(vertebra, attrs.evolve(masks, **kept), ground.hu, progress)
