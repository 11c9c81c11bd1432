"""The pages of a document, as they would be printed."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QDialog, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from planner.gui.panels.cards import label

if TYPE_CHECKING:
    from planner.workflow.preview_paper import PaperPage

_SIZE_PX = (980, 900)


class PaperPreview(QDialog):
    """Shows pages one below the other; nothing was written."""

    def __init__(
        self, title: str, pages: "tuple[PaperPage, ...]", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(f"Preview: {title}")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.resize(*_SIZE_PX)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 12)
        column.setSpacing(10)
        count = f"{len(pages)} page{'' if len(pages) == 1 else 's'}"
        column.addWidget(label(f"{count}, as they would be printed. Nothing is written yet."))
        sheet = QWidget()
        sheets = QVBoxLayout(sheet)
        sheets.setSpacing(12)
        self.pages = [_page_label(page, number) for number, page in enumerate(pages, start=1)]
        for page in self.pages:
            sheets.addWidget(page, alignment=Qt.AlignmentFlag.AlignHCenter)
        area = QScrollArea()
        area.setWidget(sheet)
        area.setWidgetResizable(True)
        column.addWidget(area, 1)
        close = QPushButton("Close")
        close.clicked.connect(self.accept)
        column.addWidget(close, alignment=Qt.AlignmentFlag.AlignRight)


def _page_label(page: "PaperPage", number: int) -> QLabel:
    image = QImage(
        page.bgr, page.width_px, page.height_px, 3 * page.width_px, QImage.Format.Format_BGR888
    )
    shown = QLabel()
    shown.setPixmap(QPixmap.fromImage(image))
    shown.setAccessibleName(f"page {number}")
    return shown
