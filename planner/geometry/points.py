"""Points and directions in space."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem

FloatArray = NDArray[np.float64]
Vec3 = NDArray[np.float64]
"""Shape (3,), float64, read-only."""
Triple = tuple[float, float, float]
"""A point or direction inside a plan value: hashable and comparable."""
PointLike = Sequence[float] | NDArray[np.floating] | NDArray[np.integer]

_UNIT_LENGTH_TOLERANCE = 4.0 * float(np.finfo(np.float64).eps)
"""How far a length computed after scaling to 1 may be from 1 by rounding alone."""


def as_point_mm(value: PointLike) -> Vec3:
    """Return a point as a read-only float64 array of shape (3,).

    Raises
    ------
    GeometryProblem
        If there are not three finite numbers.

    Examples
    --------
    >>> as_point_mm([1, 2, 3])
    array([1., 2., 3.])
    """
    point = np.array(value, dtype=np.float64)
    if point.shape != (3,) or not np.isfinite(point).all():
        raise _no_point(value)
    point.flags.writeable = False
    return point


def _no_point(value: object) -> GeometryProblem:
    return GeometryProblem(f"A point needs three finite numbers, not {value!r}.")


def as_unit_vector(value: PointLike) -> Vec3:
    """Return a direction scaled to length 1 as a read-only float64 array of shape (3,).

    A direction that is of length 1 already stays as it is to the last bit, so that one read back
    from a file equals the one written.

    Raises
    ------
    GeometryProblem
        If there are not three finite numbers or all are zero.
    """
    vector = np.array(as_point_mm(value))
    length = float(np.linalg.norm(vector))
    if length == 0.0:
        raise GeometryProblem("A direction needs a length above zero.")
    if abs(length - 1.0) > _UNIT_LENGTH_TOLERANCE:
        vector /= length
    vector.flags.writeable = False
    return vector


def as_triple(value: PointLike) -> Triple:
    """Return three finite numbers as a tuple, for plan values.

    Raises
    ------
    GeometryProblem
        If there are not three finite numbers.
    """
    # Plans make thousands a second while a needle is dragged: plain numbers need no array.
    numbers = value.tolist() if isinstance(value, np.ndarray) else value
    try:
        x, y, z = numbers
        triple = (float(x), float(y), float(z))
    except (TypeError, ValueError):
        raise _no_point(value) from None
    if not all(map(math.isfinite, triple)):
        raise _no_point(value)
    return triple


def distance_mm(a: PointLike, b: PointLike) -> float:
    """Return the distance between two points of the same frame."""
    return math.dist(as_triple(a), as_triple(b))


def angle_deg(a: PointLike, b: PointLike) -> float:
    """Return the angle between two directions, 0 to 180 degrees.

    Examples
    --------
    >>> angle_deg([1, 0, 0], [0, 2, 0])
    90.0
    """
    first, second = as_unit_vector(a), as_unit_vector(b)
    # atan2 keeps its precision near 0 and 180 degrees, where acos loses it.
    return math.degrees(
        math.atan2(float(np.linalg.norm(np.cross(first, second))), float(first @ second))
    )
