"""What is measured in a radiograph: in millimetres only where the file gives a pixel size."""

import attrs
import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.measurement import (
    BodyHeights,
    MeasureKind,
    angle_at_deg,
    angle_between_lines_deg,
    body_heights,
    ellipse_area,
)
from planner.geometry.points import Triple, as_triple, distance_mm
from planner.imaging.radiograph import PixelSpacing, Radiograph, RadiographOrigin

PlacePx = tuple[float, float]
"""Column and row; whole numbers are the middles of pixels."""


@attrs.frozen
class RegionValues:
    """The pixels inside a region."""

    mean: float
    standard_deviation: float


@attrs.frozen
class RadiographMeasurement:
    """Something measured in a radiograph, in its own pixels."""

    id: str
    kind: MeasureKind
    points_px: tuple[PlacePx, ...]
    values: RegionValues | None = None
    """Of a region, kept so that they can be told without the picture; None of what has none."""

    def __attrs_post_init__(self) -> None:
        if len(self.points_px) != self.kind.point_count:
            raise GeometryProblem(f"This measurement needs {self.kind.point_count} points.")

    def with_point(self, index: int, place_px: PlacePx) -> "RadiographMeasurement":
        """Return the measurement with one point elsewhere."""
        points = list(self.points_px)
        points[index] = place_px
        return attrs.evolve(self, points_px=tuple(points), values=None)


@attrs.frozen
class MeasuredRadiograph:
    """A radiograph without its pixels, and what was measured in it."""

    series_uid: str
    part: str
    number: int
    """Which picture of its series, from 0."""
    measurements: tuple[RadiographMeasurement, ...] = ()
    spacing: PixelSpacing | None = None
    modality: str = ""
    view: str = ""
    origin: RadiographOrigin | None = None
    """None where it was measured by a version that did not keep where: then `spacing` says
    nothing either."""


@attrs.frozen
class Measured:
    """What a measurement comes to. Lengths are in `unit`, ``mm`` or ``px``."""

    unit: str
    length: float | None = None
    angle_deg: float | None = None
    heights: BodyHeights | None = None
    mean: float | None = None
    standard_deviation: float | None = None
    area: float | None = None
    """In the square of the unit."""


def with_values(
    measurement: RadiographMeasurement, radiograph: Radiograph
) -> RadiographMeasurement:
    """Return the measurement with the pixels' values, where it is a region that lacks them."""
    if measurement.kind is not MeasureKind.REGION or measurement.values is not None:
        return measurement
    return attrs.evolve(measurement, values=_region_values(measurement, radiograph))


def measured(measurement: RadiographMeasurement, radiograph: Radiograph) -> Measured:
    """Return what a measurement comes to in its picture, as `measured_on` does."""
    return measured_on(with_values(measurement, radiograph), radiograph.spacing)


def measured_on(measurement: RadiographMeasurement, spacing: PixelSpacing | None) -> Measured:
    """Return what a measurement comes to.

    Without a pixel size the pixels are taken as square, lengths are counts of them, and angles
    and ratios are what can be trusted.
    """
    unit = "px" if spacing is None else "mm"
    points = tuple(_scaled(place, spacing) for place in measurement.points_px)
    match measurement.kind:
        case MeasureKind.DISTANCE:
            return Measured(unit, length=distance_mm(*points))
        case MeasureKind.ANGLE:
            return Measured(unit, angle_deg=angle_at_deg(*points))
        case MeasureKind.COBB:
            return Measured(unit, angle_deg=angle_between_lines_deg(points))
        case MeasureKind.HEIGHTS:
            return Measured(unit, heights=body_heights(points))
        case MeasureKind.REGION:
            return _region(measurement, points, unit)


def _scaled(place_px: PlacePx, spacing: PixelSpacing | None) -> Triple:
    column, row = place_px
    if spacing is None:
        return as_triple((column, row, 0.0))
    return as_triple((column * spacing.column_mm, row * spacing.row_mm, 0.0))


def _region(measurement: RadiographMeasurement, points: tuple[Triple, ...], unit: str) -> Measured:
    width, height = (abs(points[1][axis] - points[0][axis]) for axis in (0, 1))
    values, area = measurement.values, ellipse_area(width, height)
    if values is None:
        return Measured(unit, area=area)
    return Measured(unit, mean=values.mean, standard_deviation=values.standard_deviation, area=area)


def _region_values(
    measurement: RadiographMeasurement, radiograph: Radiograph
) -> RegionValues | None:
    corners = np.asarray(measurement.points_px)
    centre, half = corners.mean(axis=0), np.maximum(np.ptp(corners, axis=0) / 2.0, 0.5)
    rows, columns = radiograph.pixels.shape
    low = np.clip(np.floor(centre - half).astype(int), 0, (columns, rows))
    high = np.clip(np.ceil(centre + half).astype(int) + 1, 0, (columns, rows))
    x, y = np.meshgrid(np.arange(low[0], high[0]), np.arange(low[1], high[1]))
    inside = ((x - centre[0]) / half[0]) ** 2 + ((y - centre[1]) / half[1]) ** 2 <= 1.0
    values = radiograph.pixels[y[inside], x[inside]].astype(np.float64)
    return RegionValues(float(values.mean()), float(values.std())) if values.size else None
