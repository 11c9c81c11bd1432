"""What every panel on the right has: a headline, a body that scrolls, a foot with buttons."""

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from planner.gui.panels.cards import label
from planner.gui.theme import Palette


class _Body(QWidget):
    """As tall as its content needs at its width, whatever comes and goes inside."""

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the height to the new width."""
        super().resizeEvent(event)
        self.fit()

    def event(self, event: QEvent) -> bool:
        """Fit the height to content that asked for more or less of it."""
        handled = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._take_height()
        return handled

    def fit(self) -> None:
        """Take the height that the content needs now.

        Qt posts no further request to a layout that waits for one already, and rows that are
        not shown yet count nothing: the panel would stay squeezed until its next resize.
        """
        layout = self.layout()
        if layout is not None:
            layout.invalidate()
            layout.activate()
            self._take_height()

    def _take_height(self) -> None:
        layout = self.layout()
        if layout is not None:
            least = layout.totalMinimumSize().height()
            self.setMinimumHeight(max(least, layout.totalHeightForWidth(self.width())))


class SidePanel(QWidget):
    """Title, subtitle, a body that scrolls, and one primary button under it."""

    def __init__(self, title: str, subtitle: str, palette: Palette) -> None:
        super().__init__()
        self.palette_of_meaning = palette
        self.setObjectName("panel")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 14, 0, 14)
        outer.setSpacing(10)
        head = QVBoxLayout()
        head.setContentsMargins(16, 0, 16, 0)
        head.setSpacing(2)
        self.title = label(title, "title", wraps=True)
        head.addWidget(self.title)
        self.subtitle = label(subtitle, "secondary", wraps=True)
        head.addWidget(self.subtitle)
        outer.addLayout(head)
        self._content = content = _Body()
        content.setObjectName("panelBody")
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(14, 0, 10, 0)
        self.body.setSpacing(10)
        self.scroll_area = QScrollArea()
        self.scroll_area.setWidget(content)
        self.scroll_area.setWidgetResizable(True)
        self.scroll_area.setFrameShape(QFrame.Shape.NoFrame)
        self.scroll_area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self.scroll_area, 1)
        self.foot = QVBoxLayout()
        self.foot.setSpacing(8)
        self.foot.setContentsMargins(16, 0, 16, 0)
        self.primary = QPushButton()
        self.primary.setProperty("kind", "primary")
        self.foot.addWidget(self.primary)
        outer.addLayout(self.foot)

    def fit(self, *_values: object) -> None:
        """Give the content the height it needs, now and once new rows are on screen."""
        self._content.fit()
        QTimer.singleShot(0, self._content.fit)

    def show_next(self, text: str, *, enabled: bool, tip: str = "") -> None:
        """Name what the primary button does."""
        self.primary.setText(text)
        self.primary.setEnabled(enabled)
        self.primary.setToolTip(tip)
