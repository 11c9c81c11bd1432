"""What may be dropped on the window, and the veil that says what a drop would open."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QMimeData, Qt
from PySide6.QtWidgets import QFrame, QVBoxLayout, QWidget

from planner.gui.panels.cards import icon_label, label
from planner.gui.theme import Palette

_MARGIN_PX = 18
_ICON_PX = 40


def dropped_path(mime: QMimeData) -> Path | None:
    """Return what a drop opens, None where nothing of it can be."""
    return droppable([Path(url.toLocalFile()) for url in mime.urls() if url.isLocalFile()])


def droppable(paths: Sequence[Path]) -> Path | None:
    """Return the one place that a drop opens.

    One folder or file is opened itself. Several files out of one folder, as when the images of a
    CD are marked and dragged, open that folder. Folders side by side are not guessed about.
    """
    if len(paths) == 1:
        return paths[0]
    parents = {path.parent for path in paths}
    return parents.pop() if len(parents) == 1 and all(path.is_file() for path in paths) else None


class DropVeil(QFrame):
    """Lies over the window while something is dragged over it."""

    def __init__(self, palette: Palette, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("dropVeil")
        # The drop is the window's; the veil only says what it will do.
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._words = label("", "title")
        self._hint = label("What is open stays saved.", "secondary")
        column = QVBoxLayout(self)
        column.addStretch(1)
        for widget in (icon_label("drop", palette.accent, _ICON_PX), self._words, self._hint):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addStretch(1)
        self.hide()

    @property
    def words(self) -> str:
        """What is said now; empty while it is hidden."""
        return "" if self.isHidden() else self._words.text()

    def show_drop(self, path: Path, *, keeps_case: bool) -> None:
        """Say what a drop opens."""
        self._words.setText(f"Drop to open {path.name}")
        self._hint.setVisible(keeps_case)
        inner = self._window.rect().adjusted(_MARGIN_PX, _MARGIN_PX, -_MARGIN_PX, -_MARGIN_PX)
        self.setGeometry(inner)
        self.show()
        self.raise_()
