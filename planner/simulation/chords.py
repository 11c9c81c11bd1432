"""The compiled part of bodies in the beam: how far rays run inside convex solids."""

import math
from typing import NamedTuple

import numpy as np

from planner.geometry.points import FloatArray
from planner.simulation.compiled_loops import fast_compiled
from planner.simulation.plane_stack import FloatImage

Interval = tuple[float, float]
"""Where a ray is inside, from and to in millimetres from the source; empty when it ends first."""
_NOWHERE = (0.0, -1.0)
_PARALLEL = 1e-12


class Rays(NamedTuple):
    """The rays of a picture; places are relative to the source."""

    first_mm: FloatArray
    """The upper left pixel's centre."""
    right_mm: FloatArray
    """From a pixel to the next in its row."""
    down_mm: FloatArray


class Window(NamedTuple):
    """A part of a picture, by its first row and column and those before which it stops."""

    first_row: int
    stop_row: int
    first_column: int
    stop_column: int


class Solid(NamedTuple):
    """A convex solid; places are relative to the source.

    It is what a cylinder and half spaces have in common; with round ends, what the cylinder
    between two half spaces and the spheres about the ends of its axis hold together.
    """

    start_mm: FloatArray
    end_mm: FloatArray
    axis: FloatArray
    radius_mm: float
    planes: FloatArray
    """Shape (n, 4): outward unit normal and distance from the source of each half space."""
    has_round_ends: bool
    water: float
    """What a millimetre inside adds to the image."""


@fast_compiled
def _dot(x: float, y: float, z: float, other: FloatArray) -> float:
    return float(x * other[0] + y * other[1] + z * other[2])


@fast_compiled
def _in_sphere(x: float, y: float, z: float, centre: FloatArray, radius_mm: float) -> Interval:
    """Return where the ray along a unit vector is inside a sphere."""
    middle = _dot(x, y, z, centre)
    rest = middle**2 - _dot(centre[0], centre[1], centre[2], centre) + radius_mm**2
    if rest <= 0.0:
        return _NOWHERE
    half = math.sqrt(rest)
    return middle - half, middle + half


@fast_compiled
def _in_cylinder(x: float, y: float, z: float, solid: Solid) -> Interval:
    """Return where the ray along a unit vector is inside the endless cylinder."""
    start, axis = solid.start_mm, solid.axis
    along, back = _dot(x, y, z, axis), _dot(start[0], start[1], start[2], axis)
    # What is left of ray and start after their part along the axis is taken off.
    across = 1.0 - along**2
    middle = _dot(x, y, z, start) - along * back
    outside = _dot(start[0], start[1], start[2], start) - back**2 - solid.radius_mm**2
    if across < _PARALLEL:
        return _NOWHERE if outside > 0.0 else (-math.inf, math.inf)
    rest = middle**2 - across * outside
    if rest <= 0.0:
        return _NOWHERE
    half = math.sqrt(rest)
    return (middle - half) / across, (middle + half) / across


@fast_compiled
def _in_half_spaces(x: float, y: float, z: float, planes: FloatArray, within: Interval) -> Interval:
    """Return the part of an interval that lies behind all planes."""
    begin, end = within
    for n in range(len(planes)):
        outwards = _dot(x, y, z, planes[n])
        if abs(outwards) < _PARALLEL:
            if planes[n, 3] < 0.0:
                return _NOWHERE
        elif outwards > 0.0:
            end = min(end, planes[n, 3] / outwards)
        else:
            begin = max(begin, planes[n, 3] / outwards)
    return begin, end


@fast_compiled
def _united(one: Interval, other: Interval) -> Interval:
    """Return what two intervals of a convex solid span together."""
    if one[1] <= one[0]:
        return other
    if other[1] <= other[0]:
        return one
    return min(one[0], other[0]), max(one[1], other[1])


@fast_compiled
def add_chords(image: FloatImage, rays: Rays, window: Window, solid: Solid) -> None:
    """Add what a solid weakens to the pixels of a window, in place.

    Only what lies between source and detector counts.
    """
    first, right, down = rays.first_mm, rays.right_mm, rays.down_mm
    for row in range(window.first_row, window.stop_row):
        for column in range(window.first_column, window.stop_column):
            x = first[0] + column * right[0] + row * down[0]
            y = first[1] + column * right[1] + row * down[1]
            z = first[2] + column * right[2] + row * down[2]
            length_mm = math.sqrt(x * x + y * y + z * z)
            x, y, z = x / length_mm, y / length_mm, z / length_mm
            inside = _in_half_spaces(x, y, z, solid.planes, _in_cylinder(x, y, z, solid))
            if solid.has_round_ends:
                radius_mm = solid.radius_mm
                inside = _united(inside, _in_sphere(x, y, z, solid.start_mm, radius_mm))
                inside = _united(inside, _in_sphere(x, y, z, solid.end_mm, radius_mm))
            chord_mm = min(inside[1], length_mm) - max(inside[0], 0.0)
            if chord_mm > 0.0:
                image[row, column] += np.float32(chord_mm * solid.water)
