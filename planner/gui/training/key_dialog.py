"""A teacher's form: points for each part of a run, the mark that passes, and the limits."""

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.panels.cards import label, set_tone, with_room
from planner.rehearsal.run_limits import RunLimits
from planner.rehearsal.scenario import Scenario, TeachersKey

_WIDTH_PX = 420
_ALL_POINTS = 100.0
_WORDS = {
    "tip": "Where the tip lies",
    "angle": "Angles of the needle",
    "breach": "Walls left unhurt",
    "shots": "Shots with the needle",
    "time": "Time with the needle",
    "sequence": "Order of the steps",
    "leak": "Cement, no leak",
}
_LIMITS = {
    "needle_minutes": ("Most minutes with the needle", 0.5, 120.0, 1),
    "needle_shots": ("Most shots with the needle", 1.0, 500.0, 0),
    "needle_dose": ("Most dose with the needle, relative", 0.1, 500.0, 1),
    "cement_ml": ("Most cement, ml", 0.1, clinical_number("cement-hard-volume"), 1),
}
"""Each limit in words, its least and most value, and its decimals."""


class KeyDialog(QDialog):
    """Gives a `TeachersKey` and `RunLimits` once accepted; the points always make a hundred."""

    def __init__(self, scenario: Scenario, own: Scenario, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._own = own
        self.setWindowTitle("Teacher's key")
        self.setMinimumWidth(_WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("Teacher's key", "title"))
        column.addWidget(label(scenario.title, "secondary", wraps=True))
        form = QFormLayout()
        self.points = {part: _box(words) for part, words in _WORDS.items()}
        for part, words in _WORDS.items():
            form.addRow(words, self.points[part])
            self.points[part].valueChanged.connect(self._add_up)
        self.pass_mark = _box("pass mark")
        form.addRow("Passes from", self.pass_mark)
        self.limit_boxes = {name: _limit_box(name) for name in _LIMITS}
        for name, (words, *_range) in _LIMITS.items():
            form.addRow(words, self.limit_boxes[name])
        column.addLayout(form)
        self.total = label("", "strong", wraps=True)
        column.addWidget(self.total)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save
            | QDialogButtonBox.StandardButton.Cancel
            | QDialogButtonBox.StandardButton.RestoreDefaults
        )
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self.usual = buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults)
        self.usual.clicked.connect(lambda: self._show(self._own))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self._show(scenario)

    def _show(self, scenario: Scenario) -> None:
        """Fill the form in."""
        key, limits = scenario.key, scenario.limits
        for name, box in self.limit_boxes.items():
            box.setValue(getattr(limits, name))
        for part, box in self.points.items():
            box.setValue(key.weights[part])
        self.pass_mark.setValue(key.pass_mark)
        self._add_up()

    def key(self) -> TeachersKey:
        """Return what was filled in."""
        weights = {part: box.value() for part, box in self.points.items()}
        return TeachersKey(weights, self.pass_mark.value())

    def limits(self) -> RunLimits:
        """Return what a run may cost at most."""
        value = {name: box.value() for name, box in self.limit_boxes.items()}
        return RunLimits(
            needle_minutes=value["needle_minutes"],
            needle_shots=round(value["needle_shots"]),
            needle_dose=value["needle_dose"],
            cement_ml=value["cement_ml"],
        )

    def _add_up(self, _value: float = 0.0) -> None:
        total = sum(box.value() for box in self.points.values())
        is_whole = abs(total - _ALL_POINTS) < 1e-9
        left = _ALL_POINTS - total
        words = "too many" if left < 0.0 else "missing"
        self.total.setText("100 points" if is_whole else f"{abs(left):.0f} points {words}")
        set_tone(self.total, "safe" if is_whole else "caution")
        self.save.setEnabled(is_whole)


def _box(name: str) -> QDoubleSpinBox:
    box = with_room(QDoubleSpinBox())
    box.setRange(0.0, _ALL_POINTS)
    box.setDecimals(0)
    box.setAccessibleName(name)
    return box


def _limit_box(name: str) -> QDoubleSpinBox:
    words, least, most, decimals = _LIMITS[name]
    box = with_room(QDoubleSpinBox())
    box.setDecimals(decimals)
    box.setRange(least, most)
    box.setAccessibleName(words)
    return box
