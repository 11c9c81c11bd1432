"""One level of the strip: its picture, name, grade and density; a press works on it."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from planner.gui.levels.level_words import grade_severity, grade_words, short_grade
from planner.gui.theme import Palette, severity_colour

if TYPE_CHECKING:
    from planner.workflow.measure_levels import LevelReport

_HEIGHT_PX, _LEAST_WIDTH_PX, _MOST_WIDTH_PX = 96, 46, 118
_BAR_PX = 19.0
_NAME_PX, _WORDS_PX = 13, 11


class LevelTile(QAbstractButton):
    """Shows a level; checked while it is the one being worked on."""

    def __init__(self, palette: Palette, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._palette = palette
        self._report: LevelReport | None = None
        self._picture = QImage()
        self._is_pending = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_HEIGHT_PX)
        self.setMinimumWidth(_LEAST_WIDTH_PX)
        self.setMaximumWidth(_MOST_WIDTH_PX)

    @property
    def report(self) -> "LevelReport | None":
        """What is shown."""
        return self._report

    def sizeHint(self) -> QSize:
        """Return the size there should be room for."""
        return QSize(_MOST_WIDTH_PX, _HEIGHT_PX)

    def show_level(
        self, report: "LevelReport", picture: QImage, *, is_selected: bool, is_pending: bool
    ) -> None:
        """Show a level; no measure of it while its outline is another."""
        self._report, self._picture, self._is_pending = report, picture, is_pending
        self.setChecked(is_selected)
        self.update()
        name = report.vertebra.level.name
        if is_pending:
            self.setAccessibleName(f"{name}, updating")
            self.setToolTip(f"{name}: measuring the outline as it is drawn now")
            return
        density = _density(report)
        self.setAccessibleName(f"{name}, {grade_words(report)}, {density}")
        self.setToolTip(
            f"{name}: {grade_words(report)} (Genant-equivalent), "
            f"{report.grade.height_loss_share:.0%} of height lost, {density}"
            + "".join(f"\n{note}" for note in report.vertebra.notes)
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture with what stands on it."""
        del event
        report = self._report
        if report is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5)
        painter.fillRect(area, QColor("#000000"))
        self._paint_picture(painter, area.adjusted(0.0, 0.0, 0.0, -_BAR_PX))
        self._paint_words(painter, area, report)
        is_marked = self.isChecked() or self.hasFocus()
        colour = self._palette.accent if is_marked else self._palette.border
        painter.setPen(QPen(QColor(colour), 2.0 if is_marked else 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(area, 4.0, 4.0)
        painter.end()

    def _paint_picture(self, painter: QPainter, area: QRectF) -> None:
        if self._picture.isNull():
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        scale = max(area.width() / self._picture.width(), area.height() / self._picture.height())
        shown = QRectF(0.0, 0.0, area.width() / scale, area.height() / scale)
        shown.moveCenter(QRectF(self._picture.rect()).center())
        painter.drawImage(area, self._picture, shown)

    def _paint_words(self, painter: QPainter, area: QRectF, report: "LevelReport") -> None:
        font = QFont(painter.font())
        font.setPixelSize(_NAME_PX)
        font.setBold(True)
        painter.setFont(font)
        name = report.vertebra.level.name
        plate = QRectF(
            area.left(), area.top(), 8.0 + painter.fontMetrics().horizontalAdvance(name), 18
        )
        painter.fillRect(plate, QColor(0, 0, 0, 165))
        painter.setPen(QColor("#FFFFFF"))
        painter.drawText(plate, Qt.AlignmentFlag.AlignCenter, name)
        bar = QRectF(area.left(), area.bottom() - _BAR_PX, area.width(), _BAR_PX)
        painter.fillRect(bar, QColor(self._palette.raised))
        font.setPixelSize(_WORDS_PX)
        font.setBold(False)
        painter.setFont(font)
        painter.setPen(QColor(self._palette.secondary))
        words = "updating" if self._is_pending else _density(report)
        painter.drawText(bar, Qt.AlignmentFlag.AlignCenter, words)
        grade = "" if self._is_pending else short_grade(report)
        if grade:
            colour = severity_colour(self._palette, grade_severity(report))
            width = 10.0 + painter.fontMetrics().horizontalAdvance(grade)
            chip = QRectF(area.left() + 2.0, bar.top() - 18.0, min(width, area.width() - 4.0), 16.0)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colour))
            painter.drawRoundedRect(chip, 8.0, 8.0)
            painter.setPen(QColor(self._palette.on_accent))
            painter.drawText(chip, Qt.AlignmentFlag.AlignCenter, grade)


def _density(report: "LevelReport") -> str:
    hu = report.vertebra.trabecular_hu
    return "no HU" if hu is None else f"{hu:.0f} HU"
