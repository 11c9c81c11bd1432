"""How every working page is laid out: stages left, the work in the middle, its panel right."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

_PANEL_WIDTH_PX = 340
STAGE_PROPERTY = "stage"
"""The number of the stage that a page before the case belongs to: its help is that stage's."""


def lay_out_page(page: QWidget, stepper: QWidget, centre: QWidget, panel: QWidget) -> None:
    """Put three widgets side by side on a page; the middle takes what room is left."""
    # The page's own from the start: each new parent has all below it take on the style again.
    host = QWidget(page)
    host.setObjectName("panelHost")
    host.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
    host.setFixedWidth(_PANEL_WIDTH_PX)
    inside = QVBoxLayout(host)
    inside.setContentsMargins(6, 8, 8, 8)
    inside.addWidget(panel)
    row = QHBoxLayout(page)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(0)
    row.addWidget(stepper)
    middle = QVBoxLayout()
    middle.setContentsMargins(8, 8, 2, 8)
    middle.addWidget(centre)
    row.addLayout(middle, 1)
    row.addWidget(host)
