"""Stage 6: the run so far: shots, beam, dose, checkpoints, score, and what ends it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from planner.anatomy.levels import VertebraLevel
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, icon_label, label
from planner.gui.panels.limits_card import LimitsCard
from planner.gui.panels.stage_panel import StagePanel
from planner.gui.theme import Palette, icon_pixmap
from planner.planning.plan import Procedure
from planner.rehearsal.limit_checks import limit_uses
from planner.rehearsal.run_state import RunState
from planner.rehearsal.scoring import Score
from planner.rehearsal.stage import RehearsalStage
from planner.rehearsal.training_mode import TrainingMode

_BALLOON = "Balloon"
_CHECKPOINTS = (
    ("True AP and lateral", ("true-ap", "true-lateral")),
    ("Level named", ("level",)),
    ("Bone contact", ("entry",)),
    ("Through the pedicle", ("oval", "look-in-pedicle")),
    ("Posterior wall", ("medial-wall",)),
    ("Anterior third", ("tip",)),
    (_BALLOON, ("balloon",)),
    ("Cement", ("cement-place",)),
)
_ICON_PX = 14
_POINTS_PX = 54
_TIGHT_PX = 6
"""Between the parts, so that a small window shows the score without scrolling."""


class _CheckRow(QWidget):
    """One checkpoint: open, passed or not."""

    def __init__(self, name: str, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        row = QHBoxLayout(self)
        row.setContentsMargins(2, 1, 2, 1)
        self._icon = icon_label("drop", palette.border, _ICON_PX)
        row.addWidget(self._icon)
        row.addWidget(label(name))
        row.addStretch(1)
        self.word = label("", "secondary")
        row.addWidget(self.word)

    def show_withheld(self) -> None:
        """Say that how it went is told later, as in an exam."""
        self.show_outcome(None)
        self.word.setText("not told yet")

    def show_outcome(self, passed: bool | None) -> None:  # noqa: FBT001  one value of three
        """Show it as open (None), passed or not."""
        name, colour, word = {
            None: ("clock", self._palette.secondary, "to come"),
            True: ("check", self._palette.safe, "passed"),
            False: ("caution", self._palette.caution, "not met"),
        }[passed]
        self._icon.setPixmap(icon_pixmap(name, colour, _ICON_PX))
        self.word.setText(word)


class RehearsePanel(StagePanel):
    """Shows the run; says what the trainee decides."""

    level_named = Signal(object)
    rewind_pressed = Signal()
    again_pressed = Signal()
    save_pressed = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__("Rehearse", "Simulated fluoroscopy: an illustration.", palette)
        self._numbers = {name: label("0", "headline") for name in ("shots", "beam", "dose")}
        self.body.setSpacing(_TIGHT_PX)
        top = QHBoxLayout()
        for name, number in self._numbers.items():
            column = QVBoxLayout()
            column.setSpacing(0)
            column.addWidget(number)
            column.addWidget(label(name, "secondary"))
            top.addLayout(column)
        self.body.addLayout(top)
        self.level = QComboBox()
        self.level.setAccessibleName("the level in the middle of the picture")
        self.level.addItem("Name the level", None)
        for level in VertebraLevel:
            self.level.addItem(level.name, level)
        self.level.activated.connect(self._name_level)
        self.body.addWidget(self.level)
        checks = Card()
        checks.body.setSpacing(0)
        self.checks = {}
        for name, _codes in _CHECKPOINTS:
            self.checks[name] = _CheckRow(name, palette)
            checks.body.addWidget(self.checks[name])
        self.body.addWidget(checks)
        self.limits = LimitsCard()
        self.body.addWidget(self.limits)
        self._add_score()
        self.body.addStretch(1)

    def _add_score(self) -> None:
        self.body.addWidget(label("So far", "section"))
        self.total = label("0", "headline")
        self.verdict = label("", "secondary", wraps=True)
        line = QHBoxLayout()
        line.addWidget(self.total)
        line.addWidget(self.verdict, 1)
        self.body.addLayout(line)
        self._parts = QVBoxLayout()
        self._parts.setSpacing(4)
        self.body.addLayout(self._parts)
        self.parts: dict[str, tuple[QProgressBar, QLabel, QWidget]] = {}
        self._buttons: dict[str, QPushButton] = {}
        buttons = QHBoxLayout()
        for text, signal in (
            ("Rewind", self.rewind_pressed),
            ("Again", self.again_pressed),
            ("Finish", self.save_pressed),
        ):
            button = QPushButton(text)
            button.clicked.connect(signal)
            buttons.addWidget(button)
            self._buttons[text] = button
        # With what ends the page: never out of sight, however small the window.
        self.foot.insertLayout(0, buttons)

    def show_state(self, state: DeskState) -> None:
        """Show nothing of the plan: a rehearsal stands by itself."""
        del state

    def show_run(
        self, run: RunState, score: Score | None, stage: RehearsalStage, mode: TrainingMode
    ) -> None:
        """Show the run as it stands; None for a score that is still being made."""
        is_told = mode.tells_judgement(is_finished=run.is_finished)
        self.subtitle.setText(
            f"{stage.scenario.title}, {mode.value}. An illustration, not a prediction."
        )
        self._buttons["Rewind"].setEnabled(mode.may_rewind and not run.is_finished)
        taken = [shot for shot in run.shots if not shot.is_live]
        in_phase = sum(shot.in_needle_phase for shot in taken)
        self._numbers["shots"].setText(str(len(taken)))
        self._numbers["shots"].setToolTip(f"{in_phase} of them in the needle phase")
        self._numbers["dose"].setText(f"{sum(shot.dose for shot in run.shots):.1f}")
        self._numbers["beam"].setText(f"{sum(shot.beam_s for shot in run.shots):.1f} s")
        self.show_limits(run, stage)
        procedure = stage.scenario.procedure
        self.level.setCurrentIndex(max(self.level.findData(run.named_level), 0))
        for name, codes in _CHECKPOINTS:
            row = self.checks[name]
            row.setVisible(name != _BALLOON or procedure is Procedure.KYPHOPLASTY)
            judged = [m.passed for m in run.moments if m.code in codes]
            if is_told:
                row.show_outcome(all(judged) if judged else None)
            else:
                row.show_withheld()
        if not is_told:
            self._withhold_score()
        elif score is None:
            self.verdict.setText("marking")
        else:
            self._show_score(run, score)

    def show_limits(
        self, run: RunState, stage: RehearsalStage, extra_needle_s: float = 0.0
    ) -> None:
        """Show what is used of the task's limits, and the time since the last action."""
        self.limits.show_uses(limit_uses(run, stage.scenario.limits, extra_needle_s))

    def _withhold_score(self) -> None:
        self.total.setText("")
        self.verdict.setText("Exam: the score is told at the end.")
        for bar, points, row in self.parts.values():
            bar.setValue(0)
            points.setText("")
            row.setToolTip("")

    def _show_score(self, run: RunState, score: Score) -> None:
        self.total.setText(f"{score.total:.0f}")
        if score.failures:
            self.verdict.setText(f"Failed: {score.failures[0]}")
        elif run.is_finished:
            self.verdict.setText("of 100, passed" if score.passed else "of 100, below the mark")
        else:
            self.verdict.setText("of 100, as the run stands")
        for part in score.parts:
            if part.name not in self.parts:
                self._add_part(part.name)
            bar, points, row = self.parts[part.name]
            points.setText(f"{part.points:.0f} / {part.most:.0f}")
            bar.setValue(round(100.0 * part.points / part.most) if part.most else 0)
            row.setToolTip(f"{part.points:.1f} of {part.most:.0f}: {part.text}")

    def _add_part(self, name: str) -> None:
        bar, row = QProgressBar(), QWidget()
        bar.setRange(0, 100)
        bar.setTextVisible(False)
        bar.setAccessibleName(f"points for {name}")
        line = QHBoxLayout(row)
        line.setContentsMargins(0, 0, 0, 0)
        title = label(name, "secondary")
        title.setFixedWidth(70)
        line.addWidget(title)
        line.addWidget(bar, 1)
        points = label("", "secondary")
        points.setFixedWidth(_POINTS_PX)
        points.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(points)
        self._parts.addWidget(row)
        self.parts[name] = (bar, points, row)

    def _name_level(self, _index: int) -> None:
        level = self.level.currentData()
        if level is not None:
            self.level_named.emit(level)
