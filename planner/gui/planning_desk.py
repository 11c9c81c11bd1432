"""Everything a case is worked on with, wired together; what it all comes to is one state."""

from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject, QTimer, Signal

from planner.assessment.findings import Severity
from planner.gui.case_document import CaseDocument
from planner.gui.case_recorder import CaseRecorder
from planner.gui.crash_guard import words_for
from planner.gui.derived_results import DerivedResults
from planner.gui.desk_state import DeskState
from planner.gui.device_planning import DevicePlanning
from planner.gui.editing.edit_settings import EditState
from planner.gui.editing.mask_desk import MaskDesk
from planner.gui.exporting import Exporting
from planner.gui.filling.fill_desk import FillDesk
from planner.gui.height_outlook import height_outlook
from planner.gui.importing import Importing
from planner.gui.jobs import JobRunner
from planner.gui.level_finding import LevelFinding
from planner.gui.level_importing import LevelImporting
from planner.gui.levels.level_detailing import LevelDetailing
from planner.gui.needle_planning import NeedlePlanning
from planner.gui.needle_steering import NeedleSteering
from planner.gui.opening import Opened
from planner.gui.scene_keeper import SceneKeeper
from planner.gui.segmenting import Segmenting
from planner.gui.sending import Sending
from planner.gui.variants.variant_desk import VariantDesk
from planner.planning.device_limits import catalog_of
from planner.planning.needle_profile import NeedleProfile, needle_profile
from planner.storage.case_file import CaseFile
from planner.workflow.measure_levels import LevelReport, measure_levels

if TYPE_CHECKING:
    from planner.planning.plan import PlannedNeedle
    from planner.planning.safety_maps import SafetyMaps


