"""Questions to a surface."""

import numpy as np

from planner.geometry.points import PointLike, Triple, as_triple, as_unit_vector
from planner.mesh.triangle_mesh import TriangleMesh

_PARALLEL = 1e-12
_EDGE_TOLERANCE = 1e-9
"""A ray through an edge must not slip between both triangles."""


def first_hit_lps_mm(
    mesh: TriangleMesh, start_lps_mm: PointLike, direction_lps: PointLike
) -> Triple | None:
    """Return where a ray from a point first meets a surface, None where it misses.

    Both sides of a triangle count (Moeller and Trumbore's test on all triangles at once).
    """
    start, along = np.asarray(start_lps_mm, dtype=np.float64), as_unit_vector(direction_lps)
    corner = mesh.vertices_lps_mm[mesh.faces[:, 0]]
    first = mesh.vertices_lps_mm[mesh.faces[:, 1]] - corner
    second = mesh.vertices_lps_mm[mesh.faces[:, 2]] - corner
    across = np.cross(along, second)
    slope = np.einsum("ij,ij->i", first, across)
    facing = np.abs(slope) > _PARALLEL
    scale = 1.0 / np.where(facing, slope, 1.0)
    offset = start - corner
    u = np.einsum("ij,ij->i", offset, across) * scale
    turned = np.cross(offset, first)
    v = turned @ along * scale
    distances_mm = np.einsum("ij,ij->i", second, turned) * scale
    inside = (u >= -_EDGE_TOLERANCE) & (v >= -_EDGE_TOLERANCE) & (u + v <= 1.0 + _EDGE_TOLERANCE)
    hits_mm = distances_mm[facing & inside & (distances_mm >= 0.0)]
    if not len(hits_mm):
        return None
    return as_triple(start + float(hits_mm.min()) * along)
