"""A teacher's form: marks from 1 to 5 on the global rating scale."""

import datetime as dt

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from planner.gui.panels.cards import label, with_room
from planner.rehearsal.training_record import LEAST_MARK, MOST_MARK, RATED_ITEMS, Rating

_WIDTH_PX = 420


class RatingDialog(QDialog):
    """Asks who rates and how; gives a `Rating` once it was accepted."""

    def __init__(self, run_id: str, parent: QWidget | None) -> None:
        super().__init__(parent)
        self._run_id = run_id
        self.setWindowTitle("Teacher's rating")
        self.setMinimumWidth(_WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(10)
        column.addWidget(label("Teacher's rating", "title"))
        column.addWidget(
            label("Global rating scale: 1 poor, 3 competent, 5 excellent", "secondary")
        )
        form = QFormLayout()
        self.rater = QLineEdit()
        self.rater.setAccessibleName("name of the teacher")
        form.addRow("Teacher", self.rater)
        self.marks = {item: with_room(QSpinBox()) for item in RATED_ITEMS}
        for item, box in self.marks.items():
            box.setRange(LEAST_MARK, MOST_MARK)
            box.setValue((LEAST_MARK + MOST_MARK) // 2)
            box.setAccessibleName(item)
            form.addRow(item.capitalize(), box)
        column.addLayout(form)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        self.save = buttons.button(QDialogButtonBox.StandardButton.Save)
        self.save.setEnabled(False)
        self.rater.textChanged.connect(lambda text: self.save.setEnabled(bool(text.strip())))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)

    def rating(self, now: dt.datetime) -> Rating:
        """Return what was filled in.

        Parameters
        ----------
        now
            With its zone.
        """
        marks = {item: box.value() for item, box in self.marks.items()}
        return Rating(self._run_id, self.rater.text().strip(), now, marks)
