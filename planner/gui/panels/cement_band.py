"""A slider for the cement volume over its drawn band: reference, soft cap, hard warning."""

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from planner.gui.theme import Palette
from planner.planning.measures import CementBand

_STEPS_PER_ML = 10
_HANDLE_PX = 16
_BAR_PX = 8
_BAND_HEIGHT_PX = 44
_ROOM_BEYOND_HARD = 1.25


class BandPicture(QWidget):
    """The band as coloured stretches with their limits in numbers."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._band: CementBand | None = None
        self._top_ml = 1.0
        self.setFixedHeight(_BAND_HEIGHT_PX)

    def show_band(self, band: CementBand | None, top_ml: float) -> None:
        """Show a band on a scale from 0 to `top_ml`."""
        if (band, top_ml) != (self._band, self._top_ml):
            self._band, self._top_ml = band, top_ml
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band."""
        del event
        if self._band is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        limits = (
            (self._band.reference_ml, "reference", self._palette.accent_dim),
            (self._band.soft_ml, "soft cap", self._palette.safe_dim),
            (self._band.hard_ml, "hard", self._palette.caution_dim),
        )
        start = 0.0
        for end_ml, _name, colour in (*limits, (self._top_ml, "", self._palette.danger_dim)):
            self._draw_stretch(painter, start, end_ml, colour)
            start = end_ml
        font = QFont(self.font())
        font.setPixelSize(11)
        painter.setFont(font)
        last_right = -1.0
        for number, (end_ml, name, _colour) in enumerate(limits):
            last_right = self._draw_limit(painter, end_ml, name, number, last_right)
        painter.end()

    def _x(self, volume_ml: float) -> float:
        usable = self.width() - _HANDLE_PX
        return _HANDLE_PX / 2 + usable * min(1.0, volume_ml / self._top_ml)

    def _draw_stretch(self, painter: QPainter, start_ml: float, end_ml: float, colour: str) -> None:
        left, right = self._x(start_ml), self._x(end_ml)
        painter.fillRect(QRectF(left, 0, max(0.0, right - left), _BAR_PX), QColor(colour))

    def _draw_limit(
        self, painter: QPainter, end_ml: float, name: str, number: int, last_right: float
    ) -> float:
        x = self._x(end_ml)
        colour = (self._palette.secondary, self._palette.safe, self._palette.caution)[number]
        painter.setPen(QColor(colour))
        text = f"{name} {end_ml:.1f}"
        width = painter.fontMetrics().horizontalAdvance(text) + 4
        left = max(0.0, min(x - width / 2, self.width() - width))
        row_px = _BAR_PX + 3 if left > last_right else _BAR_PX + 18
        painter.drawLine(int(x), 0, int(x), int(row_px) + 2)
        painter.drawText(
            QRectF(left, row_px, width, 15),
            Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter,
            text,
        )
        return left + width if row_px == _BAR_PX + 3 else last_right


class CementSlider(QWidget):
    """Sets the cement volume; the band under it says what the volume means."""

    volume_changed = Signal(float)
    drag_began = Signal(str)
    drag_ended = Signal()

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("cement volume")
        self.slider.valueChanged.connect(
            lambda steps: self.volume_changed.emit(steps / _STEPS_PER_ML)
        )
        self.slider.sliderPressed.connect(lambda: self.drag_began.emit("cement volume"))
        self.slider.sliderReleased.connect(self.drag_ended)
        self._picture = BandPicture(palette)
        column.addWidget(self.slider)
        column.addWidget(self._picture)

    def show_volume(self, volume_ml: float, band: CementBand | None) -> None:
        """Show a volume; without a band the last scale stays."""
        with QSignalBlocker(self.slider):
            if band is not None:
                top_ml = max(band.hard_ml * _ROOM_BEYOND_HARD, 1.0)
                self._picture.show_band(band, top_ml)
                self.slider.setRange(0, round(top_ml * _STEPS_PER_ML))
            elif self.slider.maximum() < volume_ml * _STEPS_PER_ML:
                self.slider.setRange(0, round(volume_ml * _STEPS_PER_ML))
            self.slider.setValue(round(volume_ml * _STEPS_PER_ML))
