"""The first slice on screen, painted by Qt alone: no scene has to be built for it."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.gui.upright_slice import UprightSlice
from planner.gui.views import overlay
from planner.imaging.window_level import SPINE
from planner.rendering.palette import SECONDARY_TEXT

_WORDS_PX = 14


class SlicePicture(QWidget):
    """Shows one slice with its side letters, or words while there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.words = ""
        self.paint_count = 0
        """How often a slice was painted."""
        self._slice: UprightSlice | None = None
        self._image = QImage()

    @property
    def shown(self) -> UprightSlice | None:
        """The slice on show."""
        return self._slice

    def show_words(self, words: str) -> None:
        """Show words instead of a slice."""
        self.words, self._slice, self._image = words, None, QImage()
        self.setAccessibleName(words)
        self.update()

    def show_slice(self, upright: UprightSlice) -> None:
        """Show a slice, as large as there is room, every millimetre the same both ways."""
        grey = upright.grey(SPINE)
        rows, columns = grey.shape
        image = QImage(grey.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
        # The copy owns its memory; the array goes with this call.
        self._slice, self._image = upright, image.copy()
        self.setAccessibleName(f"one {upright.orientation.value} slice")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the slice and its letters."""
        del event
        painter = QPainter(self)
        area = QRectF(self.rect())
        painter.fillRect(area, Qt.GlobalColor.black)
        if self._slice is None:
            middle = Qt.AlignmentFlag.AlignCenter
            overlay.draw_text(painter, area, middle, self.words, SECONDARY_TEXT, _WORDS_PX)
        else:
            self._paint_slice(painter, area, self._slice)
        painter.end()

    def _paint_slice(self, painter: QPainter, area: QRectF, upright: UprightSlice) -> None:
        width_mm = self._image.width() * upright.column_mm
        height_mm = self._image.height() * upright.row_mm
        px_per_mm = min(area.width() / width_mm, area.height() / height_mm)
        target = QRectF(0.0, 0.0, width_mm * px_per_mm, height_mm * px_per_mm)
        target.moveCenter(area.center())
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(target, self._image)
        overlay.draw_sides(painter, area, upright.plane)
        overlay.draw_scale(painter, area, 1.0 / px_per_mm)
        self.paint_count += 1