class PlanningDesk(QObject):
    """Owns what works on the open case and says when anything on it changes."""

    changed = Signal()
    told = Signal(str, object)
    """A sentence for the user and its `Severity`."""

    def __init__(self, document: CaseDocument, jobs: JobRunner) -> None:
        super().__init__()
        self.document = document
        self.keeper = SceneKeeper(document, jobs)
        self.results = DerivedResults(document, lambda: self.keeper.scene)
        self.levels = LevelFinding(document, self.keeper, jobs)
        self.labelling = LevelImporting(document, self.keeper, jobs)
        self.segmenting = Segmenting(self.levels, self.labelling)
        self.masks = MaskDesk(document, self.keeper, jobs)
        self.detailing = LevelDetailing(document, self.keeper, jobs)
        self.needles = NeedlePlanning(document, self.keeper, jobs)
        self.steering = NeedleSteering(document, self.keeper)
        self.devices = DevicePlanning(document, self.keeper)
        self.variants = VariantDesk(document, self.keeper, jobs, lambda: self.masks.is_pending)
        self.filling = FillDesk(document, self.keeper, jobs)
        self.exporting = Exporting(document, self.keeper, self.results, jobs)
        self.sending = Sending(document, self.keeper, self.results, jobs)
        self.importing = Importing(document, self.keeper, jobs)
        self._jobs = jobs
        self._reports: tuple[LevelReport, ...] = ()
        self._profile: tuple[PlannedNeedle, SafetyMaps, NeedleProfile | None] | None = None
        self.case_file: CaseFile | None = None
        self.keeper.changed.connect(self.results.refresh)
        # What undo would do changes after the plan itself: one refresh for both is enough.
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self.changed)
        self._is_dragging = False
        document.history_changed.connect(self._tell_history)
        self.filling.changed.connect(self._tell_filling)
        for signal in (
            self.results.changed,
            self.needles.changed,
            self.exporting.changed,
            self.masks.changed,
            self.detailing.changed,
            document.selection_changed,
            document.vertebrae_changed,
            jobs.changed,
        ):
            signal.connect(self._tell_change)
        for part in (self.levels, self.labelling, self.needles, self.exporting, self.importing):
            part.told.connect(self._tell_note)
        self.needles.warned.connect(self._tell_caution)
        for refused in (
            self.filling.refused,
            self.levels.refused,
            self.labelling.refused,
            self.segmenting.refused,
            self.needles.refused,
            self.steering.refused,
            self.devices.refused,
            self.variants.refused,
            self.masks.refused,
            self.exporting.refused,
            self.importing.refused,
        ):
            refused.connect(self._tell_problem)
        self.results.failed.connect(self._tell_problem)
        self.detailing.failed.connect(self._tell_problem)
        document.save_failed.connect(self._tell_problem)

    def open(self, opened: Opened) -> None:
        """Put a case on the desk; from here on every change is in its file."""
        case_file = CaseFile.open(opened.path)
        self.document.open(opened.case, CaseRecorder(case_file))
        self.case_file = case_file
        self.levels.open(opened.study)
        self.keeper.open(opened.scene)

    def close(self) -> None:
        """Clear the desk; the file is complete."""
        self.document.close()
        self.keeper.close()
        self.filling.close()
        self.case_file = None
        self.changed.emit()

    def state(self) -> DeskState:
        """Return everything the window shows now."""
        scene = self.keeper.scene
        state = DeskState(
            case=self.document.case,
            study=scene.study if scene else None,
            selection=self.document.selection,
            # An outline is drawn that nobody judged the plan in yet.
            assessment=None if self.masks.is_pending else self.results.assessment,
            catalog=catalog_of(self.document.plan, scene.catalog) if scene else None,
            reports=self._reports_now(),
            details=self.detailing.details,
            proposals=self.needles.proposals,
            fill=self.filling.state(),
            hand_over=self.exporting.handed,
            writers=self.exporting.writers,
            writer_failures=(
                *self.exporting.failures,
                *self.sending.failures,
                *self.segmenting.failures,
            ),
            writer_lacks=self.exporting.lacks,
            senders=self.sending.senders,
            undo_text=self.document.undo_text,
            redo_text=self.document.redo_text,
            edit=EditState(
                self.masks.settings,
                self.masks.level,
                is_pending=self.masks.is_pending,
                is_busy=self.masks.is_busy,
            ),
            is_gesture_running=self.document.is_gesture_running,
            running=frozenset(
                job.key for job in self._jobs.running if job.key and not job.is_cancelled
            ),
        )
        heights = height_outlook(
            state.level_plan, state.level_assessment, state.reports, state.catalog
        )
        return attrs.evolve(state, heights=heights)

    def profile(self) -> NeedleProfile | None:
        """Return what the active needle passes; None without one, or while it is not judged."""
        scene, selection = self.keeper.scene, self.document.selection
        planned = self.document.level_plan
        needle = planned.needle(selection.side) if planned else None
        if scene is None or needle is None or planned is None or planned.level not in scene.maps:
            return None
        if self._profile is None or self._profile[:2] != (needle, scene.maps[planned.level]):
            radius_mm = scene.catalog.needle(needle.model_id).outer_radius_mm
            maps = scene.maps[planned.level]
            self._profile = (needle, maps, needle_profile(needle, maps, radius_mm))
        return self._profile[2]

    def _reports_now(self) -> tuple[LevelReport, ...]:
        vertebrae = self.document.vertebrae
        if tuple(report.vertebra for report in self._reports) != vertebrae:
            self._reports = measure_levels(vertebrae)
        return self._reports

    def _tell_history(self) -> None:
        """Tell what undo would do, once a drag has begun and once it has ended."""
        was_dragging, self._is_dragging = self._is_dragging, self.document.is_gesture_running
        if not (was_dragging and self._is_dragging):
            self._later.start(0)

    def _tell_filling(self) -> None:
        """Tell of the cement; each step of a drag is told by the plan's assessment already."""
        if not self._is_dragging:
            self.changed.emit()

    def _tell_change(self, *_values: object) -> None:
        self.changed.emit()

    def _tell_note(self, sentence: str) -> None:
        self.told.emit(sentence, Severity.NOTE)

    def _tell_caution(self, sentence: str) -> None:
        self.told.emit(sentence, Severity.CAUTION)

    def _tell_problem(self, problem: BaseException) -> None:
        self.told.emit(words_for(problem), Severity.CAUTION)
