"""F1: what a stage is for, and the keys."""

from collections.abc import Iterable

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLayout, QPushButton, QVBoxLayout, QWidget

from planner.gui.panels.cards import Card, ValueRow, label
from planner.gui.stages import Stage

_WIDTH_PX = 520


class StageHelp(QDialog):
    """The stage in words, and every key of the program."""

    def __init__(self, stage: Stage, actions: Iterable[QAction], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Help: {stage.title}")
        self.setMinimumWidth(_WIDTH_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 20)
        column.setSpacing(10)
        column.setSizeConstraint(QLayout.SizeConstraint.SetFixedSize)
        column.addWidget(label(stage.title, "title"))
        column.addWidget(label(stage.help_text, wraps=True))
        keys = Card()
        for action in actions:
            shortcut = action.shortcut().toString()
            if shortcut and action.isEnabled():
                row = ValueRow(action.text())
                row.show_value(shortcut)
                keys.body.addWidget(row)
        column.addWidget(label("Keys", "section"))
        column.addWidget(keys)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close)
