"""A lens under the mouse while its key is held."""

import numpy as np
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPen

from planner.gui.views import overlay
from planner.gui.views.slice_frames import draw_marks, image_of_pixels
from planner.rendering.palette import TEXT
from planner.rendering.picking import Px, SliceMapping
from planner.rendering.slice_content import SliceContent

RADIUS_PX = 110.0
TIMES = 3.0


def lens_mapping(mapping: SliceMapping, at_px: Px, size_px: int) -> SliceMapping:
    """Return the square of a slice that a lens over a device pixel shows."""
    plane = mapping.plane.centred_on(np.asarray(mapping.lps_of(at_px)))
    return SliceMapping(plane, size_px, size_px, mapping.mm_per_px / TIMES)


def draw_lens(painter: QPainter, content: SliceContent, at: QPointF, pixel_ratio: float) -> None:
    """Draw what lies about a place of the widget three times as large, plan included."""
    size_px = round(2.0 * RADIUS_PX * pixel_ratio)
    at_px = (at.x() * pixel_ratio, at.y() * pixel_ratio)
    mapping = lens_mapping(content.mapping, at_px, size_px)
    image = image_of_pixels(content.magnified(mapping))
    inner = QPainter(image)
    draw_marks(inner, tuple(content.marks()), mapping, pixel_ratio * 1.5)
    inner.end()
    area = QRectF(at.x() - RADIUS_PX, at.y() - RADIUS_PX, 2.0 * RADIUS_PX, 2.0 * RADIUS_PX)
    rim = QPainterPath()
    rim.addEllipse(area)
    painter.save()
    painter.setClipPath(rim)
    painter.drawImage(area, image)
    painter.restore()
    painter.setPen(QPen(overlay.qcolor(TEXT, 0.9), 1.5))
    painter.drawPath(rim)
    words = QRectF(area.left(), area.bottom() - 34.0, area.width(), 22.0)
    overlay.draw_text(painter, words, overlay.CENTRE, f"{TIMES:.0f} \N{MULTIPLICATION SIGN}")
