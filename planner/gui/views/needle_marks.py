"""Handles and the live margin of needles, painted over a view."""

from PySide6.QtGui import QPainter

from planner.gui.views import overlay
from planner.gui.views.tool_view import ToolView
from planner.rendering.palette import needle_colour, severity_colour
from planner.rendering.plan_picture import NeedleEnd


def draw_needle_marks(view: ToolView, painter: QPainter) -> None:
    """Paint each handle that a view shows, the active needle's last, and its margin."""
    active = view.active_needle()
    for handle in reversed(view.picture.handles):
        if not view.shows_handle(handle):
            continue
        is_active = active is not None and (handle.level, handle.side) == (
            active.level,
            active.side,
        )
        overlay.draw_handle(
            painter,
            view.widget_point(handle.lps_mm),
            needle_colour(handle.side),
            is_tip=handle.end is NeedleEnd.TIP,
            opacity=view.mark_opacity(handle) * (1.0 if is_active else 0.75),
        )
    if active is not None and active.label:
        tip = active.handles[1]
        if view.shows_handle(tip):
            place = view.widget_point(tip.lps_mm)
            overlay.draw_label(painter, place, active.label, severity_colour(active.severity))
