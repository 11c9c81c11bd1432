"""Where cement would go: the fill at its volume, its replay, many runs and what leaks."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton

from planner.assessment.findings import Severity
from planner.foundation.clinical_numbers import clinical_number
from planner.gui.desk_state import DeskState
from planner.gui.filling.fill_state import FillState
from planner.gui.panels.cards import Card, Chip, Segments, label, set_tone
from planner.gui.panels.fill_curve import FillCurve
from planner.gui.panels.leak_rows import LeakRows
from planner.gui.theme import Palette, icon

RUNS_JOB, PICTURE_JOB = "fill-runs", "fill-picture"
NO_ROUTE = (
    "The model found no route out of the bone. Veins and cracks thinner than the CT shows are not "
    "modelled: that is not \N{LEFT SINGLE QUOTATION MARK}no leak\N{RIGHT SINGLE QUOTATION MARK}."
)
_WIDTH_PER_STEP = 1.2
_PROMISE = "Illustration that ranks choices of tip and volume. No forecast for this patient."


class FillCard(Card):
    """The picture of the fill and its runs; computes nothing."""

    replay_pressed = Signal()
    run_pressed = Signal()
    cancel_pressed = Signal(str)
    shares_chosen = Signal(bool)
    leak_chosen = Signal(int)

    def __init__(self, palette: Palette) -> None:
        super().__init__("cement")
        top = QHBoxLayout()
        top.addWidget(label("Where it would go", "section"))
        top.addStretch(1)
        self.chip = Chip(palette)
        top.addWidget(self.chip)
        self.body.addLayout(top)
        self.body.addWidget(label(_PROMISE, "secondary", wraps=True))
        self.coarse = label("", "strong", wraps=True)
        set_tone(self.coarse, "caution")
        self.body.addWidget(self.coarse)
        self.words = label("", "strong", wraps=True)
        self.body.addWidget(self.words)
        self.curve = FillCurve(palette)
        self.body.addWidget(self.curve)
        self.kind = Segments(
            (("fill", "Fill"), ("shares", "Share of runs")),
            lambda key: self.shares_chosen.emit(key == "shares"),
            "what is drawn of the cement",
        )
        self.body.addWidget(self.kind)
        buttons = QHBoxLayout()
        self.replay = QPushButton("Replay")
        self.replay.setIcon(icon("updating", palette))
        self.replay.setToolTip("Watch the cement come, millilitre by millilitre")
        self.replay.clicked.connect(self.replay_pressed)
        self.run = QPushButton("Run 200 times")
        self.run.setToolTip("Draw the bone between the CT's voxels anew 200 times, and the tips")
        self.run.clicked.connect(self._press_run)
        buttons.addWidget(self.replay)
        buttons.addWidget(self.run, 1)
        self.body.addLayout(buttons)
        self.leaks = LeakRows(palette)
        self.leaks.chosen.connect(self.leak_chosen)
        self.body.addWidget(self.leaks)
        self.no_route = label(NO_ROUTE, "secondary", wraps=True)
        self.body.addWidget(self.no_route)
        self._is_running = False

    def show_state(self, state: DeskState) -> None:
        """Show the fill of exactly the plan on the desk."""
        fill = state.fill
        self._is_running = RUNS_JOB in state.running
        self._show_chip(fill)
        self._show_coarse(state.study.slice_step_mm if state.study else None)
        self.words.setText(_words_of(fill))
        self.words.setVisible(bool(self.words.text()))
        self.curve.setVisible(bool(fill.outside_ml) or fill.has_runs)
        self.curve.show_state(fill)
        self.kind.show_chosen("shares" if fill.shows_shares else "fill")
        self.kind.buttons["shares"].setEnabled(fill.can_show_shares)
        self.replay.setEnabled(fill.picture is not None)
        self.replay.setText(f"{fill.shown_ml:.1f} ml" if fill.is_replaying else "Replay")
        self.run.setText("Cancel" if self._is_running else "Run 200 times")
        self.run.setEnabled(self._is_running or fill.picture is not None)
        self.leaks.show_state(fill)
        self.leaks.setVisible(bool(fill.leaks))
        self.no_route.setVisible(fill.has_runs and not fill.leaks)

    def _show_coarse(self, step_mm: float | None) -> None:
        """Say what slices that lie far apart hide."""
        self.coarse.setVisible(step_mm is not None and step_mm > clinical_number("slice-step-note"))
        if step_mm is not None:
            width_mm = _WIDTH_PER_STEP * step_mm
            self.coarse.setText(
                f"Slices {step_mm:.1f} mm apart: gaps narrower than {width_mm:.1f} mm are not "
                "seen, and thin cortex may look open."
            )

    def _show_chip(self, fill: FillState) -> None:
        if fill.leak_share is None:
            if fill.picture is None and not fill.problem:
                self.chip.show_updating()
            else:
                self.chip.show_judgement("one run", Severity.NOTE)
            return
        grave = any(leak.destination.is_grave for leak in fill.leaks)
        severity = Severity.DANGER if grave else Severity.CAUTION
        if not fill.leaks:
            self.chip.show_judgement("no route found", Severity.NOTE)
        else:
            self.chip.show_judgement(f"{fill.leak_share:.0%} of runs leak", severity)

    def _press_run(self) -> None:
        if self._is_running:
            self.cancel_pressed.emit(RUNS_JOB)
        else:
            self.run_pressed.emit()


def _words_of(fill: FillState) -> str:
    if fill.problem:
        return fill.problem
    if fill.leak_share is None or fill.runs_ml is None:
        return ""
    return f"{fill.leak_share:.0%} of {fill.runs} runs had leaked at the planned volume."
