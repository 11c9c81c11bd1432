"""A small table of measures: names down the side, what they are compared with across the top."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from planner.gui.panels.cards import label, set_tone, unverified_mark
from planner.gui.theme import Palette

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class MeasureTable(QWidget):
    """Rows and columns of words that are made once and shown anew."""

    def __init__(self, heads: Sequence[str], names: Sequence[tuple[str, str]]) -> None:
        """Make a table; `names` are each row's name and its hover text."""
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(0, 1)
        self.heads = [label(text, "secondary") for text in heads]
        for column, head in enumerate(self.heads, start=1):
            head.setAlignment(_RIGHT)
            self._grid.addWidget(head, 0, column)
        self.cells: list[list[QLabel]] = []
        for row, (name, tip) in enumerate(names, start=1):
            title = label(name, "secondary")
            title.setToolTip(tip)
            self._grid.addWidget(title, row, 0)
            cells = [label("", "strong" if column == 0 else "") for column in range(len(heads))]
            for column, cell in enumerate(cells, start=1):
                cell.setAlignment(_RIGHT)
                cell.setToolTip(tip)
                self._grid.addWidget(cell, row, column)
            self.cells.append(cells)

    def show_row(self, row: int, *words: str, tone: str = "") -> None:
        """Show the words of a row; the tone is that of the last one."""
        for cell, text in zip(self.cells[row], words, strict=True):
            cell.setText(text)
            set_tone(cell, "")
        set_tone(self.cells[row][-1], tone)

    def mark_unverified(self, column: int, source: str, palette: Palette) -> None:
        """Put the mark of what nobody read in its source beside a column's head."""
        mark = unverified_mark(source, palette)
        self._grid.addWidget(mark, 0, column + 1, Qt.AlignmentFlag.AlignLeft)
        self.heads[column].setContentsMargins(18, 0, 0, 0)
