"""What a user measures by hand: points, and the lengths and angles between them."""

import enum
import math

import attrs
import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import Triple, angle_deg, as_triple, distance_mm


class MeasureKind(enum.Enum):
    """What is measured."""

    DISTANCE = "distance"
    ANGLE = "angle"
    """At the second of three points."""
    COBB = "Cobb angle"
    """Between two lines of two points each."""
    REGION = "region"
    """An ellipse between two opposite corners of the box around it."""
    HEIGHTS = "vertebral heights"
    """Upper and lower end of the front, the middle and the back of a body."""

    @property
    def point_count(self) -> int:
        """How many points it takes."""
        return {"angle": 3, "Cobb angle": 4, "vertebral heights": 6}.get(self.value, 2)


def _as_points(values: tuple[Triple, ...]) -> tuple[Triple, ...]:
    return tuple(as_triple(value) for value in values)


@attrs.frozen
class Measurement:
    """Something measured in a slice, in patient space."""

    id: str
    kind: MeasureKind
    points_lps_mm: tuple[Triple, ...] = attrs.field(converter=_as_points)
    right_lps: Triple = attrs.field(converter=as_triple)
    """Image right of the slice it was measured in."""
    down_lps: Triple = attrs.field(converter=as_triple)
    """Image down of that slice."""

    def __attrs_post_init__(self) -> None:
        if len(self.points_lps_mm) != self.kind.point_count:
            raise GeometryProblem(f"This measurement needs {self.kind.point_count} points.")

    def with_point(self, index: int, lps_mm: Triple) -> "Measurement":
        """Return the measurement with one point elsewhere."""
        points = list(self.points_lps_mm)
        points[index] = as_triple(lps_mm)
        return attrs.evolve(self, points_lps_mm=tuple(points))


def angle_at_deg(first: Triple, vertex: Triple, last: Triple) -> float:
    """Return the angle at the middle one of three points, 0 where two of them are one."""
    if vertex in {first, last}:
        return 0.0
    return angle_deg(np.subtract(first, vertex), np.subtract(last, vertex))


def angle_between_lines_deg(points: tuple[Triple, ...]) -> float:
    """Return the angle between the lines of points 0-1 and 2-3, 0 to 90 degrees.

    A line has no direction: whoever draws one of them from the other end gets the same angle.
    """
    a, b, c, d = points
    if a == b or c == d:
        return 0.0
    angle = angle_deg(np.subtract(b, a), np.subtract(d, c))
    return min(angle, 180.0 - angle)


def ellipse_area(width: float, height: float) -> float:
    """Return the area of an ellipse from the sides of the box around it."""
    return math.pi * abs(width) * abs(height) / 4.0


@attrs.frozen
class BodyHeights:
    """Heights of a vertebral body in any one unit, and what they say of its shape."""

    anterior: float
    middle: float
    posterior: float
    wedge_deg: float
    """Between the upper and the lower endplate, front to back."""

    @property
    def wedge_ratio(self) -> float:
        """The front against the back: 1 where neither is lower."""
        return self.anterior / self.posterior if self.posterior else math.nan

    @property
    def biconcave_ratio(self) -> float:
        """The middle against the back."""
        return self.middle / self.posterior if self.posterior else math.nan


def body_heights(points: tuple[Triple, ...]) -> BodyHeights:
    """Return the heights of points in pairs: front, middle, back, each upper then lower."""
    upper_front, lower_front, upper_middle, lower_middle, upper_back, lower_back = points
    return BodyHeights(
        distance_mm(upper_front, lower_front),
        distance_mm(upper_middle, lower_middle),
        distance_mm(upper_back, lower_back),
        angle_between_lines_deg((upper_front, upper_back, lower_front, lower_back)),
    )
