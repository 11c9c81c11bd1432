"""Straight lines in distance maps, as compiled loops read them."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.foundation.compiled import compiled
from planner.geometry.points import Triple

FloatMap = NDArray[np.float32]
Floats = NDArray[np.float64]


class Field(NamedTuple):
    """A distance map on a grid with equal edges along L, P and S, read ``values[k, j, i]``."""

    values: FloatMap
    origin: Triple
    edge_mm: float
    sign: float
    """1 where the inside is safe, -1 where it is the danger: safe distances are positive."""


class Line(NamedTuple):
    """A straight path through a point of the isthmus, places on it in millimetres from there."""

    through: Triple
    direction: Triple
    length_mm: float
    """To the tip."""


@compiled
def dot(a: Triple, b: Triple) -> float:
    """Return the scalar product; arrays in between would cost more than the arithmetic."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@compiled
def height_over(point: Triple, plane_point: Triple, normal: Triple) -> float:
    """Return the distance of a point from a plane, on the normal's side."""
    return dot(point, normal) - dot(plane_point, normal)


@compiled
def point_of(points: Floats, n: int) -> Triple:
    """Return a row of an array as numbers of their own: arrays are slow to hand on."""
    return points[n, 0], points[n, 1], points[n, 2]


@compiled
def along(start: Triple, way: Triple, share: float) -> Triple:
    """Return the point a share of a way from another."""
    return start[0] + share * way[0], start[1] + share * way[1], start[2] + share * way[2]


@compiled
def line_between(through: Triple, tip: Triple) -> Line:
    """Return the line through a point to a tip."""
    way = along(tip, through, -1.0)
    length_mm = math.sqrt(dot(way, way))
    return Line(through, along((0.0, 0.0, 0.0), way, 1.0 / length_mm), length_mm)


@compiled
def value_at(field: Field, line: Line, along_mm: float) -> float:
    """Return a field's safe distance at a place of a line, clamped to the field's grid."""
    values = field.values
    n_k, n_j, n_i = values.shape
    x = (line.through[0] + along_mm * line.direction[0] - field.origin[0]) / field.edge_mm
    x = min(max(x, 0.0), n_i - 1.0)
    y = (line.through[1] + along_mm * line.direction[1] - field.origin[1]) / field.edge_mm
    y = min(max(y, 0.0), n_j - 1.0)
    z = (line.through[2] + along_mm * line.direction[2] - field.origin[2]) / field.edge_mm
    z = min(max(z, 0.0), n_k - 1.0)
    i, j, k = min(int(x), n_i - 2), min(int(y), n_j - 2), min(int(z), n_k - 2)
    x, y, z = x - i, y - j, z - k
    low = (values[k, j, i] * (1 - x) + values[k, j, i + 1] * x) * (1 - y) + (
        values[k, j + 1, i] * (1 - x) + values[k, j + 1, i + 1] * x
    ) * y
    high = (values[k + 1, j, i] * (1 - x) + values[k + 1, j, i + 1] * x) * (1 - y) + (
        values[k + 1, j + 1, i] * (1 - x) + values[k + 1, j + 1, i + 1] * x
    ) * y
    return field.sign * float(low * (1 - z) + high * z)


@compiled
def least_along(
    field: Field,
    line: Line,
    stretch_mm: tuple[float, float, float],
    limits: tuple[float, float],
    step_mm: float,
) -> float:
    """Return the least safe distance on a stretch of a line.

    Parameters
    ----------
    stretch_mm
        From, to, and where between them it is likely to be least: looked at first, it lets the
        rest be taken in longer leaps.
    limits
        Enough: not looked into further once it is below. Plenty: not told apart above.
    step_mm
        The shortest leap.
    """
    along, end, likely = stretch_mm
    enough, plenty = limits
    least = min(value_at(field, line, min(max(likely, along), end)), plenty)
    if least < enough:
        return least
    here = value_at(field, line, along)
    least = min(least, here)
    while least >= enough and along < end:
        along = min(along + max(here - least, step_mm), end)
        here = value_at(field, line, along)
        least = min(least, here)
    return least
