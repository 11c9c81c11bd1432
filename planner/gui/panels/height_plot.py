"""Heights of a body in a small plot: now, what its neighbours have, and the band afterwards."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.gui.height_outlook import HeightOutlook
from planner.gui.theme import Palette

if TYPE_CHECKING:  # loads numpy and the anatomy, which the start page does without
    from planner.simulation.height_restoration import HeightPrediction

_HEIGHT_PX = 132
_BOTTOM_PX, _TOP_PX = 34.0, 16.0
_BAR_PX, _BAND_PX = 22.0, 10.0
_FONT_PX = 11
_PLACES = ("front", "middle", "back")


class HeightPlot(QWidget):
    """A bar for each height now, a band for it afterwards, a line where its neighbours are."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._outlook: HeightOutlook | None = None
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def outlook(self) -> HeightOutlook | None:
        """What is drawn."""
        return self._outlook

    def show_outlook(self, outlook: HeightOutlook | None) -> None:
        """Draw another prediction."""
        if outlook != self._outlook:
            self._outlook = outlook
            self.setAccessibleName(_words_of(outlook))
            self.setToolTip(_words_of(outlook))
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the bars."""
        del event
        if self._outlook is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(_FONT_PX)
        painter.setFont(font)
        prediction = self._outlook.prediction
        highest = max(*prediction.usual_mm, *(band.most for band in prediction.after_mm))
        width = self.width() / 3.0
        for number in range(3):
            area = QRectF(number * width, _TOP_PX, width, self.height() - _BOTTOM_PX - _TOP_PX)
            self._draw_height(painter, area, prediction, (number, highest))
        painter.end()

    def _draw_height(
        self,
        painter: QPainter,
        area: QRectF,
        prediction: "HeightPrediction",
        place: tuple[int, float],
    ) -> None:
        """Draw one height; `place` is its number and the highest of all."""
        number, highest_mm = place
        now, usual = prediction.now_mm[number], prediction.usual_mm[number]
        after = prediction.after_mm[number]

        def y(height_mm: float) -> float:
            return area.bottom() - area.height() * height_mm / highest_mm

        left = area.center().x() - _BAR_PX - 2.0
        bar = QRectF(left, y(now), _BAR_PX, area.bottom() - y(now))
        painter.fillRect(bar, QColor(self._palette.border))
        band_left = left + _BAR_PX + 8.0
        band = QRectF(band_left, y(after.most), _BAND_PX, max(y(after.least) - y(after.most), 2.0))
        painter.fillRect(band, QColor(self._palette.balloon))
        painter.setPen(QPen(QColor(self._palette.text), 2.0))
        at = y(after.expected)
        painter.drawLine(QPointF(band_left - 4.0, at), QPointF(band_left + _BAND_PX + 4.0, at))
        painter.setPen(QPen(QColor(self._palette.secondary), 1.0, Qt.PenStyle.DashLine))
        painter.drawLine(
            QPointF(area.left() + 8.0, y(usual)), QPointF(area.right() - 8.0, y(usual))
        )
        painter.setPen(QColor(self._palette.text))
        middle = Qt.AlignmentFlag.AlignCenter
        first = QRectF(area.left(), area.bottom() + 2.0, area.width(), 15.0)
        painter.drawText(first, middle, f"{now:.1f} \N{RIGHTWARDS ARROW} {after.expected:.1f}")
        painter.setPen(QColor(self._palette.secondary))
        painter.drawText(first.translated(0.0, 14.0), middle, f"{_PLACES[number]}, mm")
        painter.drawText(
            QRectF(area.left(), y(usual) - 15.0, area.width() - 8.0, 14.0),
            Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter,
            f"{usual:.1f}",
        )


def _words_of(outlook: HeightOutlook | None) -> str:
    if outlook is None:
        return ""
    prediction = outlook.prediction
    parts = [
        f"{place} {now:.1f} mm now, {after.least:.1f} to {after.most:.1f} mm afterwards, "
        f"neighbours {usual:.1f} mm"
        for place, now, after, usual in zip(
            _PLACES, prediction.now_mm, prediction.after_mm, prediction.usual_mm, strict=True
        )
    ]
    return "Bars: now. Bands: expected afterwards. Dashed: the neighbours. " + "; ".join(parts)
