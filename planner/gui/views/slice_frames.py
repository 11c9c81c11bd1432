"""A slice as pictures: its pixels as they were read, its marks drawn by Qt."""

import itertools

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPen, QPolygonF

from planner.geometry.points import FloatArray
from planner.gui.views.overlay import qcolor
from planner.rendering.blending import Pixels
from planner.rendering.picking import SliceMapping
from planner.rendering.render_schedule import RenderSchedule
from planner.rendering.slice_content import SliceContent
from planner.rendering.slice_marks import Fill, SliceMark, Strokes


class SliceFrames:
    """Draws the content of a slice without OpenGL: four times as fast as VTK on the processor."""

    def __init__(self, content: SliceContent) -> None:
        self._content = content
        self._pixel_ratio = 1.0

    def set_schedule(self, schedule: RenderSchedule) -> None:
        """Tell a schedule of changes."""
        self._content.set_schedule(schedule)

    def resize(self, width_px: int, height_px: int, pixel_ratio: float) -> None:
        """Draw at another size from now on."""
        self._pixel_ratio = pixel_ratio
        self._content.resize(width_px, height_px)

    def frame(self, *, still: bool) -> QImage:
        """Return the slice as it is now."""
        content = self._content
        image = _filling(content.pixels(still=still), content.width_px, content.height_px)
        painter = QPainter(image)
        draw_marks(painter, tuple(content.marks()), content.mapping, self._pixel_ratio)
        painter.end()
        return image

    def release(self) -> None:
        """Let go of the voxels."""
        self._content.show_volume(None)
        self._content.show_overlay(None)


def image_of_pixels(pixels: Pixels) -> QImage:
    """Return pixels as a coloured image with its own memory."""
    height_px, width_px = pixels.shape
    is_grey = pixels.dtype == np.uint8
    kind = QImage.Format.Format_Grayscale8 if is_grey else QImage.Format.Format_RGB32
    shared = QImage(pixels.data, width_px, height_px, pixels.strides[0], kind)
    return shared.convertToFormat(QImage.Format.Format_RGB32) if is_grey else shared.copy()


def draw_marks(
    painter: QPainter, marks: tuple[SliceMark, ...], mapping: SliceMapping, pixel_ratio: float
) -> None:
    """Draw marks in device pixels."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    for mark in marks:
        if isinstance(mark, Strokes):
            _draw_strokes(painter, mark, mapping, pixel_ratio)
        else:
            _draw_fill(painter, mark, mapping)


def _filling(pixels: Pixels, width_px: int, height_px: int) -> QImage:
    image = image_of_pixels(pixels)
    times = -(-width_px // image.width())
    if times == 1:
        return image
    filled = QImage(width_px, height_px, QImage.Format.Format_RGB32)
    painter = QPainter(filled)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(QRectF(0, 0, times * image.width(), times * image.height()), image)
    painter.end()
    return filled


def _px_of(points_lps_mm: FloatArray, mapping: SliceMapping) -> FloatArray:
    """Return device pixels of points (n, 3), shape (n, 2)."""
    plane = mapping.plane
    axes = np.stack([plane.right_lps, plane.down_lps], axis=1) / mapping.mm_per_px
    middle = (mapping.width_px / 2.0, mapping.height_px / 2.0)
    px: FloatArray = (points_lps_mm - plane.centre_lps_mm) @ axes + middle
    return px


def _draw_strokes(
    painter: QPainter, strokes: Strokes, mapping: SliceMapping, pixel_ratio: float
) -> None:
    if not len(strokes.segments_lps_mm):
        return
    lines = _px_of(strokes.segments_lps_mm.reshape(-1, 3), mapping).reshape(-1, 4).tolist()
    pen = QPen(qcolor(strokes.colour, strokes.opacity), strokes.width_px * pixel_ratio)
    # Flat ends: translucent round ones would darken every joint.
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    painter.setPen(pen)
    painter.drawLines(list(itertools.starmap(QLineF, lines)))


def _draw_fill(painter: QPainter, fill: Fill, mapping: SliceMapping) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(qcolor(fill.colour, fill.opacity))
    for outline in fill.outlines_lps_mm:
        corners = itertools.starmap(QPointF, _px_of(outline, mapping).tolist())
        painter.drawPolygon(QPolygonF(list(corners)))
    painter.setBrush(Qt.BrushStyle.NoBrush)
