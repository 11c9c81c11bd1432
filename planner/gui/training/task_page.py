"""The page of a trainee: the graded cases, how much help, and how the runs have gone."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from planner.gui.desk_state import DeskState
from planner.gui.page_frame import STAGE_PROPERTY, lay_out_page
from planner.gui.panels.cards import Card, RowButton, Segments, icon_label, label
from planner.gui.panels.side_panel import SidePanel
from planner.gui.stages import Stage
from planner.gui.stepper import Stepper
from planner.gui.theme import Palette
from planner.gui.training.curve_plot import CurvePlot
from planner.rehearsal.scenario import Scenario, scenarios
from planner.rehearsal.training_mode import TrainingMode
from planner.rehearsal.training_record import RunRecord

_HARDEST = 5
_WHOSE = (("own", "My runs"), ("class", "Everybody"))


class TaskPage(QWidget):
    """Says which case shall be rehearsed, by whom and with how much help."""

    start_pressed = Signal()
    watch_pressed = Signal()
    person_changed = Signal(str)
    import_pressed = Signal()
    export_pressed = Signal()
    key_pressed = Signal()
    back_pressed = Signal()

    def __init__(self, palette: Palette, person: str) -> None:
        super().__init__()
        self.setObjectName("page")
        self.setProperty(STAGE_PROPERTY, int(Stage.REHEARSE))
        self._palette = palette
        self._runs: Mapping[str, tuple[RunRecord, ...]] = {}
        self._marked: Mapping[str, Scenario] = {}
        self._shows_class = False
        self.mode = TrainingMode.GUIDED
        self.chosen: Scenario = scenarios()[0]
        self.rows: dict[str, RowButton] = {}
        self._best: dict[str, QLabel] = {}
        self.person = QLineEdit(person)
        self.curve = CurvePlot(palette)
        self.panel = self._side(palette)
        stepper = Stepper(palette)
        stepper.show_state(DeskState(), Stage.REHEARSE)
        lay_out_page(self, stepper, self._middle(), self.panel)
        self.choose(self.chosen)
        self.choose_mode(self.mode)

    def choose(self, scenario: Scenario) -> None:
        """Let a case be the one that is rehearsed next."""
        self.chosen = scenario
        for key, row in self.rows.items():
            row.setChecked(key == scenario.id)
        self._task.setText(scenario.task)
        self._unseen.setText(scenario.unseen)
        self._unseen.setVisible(bool(scenario.unseen))
        self.panel.title.setText(scenario.title)
        self._show_marking()

    def choose_mode(self, mode: TrainingMode) -> None:
        """Let a run be guided, free or an exam."""
        self.mode = mode
        self._modes.show_chosen(mode.value)
        self._mode_words.setText(mode.description)
        self.panel.fit()

    def show_marking(self, marked: Mapping[str, Scenario]) -> None:
        """Show limits and pass marks as a teacher has set them, by the id of the case."""
        self._marked = marked
        self._show_marking()

    def _show_marking(self) -> None:
        marked = self._marked.get(self.chosen.id, self.chosen)
        self.limits.setText(f"{marked.limits.words} Passes at {marked.key.pass_mark:g} points.")
        self.curve.show_pass_mark(marked.key.pass_mark)
        self._show_curve()
        self.panel.fit()

    def show_runs(self, runs: Mapping[str, tuple[RunRecord, ...]]) -> None:
        """Show how the runs of every person have gone."""
        self._runs = runs
        own = runs.get(self.name, ())
        for scenario in scenarios():
            points = [run.total for run in own if run.run.scenario_id == scenario.id]
            self._best[scenario.id].setText(
                f"best {max(points):.0f} of {len(points)} run{'s' if len(points) > 1 else ''}"
                if points
                else ""
            )
        self._show_curve()

    @property
    def name(self) -> str:
        """The trainee's name, without needless spaces."""
        return " ".join(self.person.text().split())

    def _show_curve(self) -> None:
        shown = self._runs if self._shows_class else {self.name: self._runs.get(self.name, ())}
        here = {
            name: [run for run in runs if run.run.scenario_id == self.chosen.id]
            for name, runs in shown.items()
        }
        self.curve.show_curves(here)
        self._whose.show_chosen("class" if self._shows_class else "own")

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label("Rehearse a case", "title"))
        column.addWidget(label("Simulated fluoroscopy: an illustration.", "secondary"))
        cases = QWidget()
        rows = QVBoxLayout(cases)
        rows.setContentsMargins(0, 0, 6, 0)
        rows.setSpacing(6)
        for scenario in scenarios():
            rows.addWidget(self._row(scenario))
        rows.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(cases)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        column.addWidget(scroll, 3)
        plot = Card()
        head = QHBoxLayout()
        head.addWidget(label("Points over runs of this case", "section"), 1)
        self._whose = Segments(_WHOSE, self._show_whose, "whose runs")
        head.addWidget(self._whose)
        plot.body.addLayout(head)
        plot.body.addWidget(self.curve)
        column.addWidget(plot, 1)
        return middle

    def _row(self, scenario: Scenario) -> RowButton:
        row = RowButton(checkable=True)
        grade = label("●" * scenario.grade + "○" * (_HARDEST - scenario.grade), "secondary")
        grade.setToolTip(f"grade {scenario.grade} of {_HARDEST}")
        best = self._best[scenario.id] = label("", "secondary")
        row.add_line(label(scenario.title, "strong"), best, grade)
        row.add_text(scenario.task)
        row.setAccessibleName(f"{scenario.title}, grade {scenario.grade} of {_HARDEST}")
        row.clicked.connect(lambda _c=False, chosen=scenario: self.choose(chosen))
        self.rows[scenario.id] = row
        return row

    def _side(self, palette: Palette) -> SidePanel:
        panel = SidePanel("", "What to do, by whom, and with how much help", palette)
        self._task, self._unseen = label("", wraps=True), label("", "secondary", wraps=True)
        self.limits = label("", wraps=True)
        task = Card()
        task.body.addWidget(self._task)
        task.body.addWidget(label("Limits", "strong"))
        task.body.addWidget(self.limits)
        task.body.addWidget(self._unseen)
        panel.body.addWidget(task)
        self._modes = Segments(
            [(mode.value, mode.value.capitalize()) for mode in TrainingMode],
            lambda key: self.choose_mode(TrainingMode(key)),
            "how much help",
        )
        self._mode_words = label("", "secondary", wraps=True)
        panel.body.addWidget(self._modes)
        panel.body.addWidget(self._mode_words)
        self._add_person(panel, palette)
        panel.body.addStretch(1)
        panel.show_next("Start", enabled=True)
        panel.primary.clicked.connect(self.start_pressed)
        watch = QPushButton("Watch an expert")
        watch.setToolTip("The program's own plan, carried out with few shots")
        watch.clicked.connect(self.watch_pressed)
        panel.foot.addWidget(watch)
        key = QPushButton("Teacher's key")
        key.setToolTip(
            "The limits of this case, how many points each part gives, and the mark that passes"
        )
        key.clicked.connect(self.key_pressed)
        panel.foot.addWidget(key)
        back = QPushButton("Back  (Esc)")
        back.clicked.connect(self.back_pressed)
        panel.foot.addWidget(back)
        return panel

    def _add_person(self, panel: SidePanel, palette: Palette) -> None:
        panel.body.addWidget(label("Trainee", "section"))
        self.person.setPlaceholderText("Name for the training log")
        self.person.setAccessibleName("name of the trainee")
        self.person.editingFinished.connect(lambda: self.person_changed.emit(self.name))
        panel.body.addWidget(self.person)
        kept = QHBoxLayout()
        kept.addWidget(icon_label("note", palette.secondary), 0, Qt.AlignmentFlag.AlignTop)
        words = "Runs are kept on this machine under this name. Without a name nothing is kept."
        kept.addWidget(label(words, "secondary", wraps=True), 1)
        panel.body.addLayout(kept)
        logs = QHBoxLayout()
        for text, tip, signal in (
            ("Take in a log", "Merge the runs of another machine", self.import_pressed),
            ("Export all runs", "As CSV or JSON", self.export_pressed),
        ):
            button = QPushButton(text)
            button.setToolTip(tip)
            button.clicked.connect(signal)
            logs.addWidget(button)
        panel.body.addLayout(logs)

    def _show_whose(self, key: str) -> None:
        self._shows_class = key == "class"
        self._show_curve()
