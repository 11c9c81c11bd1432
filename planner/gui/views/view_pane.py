"""A view under its header: a coloured bar, the view's name, and where it is."""

from PySide6.QtCore import Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from planner.gui.views.overlay import qcolor
from planner.gui.views.tool_view import ToolView
from planner.rendering.palette import Colour

_HEADER_HEIGHT_PX = 26


class ViewHeader(QFrame):
    """The strip above a view; a double click asks for the whole middle."""

    double_clicked = Signal()

    def __init__(self, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-header")
        self.setFixedHeight(_HEADER_HEIGHT_PX)
        self.setToolTip("Double click: this view alone, or all four again")
        self._colour: Colour | None = None
        self._bar = QFrame(self)
        self._bar.setFixedWidth(3)
        self.title = QLabel(self)
        self.title.setObjectName("view-title")
        self.place = QLabel(self)
        self.place.setObjectName("view-place")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(10)
        row.addWidget(self._bar)
        row.addWidget(self.title)
        row.addWidget(self.place, 1)
        # Words must not keep a narrow window from shrinking the views.
        self.place.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.set_colour(colour)

    def set_colour(self, colour: Colour) -> None:
        """Paint the bar."""
        if colour == self._colour:
            return
        self._colour = colour
        self._bar.setStyleSheet(f"background: {qcolor(colour).name()}; border: none;")

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Ask for the whole middle."""
        event.accept()
        self.double_clicked.emit()


class ViewPane(QFrame):
    """Header and view."""

    def __init__(self, view: ToolView, colour: Colour, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("view-pane")
        self.header = ViewHeader(colour, self)
        self.view = view
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(view, 1)

    def set_header(self, title: str, place: str) -> None:
        """Say what the view shows."""
        self.header.title.setText(title)
        self.header.place.setText(place)
