"""Handles and the live margin of needles, painted over a view."""

from PySide6.QtGui import QPainter

from planner.gui.theme import SEVERITY_WORDS
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
        overlay.draw_handle(
            painter,
            view.widget_point(handle.lps_mm),
            needle_colour(handle.side),
            is_tip=handle.end is NeedleEnd.TIP,
            opacity=view.mark_opacity(handle) * (1.0 if view.is_active(handle) else 0.75),
        )
    # The words would lie over landmarks that are dragged and outlines that are painted.
    is_covering = view.state.shows_landmarks or view.state.brush_mm is not None
    is_written = active is not None and active.label and not is_covering
    place = view.margin_place(active) if active is not None and is_written else None
    if active is not None and place is not None:
        # A colour is never the only signal. It is the side's, needle and balloon, not that of this
        # margin alone.
        worst = SEVERITY_WORDS[active.severity] if active.severity else ""
        words = f"{active.label}   {active.side.value} side: {worst}" if worst else active.label
        colour = severity_colour(active.severity)
        overlay.draw_label(painter, view.widget_point(place), words, colour)
