"""Surfaces of ideal shapes, closed and facing outwards, for display and export."""

from collections.abc import Sequence

import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, PointLike, as_unit_vector
from planner.geometry.shapes import Capsule, Segment
from planner.mesh.triangle_mesh import FaceArray, TriangleMesh

_SIDES = 48
"""Corners of the polygon that stands for a circle: 0.2 % off the radius."""
_RINGS = 12
"""Circles of latitude on each half sphere, its rim included."""


def cylinder_mesh(axis: Segment, radius_mm: float) -> TriangleMesh:
    """Return a cylinder with flat ends.

    Raises
    ------
    GeometryProblem
        If it has no length or no radius.
    """
    if axis.length_mm <= 0.0:
        raise GeometryProblem("A cylinder's mesh needs a length above zero.")
    rings = [(axis.start_lps_mm, radius_mm), (axis.end_lps_mm, radius_mm)]
    return _turned(axis.direction_lps, axis.start_lps_mm, rings, axis.end_lps_mm)


def capsule_mesh(capsule: Capsule) -> TriangleMesh:
    """Return a cylinder with half spheres on both ends; a sphere where the axis has no length.

    Raises
    ------
    GeometryProblem
        If it has no radius.
    """
    axis, radius_mm = capsule.axis, capsule.radius_mm
    direction = axis.direction_lps if axis.length_mm > 0.0 else (0.0, 0.0, 1.0)
    start, end = np.asarray(axis.start_lps_mm), np.asarray(axis.end_lps_mm)
    along = np.asarray(direction)
    latitudes = np.linspace(0.0, np.pi / 2.0, _RINGS + 1)[1:]
    heights, radii = radius_mm * np.cos(latitudes), radius_mm * np.sin(latitudes)
    rear = [(start - height * along, r) for height, r in zip(heights, radii, strict=True)]
    front = [(end + height * along, r) for height, r in zip(heights, radii, strict=True)]
    rings = [*rear, *(front[::-1] if axis.length_mm > 0.0 else front[-2::-1])]
    return _turned(direction, start - radius_mm * along, rings, end + radius_mm * along)


def _turned(
    direction_lps: PointLike,
    first_lps_mm: PointLike,
    rings: Sequence[tuple[PointLike, float]],
    last_lps_mm: PointLike,
) -> TriangleMesh:
    """Return the surface through circles about one direction, closed at a point on either end."""
    if min(radius_mm for _, radius_mm in rings) <= 0.0:
        raise GeometryProblem("A shape's mesh needs a radius above zero.")
    circle = _unit_circle(direction_lps)
    points = [np.asarray(centre) + radius_mm * circle for centre, radius_mm in rings]
    vertices = np.concatenate([[np.asarray(first_lps_mm)], *points, [np.asarray(last_lps_mm)]])
    return TriangleMesh(vertices, _turned_faces(len(rings)))


def _unit_circle(direction_lps: PointLike) -> FloatArray:
    along = as_unit_vector(direction_lps)
    across = np.eye(3)[int(np.argmin(np.abs(along)))]
    first = as_unit_vector(np.cross(along, across))
    second = np.cross(along, first)
    turns = np.linspace(0.0, 2.0 * np.pi, _SIDES, endpoint=False)
    circle: FloatArray = np.outer(np.cos(turns), first) + np.outer(np.sin(turns), second)
    return circle


def _turned_faces(ring_count: int) -> FaceArray:
    here = np.arange(_SIDES)
    after = (here + 1) % _SIDES
    last = 1 + ring_count * _SIDES
    faces = [np.stack([np.zeros_like(here), 1 + after, 1 + here], axis=1)]
    for ring in range(ring_count - 1):
        low, high = 1 + ring * _SIDES, 1 + (ring + 1) * _SIDES
        faces.append(np.stack([low + here, low + after, high + after], axis=1))
        faces.append(np.stack([low + here, high + after, high + here], axis=1))
    top = last - _SIDES
    faces.append(np.stack([top + here, top + after, np.full_like(here, last)], axis=1))
    return np.concatenate(faces).astype(np.int64)


def cone_mesh(axis: Segment, start_radius_mm: float, end_radius_mm: float) -> TriangleMesh:
    """Return a cone cut off at both ends.

    Raises
    ------
    GeometryProblem
        If it has no length or an end has no radius.
    """
    if axis.length_mm <= 0.0:
        raise GeometryProblem("A cone's mesh needs a length above zero.")
    rings = [(axis.start_lps_mm, start_radius_mm), (axis.end_lps_mm, end_radius_mm)]
    return _turned(axis.direction_lps, axis.start_lps_mm, rings, axis.end_lps_mm)


def box_mesh(centre_lps_mm: PointLike, size_mm: PointLike) -> TriangleMesh:
    """Return a box with its edges along the axes, its corners not shared between its faces."""
    faces: list[FaceArray] = []
    vertices: list[FloatArray] = []
    half = np.asarray(size_mm, dtype=np.float64) / 2.0
    for axis in range(3):
        for sign in (-1.0, 1.0):
            normal = sign * np.eye(3)[axis]
            first = np.eye(3)[(axis + 1) % 3]
            second = np.cross(normal, first)
            first_of_face = 4 * len(faces)
            vertices += [normal + a * first + b * second for a, b in _SQUARE]
            faces.append(first_of_face + np.array([[0, 1, 2], [0, 2, 3]]))
    corners = np.asarray(centre_lps_mm) + half * np.array(vertices)
    return TriangleMesh(corners, np.concatenate(faces))


_SQUARE = ((-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0))


def tube_mesh(points_lps_mm: FloatArray, radius_mm: float, across_lps: PointLike) -> TriangleMesh:
    """Return a round tube along points of a plane, open at its ends.

    Parameters
    ----------
    points_lps_mm
        Shape (n, 3), none on the one before.
    radius_mm
        Of the tube.
    across_lps
        The plane's unit normal.
    """
    points, across = np.asarray(points_lps_mm), np.asarray(across_lps)
    along = np.gradient(points, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    outwards = np.cross(across, along)
    turns = np.linspace(0.0, 2.0 * np.pi, _SIDES, endpoint=False)
    circle = np.cos(turns)[:, np.newaxis] * outwards[:, np.newaxis] + (
        np.sin(turns)[:, np.newaxis] * across
    )
    vertices = (points[:, np.newaxis] - radius_mm * circle).reshape(-1, 3)
    here = np.arange(_SIDES)
    after = (here + 1) % _SIDES
    faces = [
        np.stack([low + a, low + b, low + c], axis=1)
        for low in range(0, (len(points) - 1) * _SIDES, _SIDES)
        for a, b, c in (
            (here, after, _SIDES + after),
            (here, _SIDES + after, _SIDES + here),
        )
    ]
    return TriangleMesh(vertices, np.concatenate(faces))
