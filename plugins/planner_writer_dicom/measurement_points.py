"""The points of a measurement as numbers in double precision, and back."""

from collections.abc import Iterator, Mapping

from planner.export.plan_quantities import coordinate_ids
from planner.export.quantity import Quantity, Unit
from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.points import Triple, as_triple

_RIGHT, _DOWN = "slice-right", "slice-down"


def point_numbers(measurement: Measurement) -> Iterator[Quantity]:
    """Yield the coordinates of every point, then the directions of the slice."""
    for number, lps_mm in enumerate(measurement.points_lps_mm, start=1):
        yield from _numbers(f"point-{number}", f"Point {number}", lps_mm, Unit.MILLIMETRE)
    yield from _numbers(_RIGHT, "Image right of the slice", measurement.right_lps, Unit.NONE)
    yield from _numbers(_DOWN, "Image down of the slice", measurement.down_lps, Unit.NONE)


def measurement_of(identifier: str, kind: MeasureKind, numbers: Mapping[str, float]) -> Measurement:
    """Return the measurement of numbers by their ids.

    Raises
    ------
    KeyError
        If one is missing.
    """

    def triple(name: str) -> Triple:
        return as_triple([numbers[axis] for axis in coordinate_ids(name)])

    points = tuple(triple(f"point-{number + 1}") for number in range(kind.point_count))
    return Measurement(identifier, kind, points, triple(_RIGHT), triple(_DOWN))


def _numbers(name: str, words: str, values: Triple, unit: Unit) -> Iterator[Quantity]:
    for axis, letter, value in zip(coordinate_ids(name), "xyz", values, strict=True):
        yield Quantity(axis, f"{words}, LPS {letter}", value, unit)
