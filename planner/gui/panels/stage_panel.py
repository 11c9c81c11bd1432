"""What every stage's panel has: a headline, a body that scrolls, one primary button."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.panels.cards import label
from planner.gui.theme import Palette


class StagePanel(QWidget):
    """Shows a stage; says what the user wants by signals and computes nothing."""

    primary_pressed = Signal()

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
        head.addWidget(label(title, "title"))
        self.subtitle = label(subtitle, "secondary", wraps=True)
        head.addWidget(self.subtitle)
        outer.addLayout(head)
        content = QWidget()
        content.setObjectName("panelBody")
        self.body = QVBoxLayout(content)
        self.body.setContentsMargins(16, 0, 16, 0)
        self.body.setSpacing(10)
        self._scroll = QScrollArea()
        self._scroll.setWidget(content)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(self._scroll, 1)
        self._foot = QVBoxLayout()
        self._foot.setSpacing(8)
        self._foot.setContentsMargins(16, 0, 16, 0)
        self.primary = QPushButton("Next")
        self.primary.setProperty("kind", "primary")
        self.primary.clicked.connect(self.primary_pressed)
        self._foot.addWidget(self.primary)
        outer.addLayout(self._foot)

    def add_findings(self, findings: QWidget, summary: QPushButton) -> None:
        """Put the findings last, and their summary where it is always in sight."""
        self.body.insertWidget(self.body.count() - 1, findings)
        self._foot.insertWidget(0, summary)
        summary.clicked.connect(lambda: self._scroll.ensureWidgetVisible(findings, 0, 0))

    def show_state(self, state: DeskState) -> None:
        """Show what lies on the desk."""
        raise NotImplementedError

    def show_next(self, text: str, *, enabled: bool, tip: str = "") -> None:
        """Name what the primary button does."""
        self.primary.setText(text)
        self.primary.setEnabled(enabled)
        self.primary.setToolTip(tip)
