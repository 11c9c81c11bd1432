"""How a row of the browser is painted: thumbnail, name, geometry, verdict."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from planner.dicom.scan_result import SeriesKind
from planner.gui.browser.series_list import PatientRow, Row, SeriesListModel, SeriesRow
from planner.gui.browser.series_words import facts_of, kind_of, name_of, severity_of, verdict_of
from planner.gui.browser.thumbnails import ThumbnailMaker
from planner.gui.theme import SEVERITY_ICONS, Palette, icon_pixmap, severity_colour

THUMBNAIL_PX = 72
_HEIGHTS_PX = {"PatientRow": 42, "StudyRow": 26, "SeriesRow": 92}
_GAP_PX, _PAD_PX, _ICON_PX, _RADIUS_PX = 3, 10, 15, 8.0
_LINE_PX = 22
_BADGE_PAD_PX = 9


class SeriesDelegate(QStyledItemDelegate):
    """Paints rows; asks for the thumbnail of a series when it first comes into sight."""

    def __init__(self, palette: Palette, maker: ThumbnailMaker, parent: QWidget) -> None:
        super().__init__(parent)
        self._palette = palette
        self._maker = maker
        self._placeholder = icon_pixmap("study", palette.border, THUMBNAIL_PX)

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """Return the height of a row of its kind."""
        del option
        row: Row = index.data(SeriesListModel.ROW)
        return QSize(200, _HEIGHTS_PX[type(row).__name__])

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint a row."""
        row: Row = index.data(SeriesListModel.ROW)
        area = QRectF(option.rect)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if isinstance(row, SeriesRow):
            thumbnail = index.data(Qt.ItemDataRole.DecorationRole)
            if thumbnail is None:
                self._maker.want(row.series)
            self._paint_series(painter, area, row, thumbnail, _state_of(option))
        elif isinstance(row, PatientRow):
            place = area.adjusted(2, 12, 0, 0)
            used = self._write(painter, place, row.name, size_px=15, bold=True)
            self._write(painter, place.adjusted(used + 12, 0, 0, 0), row.details, self._secondary)
        else:
            self._write(painter, area.adjusted(2, 0, 0, 0), row.name, self._secondary)
        painter.restore()

    @property
    def _secondary(self) -> str:
        return self._palette.secondary

    def _paint_series(
        self,
        painter: QPainter,
        area: QRectF,
        row: SeriesRow,
        thumbnail: QPixmap | None,
        state: QStyle.StateFlag,
    ) -> None:
        card = area.adjusted(1, _GAP_PX, -1, -_GAP_PX)
        self._paint_card(painter, card, state)
        place = QRectF(card.left() + _PAD_PX, 0, THUMBNAIL_PX, THUMBNAIL_PX)
        place.moveTop(card.center().y() - THUMBNAIL_PX / 2)
        painter.fillRect(place, Qt.GlobalColor.black)
        paint_fitted(painter, place, thumbnail or self._placeholder)
        text = card.adjusted(THUMBNAIL_PX + 2 * _PAD_PX + 2, 0, -_PAD_PX, 0)
        line = QRectF(text.left(), card.center().y() - 1.5 * _LINE_PX, text.width(), _LINE_PX)
        room = self._paint_badges(painter, line, row)
        kind = self._write(painter, line, kind_of(row.series), self._kind_colour(row), bold=True)
        name = line.adjusted(kind + 8, 0, -room, 0)
        self._write(painter, name, name_of(row.series), size_px=14, bold=True)
        self._write(painter, line.translated(0, _LINE_PX), facts_of(row.series), self._secondary)
        severity = severity_of(row.series)
        colour = severity_colour(self._palette, severity)
        line.translate(0, 2 * _LINE_PX)
        icon = icon_pixmap(SEVERITY_ICONS[severity], colour, _ICON_PX)
        painter.drawPixmap(QPointF(line.left(), line.center().y() - _ICON_PX / 2), icon)
        self._write(
            painter, line.adjusted(_ICON_PX + 6, 0, 0, 0), verdict_of(row.series), colour, bold=True
        )

    def _kind_colour(self, row: SeriesRow) -> str:
        is_aside = row.series.kind is SeriesKind.SET_ASIDE
        return self._palette.secondary if is_aside else self._palette.accent

    def _paint_card(self, painter: QPainter, card: QRectF, state: QStyle.StateFlag) -> None:
        is_selected = bool(state & QStyle.StateFlag.State_Selected)
        is_hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        has_focus = bool(state & QStyle.StateFlag.State_HasFocus)
        edge = self._palette.secondary if is_hovered else self._palette.border
        edge = self._palette.accent if is_selected else edge
        fill = self._palette.accent_dim if is_selected else self._palette.raised
        painter.setPen(QPen(QColor(edge), 2.0 if is_selected and has_focus else 1.0))
        painter.setBrush(QColor(fill))
        painter.drawRoundedRect(card, _RADIUS_PX, _RADIUS_PX)

    def _paint_badges(self, painter: QPainter, line: QRectF, row: SeriesRow) -> float:
        """Paint what marks a series out, from the right; return the room they take."""
        words = ["open now"] if row.is_open else []
        words += ["likely planning series"] if row.is_likely else []
        right = line.right()
        for word in words:
            width = self._metrics(painter, 12).horizontalAdvance(word) + 2 * _BADGE_PAD_PX
            badge = QRectF(right - width, line.center().y() - 10, width, 20)
            painter.setPen(QColor(self._palette.accent))
            painter.setBrush(QColor(self._palette.accent_dim))
            painter.drawRoundedRect(badge, 10, 10)
            inside = badge.adjusted(_BADGE_PAD_PX, 0, 0, 0)
            self._write(painter, inside, word, self._palette.text, size_px=12)
            right -= width + 6
        return line.right() - right

    def _write(
        self,
        painter: QPainter,
        area: QRectF,
        text: str,
        colour: str | None = None,
        *,
        size_px: int = 13,
        bold: bool = False,
    ) -> float:
        """Write a line, cut with dots where it is too long; return its width."""
        metrics = self._metrics(painter, size_px, bold=bold)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(area.width()))
        painter.setPen(QColor(colour or self._palette.text))
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
        return float(metrics.horizontalAdvance(shown))

    def _metrics(self, painter: QPainter, size_px: int, *, bold: bool = False) -> QFontMetrics:
        font = QFont(painter.font())
        font.setPixelSize(size_px)
        font.setWeight(QFont.Weight.DemiBold if bold else QFont.Weight.Normal)
        painter.setFont(font)
        return QFontMetrics(font)


def paint_fitted(painter: QPainter, area: QRectF, pixmap: QPixmap) -> None:
    """Paint a picture into an area as large as its shape allows."""
    size = QSize(pixmap.size()).scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
    target = QRectF(0, 0, size.width(), size.height())
    target.moveCenter(area.center())
    painter.drawPixmap(target, pixmap, QRectF(pixmap.rect()))


def _state_of(option: QStyleOptionViewItem) -> QStyle.StateFlag:
    state: QStyle.StateFlag = option.state
    return state
