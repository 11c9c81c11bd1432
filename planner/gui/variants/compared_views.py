"""Pictures of two variants beside each other: 3D or in line with a needle, one camera for both."""

from collections.abc import Mapping

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QSizePolicy, QVBoxLayout, QWidget

from planner.gui.panels.cards import Segments, label

_LOOKS = {
    "3d": ("3D", ("3d-ap", "3d-lateral")),
    "left": ("Left needle", ("left-axial", "left-sagittal")),
    "right": ("Right needle", ("right-axial", "right-sagittal")),
}
_LEAST_PX = (180, 135)


class ComparedViews(QWidget):
    """Two columns, one a variant; two pictures each."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        self.looks = Segments(
            [(key, title) for key, (title, _names) in _LOOKS.items()], self.look, "pictures"
        )
        column.addWidget(self.looks)
        grid = QGridLayout()
        grid.setSpacing(6)
        self.titles = [label("", "section") for _ in range(2)]
        self.pictures = [[_FittedPicture() for _row in range(2)] for _ in range(2)]
        for at in range(2):
            grid.addWidget(self.titles[at], 0, at)
            grid.setColumnStretch(at, 1)
            for row in range(2):
                grid.addWidget(self.pictures[at][row], row + 1, at)
                grid.setRowStretch(row + 1, 1)
        column.addLayout(grid, 1)
        self._look = "3d"
        self._shown: tuple[Mapping[str, bytes], ...] = ({}, {})

    def show_pictures(
        self, titles: tuple[str, str], pictures: tuple[Mapping[str, bytes], Mapping[str, bytes]]
    ) -> None:
        """Show pictures of other variants; empty ones while they are taken."""
        for shown, title in zip(self.titles, titles, strict=True):
            shown.setText(title)
        self._shown = pictures
        self.look(self._look)

    def look(self, key: str) -> None:
        """Show another kind of picture."""
        self._look = key
        self.looks.show_chosen(key)
        title, names = _LOOKS[key]
        for pictures, column in zip(self._shown, self.pictures, strict=True):
            for name, shown in zip(names, column, strict=True):
                missing = f"no {title.lower()}" if pictures else "measuring ..."
                shown.show_png(pictures.get(name), missing)


class _FittedPicture(QWidget):
    """A picture as large as there is room, in its own proportions."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumSize(*_LEAST_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.missing = ""
        self.pixmap = QPixmap()

    def show_png(self, png: bytes | None, missing: str) -> None:
        """Show a picture, or the word for why there is none."""
        self.pixmap = QPixmap()
        if png is not None:
            self.pixmap.loadFromData(png, "PNG")
        self.missing = missing
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), Qt.GlobalColor.black)
        if self.pixmap.isNull():
            painter.setPen(Qt.GlobalColor.gray)
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.missing)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self.pixmap.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        place = QRect(0, 0, size.width(), size.height())
        place.moveCenter(self.rect().center())
        painter.drawPixmap(place, self.pixmap)
