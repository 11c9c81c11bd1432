"""The working-time clock for the theatre: phases as the product's sheet gives them."""

import enum
import time
from collections.abc import Callable

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import (
    QApplication,
    QDoubleSpinBox,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from planner.assessment.findings import Severity
from planner.foundation.errors import PlanProblem
from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import Card, Chip, label, set_tone, with_room
from planner.gui.theme import Palette
from planner.planning.plan import CementPhases

_TICK_MS = 250
_MS_PER_MINUTE = 60_000
_WARN_MINUTES = 1.0
"""So long before its working time ends the clock says so."""


class Phase(enum.Enum):
    """Where a mixed cement is."""

    TOO_EARLY = "wait: too thin"
    READY = "inject"
    ENDING = "last minute"
    TOO_LATE = "stop injecting"
    SET = "set"


_SEVERITY = {
    Phase.TOO_EARLY: Severity.CAUTION,
    Phase.READY: Severity.SAFE,
    Phase.ENDING: Severity.CAUTION,
    Phase.TOO_LATE: Severity.DANGER,
    Phase.SET: Severity.NOTE,
}


def phase_at(minutes: float, phases: CementPhases) -> Phase:
    """Return where a cement is so long after mixing."""
    if minutes < phases.from_minutes:
        return Phase.TOO_EARLY
    if minutes < phases.until_minutes - _WARN_MINUTES:
        return Phase.READY
    if minutes < phases.until_minutes:
        return Phase.ENDING
    return Phase.TOO_LATE if minutes < phases.sets_minutes else Phase.SET


class ClockCard(Card):
    """Runs from mixing on; alarms by sound, colour and word when the phase changes."""

    phases_entered = Signal(object)
    alarmed = Signal(str)
    problem_found = Signal(object)

    def __init__(
        self, palette: Palette, now_ms: Callable[[], float] = lambda: 1000.0 * time.monotonic()
    ) -> None:
        super().__init__()
        self._now_ms = now_ms
        self._mixed_at_ms = 0.0
        top = QHBoxLayout()
        top.addWidget(label("Working time", "section"))
        top.addStretch(1)
        self.chip = Chip(palette)
        top.addWidget(self.chip)
        self.body.addLayout(top)
        row = QHBoxLayout()
        self.time = label("0:00", "headline")
        self.start = QPushButton("Mixing starts")
        self.start.clicked.connect(self._press)
        row.addWidget(self.time, 1)
        row.addWidget(self.start)
        self.body.addLayout(row)
        self._words = label("", "secondary", wraps=True)
        self.body.addWidget(self._words)
        self.body.addWidget(self._built_fields())
        self._is_running = False
        self._phase: Phase | None = None
        self._phases: CementPhases | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._show_phase(0.0)

    @property
    def is_running(self) -> bool:
        """Whether cement was mixed."""
        return self._is_running

    def _built_fields(self) -> QWidget:
        fields = QWidget()
        form = QFormLayout(fields)
        form.setContentsMargins(0, 0, 0, 0)
        self.from_field = _minutes("ready after")
        self.until_field = _minutes("working time ends after")
        self.sets_field = _minutes("set after")
        self.read_in = QLineEdit()
        self.read_in.setPlaceholderText("product's sheet, temperature")
        self.read_in.setAccessibleName("where the working time was read")
        self.enter = QPushButton("Use these times")
        self.enter.clicked.connect(self._enter)
        for name, field in (
            ("ready after", self.from_field),
            ("ends after", self.until_field),
            ("set after", self.sets_field),
            ("read in", self.read_in),
        ):
            form.addRow(name, field)
        form.addRow(self.enter)
        return fields

    def show_state(self, state: DeskState) -> None:
        """Show the times that the plan keeps; a running clock goes on."""
        phases = state.plan.cement_phases
        if phases == self._phases:
            return
        self._phases = phases
        if phases is not None:
            for field, value in (
                (self.from_field, phases.from_minutes),
                (self.until_field, phases.until_minutes),
                (self.sets_field, phases.sets_minutes),
            ):
                with QSignalBlocker(field):
                    field.setValue(value)
            self.read_in.setText(phases.read_in)
        self._show_phase(self._minutes_passed())

    def _enter(self) -> None:
        read_in = self.read_in.text().strip()
        try:
            phases = CementPhases(
                self.from_field.value(), self.until_field.value(), self.sets_field.value(), read_in
            )
        except PlanProblem as problem:
            self.problem_found.emit(problem)
        else:
            self.phases_entered.emit(phases)

    def _press(self) -> None:
        self._is_running = not self._is_running
        if self._is_running:
            self._mixed_at_ms = self._now_ms()
            self._timer.start()
        else:
            self._timer.stop()
            self._phase = None
        self.start.setText("Stop" if self._is_running else "Mixing starts")
        self._show_phase(self._minutes_passed())

    def tick(self) -> None:
        """Show the time that has passed, and alarm where the phase changed."""
        self._show_phase(self._minutes_passed())

    def _minutes_passed(self) -> float:
        passed_ms = self._now_ms() - self._mixed_at_ms if self._is_running else 0.0
        return passed_ms / _MS_PER_MINUTE

    def _show_phase(self, minutes: float) -> None:
        self.time.setText(f"{int(minutes)}:{int(minutes * 60) % 60:02d}")
        phases = self._phases
        self._words.setVisible(phases is None)
        self._words.setText("No times yet: enter your product's. None are built in.")
        if phases is None or not self._is_running:
            self.chip.show_judgement("not started", Severity.NOTE)
            set_tone(self.time, "")
            return
        phase = phase_at(minutes, phases)
        severity = _SEVERITY[phase]
        self.chip.show_judgement(phase.value, severity)
        set_tone(self.time, "" if severity is Severity.SAFE else severity.value)
        if phase is not self._phase:
            if self._phase is not None:
                QApplication.beep()
                self.alarmed.emit(f"Cement, {int(minutes)} min after mixing: {phase.value}.")
            self._phase = phase


def _minutes(name: str) -> QDoubleSpinBox:
    field = with_room(QDoubleSpinBox())
    field.setRange(0.0, 60.0)
    field.setDecimals(1)
    field.setSingleStep(0.5)
    field.setSuffix(" min")
    field.setAccessibleName(name)
    return field
