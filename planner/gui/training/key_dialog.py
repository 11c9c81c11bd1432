"""A teacher's form: how many points each part of a run gives, and the mark that passes."""

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QDoubleSpinBox,
    QFormLayout,
    QVBoxLayout,
    QWidget,
)

from planner.gui.panels.cards import label, set_tone, with_room
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


class KeyDialog(QDialog):
    """Gives a `TeachersKey` once it was accepted; the points always make a hundred."""

    def __init__(self, scenario: Scenario, own: TeachersKey, parent: QWidget | None) -> None:
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
        self.usual.clicked.connect(lambda: self.show_key(self._own))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.show_key(scenario.key)

    def show_key(self, key: TeachersKey) -> None:
        """Fill the form in."""
        for part, box in self.points.items():
            box.setValue(key.weights[part])
        self.pass_mark.setValue(key.pass_mark)
        self._add_up()

    def key(self) -> TeachersKey:
        """Return what was filled in."""
        weights = {part: box.value() for part, box in self.points.items()}
        return TeachersKey(weights, self.pass_mark.value())

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
