"""What every stage's panel has besides: its findings, and the way to the next stage."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from planner.gui.desk_state import DeskState
from planner.gui.panels.side_panel import SidePanel
from planner.gui.theme import Palette


class StagePanel(SidePanel):
    """Shows a stage; says what the user wants by signals and computes nothing."""

    primary_pressed = Signal()

    def __init__(self, title: str, subtitle: str, palette: Palette) -> None:
        super().__init__(title, subtitle, palette)
        self.show_next("Next", enabled=True)
        self.primary.clicked.connect(self.primary_pressed)

    def add_findings(self, findings: QWidget, summary: QPushButton) -> None:
        """Put the findings last, and their summary where it is always in sight."""
        self.body.insertWidget(self.body.count() - 1, findings)
        self.foot.insertWidget(0, summary)
        summary.clicked.connect(
            lambda: self.scroll_area.verticalScrollBar().setValue(findings.geometry().top())
        )

    def show_state(self, state: DeskState) -> None:
        """Show what lies on the desk."""
        raise NotImplementedError
