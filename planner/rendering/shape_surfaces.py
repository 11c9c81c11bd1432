"""Surfaces of what is planned, made once for all views that draw them."""

import functools

import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.shapes import Capsule, Segment
from planner.mesh.shapes import capsule_mesh, cylinder_mesh
from planner.mesh.triangle_mesh import TriangleMesh

_KEPT = 32


@functools.lru_cache(maxsize=_KEPT)
def balloon_surface(shape: Capsule, flat: Plane | None = None) -> TriangleMesh:
    """Return the surface of an inflated balloon, flat where another one presses on it."""
    mesh = capsule_mesh(shape)
    if flat is None:
        return mesh
    beyond_mm = np.maximum(flat.signed_distance_mm(mesh.vertices_lps_mm), 0.0)
    vertices = mesh.vertices_lps_mm - np.outer(beyond_mm, flat.normal_lps)
    return TriangleMesh(vertices, mesh.faces)


@functools.lru_cache(maxsize=_KEPT)
def needle_surface(path: Segment, radius_mm: float) -> TriangleMesh:
    """Return the surface of a needle."""
    return cylinder_mesh(path, radius_mm)
