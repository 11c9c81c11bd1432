"""A run over time: how deep each instrument was, the cement, the shots, what was judged."""

from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.anatomy.levels import Side
from planner.gui.fluoroscopy.room_card import severity_of
from planner.gui.theme import Palette, severity_colour
from planner.rehearsal.debrief import CoursePoint, Debrief
from planner.rehearsal.events import Panel

_LEFT_PX, _RIGHT_PX, _TOP_PX, _BOTTOM_PX = 52, 52, 22, 40
_HEIGHT_PX = 210
_SHOT_PX, _MOMENT_PX = 7.0, 4.5
_DEPTH_STEP_MM, _CEMENT_STEP_ML = 20.0, 1.0
_TIME_STEPS_S = (10, 20, 30, 60, 120, 300, 600)
_MOST_TIMES = 10


class CoursePlot(QWidget):
    """Depth on the left axis, cement on the right; a press goes to the shot nearest in time."""

    shot_chosen = Signal(int)
    """Its place in the debrief's shots."""

    def __init__(self, palette: Palette) -> None:
        super().__init__()
        self._palette = palette
        self._debrief: Debrief | None = None
        self._shown = 0
        self.setMinimumHeight(_HEIGHT_PX)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.setAccessibleName("the run over time")

    def show_run(self, debrief: Debrief, shown: int) -> None:
        """Show a run, with a line at one of its shots."""
        self._debrief, self._shown = debrief, shown
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the shot nearest in time."""
        if self._debrief is None or not self._debrief.shots:
            return
        wanted = event.position().x()
        offs = [abs(self._x(seen.shot.time_s) - wanted) for seen in self._debrief.shots]
        self.shot_chosen.emit(offs.index(min(offs)))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the axes, both curves, shots and checkpoints."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._debrief is not None and self._debrief.course:
            self._draw_axes(painter)
            self._draw_curves(painter, self._debrief.course)
            self._draw_marks(painter, self._debrief)
        painter.end()

    @property
    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_LEFT_PX, _TOP_PX, -_RIGHT_PX, -_BOTTOM_PX)

    def _x(self, time_s: float) -> float:
        area, course = self._area, self._debrief.course if self._debrief else ()
        whole_s = max(course[-1].time_s if course else 0.0, 1.0)
        return area.left() + time_s / whole_s * area.width()

    def _most(self) -> tuple[float, float]:
        course = self._debrief.course if self._debrief else ()
        depths = [depth for point in course for _side, depth in point.depths_mm]
        cement = [point.cement_ml for point in course]
        return (
            _DEPTH_STEP_MM * (max(depths, default=0.0) // _DEPTH_STEP_MM + 1),
            _CEMENT_STEP_ML * (max(cement, default=0.0) // _CEMENT_STEP_ML + 1),
        )

    def _draw_axes(self, painter: QPainter) -> None:
        area, (most_mm, most_ml) = self._area, self._most()
        painter.setPen(QColor(self._palette.secondary))
        painter.drawText(QPointF(area.left(), _TOP_PX - 8), "depth under the skin, mm")
        self._draw_legend(painter, area)
        painter.setPen(QColor(self._palette.secondary))
        for step in range(int(most_mm // _DEPTH_STEP_MM) + 1):
            y = area.bottom() - step * _DEPTH_STEP_MM / most_mm * area.height()
            painter.setPen(QPen(QColor(self._palette.border), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            painter.setPen(QColor(self._palette.secondary))
            self._at_right(painter, area.left() - 8, y - 9, f"{step * _DEPTH_STEP_MM:.0f}", 40)
        painter.setPen(QColor(self._palette.cement))
        for millilitres in range(int(most_ml) + 1):
            y = area.bottom() - millilitres / most_ml * area.height()
            painter.drawText(QPointF(area.right() + 8, y + 4), str(millilitres))
        self._draw_times(painter, area)

    def _draw_legend(self, painter: QPainter, area: QRectF) -> None:
        right = area.right()
        for words, colour in (
            ("cement, ml", self._palette.cement),
            ("right needle", self._palette.right),
            ("left needle", self._palette.left),
        ):
            painter.setPen(QColor(colour))
            self._at_right(painter, right, _TOP_PX - 22, words, 100)
            right -= 100

    def _draw_times(self, painter: QPainter, area: QRectF) -> None:
        course = self._debrief.course if self._debrief else ()
        whole_s = course[-1].time_s
        step_s = next((s for s in _TIME_STEPS_S if whole_s / s <= _MOST_TIMES), _TIME_STEPS_S[-1])
        painter.setPen(QColor(self._palette.secondary))
        for time_s in range(0, int(whole_s) + 1, step_s):
            box = QRectF(self._x(time_s) - 30, area.bottom() + 20, 60, 16)
            words = f"{time_s // 60}:{time_s % 60:02d}"
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter, words)

    def _draw_curves(self, painter: QPainter, course: tuple[CoursePoint, ...]) -> None:
        area, (most_mm, most_ml) = self._area, self._most()
        for side in Side:
            points = [
                QPointF(self._x(p.time_s), area.bottom() - d / most_mm * area.height())
                for p in course
                for s, d in p.depths_mm
                if s is side
            ]
            colour = self._palette.left if side is Side.LEFT else self._palette.right
            painter.setPen(QPen(QColor(colour), 1.8))
            painter.drawPolyline(points)
        cement = [
            QPointF(self._x(p.time_s), area.bottom() - p.cement_ml / most_ml * area.height())
            for p in course
        ]
        painter.setPen(QPen(QColor(self._palette.cement), 1.8, Qt.PenStyle.DashLine))
        painter.drawPolyline(cement)

    def _draw_marks(self, painter: QPainter, debrief: Debrief) -> None:
        area = self._area
        for place, seen in enumerate(debrief.shots):
            x = self._x(seen.shot.time_s)
            is_ap = seen.shot.panel is Panel.AP
            colour = QColor(self._palette.accent if place == self._shown else self._palette.text)
            painter.setPen(QPen(colour, 2.0 if place == self._shown else 1.0))
            # AP shots hang under the axis further up than laterals.
            top = area.bottom() + (2 if is_ap else 10)
            painter.drawLine(QPointF(x, top), QPointF(x, top + _SHOT_PX))
            if place == self._shown:
                painter.setPen(QPen(colour, 1.0, Qt.PenStyle.DotLine))
                painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        painter.setPen(Qt.PenStyle.NoPen)
        for moment in debrief.moments:
            painter.setBrush(QColor(severity_colour(self._palette, severity_of(moment))))
            x = self._x(moment.time_s)
            if moment.passed:
                painter.drawEllipse(QPointF(x, area.top() + 4), _MOMENT_PX, _MOMENT_PX)
            else:
                painter.drawRect(QRectF(x - _MOMENT_PX, area.top(), 2 * _MOMENT_PX, 2 * _MOMENT_PX))

    def _at_right(self, painter: QPainter, right: float, top: float, text: str, wide: int) -> None:
        painter.drawText(QRectF(right - wide, top, wide, 18), Qt.AlignmentFlag.AlignRight, text)
