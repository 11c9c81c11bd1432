"""One radiograph: zoomed, panned, windowed, and measured in its own pixels."""

import itertools
import math

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QWidget

from planner.geometry.measurement import MeasureKind
from planner.gui.radiographs.measurement_book import ImageKey, MeasurementBook
from planner.gui.radiographs.radiograph_greys import RadiographGreys
from planner.gui.radiographs.radiograph_words import caveat_of, measured_words, sides_words
from planner.gui.views import overlay
from planner.gui.views.lens import LENS_KEY, TIMES, lens_at
from planner.gui.views.measure_marks import draw_measurement
from planner.gui.views.slice_steering import window_by_hand
from planner.imaging.radiograph import Radiograph
from planner.imaging.radiograph_measurement import PlacePx
from planner.imaging.window_level import WindowLevel
from planner.rendering.palette import BLACK, CAUTION

_NOTCH, _ZOOM_PER_NOTCH = 120.0, 1.15
_GRASP_PX, _DRAGGED_PX = 10.0, 6.0
_LEAST_ZOOM, _LARGEST_ZOOM = 0.02, 20.0
_gesture_numbers = itertools.count(1)


class RadiographView(QWidget):
    """Shows a picture and its measurements; the left button measures, or moves a point."""

    measured = Signal()
    """A measurement is complete: the left button moves points again."""

    def __init__(self, book: MeasurementBook, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(200, 150)
        self.identity_line = ""
        self.chosen: str | None = None
        self._book = book
        self._radiograph: Radiograph | None = None
        self._greys: RadiographGreys | None = None
        self._key: ImageKey = ("", "", 0)
        self._window = WindowLevel(1.0, 0.0)
        self._zoom, self._middle = 1.0, (0.0, 0.0)
        self._is_fitted = True
        self._kind: MeasureKind | None = None
        self._draft: list[PlacePx] = []
        self._held: tuple[str, int, str] | None = None
        self._last = QPointF()
        self._under_mouse = ""
        self._image: tuple[object, QImage] | None = None
        self._has_lens = False
        book.changed.connect(self.update)

    @property
    def window_level(self) -> WindowLevel:
        """Which values are black and white."""
        return self._window

    @property
    def tool(self) -> MeasureKind | None:
        """What the next presses measure; None where they move points."""
        return self._kind

    def show_radiograph(
        self, radiograph: Radiograph, greys: RadiographGreys, key: ImageKey
    ) -> None:
        """Show a picture, fitted into the view."""
        self._radiograph, self._greys, self._key = radiograph, greys, key
        self._window, self._image = greys.first_window, None
        self._book.note(key, radiograph)
        self.measure(None)
        self.fit()

    def measure(self, kind: MeasureKind | None) -> None:
        """Let the next presses set the points of a measurement, or move points again."""
        self._kind, self._draft = kind, []
        shape = Qt.CursorShape.CrossCursor if kind else Qt.CursorShape.ArrowCursor
        self.setCursor(shape)
        self.update()

    def delete_chosen(self) -> None:
        """Delete the measurement made or taken hold of last."""
        if self.chosen is not None:
            self._book.remove(self._key, self.chosen)
            self.chosen = None

    def fit(self) -> None:
        """Show all of the picture."""
        if self._radiograph is None:
            return
        rows, columns = self._radiograph.pixels.shape
        height_share = self._aspect
        self._middle = ((columns - 1) / 2.0, (rows - 1) / 2.0)
        self._zoom = min(self.width() / columns, self.height() / (rows * height_share))
        self._is_fitted = True
        self.update()

    def change_window(self, window: WindowLevel) -> None:
        """Show other values as black and white."""
        self._window = window
        self.update()

    def place_of(self, position: QPointF) -> PlacePx:
        """Return the pixel under a place of the widget."""
        x = (position.x() - self.width() / 2.0) / self._zoom + self._middle[0]
        y = (position.y() - self.height() / 2.0) / (self._zoom * self._aspect) + self._middle[1]
        return x, y

    def position_of(self, place: PlacePx) -> QPointF:
        """Return the place of the widget over a pixel."""
        return QPointF(
            (place[0] - self._middle[0]) * self._zoom + self.width() / 2.0,
            (place[1] - self._middle[1]) * self._zoom * self._aspect + self.height() / 2.0,
        )

    @property
    def _aspect(self) -> float:
        """How tall a pixel is against its width: circles must look round."""
        spacing = self._radiograph.spacing if self._radiograph else None
        return spacing.row_mm / spacing.column_mm if spacing else 1.0

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Stay fitted until the user zooms."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom about the mouse."""
        place = self.place_of(event.position())
        factor = _ZOOM_PER_NOTCH ** (event.angleDelta().y() / _NOTCH)
        self._zoom = min(max(self._zoom * factor, _LEAST_ZOOM), _LARGEST_ZOOM)
        after = self.place_of(event.position())
        self._pan(place[0] - after[0], place[1] - after[1])
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Set a point, or take hold of one."""
        self._last = event.position()
        if event.button() is not Qt.MouseButton.LeftButton or self._radiograph is None:
            return
        if self._kind is not None:
            self._draft.append(self.place_of(event.position()))
            self.update()
        else:
            self._take_hold(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag a point, pan with the middle button, window with the right one."""
        step, self._last = event.position() - self._last, event.position()
        buttons = event.buttons()
        if buttons & Qt.MouseButton.MiddleButton:
            self._pan(-step.x() / self._zoom, -step.y() / (self._zoom * self._aspect))
        elif buttons & Qt.MouseButton.RightButton:
            self.change_window(window_by_hand(self._window, step))
        elif self._held is not None:
            self._move_held(event.position())
        if self._has_lens:
            self.update()
        self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go of a point; a dragged line's end is the next one."""
        self._held = None
        if self._kind is None or not self._draft:
            return
        place = event.position() - self.position_of(self._draft[-1])
        wanted = self._kind.point_count
        if len(self._draft) < wanted and math.hypot(place.x(), place.y()) > _DRAGGED_PX:
            self._draft.append(self.place_of(event.position()))
        if len(self._draft) >= wanted:
            made = self._book.add(self._key, self._kind, tuple(self._draft[:wanted]))
            self.chosen = made.id
            self.measure(None)
            self.measured.emit()
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete with its key; Escape leaves a measurement that was begun."""
        if event.key() == LENS_KEY and not event.modifiers():
            self.hold_lens(held=True)
        elif event.key() in {Qt.Key.Key_Delete, Qt.Key.Key_Backspace}:
            self.delete_chosen()
        elif event.key() == Qt.Key.Key_Escape and self._kind is not None:
            self.measure(None)
            self.measured.emit()
        else:
            super().keyPressEvent(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take the lens away with its key."""
        if event.key() == LENS_KEY and not event.isAutoRepeat():
            self.hold_lens(held=False)
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the lens away: its key may be let go elsewhere."""
        self.hold_lens(held=False)
        super().focusOutEvent(event)

    def hold_lens(self, *, held: bool) -> None:
        """Show or hide the lens under the mouse."""
        if held != self._has_lens:
            self._has_lens = held
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture, what was measured, and what no picture may lack."""
        del event
        painter = QPainter(self)
        painter.fillRect(self.rect(), overlay.qcolor(BLACK))
        if self._radiograph is None or self._greys is None:
            painter.end()
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(self._picture_area(), self._grey_image(self._greys))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_measurements(painter, self._radiograph)
        self._paint_words(painter, self._radiograph)
        if self._has_lens:
            self._paint_lens(painter, self._greys)
        painter.end()

    def _paint_lens(self, painter: QPainter, greys: RadiographGreys) -> None:
        """Draw what lies about the mouse larger, from the pixels themselves."""
        at = self._last
        with lens_at(painter, at):
            painter.fillRect(self.rect(), overlay.qcolor(BLACK))
            area = self._picture_area()
            corner = at + (area.topLeft() - at) * TIMES
            target = QRectF(corner, area.size() * TIMES)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(target, self._shades(greys, TIMES))

    def _picture_area(self) -> QRectF:
        rows, columns = self._radiograph.pixels.shape if self._radiograph else (1, 1)
        corner = self.position_of((-0.5, -0.5))
        return QRectF(corner, self.position_of((columns - 0.5, rows - 0.5)))

    def _grey_image(self, greys: RadiographGreys) -> QImage:
        times, steps = greys.at_zoom(self._zoom * self.devicePixelRatioF())
        key = (id(steps), times, self._window)
        if self._image is None or self._image[0] != key:
            self._image = (key, self._shades(greys, 1.0))
        return self._image[1]

    def _shades(self, greys: RadiographGreys, times_larger: float) -> QImage:
        _, steps = greys.at_zoom(self._zoom * self.devicePixelRatioF() * times_larger)
        shades = greys.greys(steps, self._window)
        rows, columns = shades.shape
        shared = QImage(shades.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
        return shared.copy()

    def _paint_measurements(self, painter: QPainter, radiograph: Radiograph) -> None:
        for item in self._book.of(self._key):
            draw_measurement(
                painter,
                item.kind,
                [self.position_of(place) for place in item.points_px],
                measured_words(item, radiograph),
                is_chosen=item.id == self.chosen,
            )
        if self._kind is not None and self._draft:
            points = [self.position_of(place) for place in self._draft]
            draw_measurement(painter, self._kind, points, "", is_chosen=True)

    def _paint_words(self, painter: QPainter, radiograph: Radiograph) -> None:
        edge = overlay.EDGE_PX
        inner = QRectF(self.rect()).adjusted(edge, edge, -edge, -edge)
        top = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
        bottom = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
        overlay.draw_line_of_words(painter, inner, top, self.identity_line)
        second = inner.adjusted(0.0, 17.0, 0.0, 0.0)
        words = f"{radiograph.modality}   {sides_words(radiograph)}"
        overlay.draw_line_of_words(painter, second, top, words)
        window = f"W {self._window.width_hu:.0f}  L {self._window.level_hu:.0f}{self._under_mouse}"
        overlay.draw_line_of_words(painter, inner, bottom, window)
        above = inner.adjusted(0.0, 0.0, 0.0, -17.0)
        overlay.draw_line_of_words(painter, above, bottom, caveat_of(radiograph.spacing), CAUTION)
        if radiograph.sides is not None:
            overlay.draw_side_letters(painter, QRectF(self.rect()), radiograph.sides)
        if radiograph.spacing is not None:
            overlay.draw_scale(
                painter, QRectF(self.rect()), radiograph.spacing.column_mm / self._zoom
            )

    def _take_hold(self, position: QPointF) -> None:
        for item in reversed(self._book.of(self._key)):
            for index, place in enumerate(item.points_px):
                away = self.position_of(place) - position
                if math.hypot(away.x(), away.y()) <= _GRASP_PX:
                    self.chosen = item.id
                    self._held = (item.id, index, f"move-{next(_gesture_numbers)}")
                    self.update()
                    return

    def _move_held(self, position: QPointF) -> None:
        if self._held is None:
            return
        identifier, index, gesture = self._held
        held = next((m for m in self._book.of(self._key) if m.id == identifier), None)
        if held is not None:
            moved = held.with_point(index, self.place_of(position))
            self._book.replace(self._key, moved, gesture)

    def _pan(self, columns: float, rows: float) -> None:
        self._middle = (self._middle[0] + columns, self._middle[1] + rows)
        self._is_fitted = False
        self.update()

    def _hover(self, position: QPointF) -> None:
        if self._radiograph is None:
            return
        column, row = (int(np.rint(value)) for value in self.place_of(position))
        rows, columns = self._radiograph.pixels.shape
        inside = 0 <= column < columns and 0 <= row < rows
        value = float(self._radiograph.pixels[row, column]) if inside else None
        under = "" if value is None else f"   value {value:.0f} at {column}, {row}"
        if under != self._under_mouse:
            self._under_mouse = under
            self.update()
