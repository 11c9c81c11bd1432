"""Where a plane cuts a surface."""

from collections import defaultdict

import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray
from planner.mesh.triangle_mesh import FaceArray, TriangleMesh

_TOLERANCE_MM = 0.02
"""How far a point may lie from its neighbours' line to be left out of an outline: a tenth of a
pixel on screen."""
_PASSES = 3
_FEWEST_POINTS = 8


def outlines_cut_by_plane(
    mesh: TriangleMesh, plane: Plane, tolerance_mm: float = _TOLERANCE_MM
) -> tuple[FloatArray, ...]:
    """Return the closed outlines in which a plane cuts a closed mesh, LPS millimetres.

    Returns
    -------
    tuple of FloatArray
        Each of shape (n, 3), its last point followed by its first; empty where the plane misses.
        Vertices on the plane count as lying on its positive side.
    """
    heights_mm = plane.signed_distance_mm(mesh.vertices_lps_mm)
    above = heights_mm >= 0.0
    if above.all() or not above.any():
        return ()
    first_edges, second_edges = _cut_edges(above, mesh.faces)
    # One number an edge: sorting these is ten times faster than sorting pairs.
    count = len(mesh.vertices_lps_mm)
    keys = np.concatenate([first_edges, second_edges]) @ np.array([count, 1], dtype=np.int64)
    edges, numbers = np.unique(keys, return_inverse=True)
    low, high = np.divmod(edges, count)
    share = heights_mm[low] / (heights_mm[low] - heights_mm[high])
    start = mesh.vertices_lps_mm[low]
    points = start + share[:, np.newaxis] * (mesh.vertices_lps_mm[high] - start)
    pairs = numbers.reshape(2, -1).T
    return tuple(_simplified(points[loop], tolerance_mm) for loop in _loops(pairs.tolist()))


def segments_cut_by_plane(mesh: TriangleMesh, plane: Plane) -> FloatArray:
    """Return the pieces in which a plane cuts a mesh, one a cut triangle, shape (n, 2, 3).

    A third of the time of `outlines_cut_by_plane`, for whoever only draws them.
    """
    heights_mm = plane.signed_distance_mm(mesh.vertices_lps_mm)
    above = heights_mm >= 0.0
    if above.all() or not above.any():
        return np.zeros((0, 2, 3))
    ends = []
    for low, high in _cut_edges(above, mesh.faces).transpose(0, 2, 1):
        share = heights_mm[low] / (heights_mm[low] - heights_mm[high])
        start = mesh.vertices_lps_mm[low]
        ends.append(start + share[:, np.newaxis] * (mesh.vertices_lps_mm[high] - start))
    return np.stack(ends, axis=1)


def as_segments(outlines_lps_mm: tuple[FloatArray, ...]) -> FloatArray:
    """Return the sides of closed outlines, shape (n, 2, 3)."""
    if not outlines_lps_mm:
        return np.zeros((0, 2, 3))
    sides = [np.stack([loop, np.roll(loop, -1, axis=0)], axis=1) for loop in outlines_lps_mm]
    return np.concatenate(sides)


def _cut_edges(above: np.ndarray[tuple[int], np.dtype[np.bool_]], faces: FaceArray) -> FaceArray:
    """Return both cut edges of each cut triangle, as sorted vertex numbers, shape (2, n, 2)."""
    corners_above = above[faces]
    count_above = corners_above.sum(axis=1)
    crossing = (count_above == 1) | (count_above == 2)
    cut = faces[crossing]
    # The corner that is alone on its side: both cut edges meet there.
    alone = np.where(
        count_above[crossing] == 1,
        np.argmax(corners_above[crossing], axis=1),
        np.argmin(corners_above[crossing], axis=1),
    )
    rows = np.arange(len(cut))
    apex = cut[rows, alone]
    both = [np.stack([apex, cut[rows, (alone + step) % 3]], axis=1) for step in (1, 2)]
    return np.sort(np.stack(both), axis=2)


def _loops(pairs: list[list[int]]) -> list[list[int]]:
    """Return the rings that pairs of neighbours form."""
    beside: dict[int, list[int]] = defaultdict(list)
    for one, other in pairs:
        beside[one].append(other)
        beside[other].append(one)
    loops = []
    while beside:
        here: int | None = next(iter(beside))
        loop: list[int] = []
        while here is not None:
            loop.append(here)
            neighbours = beside.pop(here)
            here = next((point for point in neighbours if point in beside), None)
        loops.append(loop)
    return loops


def _simplified(ring_lps_mm: FloatArray, tolerance_mm: float) -> FloatArray:
    """Return a ring without points that lie on the line between those beside them."""
    for _ in range(_PASSES):
        if len(ring_lps_mm) < _FEWEST_POINTS:
            break
        before = np.roll(ring_lps_mm, 1, axis=0)
        along = np.roll(ring_lps_mm, -1, axis=0) - before
        squared = np.einsum("ij,ij->i", along, along)
        offset = ring_lps_mm - before
        share = np.einsum("ij,ij->i", offset, along) / np.where(squared > 0.0, squared, 1.0)
        away = offset - share[:, np.newaxis] * along
        kept = np.einsum("ij,ij->i", away, away) > tolerance_mm**2
        # Every other point stays, so that no point goes together with those it was measured by.
        kept[::2] = True
        ring_lps_mm = ring_lps_mm[kept]
    return ring_lps_mm
