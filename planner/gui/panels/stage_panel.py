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
        scroll = QScrollArea()
        scroll.setWidget(content)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        outer.addWidget(scroll, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(16, 0, 16, 0)
        self.primary = QPushButton("Next")
        self.primary.setProperty("kind", "primary")
        self.primary.clicked.connect(self.primary_pressed)
        foot.addWidget(self.primary)
        outer.addLayout(foot)

    def show_state(self, state: DeskState) -> None:
        """Show what lies on the desk."""
        raise NotImplementedError

    def show_next(self, text: str, *, enabled: bool, tip: str = "") -> None:
        """Name what the primary button does."""
        self.primary.setText(text)
        self.primary.setEnabled(enabled)
        self.primary.setToolTip(tip)
