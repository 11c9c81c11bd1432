"""Surfaces of what is planned, made once for all views that draw them."""

import functools

from planner.geometry.shapes import Capsule, Segment
from planner.mesh.shapes import capsule_mesh, cylinder_mesh
from planner.mesh.triangle_mesh import TriangleMesh

_KEPT = 32


@functools.lru_cache(maxsize=_KEPT)
def balloon_surface(shape: Capsule) -> TriangleMesh:
    """Return the surface of an inflated balloon."""
    return capsule_mesh(shape)


@functools.lru_cache(maxsize=_KEPT)
def needle_surface(path: Segment, radius_mm: float) -> TriangleMesh:
    """Return the surface of a needle."""
    return cylinder_mesh(path, radius_mm)
