"""Rows of short texts whose labels stay while what they say changes."""

from collections.abc import Sequence

from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from planner.gui.panels.cards import label


class TextGrid(QWidget):
    """As many labels as there are texts; making them anew at each step of a slider would jerk."""

    def __init__(self, *, wraps: bool = False) -> None:
        super().__init__()
        self._wraps = wraps
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setVerticalSpacing(3)
        self._labels: dict[tuple[int, int], QLabel] = {}

    def show_rows(self, rows: Sequence[Sequence[str]], *, strong_row: int | None = None) -> None:
        """Show rows of texts, one of them strong."""
        wanted = {
            (row, column): text
            for row, texts in enumerate(rows)
            for column, text in enumerate(texts)
        }
        for place, text in wanted.items():
            kind = "strong" if place[0] == strong_row else "secondary"
            self._label(place, kind).setText(text)
        for place in self._labels.keys() - wanted.keys():
            self._drop(place)

    def texts(self) -> list[str]:
        """Return everything that is shown, row by row."""
        return [self._labels[place].text() for place in sorted(self._labels)]

    def _label(self, place: tuple[int, int], kind: str) -> QLabel:
        known = self._labels.get(place)
        if known is not None and known.property("kind") == kind:
            return known
        if known is not None:
            self._drop(place)
        made = label("", kind, wraps=self._wraps)
        self._grid.addWidget(made, *place)
        self._labels[place] = made
        return made

    def _drop(self, place: tuple[int, int]) -> None:
        gone = self._labels.pop(place)
        self._grid.removeWidget(gone)
        # Hidden first: one without a parent could come up as a window of its own.
        gone.hide()
        gone.setParent(None)
        gone.deleteLater()
