"""Heights and density of every level side by side: what is broken falls out of the row."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from planner.foundation.clinical_numbers import clinical_number
from planner.gui.levels.level_words import grade_severity
from planner.gui.theme import Palette, severity_colour

if TYPE_CHECKING:
    from planner.workflow.measure_levels import LevelReport

_HEIGHT_PX = 184
_HEIGHTS_SHARE = 0.6
_PAD_PX, _DOT_PX = 8.0, 3.4
_WORDS_PX, _LETTER_PX = 11, 16.0
_HU_LIMITS = ("l1-hu-predictive", "l1-hu-sensitive")
_LINES = (("A", "anterior_mm"), ("M", "middle_mm"), ("P", "posterior_mm"))


class OverviewPlot(QWidget):
    """Draws each level below its tile: where the tiles are is told to it."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._reports: tuple[LevelReport, ...] = ()
        self._selected: LevelReport | None = None
        self._columns: Callable[[], Sequence[QRectF]] = tuple
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        self.setAccessibleName("heights and density of every level")
        self.setToolTip(
            "Heights against what each level's neighbours lead one to expect (grey), and the mean "
            "density of spongy bone with the limits of L1 for osteoporosis."
        )

    def follow(self, columns: Callable[[], Sequence[QRectF]]) -> None:
        """Stand below these columns."""
        self._columns = columns

    def sizeHint(self) -> QSize:
        """Return the size there should be room for."""
        return QSize(400, _HEIGHT_PX)

    def show_levels(
        self, reports: "tuple[LevelReport, ...]", selected: "LevelReport | None"
    ) -> None:
        """Show every level."""
        self._reports, self._selected = reports, selected
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint both plots."""
        del event
        columns = self._columns()
        if not self._reports or len(columns) != len(self._reports):
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(painter.font())
        font.setPixelSize(_WORDS_PX)
        painter.setFont(font)
        split = self.height() * _HEIGHTS_SHARE
        left = columns[0].left()
        heights = QRectF(left, _PAD_PX, columns[-1].right() - left, split - 2.0 * _PAD_PX)
        density = QRectF(
            left, split + _PAD_PX, heights.width(), self.height() - split - 2 * _PAD_PX
        )
        self._paint_selected(painter, columns)
        self._paint_heights(painter, heights, columns)
        self._paint_density(painter, density, columns)
        painter.end()

    def _paint_selected(self, painter: QPainter, columns: Sequence[QRectF]) -> None:
        for report, column in zip(self._reports, columns, strict=True):
            if report is self._selected:
                area = QRectF(column.left(), 0.0, column.width(), self.height())
                painter.fillRect(area, QColor(self._palette.accent_dim))

    def _paint_heights(self, painter: QPainter, area: QRectF, columns: Sequence[QRectF]) -> None:
        values = [
            getattr(heights, name)
            for report in self._reports
            for heights in (report.vertebra.heights, report.reference)
            if heights is not None
            for _letter, name in _LINES
        ]
        low, high = min(values) - 1.5, max(values) + 1.5
        self._paint_axis(painter, area, (low, high), _ticks(low, high, 5.0), "mm")
        self._paint_expected(painter, area, (low, high), columns)
        colours = (self._palette.danger, self._palette.caution, self._palette.accent)
        for number, ((letter, name), colour) in enumerate(zip(_LINES, colours, strict=True)):
            points = [
                QPointF(
                    column.center().x(), _y(area, (low, high), getattr(r.vertebra.heights, name))
                )
                for r, column in zip(self._reports, columns, strict=True)
            ]
            painter.setPen(QPen(QColor(colour), 1.6))
            painter.drawPolyline(QPolygonF(points))
            painter.setBrush(QColor(self._palette.surface))
            for point in points:
                painter.drawEllipse(point, _DOT_PX, _DOT_PX)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            place = QRectF(area.left() + 4.0 + _LETTER_PX * number, 0.0, _LETTER_PX, 16.0)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, letter)

    def _paint_expected(
        self,
        painter: QPainter,
        area: QRectF,
        extent: tuple[float, float],
        columns: Sequence[QRectF],
    ) -> None:
        """Paint the range of heights that each level's neighbours have."""
        shade = QColor(self._palette.secondary)
        shade.setAlphaF(0.38)
        for report, column in zip(self._reports, columns, strict=True):
            if report.reference is None:
                continue
            expected = [getattr(report.reference, name) for _letter, name in _LINES]
            top, bottom = _y(area, extent, max(expected)), _y(area, extent, min(expected))
            wide = column.adjusted(column.width() * 0.2, 0.0, -column.width() * 0.2, 0.0)
            painter.fillRect(QRectF(wide.left(), top, wide.width(), bottom - top), shade)

    def _paint_density(self, painter: QPainter, area: QRectF, columns: Sequence[QRectF]) -> None:
        known = [r.vertebra.trabecular_hu for r in self._reports if r.vertebra.trabecular_hu]
        extent = (0.0, max([200.0, *known]) * 1.08)
        limits = [clinical_number(name) for name in _HU_LIMITS]
        self._paint_axis(painter, area, extent, limits, "HU")
        for report, column in zip(self._reports, columns, strict=True):
            hu = report.vertebra.trabecular_hu
            if hu is None:
                continue
            top = _y(area, extent, max(hu, 0.0))
            wide = min(26.0, column.width() * 0.45)
            bar = QRectF(column.center().x() - wide / 2.0, top, wide, area.bottom() - top)
            is_broken = report.grade.grade > 0
            colour = QColor(
                severity_colour(self._palette, grade_severity(report))
                if is_broken
                else self._palette.secondary
            )
            painter.fillRect(bar, colour)

    def _paint_axis(
        self,
        painter: QPainter,
        area: QRectF,
        extent: tuple[float, float],
        ticks: Sequence[float],
        unit: str,
    ) -> None:
        """Draw lines across at round numbers, each with its number; the highest has the unit."""
        for tick in ticks:
            y = _y(area, extent, tick)
            painter.setPen(QPen(QColor(self._palette.border), 1.0, Qt.PenStyle.DashLine))
            painter.drawLine(QLineF(area.left(), y, area.right(), y))
            painter.setPen(QColor(self._palette.secondary))
            words = f"{tick:.0f} {unit}" if tick == max(ticks) else f"{tick:.0f}"
            place = QRectF(0.0, y - 8.0, area.left() - 6.0, 16.0)
            painter.drawText(
                place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, words
            )


def _y(area: QRectF, extent: tuple[float, float], value: float) -> float:
    low, high = extent
    return area.bottom() - (value - low) / (high - low) * area.height()


def _ticks(low: float, high: float, step: float) -> list[float]:
    first = int(low // step) + 1
    return [step * n for n in range(first, int(high // step) + 1)]
