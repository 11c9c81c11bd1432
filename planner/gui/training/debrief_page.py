"""After a run: its shots with what lay in them, the ways in 3D, the course, the score in words."""

import attrs
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from planner.assessment.findings import Severity
from planner.gui.desk_state import DeskState
from planner.gui.fluoroscopy.room_card import severity_of
from planner.gui.page_frame import STAGE_PROPERTY, lay_out_page
from planner.gui.panels.cards import Card, clear, icon_label, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import SEVERITY_ICONS, Palette, severity_colour
from planner.gui.training.course_plot import CoursePlot
from planner.gui.training.run_picture import picture_of_run
from planner.gui.training.shot_picture import ShotPicture, overlay_of
from planner.gui.view_state import ViewState
from planner.gui.views.volume_view import VolumeView
from planner.planning.plan import LevelPlan
from planner.rehearsal.debrief import Debrief, SeenShot, beam_words
from planner.rehearsal.events import Panel
from planner.rehearsal.limit_checks import limit_uses
from planner.rehearsal.scoring import Score
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.c_arm import XrayView
from planner.simulation.detector import GreyImage

_NAMES = {Panel.AP: "AP", Panel.LATERAL: "lateral"}
_LEGEND = (
    "Solid: where the needle was, from bone to tip. Dashed: the program's own plan of this task, "
    "one of many good ways; in 3D it is the see-through rods. Ovals: the pedicles at their isthmus."
)


@attrs.frozen(eq=False)
class DebriefedRun:
    """A finished run with all that its debrief shows."""

    stage: RehearsalStage
    debrief: Debrief
    score: Score
    wanted: LevelPlan | None
    """The program's own plan of the task; None where it finds none."""


class DebriefPage(QWidget):
    """Says which shot shall be drawn; shows everything else by itself."""

    shot_wanted = Signal(object)
    """A `SeenShot` whose picture shall be made again."""
    again_pressed = Signal()
    rate_pressed = Signal()
    back_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setProperty(STAGE_PROPERTY, int(Stage.REHEARSE))
        self._palette = palette
        self._run: DebriefedRun | None = None
        self._place = 0
        self.picture = ShotPicture(palette)
        self.volume = VolumeView(ViewState(self))
        self.course = CoursePlot(palette)
        self.course.shot_chosen.connect(self.show_shot)
        self.caption = label("", "strong")
        self.panel = SidePanel("Debrief", "", palette)
        self._said = QVBoxLayout()
        self._said.setSpacing(8)
        self.panel.body.addLayout(self._said)
        self.panel.body.addStretch(1)
        self._add_buttons()
        stepper = Stepper(palette)
        stepper.show_state(DeskState(), Stage.REHEARSE)
        lay_out_page(self, stepper, self._middle(), self.panel)

    @property
    def seen(self) -> SeenShot | None:
        """The shot on show."""
        shots = self._run.debrief.shots if self._run else ()
        return shots[self._place] if shots else None

    def show_run(self, run: DebriefedRun) -> None:
        """Show a run, at its last shot."""
        self._run = run
        self._show_volume(run)
        self._show_words(run)
        self.show_shot(max(len(run.debrief.shots) - 1, 0))

    def show_shot(self, place: int) -> None:
        """Go to a shot; its picture is made again."""
        if self._run is None:
            return
        self._place = min(max(place, 0), max(len(self._run.debrief.shots) - 1, 0))
        self.course.show_run(self._run.debrief, self._place)
        seen = self.seen
        if seen is None:
            self.picture.show_words("No picture was taken in this run")
            self.caption.setText("")
            return
        minutes, seconds = divmod(int(seen.shot.time_s), 60)
        self.caption.setText(
            f"Shot {seen.number} of {len(self._run.debrief.shots)}: {_NAMES[seen.shot.panel]}, at "
            f"{minutes}:{seconds:02d}, {seen.shot.off_true_deg:.1f}° off true"
        )
        self.picture.show_words("Drawing the shot")
        self.shot_wanted.emit(seen)

    def show_picture(self, seen: SeenShot, picture: GreyImage, view: XrayView) -> None:
        """Show the picture of a shot, unless another was asked for since."""
        if self._run is None or seen is not self.seen:
            return
        overlay = overlay_of(view, seen.state, self._run.stage.vertebra, self._run.wanted)
        self.picture.show_shot(picture, view, overlay)

    def shut_down(self) -> None:
        """Give the view's buffers back."""
        self.volume.shut_down()

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        row = QHBoxLayout()
        row.addWidget(self.picture, 1)
        row.addWidget(self.volume, 1)
        column.addLayout(row, 1)
        steps = QHBoxLayout()
        for text, by in (("Shot before", -1), ("Shot after", 1)):
            button = QPushButton(text)
            button.clicked.connect(lambda _c=False, by=by: self.show_shot(self._place + by))
            steps.addWidget(button)
        steps.addWidget(self.caption, 1)
        column.addLayout(steps)
        column.addWidget(label(_LEGEND, "secondary", wraps=True))
        card = Card()
        card.body.addWidget(self.course)
        words = "Marks below: shots, AP above lateral. Dots above: passed; squares: not met."
        card.body.addWidget(label(words, "secondary", wraps=True))
        column.addWidget(card)
        return middle

    def _add_buttons(self) -> None:
        self.panel.show_next("Again", enabled=True)
        self.panel.primary.clicked.connect(self.again_pressed)
        for text, signal in (
            ("Teacher's rating", self.rate_pressed),
            ("To the cases  (Esc)", self.back_pressed),
        ):
            button = QPushButton(text)
            button.clicked.connect(signal)
            self.panel.foot.addWidget(button)

    def _show_volume(self, run: DebriefedRun) -> None:
        self.volume.show_plan(picture_of_run(run.debrief.final, run.stage, run.wanted))
        self.volume.focus_on(run.stage.vertebra.centre_lps_mm)

    def _show_words(self, run: DebriefedRun) -> None:
        clear(self._said)
        score = run.score
        self.panel.subtitle.setText(f"{run.stage.scenario.title}. An illustration, no licence.")
        word = "passed" if score.passed else "not passed"
        self._said.addWidget(label(f"{score.total:.0f}", "headline"))
        self._said.addWidget(label(f"of 100, {word}", "secondary"))
        for sentence in score.failures:
            self._add_line("danger", self._palette.danger, sentence)
        for part in score.parts:
            self._said.addWidget(
                label(f"{part.name}: {part.points:.0f} of {part.most:.0f}", "strong")
            )
            self._said.addWidget(label(part.text, "secondary", wraps=True))
        self._said.addWidget(label("Limits", "strong"))
        for use in limit_uses(run.debrief.final, run.stage.scenario.limits):
            severity = Severity.CAUTION if use.is_over else Severity.SAFE
            words = f"{use.name}: {use.words}{', over' if use.is_over else ''}"
            colour = severity_colour(self._palette, severity)
            self._add_line(SEVERITY_ICONS[severity], colour, words)
        self._said.addWidget(label("Radiation", "strong"))
        self._said.addWidget(label(beam_words(run.debrief.final), "secondary", wraps=True))
        self._said.addWidget(label("What was judged", "section"))
        for moment in run.debrief.moments:
            severity = severity_of(moment)
            colour = severity_colour(self._palette, severity)
            self._add_line(SEVERITY_ICONS[severity], colour, moment.text)
        self.panel.fit()

    def _add_line(self, icon: str, colour: str, sentence: str) -> None:
        line = QHBoxLayout()
        line.addWidget(icon_label(icon, colour), 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(label(sentence, wraps=True), 1)
        self._said.addLayout(line)
