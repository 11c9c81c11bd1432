"""Where a plane cuts a surface."""

import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray
from planner.mesh.triangle_mesh import TriangleMesh


def cut_by_plane(mesh: TriangleMesh, plane: Plane) -> FloatArray:
    """Return the segments in which a plane cuts a mesh, LPS millimetres.

    Returns
    -------
    FloatArray
        Shape (n, 2, 3): n unordered segments by their two ends; n is 0 where the plane misses.
        Vertices on the plane count as lying on its positive side.
    """
    heights_mm = plane.signed_distance_mm(mesh.vertices_lps_mm)
    above = heights_mm >= 0.0
    if above.all() or not above.any():
        return np.zeros((0, 2, 3))
    corners_above = above[mesh.faces]
    count_above = corners_above.sum(axis=1)
    crossing = (count_above == 1) | (count_above == 2)
    faces = mesh.faces[crossing]
    # The corner that is alone on its side: both cut edges meet there.
    alone = np.where(
        count_above[crossing] == 1,
        np.argmax(corners_above[crossing], axis=1),
        np.argmin(corners_above[crossing], axis=1),
    )
    rows = np.arange(len(faces))
    apex = faces[rows, alone]
    ends = [
        _crossing_points(mesh.vertices_lps_mm, heights_mm, apex, faces[rows, (alone + step) % 3])
        for step in (1, 2)
    ]
    return np.stack(ends, axis=1)


def _crossing_points(
    vertices_lps_mm: FloatArray,
    heights_mm: FloatArray,
    first: "np.ndarray[tuple[int], np.dtype[np.int64]]",
    second: "np.ndarray[tuple[int], np.dtype[np.int64]]",
) -> FloatArray:
    share = heights_mm[first] / (heights_mm[first] - heights_mm[second])
    start = vertices_lps_mm[first]
    points: FloatArray = start + share[:, np.newaxis] * (vertices_lps_mm[second] - start)
    return points
