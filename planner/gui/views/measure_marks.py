"""Measurements in a slice: lines, points to take hold of, and the value beside them."""

import functools
import math

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from planner.geometry.measurement import (
    MeasureKind,
    Measurement,
    angle_at_deg,
    angle_between_lines_deg,
    body_heights,
)
from planner.geometry.points import distance_mm
from planner.gui.views import overlay
from planner.imaging.region_statistics import region_statistics
from planner.imaging.volume import Volume
from planner.rendering.palette import BLACK, MEASUREMENT, MEASUREMENT_CHOSEN, Colour

_POINT_RADIUS_PX = 4.0
_KEPT_STATISTICS = 64


def lines_of(kind: MeasureKind, count: int) -> tuple[tuple[int, int], ...]:
    """Return which of the first `count` points are joined by a line."""
    pairs = {
        MeasureKind.DISTANCE: ((0, 1),),
        MeasureKind.ANGLE: ((0, 1), (1, 2)),
        MeasureKind.COBB: ((0, 1), (2, 3)),
        MeasureKind.REGION: (),
        MeasureKind.HEIGHTS: ((0, 1), (2, 3), (4, 5), (0, 4), (1, 5)),
    }[kind]
    return tuple(pair for pair in pairs if max(pair) < count)


def measurement_words(measurement: Measurement, volume: Volume | None) -> str:
    """Return what is written beside a measurement, each number with its unit."""
    points = measurement.points_lps_mm
    match measurement.kind:
        case MeasureKind.DISTANCE:
            return f"{distance_mm(*points):.1f} mm"
        case MeasureKind.ANGLE:
            return f"{angle_at_deg(*points):.1f}\N{DEGREE SIGN}"
        case MeasureKind.COBB:
            return f"Cobb {angle_between_lines_deg(points):.1f}\N{DEGREE SIGN}"
        case MeasureKind.REGION:
            return _region_words(measurement, volume)
        case MeasureKind.HEIGHTS:
            heights = body_heights(points)
            return (
                f"A {heights.anterior:.1f}  M {heights.middle:.1f}  P {heights.posterior:.1f} mm"
                f"   wedge {heights.wedge_deg:.0f}\N{DEGREE SIGN}"
            )


@functools.lru_cache(maxsize=_KEPT_STATISTICS)
def _region_words(measurement: Measurement, volume: Volume | None) -> str:
    if volume is None:
        return ""
    found = region_statistics(volume, measurement)
    if math.isnan(found.mean):
        return f"outside the images   {found.area_mm2:.0f} mm\N{SUPERSCRIPT TWO}"
    unit = " HU" if volume.modality == "CT" else ""
    return (
        f"mean {found.mean:.0f}{unit}   SD {found.standard_deviation:.0f}{unit}"
        f"   {found.area_mm2:.0f} mm\N{SUPERSCRIPT TWO}"
    )


def draw_measurement(
    painter: QPainter, kind: MeasureKind, points: list[QPointF], words: str, *, is_chosen: bool
) -> None:
    """Draw a measurement through points of the widget, complete or not."""
    colour = MEASUREMENT_CHOSEN if is_chosen else MEASUREMENT
    for pen_colour, opacity, width in ((BLACK, 0.6, 3.4), (colour, 1.0, 1.6)):
        painter.setPen(QPen(overlay.qcolor(pen_colour, opacity), width))
        for first, second in lines_of(kind, len(points)):
            painter.drawLine(QLineF(points[first], points[second]))
        if kind is MeasureKind.REGION and len(points) == 2:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QRectF(points[0], points[1]).normalized())
    for point in points:
        _draw_point(painter, point, colour)
    if words:
        overlay.draw_label(painter, _label_place(kind, points), words, colour)


def _label_place(kind: MeasureKind, points: list[QPointF]) -> QPointF:
    """Return where the value is written: by the end of a line, above what has an inside."""
    rightmost = max(points, key=QPointF.x)
    if kind in {MeasureKind.DISTANCE, MeasureKind.ANGLE}:
        return rightmost
    return QPointF(rightmost.x(), min(map(QPointF.y, points)))


def _draw_point(painter: QPainter, at: QPointF, colour: Colour) -> None:
    painter.setPen(QPen(overlay.qcolor(colour), 1.4))
    painter.setBrush(overlay.qcolor(BLACK, 0.55))
    painter.drawEllipse(at, _POINT_RADIUS_PX, _POINT_RADIUS_PX)
    painter.setBrush(Qt.BrushStyle.NoBrush)
