"""The files that belong to no series: counted, and each with its sentence when unfolded."""

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QStringListModel, Qt
from PySide6.QtWidgets import QListView, QPushButton, QVBoxLayout, QWidget

from planner.dicom.image_header import SkippedFile
from planner.gui.browser.series_words import counted
from planner.gui.theme import Palette, icon

_MOST_HEIGHT_PX = 190


class SkippedList(QWidget):
    """Folded until somebody asks why files are missing."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self.head = QPushButton()
        self.head.setProperty("kind", "quiet")
        self.head.setCheckable(True)
        self.head.toggled.connect(self._fold)
        self._model = QStringListModel(self)
        self.list = QListView()
        self.list.setModel(self._model)
        self.list.setUniformItemSizes(True)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setMaximumHeight(_MOST_HEIGHT_PX)
        self.list.setAccessibleName("files that were left out, each with the reason")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.list)
        self._fold(is_open=False)

    def show_skipped(self, skipped: Sequence[SkippedFile], place: Path | None) -> None:
        """Show files, named from the place that was looked through, or without where they lie.

        No file hides the list.
        """
        self._model.setStringList(
            [f"{_within(file.path, place)}:  {file.text}" for file in skipped]
        )
        self.head.setText(f"{counted(len(skipped), 'file')} left out")
        self.head.setChecked(False)
        self.setVisible(bool(skipped))

    @property
    def sentences(self) -> list[str]:
        """Every file with its reason."""
        return self._model.stringList()

    def _fold(self, is_open: bool) -> None:  # noqa: FBT001  the signal gives one value
        self.list.setVisible(is_open)
        self.head.setIcon(icon("chevron" if is_open else "arrow-right", self._palette))


def _within(path: Path, place: Path | None) -> str:
    is_inside = place is not None and path != place and path.is_relative_to(place)
    return str(path.relative_to(place)) if place and is_inside else path.name
