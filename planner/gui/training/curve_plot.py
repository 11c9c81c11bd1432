"""Points over runs: the learning curve of one person, or of each of a class."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.theme import Palette
from planner.rehearsal.training_record import RunRecord

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 36, 12, 10, 26
_NAMES_PX, _NAME_PX = 180, 17
_HEIGHT_PX = 190
_MOST_POINTS = 100.0
_TICKS = (0, 25, 50, 75, 100)
_DOT_PX = 4.0
_MOST_NUMBERS = 12


class CurvePlot(QWidget):
    """Total points against the number of the run, with the mark that passes."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._curves: Mapping[str, Sequence[RunRecord]] = {}
        self._pass_mark = clinical_number("score-pass-mark")
        self.setMinimumHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_pass_mark(self, points: float) -> None:
        """Show from how many points on a run of this case passes."""
        self._pass_mark = points
        self.update()

    def show_curves(self, curves: Mapping[str, Sequence[RunRecord]]) -> None:
        """Show the runs of each person, in order."""
        self._curves = {name: runs for name, runs in curves.items() if runs}
        words = "; ".join(
            f"{name}: {', '.join(f'{run.total:.0f}' for run in runs)}"
            for name, runs in self._curves.items()
        )
        self.setAccessibleName(f"points over runs: {words or 'no run yet'}")
        self.setToolTip(words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw axes, the pass mark and the curves."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Names stand beside the curves, not on them.
        right_px = _NAMES_PX if len(self._curves) > 1 else _RIGHT_PX
        area = QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -right_px, -_BOTTOM_PX)
        self._draw_axes(painter, area)
        if not self._curves:
            painter.setPen(QColor(self._palette.secondary))
            painter.drawText(area, Qt.AlignmentFlag.AlignCenter, "No run yet")
        for place, (name, runs) in enumerate(self._curves.items()):
            self._draw_curve(painter, area, runs, self._colour(place))
            if len(self._curves) > 1:
                self._draw_name(painter, area, name, place)
        painter.end()

    def _colour(self, place: int) -> QColor:
        shades = (self._palette.accent, self._palette.right, self._palette.balloon)
        shade = QColor(shades[place % len(shades)])
        return shade.lighter(100 + 25 * (place // len(shades)))

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        for tick in _TICKS:
            y = area.bottom() - tick / _MOST_POINTS * area.height()
            painter.setPen(QPen(QColor(self._palette.border), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self._palette.secondary))
            box = QRectF(0, y - 9, _LEFT_PX - 8, 18)
            painter.drawText(
                box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(tick)
            )
        y = area.bottom() - self._pass_mark / _MOST_POINTS * area.height()
        painter.setPen(QPen(QColor(self._palette.safe), 1, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.drawText(QPointF(area.left() + 6, y - 4), f"passes at {self._pass_mark:.0f}")
        most = self._most_runs()
        step = max(1, -(-most // _MOST_NUMBERS))
        painter.setPen(QColor(self._palette.secondary))
        for number in range(1, most + 1, step):
            box = QRectF(self._x(area, number) - 20, area.bottom() + 4, 40, 18)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, str(number))

    def _most_runs(self) -> int:
        return max((len(runs) for runs in self._curves.values()), default=0)

    def _x(self, area: QRectF, number: int) -> float:
        return area.left() + (number - 0.5) / max(self._most_runs(), 4) * area.width()

    def _draw_curve(
        self, painter: QPainter, area: QRectF, runs: Sequence[RunRecord], colour: QColor
    ) -> None:
        points = [
            QPointF(self._x(area, i), area.bottom() - run.total / _MOST_POINTS * area.height())
            for i, run in enumerate(runs, 1)
        ]
        painter.setPen(QPen(colour, 1.6))
        painter.drawPolyline(points)
        for point, run in zip(points, runs, strict=True):
            # Filled: passed. The curve's colour alone says nothing of it.
            painter.setBrush(colour if run.passed else QColor(self._palette.background))
            painter.drawEllipse(point, _DOT_PX, _DOT_PX)

    def _draw_name(self, painter: QPainter, area: QRectF, name: str, place: int) -> None:
        painter.setPen(self._colour(place))
        box = QRectF(area.right() + 12, area.top() + _NAME_PX * place, _NAMES_PX - 16, _NAME_PX)
        short = painter.fontMetrics().elidedText(
            name, Qt.TextElideMode.ElideRight, int(box.width())
        )
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, short)
