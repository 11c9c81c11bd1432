"""What the view down the barrel paints around the needle: its true width and distance rings."""

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.gui.views import overlay
from planner.gui.views.slice_planes import looks_down_the_barrel
from planner.rendering.palette import TEXT, needle_colour

if TYPE_CHECKING:
    from planner.gui.views.slice_view import SliceView

_RINGS_MM = (2.0, 5.0, 10.0)
"""From the needle's surface."""
_LEAST_NAMED_MM = 5.0
"""The numbers of narrower rings would lie on each other."""


def draw_barrel_rings(view: "SliceView", painter: QPainter) -> None:
    """Paint the cannula's outline in its true width, and rings at distances from its surface.

    Only where the view looks down the active needle.
    """
    needle = view.active_needle()
    if needle is None or not looks_down_the_barrel(view.name, view.state, needle):
        return
    centre = view.margin_place(needle)
    if centre is None:
        return
    middle = view.widget_point(centre)
    px_per_mm = 1.0 / (view.mapping.mm_per_px * view.devicePixelRatioF())
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(overlay.qcolor(needle_colour(needle.side)), 2.0))
    radius_px = needle.radius_mm * px_per_mm
    painter.drawEllipse(middle, radius_px, radius_px)
    for ring_mm in _RINGS_MM:
        ring_px = (needle.radius_mm + ring_mm) * px_per_mm
        pen = QPen(overlay.qcolor(TEXT, 0.55), 1.0, Qt.PenStyle.DotLine)
        painter.setPen(pen)
        painter.drawEllipse(middle, ring_px, ring_px)
        if ring_mm < _LEAST_NAMED_MM:
            continue
        off = ring_px * math.sqrt(0.5)
        place = QRectF(middle.x() - off - 44.0, middle.y() + off - 2.0, 42.0, 14.0)
        anchor = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        overlay.draw_text(painter, place, anchor, f"{ring_mm:.0f} mm")
