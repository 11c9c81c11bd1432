"""What stands over a slice: whose it is, its sides, scale, window, crosshair, measurements."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from planner.gui.view_state import ViewName
from planner.gui.views import overlay
from planner.gui.views.height_marks import draw_heights
from planner.gui.views.measure_marks import draw_measurement, measurement_words
from planner.gui.views.needle_marks import draw_needle_marks
from planner.rendering.layers import Layer
from planner.rendering.palette import AXIAL, CAUTION, CEMENT, CORONAL, SAGITTAL, TEXT

if TYPE_CHECKING:
    from planner.gui.views.slice_view import SliceView

_TOP_LEFT = Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft
_BOTTOM_LEFT = Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft
_LINE_PX = 17.0
_CROSSHAIR_COLOURS = {
    ViewName.AXIAL: (CORONAL, SAGITTAL),
    ViewName.SAGITTAL: (AXIAL, CORONAL),
    ViewName.CORONAL: (AXIAL, SAGITTAL),
}
"""Of the line across and the upright one: each in the colour of the view it stands for."""


def paint_slice_words(view: "SliceView", painter: QPainter) -> None:
    """Paint all that no picture of a slice may lack."""
    area = QRectF(view.rect())
    if view.volume is None:
        overlay.draw_text(painter, area, Qt.AlignmentFlag.AlignCenter, "No images")
        return
    if view.state.is_visible(Layer.CROSSHAIR):
        at = view.widget_point(view.state.crosshair_lps_mm)
        overlay.draw_crosshair(painter, area, at, *_CROSSHAIR_COLOURS[view.name])
    if view.state.is_visible(Layer.NEEDLES):
        draw_needle_marks(view, painter)
    _paint_measurements(view, painter)
    if view.shows_heights():
        draw_heights(view, painter)
    if view.state.brush_mm is not None and view.mouse is not None:
        mm_per_px = view.mapping.mm_per_px * view.devicePixelRatioF()
        overlay.draw_ring(painter, view.mouse, view.state.brush_mm / mm_per_px)
    mapping = view.mapping
    overlay.draw_sides(painter, area, mapping.plane)
    overlay.draw_scale(painter, area, mapping.mm_per_px * view.devicePixelRatioF())
    _paint_corners(view, painter, area)


def _paint_corners(view: "SliceView", painter: QPainter, area: QRectF) -> None:
    edge = overlay.EDGE_PX
    inner = area.adjusted(edge, edge, -edge, -edge)
    overlay.draw_identity(painter, inner, view.shown_patient_line())
    over = view.overlay
    label = over.label if over is not None else view.title_words
    if label:
        below = inner.adjusted(0.0, _LINE_PX, 0.0, 0.0)
        overlay.draw_line_of_words(painter, below, _TOP_LEFT, label, CAUTION)
    window = view.window_level
    words = f"W {window.width_hu:.0f}  L {window.level_hu:.0f}"
    overlay.draw_line_of_words(painter, inner, _BOTTOM_LEFT, words)
    heights = heights_line(view) if view.name is ViewName.SAGITTAL else ""
    cement = view.picture.cement if view.state.is_visible(Layer.CEMENT) else None
    model = cement.words if cement else ""
    notes = "   ".join(part for part in (view.state.slab.words, view.note) if part)
    all_lines = ((heights, TEXT), (notes, CAUTION), (model, CEMENT))
    lines = [(text, colour) for text, colour in all_lines if text]
    for number, (text, colour) in enumerate(lines, start=1):
        above = inner.adjusted(0.0, 0.0, 0.0, -_LINE_PX * number)
        overlay.draw_line_of_words(painter, above, _BOTTOM_LEFT, text, colour)


def heights_line(view: "SliceView") -> str:
    """Return the heights of the body being planned, from the front to the back."""
    focused = view.picture.in_focus
    # The lengths are those of the outline before it was edited.
    if view.picture.active_level is None or not focused or view.content.is_edited:
        return ""
    heights = focused[0].model.heights
    values = (heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
    return "heights A M P  " + " \N{MIDDLE DOT} ".join(f"{v:.1f}" for v in values) + " mm"


def _paint_measurements(view: "SliceView", painter: QPainter) -> None:
    for measurement in view.picture.measurements:
        if view.shows_measurement(measurement):
            draw_measurement(
                painter,
                measurement.kind,
                [view.widget_point(point) for point in measurement.points_lps_mm],
                measurement_words(measurement, view.volume),
                is_chosen=measurement.id == view.state.selected_measurement,
            )
    draft = view.state.draft
    if draft and all(view.is_in_slice(point) for point in draft.points_lps_mm):
        points = [view.widget_point(point) for point in draft.points_lps_mm]
        draw_measurement(painter, draft.kind, points, "", is_chosen=True)
