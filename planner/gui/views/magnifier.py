"""A lens under the mouse while its key is held."""

import numpy as np
from PySide6.QtCore import QPointF
from PySide6.QtGui import QPainter

from planner.gui.views.lens import RADIUS_PX, TIMES, lens_area, lens_at
from planner.gui.views.slice_frames import draw_marks, image_of_pixels
from planner.rendering.picking import Px, SliceMapping
from planner.rendering.slice_content import SliceContent


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
    with lens_at(painter, at):
        painter.drawImage(lens_area(at), image)
