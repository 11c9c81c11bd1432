"""The height lines of the active vertebra in the sagittal slice, with ends to drag."""

import itertools
from typing import TYPE_CHECKING

from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.anatomy.vertebra import BodyHeights, HeightLine
from planner.gui.view_state import ViewName
from planner.gui.views import overlay
from planner.rendering.layers import Layer
from planner.rendering.palette import BLACK, LANDMARK

if TYPE_CHECKING:
    from planner.gui.views.slice_view import SliceView

_REACH_MM = 8.0
"""Lines further than this before or behind a slice are not drawn in it."""
_LETTERS = {"anterior": "A", "middle": "M", "posterior": "P"}
_RADIUS_PX = 4.5
_LETTER_ABOVE_PX = 13.0


def shows_heights_in(view: "SliceView") -> bool:
    """Return whether a slice is the sagittal one through the active vertebra's height lines."""
    if view.name is not ViewName.SAGITTAL or not view.state.shows_landmarks:
        return False
    heights = heights_in(view)
    if heights is None or not view.state.is_visible(Layer.MEASUREMENTS):
        return False
    middle = heights.middle.superior_lps_mm
    return abs(view.mapping.depth_mm(middle)) <= _REACH_MM


def heights_in(view: "SliceView") -> BodyHeights | None:
    """Return the height lines as they are now, those being dragged before the vertebra's."""
    focused = view.picture.in_focus
    if view.picture.active_level is None or not focused:
        return None
    return view.state.dragged_heights or focused[0].model.heights


def draw_heights(view: "SliceView", painter: QPainter) -> None:
    """Draw each height line with its ends, its letter above and its length beside it."""
    heights = heights_in(view)
    if heights is None:
        return
    upper = [view.widget_point(line.superior_lps_mm) for _, line in heights.named_lines()]
    lower = [view.widget_point(line.inferior_lps_mm) for _, line in heights.named_lines()]
    for start, end in (*itertools.pairwise(upper), *itertools.pairwise(lower)):
        _draw_line(painter, start, end, Qt.PenStyle.DotLine)
    for (name, line), top, bottom in zip(heights.named_lines(), upper, lower, strict=True):
        _draw_line(painter, top, bottom, Qt.PenStyle.SolidLine)
        for end in (top, bottom):
            _draw_end(painter, end)
        outwards = (top - bottom) / max(QLineF(top, bottom).length(), 1.0)
        place = top + outwards * _LETTER_ABOVE_PX
        overlay.draw_centred(painter, place, _LETTERS[name], LANDMARK)
        place = bottom - outwards * _LETTER_ABOVE_PX
        overlay.draw_centred(painter, place, f"{line.height_mm:.1f}", LANDMARK)


def moved_end(
    heights: BodyHeights, name: str, *, is_superior: bool, lps_mm: tuple[float, float, float]
) -> BodyHeights:
    """Return height lines with one end elsewhere."""
    line: HeightLine = getattr(heights, name)
    ends = {"superior_lps_mm": line.superior_lps_mm, "inferior_lps_mm": line.inferior_lps_mm}
    ends["superior_lps_mm" if is_superior else "inferior_lps_mm"] = lps_mm
    lines = dict(heights.named_lines())
    lines[name] = HeightLine(**ends)
    return BodyHeights(**lines)


def _draw_line(painter: QPainter, start: QPointF, end: QPointF, style: Qt.PenStyle) -> None:
    for colour, opacity, width in ((BLACK, 0.55, 3.2), (LANDMARK, 1.0, 1.5)):
        painter.setPen(QPen(overlay.qcolor(colour, opacity), width, style))
        painter.drawLine(QLineF(start, end))


def _draw_end(painter: QPainter, at: QPointF) -> None:
    painter.setPen(QPen(overlay.qcolor(LANDMARK), 1.5))
    painter.setBrush(overlay.qcolor(BLACK, 0.6))
    painter.drawEllipse(at, _RADIUS_PX, _RADIUS_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)
