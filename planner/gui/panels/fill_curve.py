"""A small plot against the volume: in what share of the runs cement had leaked."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.gui.filling.fill_state import CurvePoint, FillState
from planner.gui.theme import Palette

_HEIGHT_PX = 104
_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 44.0, 8.0, 8.0, 20.0
_FONT_PX = 11


class FillCurve(QWidget):
    """The share of runs with a leak, or while there are none what lies outside the bone."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._points: tuple[CurvePoint, ...] = ()
        self._top = 1.0
        self._unit = ""
        self._at_ml = 0.0
        self.setFixedHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        """Return as wide as a panel."""
        return QSize(240, _HEIGHT_PX)

    @property
    def points(self) -> tuple[CurvePoint, ...]:
        """What is drawn."""
        return self._points

    def show_state(self, state: FillState) -> None:
        """Show the curve of the runs, or of the one fill."""
        if state.has_runs:
            points, top, unit = state.curve, 1.0, "%"
        else:
            points, unit = state.outside_ml, "ml"
            top = max([0.5, *(value for _, value in points)])
        if (points, top, unit, state.shown_ml) == (
            self._points,
            self._top,
            self._unit,
            self._at_ml,
        ):
            return
        self._points, self._top, self._unit, self._at_ml = points, top, unit, state.shown_ml
        what = "share of runs with a leak" if state.has_runs else "ml outside the bone"
        self.setToolTip(f"{what}, against the volume injected. An illustration.")
        self.setAccessibleName(f"{what} against ml")
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, curve and the volume that is shown."""
        del event
        if not self._points:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(_FONT_PX)
        painter.setFont(font)
        area = QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)
        self._draw_axes(painter, area)
        line = QPolygonF([self._place(area, point) for point in self._points])
        painter.setPen(QPen(QColor(self._palette.danger), 2.0))
        painter.drawPolyline(line)
        x = self._place(area, (self._at_ml, 0.0)).x()
        if x <= area.right() + 1.0:
            painter.setPen(QPen(QColor(self._palette.text), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.end()

    def _place(self, area: QRectF, point: CurvePoint) -> QPointF:
        last_ml = self._points[-1][0] or 1.0
        return QPointF(
            area.left() + area.width() * point[0] / last_ml,
            area.bottom() - area.height() * min(point[1] / self._top, 1.0),
        )

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(QColor(self._palette.border), 1.0))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.setPen(QColor(self._palette.secondary))
        middle = Qt.AlignmentFlag.AlignVCenter
        is_share = self._unit == "%"
        top = "100 %" if is_share else f"{self._top:.1f} ml"
        for text, y in ((top, area.top()), ("0", area.bottom())):
            painter.drawText(
                QRectF(0.0, y - 8.0, _LEFT_PX - 4.0, 16.0),
                Qt.AlignmentFlag.AlignRight | middle,
                text,
            )
        last_ml = self._points[-1][0]
        below = QRectF(area.left(), area.bottom() + 3.0, area.width(), 16.0)
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | middle, "0 ml")
        painter.drawText(below, Qt.AlignmentFlag.AlignRight | middle, f"{last_ml:.1f} ml")
        words = "runs that leaked" if is_share else "outside the bone, this run"
        painter.drawText(below, Qt.AlignmentFlag.AlignHCenter | middle, words)
