"""Distances from a needle's surface: looked up around the cylinder, not on its axis.

In the middle of a narrow bone a distance map between voxels reads too little; on the needle's
surface, nearer to the wall, it does not.
"""

import math

import numpy as np

from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.shapes import Segment
from planner.imaging.distance_maps import DistanceMap
from planner.planning.field_lines import Field, Line, along, dot, value_at

CLOCK_HOURS = 24
"""Directions around a needle."""
_AROUND = 24
_STEP_MM = 0.4
_CAP_RINGS = 3
_FARTHEST_MM = 12.0
"""A wall further away than this does not matter any more."""
_LEAST_LEAP_MM = 0.05
_UPRIGHT = 0.1
"""Needles steeper than this get another first direction."""


def field_of(distances: DistanceMap, sign: float) -> Field:
    """Return a distance map as compiled loops read it; `sign` 1 where its inside is safe."""
    grid = distances.geometry
    origin = as_triple(grid.lps_from_ijk[:3, 3])
    return Field(distances.values, origin, grid.spacing_ijk_mm[0], sign)


def least_from_surface(
    field: Field, path: Segment, stretch_mm: tuple[float, float], radius_mm: float
) -> tuple[float, float]:
    """Return the least safe distance from a needle's surface on a stretch, and where it is.

    Parameters
    ----------
    field
        Of `field_of`.
    path, stretch_mm
        From and to as distances from the path's start. A stretch that reaches the path's end
        includes the round end of the needle.
    radius_mm
        The needle's outer radius.

    Returns
    -------
    distance_mm, along_mm
        Negative inside what the needle shall keep away from.
    """
    line = Line(path.start_lps_mm, path.direction_lps, path.length_mm)
    return _least_from_surface(field, line, stretch_mm, radius_mm)


def clock_face_mm(
    field: Field, path: Segment, places_mm: FloatArray, radius_mm: float, towards_lps: FloatArray
) -> FloatArray:
    """Return the distance from a needle's surface outwards to a surface, all around it.

    Parameters
    ----------
    places_mm
        Distances from the path's start, shape (n,).
    towards_lps
        Roughly where the first direction points; the others follow right-handed about the path.

    Returns
    -------
    distances_mm, shape (n, CLOCK_HOURS)
        Along straight lines; negative where the needle's surface is out already, and at most
        12 mm.
    """
    direction = np.array(path.direction_lps)
    first = towards_lps - (towards_lps @ direction) * direction
    first /= np.linalg.norm(first)
    across = (as_triple(first), as_triple(np.cross(direction, first)))
    line = Line(path.start_lps_mm, path.direction_lps, path.length_mm)
    return _clock_face(field, line, places_mm, radius_mm, across)


@compiled
def _across(direction: Triple) -> tuple[Triple, Triple]:
    x, y, z = direction
    flat = math.hypot(x, y)
    if flat > _UPRIGHT:
        one = (y / flat, -x / flat, 0.0)
    else:
        one = (1.0, 0.0, 0.0)
        one = along(one, direction, -x)
        one = along((0.0, 0.0, 0.0), one, 1.0 / math.sqrt(dot(one, one)))
    return one, (y * one[2] - z * one[1], z * one[0] - x * one[2], x * one[1] - y * one[0])


@compiled
def _outwards(across: tuple[Triple, Triple], angle: float) -> Triple:
    one = along((0.0, 0.0, 0.0), across[0], math.cos(angle))
    return along(one, across[1], math.sin(angle))


@compiled
def _least_from_surface(
    field: Field, line: Line, stretch_mm: tuple[float, float], radius_mm: float
) -> tuple[float, float]:
    across = _across(line.direction)
    start, end = stretch_mm
    steps = max(math.ceil((end - start) / _STEP_MM), 1)
    least, place = math.inf, start
    for turn in range(_AROUND):
        out = _outwards(across, turn * (2.0 * math.pi / _AROUND))
        side = Line(along(line.through, out, radius_mm), line.direction, line.length_mm)
        for step in range(steps + 1):
            place_mm = start + (end - start) * step / steps
            here = value_at(field, side, place_mm)
            if here < least:
                least, place = here, place_mm
        if end < line.length_mm - 1e-9:
            continue
        for ring in range(1, _CAP_RINGS + 1):
            rise = ring * (0.5 * math.pi / _CAP_RINGS)
            off = along(line.through, out, radius_mm * math.cos(rise))
            cap = Line(off, line.direction, line.length_mm)
            here = value_at(field, cap, line.length_mm + radius_mm * math.sin(rise))
            if here < least:
                least, place = here, line.length_mm
    return least, place


@compiled
def _clock_face(
    field: Field,
    line: Line,
    places_mm: FloatArray,
    radius_mm: float,
    across: tuple[Triple, Triple],
) -> FloatArray:
    found = np.empty((len(places_mm), CLOCK_HOURS))
    for n in range(len(places_mm)):
        start = along(line.through, line.direction, places_mm[n])
        for hour in range(CLOCK_HOURS):
            ray = Line(start, _outwards(across, hour * (2.0 * math.pi / CLOCK_HOURS)), _FARTHEST_MM)
            here = value_at(field, ray, radius_mm)
            far = radius_mm
            if here < 0.0:
                while here < 0.0 and far > radius_mm - _FARTHEST_MM:
                    far += min(here, -_LEAST_LEAP_MM)
                    here = value_at(field, ray, far)
            else:
                while here > 0.0 and far < radius_mm + _FARTHEST_MM:
                    far += max(here, _LEAST_LEAP_MM)
                    here = value_at(field, ray, far)
            found[n, hour] = min(far - radius_mm, _FARTHEST_MM)
    return found
