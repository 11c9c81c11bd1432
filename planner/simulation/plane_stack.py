"""The compiled part of the X-ray: line integrals by stepping from plane to plane."""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from planner.simulation.compiled_loops import fast_compiled

Int16Array = NDArray[np.int16]
Floats = NDArray[np.float64]
FloatImage = NDArray[np.float32]
Range = tuple[int, int]
"""A first number, and the number before which to stop."""

_LEAST_SLOPE = 1e-9
"""A ray along the planes' normal is given this slope, in voxels a plane, to spare a division by
zero; over a thousand planes it moves by a millionth of a voxel."""
_INSIDE = 1e-3
"""How far, in voxels, the unclamped part of a ray keeps from the grid's outermost centres."""


class PlaneStack(NamedTuple):
    """Voxels as planes p that rays cross one after the other, each with columns u and rows v."""

    values: Int16Array
    """All voxels in memory order."""
    strides: NDArray[np.int32]
    """Between neighbours along p, u, v, in voxels."""
    shape: NDArray[np.int32]
    """Along p, u, v; two or more each."""
    lower: Floats
    """Least indices along p, u, v where a ray can meet anything but air."""
    upper: Floats
    """Greatest such indices."""


class RayFan(NamedTuple):
    """The rays of a picture in the indices p, u, v of a stack."""

    source: Floats
    first: Floats
    """The upper left pixel's centre."""
    right: Floats
    """From a pixel to the next in its row."""
    down: Floats
    spacing_mm: Floats
    """Along p, u, v."""


@fast_compiled
def _narrowed(
    start: float, slope: float, limits: tuple[float, float], planes: tuple[float, float]
) -> tuple[float, float]:
    """Return the part of a range of planes where ``start + plane * slope`` is within limits."""
    one, other = (limits[0] - start) / slope, (limits[1] - start) / slope
    return max(planes[0], min(one, other)), min(planes[1], max(one, other))


@fast_compiled
def _away_from_zero(slope: float) -> float:
    return slope if abs(slope) > _LEAST_SLOPE else _LEAST_SLOPE


@fast_compiled
def _sum_at_rim(
    stack: PlaneStack, start: tuple[float, float], slope: tuple[float, float], planes: Range
) -> float:
    """Return the sum along planes where the ray runs in the outer halves of outermost voxels."""
    last_u, last_v = stack.shape[1] - 1.0 - _INSIDE, stack.shape[2] - 1.0 - _INSIDE
    step_p, step_u, step_v = stack.strides
    total = 0.0
    for p in range(planes[0], planes[1]):
        u = min(max(start[0] + p * slope[0], 0.0), last_u)
        v = min(max(start[1] + p * slope[1], 0.0), last_v)
        at = p * step_p + int(u) * step_u + int(v) * step_v
        u, v = u - int(u), v - int(v)
        near = stack.values[at] * (1.0 - u) + stack.values[at + step_u] * u
        far = stack.values[at + step_v] * (1.0 - u) + stack.values[at + step_v + step_u] * u
        total += near * (1.0 - v) + far * v
    return total


@fast_compiled
def _sum_inside(
    stack: PlaneStack, start: tuple[float, float], slope: tuple[float, float], planes: Range
) -> float:
    """Return the sum along planes where four voxels surround the ray.

    Everything is of 32 bits: this loop is where all the time goes.
    """
    values = stack.values
    step_p, step_u, step_v = stack.strides
    next_u, next_v = np.uint32(step_u), np.uint32(step_v)
    start_u, start_v = np.float32(start[0]), np.float32(start[1])
    slope_u, slope_v = np.float32(slope[0]), np.float32(slope[1])
    total = np.float32(0.0)
    for p in range(np.int32(planes[0]), np.int32(planes[1])):
        u = start_u + np.float32(p) * slope_u
        v = start_v + np.float32(p) * slope_v
        i, j = np.int32(u), np.int32(v)
        # Unsigned: a signed index would be looked at for being negative each time.
        at = np.uint32(np.int32(p) * step_p + i * step_u + j * step_v)
        u -= np.float32(i)
        v -= np.float32(j)
        one, two = np.float32(values[at]), np.float32(values[at + next_u])
        near = one + (two - one) * u
        at += next_v
        one, two = np.float32(values[at]), np.float32(values[at + next_u])
        total += near + (one + (two - one) * u - near) * v
    return float(total)


@fast_compiled
def _planes_crossed(
    stack: PlaneStack, start: tuple[float, float], slope: tuple[float, float]
) -> tuple[int, int, int, int]:
    """Return the planes a ray crosses inside what is not air, and the middle part of them.

    In the middle part four voxels surround the ray in each plane.
    """
    shape = stack.shape
    low, high = stack.lower[0], stack.upper[0]
    low, high = _narrowed(start[0], slope[0], (stack.lower[1], stack.upper[1]), (low, high))
    low, high = _narrowed(start[1], slope[1], (stack.lower[2], stack.upper[2]), (low, high))
    inner = (_INSIDE, shape[1] - 1.0 - _INSIDE)
    inner_low, inner_high = _narrowed(start[0], slope[0], inner, (low, high))
    inner = (_INSIDE, shape[2] - 1.0 - _INSIDE)
    inner_low, inner_high = _narrowed(start[1], slope[1], inner, (inner_low, inner_high))
    begin, end = math.ceil(low), math.floor(high) + 1
    inner_begin = min(max(math.ceil(inner_low), begin), end)
    return begin, inner_begin, min(max(math.floor(inner_high) + 1, inner_begin), end), end


@fast_compiled
def add_line_integrals(
    stack: PlaneStack, fan: RayFan, value_per_mm: float, rows: Range, image: FloatImage
) -> None:
    """Add the line integrals of a stack to some rows of an image.

    Parameters
    ----------
    stack
        The voxels.
    fan
        The rays, each of which crosses the planes rather than running along them.
    value_per_mm
        What a voxel of value 1 adds per millimetre.
    rows
        First row, and the row before which to stop.
    image
        Changed in place.
    """
    spacing_mm = fan.spacing_mm
    source, right = fan.source, fan.right
    for row in range(rows[0], rows[1]):
        first = fan.first + row * fan.down - source
        for column in range(image.shape[1]):
            across = first[0] + column * right[0]
            slope = (
                _away_from_zero((first[1] + column * right[1]) / across),
                _away_from_zero((first[2] + column * right[2]) / across),
            )
            start = (source[1] - source[0] * slope[0], source[2] - source[0] * slope[1])
            begin, inner_begin, inner_end, end = _planes_crossed(stack, start, slope)
            if end <= begin:
                continue
            total = (
                _sum_at_rim(stack, start, slope, (begin, inner_begin))
                + _sum_inside(stack, start, slope, (inner_begin, inner_end))
                + _sum_at_rim(stack, start, slope, (inner_end, end))
            )
            step_mm = math.sqrt(
                spacing_mm[0] ** 2
                + (slope[0] * spacing_mm[1]) ** 2
                + (slope[1] * spacing_mm[2]) ** 2
            )
            image[row, column] += np.float32(total * step_mm * value_per_mm)
