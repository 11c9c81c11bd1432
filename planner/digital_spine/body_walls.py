"""Planes of a body's walls, and the angle between its endplates."""

import math

import numpy as np

from planner.anatomy.vertebra import BodyWalls
from planner.digital_spine.body_shape import BodyShape
from planner.geometry.planes import Plane, fit_plane
from planner.geometry.points import FloatArray, as_triple
from planner.geometry.transforms import RigidTransform

_WALL_ANGLE_DEG = 25.0


def body_walls(body: BodyShape, frame: RigidTransform) -> BodyWalls:
    """Return planes fitted to the walls' own surfaces, as the anatomy package fits them.

    `frame` is ``lps_from_vertebra``.
    """
    v, u = _pairs(np.linspace(body.front_mm + 2, body.back_mm - 2, 15), np.linspace(-11, 11, 12))
    upper = frame.points(np.stack([u, v, body.upper_mm(u, v)], axis=1))
    lower = frame.points(np.stack([u, v, body.lower_mm(u, v)], axis=1))
    axes = frame.rotation
    front, back = (_side_points(body, frame, forward=f) for f in (True, False))
    anterior = fit_plane(front, -axes[:, 1])
    foremost = float(np.percentile(anterior.signed_distance_mm(front), 90))
    moved = np.asarray(anterior.point_lps_mm) + foremost * np.asarray(anterior.normal_lps)
    return BodyWalls(
        superior=fit_plane(upper, axes[:, 2]),
        inferior=fit_plane(lower, -axes[:, 2]),
        anterior=Plane(as_triple(moved), anterior.normal_lps),
        posterior=fit_plane(back, axes[:, 1]),
    )


def _pairs(first: FloatArray, second: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return every pair of two lists, each as a flat array."""
    a, b = np.meshgrid(first, second)
    return a.ravel(), b.ravel()


def _side_points(body: BodyShape, frame: RigidTransform, *, forward: bool) -> FloatArray:
    """Return points on the front or back of a body, found along rays from its middle."""
    landmarks = body.landmarks
    low, high = landmarks.lower_mm[1], landmarks.upper_mm[1]
    turn = np.radians(np.linspace(-_WALL_ANGLE_DEG, _WALL_ANGLE_DEG, 11))
    w, angle = _pairs(np.linspace(low + 0.2 * (high - low), high - 0.2 * (high - low), 9), turn)
    direction = np.stack([np.sin(angle), np.cos(angle) * (-1.0 if forward else 1.0)])
    near, far = np.zeros_like(w), np.full_like(w, 40.0)
    for _ in range(30):
        middle = (near + far) / 2.0
        distance, _ = body.distance_mm(middle * direction[0], middle * direction[1], w)
        near, far = np.where(distance < 0, middle, near), np.where(distance < 0, far, middle)
    return frame.points(np.stack([near * direction[0], near * direction[1], w], axis=1))


def wedge_deg(body: BodyShape) -> float:
    """Return the angle between both endplates in the mid-sagittal plane, kyphotic positive."""
    walls = body_walls(body, RigidTransform.identity())
    slopes = [
        math.degrees(math.atan2(-back * side, up * side))
        for side, (_, back, up) in (
            (1.0, walls.superior.normal_lps),
            (-1.0, walls.inferior.normal_lps),
        )
    ]
    return slopes[0] - slopes[1]
