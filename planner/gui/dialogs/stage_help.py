"""F1: what a stage is for, and the keys."""

from collections.abc import Iterable, Iterator

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QDialog, QLayout, QPushButton, QVBoxLayout, QWidget

from planner.gui.fluoroscopy.rehearsal_keys import REHEARSAL_KEYS
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
        for name, key in _rows(stage, actions):
            row = ValueRow(name)
            row.show_value(key)
            keys.body.addWidget(row)
        column.addWidget(label("Keys", "section"))
        column.addWidget(keys)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close)


def _rows(stage: Stage, actions: Iterable[QAction]) -> Iterator[tuple[str, str]]:
    """Yield what each key does; in a rehearsal most letters mean something of its own."""
    if stage is Stage.REHEARSE:
        for key, what in REHEARSAL_KEYS:
            yield what, key
        return
    for action in actions:
        shortcut = action.shortcut().toString()
        if shortcut and action.isEnabled():
            yield action.text(), shortcut
