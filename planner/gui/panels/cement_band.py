"""A slider for the cement volume over its drawn band: reference, soft cap, hard warning."""

from PySide6.QtCore import QRectF, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from planner.gui.theme import Palette
from planner.planning.measures import CementBand

_STEPS_PER_ML = 10
_HANDLE_PX = 16
_BAR_PX = 8
_FONT_PX, _ROW_PX, _FIRST_ROW_PX, _APART_PX = 11, 15, 11, 4
_ROOM_BEYOND_HARD = 1.25


class BandPicture(QWidget):
    """The band as coloured stretches with their limits in numbers."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._band: CementBand | None = None
        self._top_ml = 1.0
        font = QFont(self.font())
        font.setPixelSize(_FONT_PX)
        self.setFont(font)
        self.setFixedHeight(_FIRST_ROW_PX + 2 * _ROW_PX)

    def show_band(self, band: CementBand | None, top_ml: float) -> None:
        """Show a band on a scale from 0 to `top_ml`."""
        if (band, top_ml) != (self._band, self._top_ml):
            self._band, self._top_ml = band, top_ml
            self._fit_height()
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the band."""
        del event
        if self._band is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        start = 0.0
        shades = (self._palette.accent_dim, self._palette.safe_dim, self._palette.caution_dim)
        ends_ml = [ml for ml, _ in self._limits()]
        for end_ml, colour in zip(
            (*ends_ml, self._top_ml), (*shades, self._palette.danger_dim), strict=True
        ):
            self._draw_stretch(painter, start, end_ml, colour)
            start = end_ml
        tones = (self._palette.secondary, self._palette.safe, self._palette.caution)
        for (end_ml, text), area, tone in zip(
            self._limits(), self.label_areas(), tones, strict=True
        ):
            painter.setPen(QColor(tone))
            x = int(self._x(end_ml))
            painter.drawLine(x, 0, x, int(area.top()) + 2)
            painter.drawText(
                area, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignVCenter, text
            )
        painter.end()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Make room for as many rows of limits as this width needs."""
        super().resizeEvent(event)
        self._fit_height()

    def _fit_height(self) -> None:
        lowest = max((area.bottom() for area in self.label_areas()), default=0.0)
        self.setFixedHeight(max(int(lowest) + 3, _FIRST_ROW_PX + 2 * _ROW_PX))

    def _limits(self) -> tuple[tuple[float, str], ...]:
        band = self._band
        if band is None:
            return ()
        named = (
            (band.reference_ml, "reference"),
            (band.soft_ml, "soft cap"),
            (band.hard_ml, "hard"),
        )
        return tuple((ml, f"{name} {ml:.1f}") for ml, name in named)

    def label_areas(self) -> tuple[QRectF, ...]:
        """Return where each limit is written: in the first row in which it hides no other."""
        areas: list[QRectF] = []
        for ml, text in self._limits():
            width = self.fontMetrics().horizontalAdvance(text) + _APART_PX
            left = max(0.0, min(self._x(ml) - width / 2, self.width() - width))
            area = QRectF(left, _FIRST_ROW_PX, width, _ROW_PX)
            while any(area.intersects(other) for other in areas):
                area.translate(0.0, _ROW_PX)
            areas.append(area)
        return tuple(areas)

    def _x(self, volume_ml: float) -> float:
        usable = self.width() - _HANDLE_PX
        return _HANDLE_PX / 2 + usable * min(1.0, volume_ml / self._top_ml)

    def _draw_stretch(self, painter: QPainter, start_ml: float, end_ml: float, colour: str) -> None:
        left, right = self._x(start_ml), self._x(end_ml)
        painter.fillRect(QRectF(left, 0, max(0.0, right - left), _BAR_PX), QColor(colour))


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
        self.picture = BandPicture(palette)
        column.addWidget(self.slider)
        column.addWidget(self.picture)

    def show_volume(self, volume_ml: float, band: CementBand | None) -> None:
        """Show a volume; without a band the last scale stays."""
        with QSignalBlocker(self.slider):
            if band is not None:
                top_ml = max(band.hard_ml * _ROOM_BEYOND_HARD, 1.0)
                self.picture.show_band(band, top_ml)
                self.slider.setRange(0, round(top_ml * _STEPS_PER_ML))
            elif self.slider.maximum() < volume_ml * _STEPS_PER_ML:
                self.slider.setRange(0, round(volume_ml * _STEPS_PER_ML))
            self.slider.setValue(round(volume_ml * _STEPS_PER_ML))
