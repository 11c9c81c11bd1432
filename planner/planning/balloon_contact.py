"""What an inflated balloon presses on: which walls of the body, how many square millimetres."""

import functools
from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray
from planner.geometry.shapes import Capsule, CutCapsule
from planner.planning.measures import WallContact
from planner.planning.safety_maps import SafetyMaps

_LATTICE_MM = 0.6
_SURFACE_BAND_EDGES = 1.0
"""Voxels nearer to the surface than this many edges stand for it."""
_WALLS = (
    "lateral wall",
    "anterior wall",
    "posterior wall",
    "inferior endplate",
    "superior endplate",
)


@attrs.frozen(eq=False)
class _BodyWall:
    """Points of a body's surface, the area each stands for, and its wall's number."""

    points_lps_mm: FloatArray
    area_mm2: FloatArray
    wall: NDArray[np.intp]


@functools.lru_cache(maxsize=16)
def _wall_of(maps: SafetyMaps) -> _BodyWall:
    depth_mm, grid = maps.body.values, maps.body.geometry
    edge_mm = grid.spacing_ijk_mm[0]
    kji = np.argwhere(np.abs(depth_mm) < _SURFACE_BAND_EDGES * edge_mm)
    slopes = np.stack(
        [
            ndimage.gaussian_filter1d(ndimage.sobel(depth_mm, axis=axis), 0.8, axis=axis)[
                tuple(kji.T)
            ]
            for axis in (2, 1, 0)
        ],
        axis=1,
    ).astype(np.float64)
    lengths = np.linalg.norm(slopes, axis=1)
    kept = lengths > 0.0
    kji, slopes, lengths = kji[kept], slopes[kept], lengths[kept]
    outward_lps = -(slopes / lengths[:, np.newaxis]) @ grid.axes_lps.T
    points = grid.lps_of(kji[:, ::-1])
    # Onto the surface itself, from whichever side.
    points += maps.body.at(points)[:, np.newaxis] * outward_lps
    x, y, z = maps.vertebra.lps_from_vertebra.rotation.T @ outward_lps.T
    side = np.where(np.abs(y) >= np.abs(x), np.where(y > 0, 2, 1), 0)
    is_plate = np.abs(z) >= np.maximum(np.abs(x), np.abs(y))
    wall = np.where(is_plate, np.where(z > 0, 4, 3), side)
    # A band of voxels two edges thick holds a surface's area times its thickness.
    area = np.full(len(points), grid.voxel_mm3 / (2.0 * _SURFACE_BAND_EDGES * edge_mm))
    return _BodyWall(points, area, wall)


def walls_touched(
    shape: Capsule, maps: SafetyMaps, flat: Plane | None = None
) -> tuple[WallContact, ...]:
    """Return each wall that an inflated balloon presses on, the largest area first.

    A piece of wall is pressed on where the balloon, were there no wall, would reach it. A balloon
    that grows about its middle never touches less. Behind a plane on which another balloon
    flattens it, it reaches nothing.
    """
    surface = _wall_of(maps)
    pressed = shape.signed_distance_mm(surface.points_lps_mm) <= 0.0
    if flat is not None:
        pressed &= flat.signed_distance_mm(surface.points_lps_mm) <= 0.0
    areas = np.bincount(
        surface.wall[pressed], weights=surface.area_mm2[pressed], minlength=len(_WALLS)
    )
    found = [
        WallContact(name, float(area)) for name, area in zip(_WALLS, areas, strict=True) if area > 0
    ]
    return tuple(sorted(found, key=lambda contact: -contact.area_mm2))


def volume_inside_mm3(
    shape: CutCapsule, maps: SafetyMaps, besides: Sequence[CutCapsule] = ()
) -> float:
    """Return how much of a balloon lies inside the body: its cortex clips the rest.

    What lies in one of the shapes `besides` is left out.
    """
    if shape.capsule.radius_mm == 0.0:
        return 0.0
    points = _lattice_in(shape.capsule)
    inside = maps.body.at(points) > 0.0
    if shape.flat is not None:
        inside &= shape.flat.signed_distance_mm(points) <= 0.0
    for other in besides:
        inside &= other.signed_distance_mm(points) > 0.0
    return shape.capsule.volume_mm3 * float(np.mean(inside))


def shared_volume_mm3(one: Capsule, other: Capsule) -> float:
    """Return the space that two balloons both need; they flatten each other over it."""
    if one.radius_mm == 0.0 or other.radius_mm == 0.0:
        return 0.0
    inside = other.signed_distance_mm(_lattice_in(one)) < 0.0
    return one.volume_mm3 * float(np.mean(inside))


def _lattice_in(shape: Capsule) -> FloatArray:
    """Return evenly spaced points inside a capsule, shape (n, 3)."""
    ends = np.array([shape.axis.start_lps_mm, shape.axis.end_lps_mm])
    step = min(_LATTICE_MM, shape.radius_mm / 4.0)
    lower, upper = ends.min(axis=0) - shape.radius_mm, ends.max(axis=0) + shape.radius_mm
    axes = [np.arange(a + step / 2.0, b, step) for a, b in zip(lower, upper, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    inside: FloatArray = points[shape.signed_distance_mm(points) <= 0.0]
    return inside
