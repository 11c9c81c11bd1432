"""A scenario's rehearsal: the page of the run, and the panel beside it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.fluoroscopy.run_controls import RunControls
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.run_page import RunPage
from planner.gui.jobs import JobRunner
from planner.gui.page_frame import STAGE_PROPERTY, lay_out_page
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.training.run_player import RunPlayer
from planner.rehearsal.events import Event
from planner.rehearsal.stage import RehearsalStage
from planner.rehearsal.training_mode import TrainingMode


class TrainingRoom(QWidget):
    """One run at a time, done by the trainee or played."""

    refused = Signal(object)
    told = Signal(str)
    finished = Signal(object)
    """The `RunRecord` of a run that the trainee did."""
    debrief_pressed = Signal()
    back_pressed = Signal()

    def __init__(self, jobs: JobRunner, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setProperty(STAGE_PROPERTY, int(Stage.REHEARSE))
        self.desk = RunDesk(jobs, self)
        self.run_page = RunPage(self.desk, palette)
        self.panel = RehearsePanel(palette)
        self.controls = RunControls(self.desk, self.panel)
        self.player = RunPlayer(self.desk)
        self._is_watched = False
        stepper = Stepper(palette)
        stepper.show_state(DeskState(), Stage.REHEARSE)
        lay_out_page(self, stepper, self.run_page, self.panel)
        self.panel.show_next("Debrief", enabled=False)
        self.panel.primary.clicked.connect(self.debrief_pressed)
        back = QPushButton("To the cases  (Esc)")
        back.clicked.connect(self.back_pressed)
        self.panel.foot.addWidget(back)
        for source in (self.desk, self.controls):
            source.refused.connect(self.refused)
        self.controls.told.connect(self.told)
        self.run_page.told.connect(self.told)
        self.controls.finished.connect(self._tell_finished)
        self.desk.changed.connect(self._show_debrief_button)
        self.panel.again_pressed.connect(self._take_over)

    def begin(
        self, stage: RehearsalStage, mode: TrainingMode, watched: tuple[Event, ...] = ()
    ) -> None:
        """Begin a run, or play one that was recorded.

        Parameters
        ----------
        stage
            Of the scenario.
        mode
            How much help the trainee gets.
        watched
            The actions of the run to play; empty for the trainee's own.
        """
        self.player.stop()
        self._is_watched = bool(watched)
        self.desk.open(stage, TrainingMode.GUIDED if watched else mode)
        if watched:
            self.told.emit("An expert's run is played. Take over with Again.")
            self.player.play(watched)

    def again(self) -> None:
        """Begin the same case anew, as the trainee's own run."""
        self._take_over()
        self.desk.start_again()

    def hideEvent(self, event: object) -> None:
        """Play nothing that nobody sees."""
        self.player.stop()
        super().hideEvent(event)  # type: ignore[arg-type]

    def _take_over(self) -> None:
        self.player.stop()
        self._is_watched = False

    def _tell_finished(self, record: object) -> None:
        if not self._is_watched:
            self.finished.emit(record)

    def _show_debrief_button(self) -> None:
        state = self.desk.state
        is_done = state is not None and state.is_finished and self.desk.score is not None
        self.panel.primary.setEnabled(is_done)
