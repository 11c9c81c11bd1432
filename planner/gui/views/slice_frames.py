"""A slice as pictures: its pixels as they were read, its marks drawn by Qt."""

import itertools

import attrs
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
        self._former: _Layers | None = None
        self._ground: tuple[_Layers, QImage] | None = None

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
        layers = _Layers(
            content.pixels(still=still), content.mapping, self._pixel_ratio, tuple(content.marks())
        )
        ground = self._ground_of(layers)
        image = QImage(ground[1])
        painter = QPainter(image)
        over = layers.marks[len(ground[0].marks) :]
        draw_marks(painter, over, layers.mapping, layers.pixel_ratio)
        painter.end()
        return image

    def _ground_of(self, layers: "_Layers") -> tuple["_Layers", QImage]:
        """Return the pixels under those marks that stay while others move, drawn once."""
        former, self._former = self._former, layers
        known, ground = self._ground, layers.common_with(former)
        is_known = known is not None and known[0].lies_under(layers)
        if known is not None and is_known and len(known[0].marks) >= len(ground.marks):
            return known
        image = _filling(ground.pixels, ground.mapping.width_px, ground.mapping.height_px)
        painter = QPainter(image)
        draw_marks(painter, ground.marks, ground.mapping, ground.pixel_ratio)
        painter.end()
        self._ground = (ground, image)
        return self._ground

    def release(self) -> None:
        """Let go of the voxels."""
        self._former, self._ground = None, None
        self._content.show_volume(None)
        self._content.show_overlay(None)


@attrs.frozen(eq=False)
class _Layers:
    """The pixels of a slice and what is drawn over them, back to front."""

    pixels: Pixels
    mapping: SliceMapping
    pixel_ratio: float
    marks: tuple[SliceMark, ...]

    def is_over_same(self, other: "_Layers") -> bool:
        """Return whether both have the same pixels at the same place."""
        return (
            self.pixels is other.pixels
            and self.mapping == other.mapping
            and self.pixel_ratio == other.pixel_ratio
        )

    def lies_under(self, other: "_Layers") -> bool:
        """Return whether another has all of these marks, and perhaps more over them."""
        return self.is_over_same(other) and len(self.common_with(other).marks) == len(self.marks)

    def common_with(self, other: "_Layers | None") -> "_Layers":
        """Return these layers with only the lowest marks that another has too."""
        if other is None or not self.is_over_same(other):
            return attrs.evolve(self, marks=())
        pairs = zip(self.marks, other.marks, strict=False)
        same = itertools.takewhile(lambda pair: pair[0] is pair[1], pairs)
        return attrs.evolve(self, marks=tuple(mine for mine, _its in same))


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
