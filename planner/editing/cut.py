"""Cut a vertebra: with a plane, or at the neck where it runs into a neighbour."""

import cc3d
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.geodesic import nearest_seed
from planner.editing.part_labels import OWN_BONE, Part, PartLabels
from planner.foundation.errors import AnatomyProblem
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, PointLike, as_triple
from planner.imaging.distance_maps import signed_distance_map
from planner.imaging.volume import VoxelMask

_CLICK_REACH_MM = 5.0
_SEARCH_STEPS = 7
_WIDEST_NECK_SHARE = 0.85
"""A neck as wide as this share of what it joins is none."""
_KEPT, _GIVEN = 1, 2


def plane_through(
    first_lps_mm: PointLike, second_lps_mm: PointLike, into_screen_lps: PointLike
) -> Plane:
    """Return the plane of a line drawn on a slice, straight into the screen.

    Raises
    ------
    AnatomyProblem
        If the line is a point.
    """
    along = np.subtract(second_lps_mm, first_lps_mm)
    normal = np.cross(along, into_screen_lps)
    if np.linalg.norm(normal) < 1.0:
        raise AnatomyProblem("This line is too short to cut along.", hint="Drag a longer one.")
    return Plane(as_triple(np.asarray(first_lps_mm)), as_triple(normal))


def cut_by_plane(labels: PartLabels, plane: Plane, becomes: Part) -> PartLabels:
    """Return the labels with the bone beyond a plane, seen from the body, made something else.

    Raises
    ------
    AnatomyProblem
        If no bone lies beyond the plane.
    """
    centre = labels.centre_lps_mm(Part.BODY)
    beyond = _signed_mm(labels, plane)
    if float(plane.signed_distance_mm(centre[np.newaxis])[0]) > 0.0:
        beyond = -beyond
    where = labels.having(*OWN_BONE) & (beyond > 0.0)
    if not where.any():
        raise AnatomyProblem("This line cuts nothing off.", hint="Drag it across the bone.")
    return labels.changed(where, becomes)


def _signed_mm(labels: PartLabels, plane: Plane) -> FloatArray:
    """Return the signed distance of every voxel centre to a plane."""
    grid = labels.geometry
    steps = grid.lps_from_ijk[:3, :3].T @ np.asarray(plane.normal_lps)
    start = float(plane.signed_distance_mm(grid.lps_from_ijk[np.newaxis, :3, 3])[0])
    i, j, k = (step * np.arange(n) for step, n in zip(steps, grid.shape_ijk, strict=True))
    distances: FloatArray = start + k[:, np.newaxis, np.newaxis] + j[:, np.newaxis] + i
    return distances


def split_at_neck(labels: PartLabels, click_lps_mm: PointLike) -> PartLabels:
    """Return the labels with what hangs on the vertebra around a click given to the neighbour.

    The cut runs where the bone between the click and the body is narrowest.

    Raises
    ------
    AnatomyProblem
        If the click is beside the vertebra, or no narrow place lies on the way to the body.
    """
    box = labels.box_of(*OWN_BONE)
    own = labels.having(*OWN_BONE)[box]
    k, j, i = box
    grid = labels.geometry.cropped(
        (i.start, j.start, k.start),
        (i.start + own.shape[2], j.start + own.shape[1], k.start + own.shape[0]),
    )
    depth_mm = signed_distance_map(VoxelMask(np.ascontiguousarray(own), grid)).values
    given = _deepest_near(depth_mm, grid.ijk_of(np.asarray(click_lps_mm)), grid.spacing_ijk_mm[0])
    body = np.where(labels.having(Part.BODY)[box], depth_mm, -np.inf)
    kept = tuple(int(v) for v in np.unravel_index(int(body.argmax()), body.shape))
    neck_mm = _neck_mm(depth_mm, kept, given)
    pieces = cc3d.connected_components(depth_mm > neck_mm, connectivity=26)
    seeds = np.zeros(own.shape, np.uint8)
    seeds[pieces == pieces[kept]] = _KEPT
    seeds[pieces == pieces[given]] = _GIVEN
    even = np.ones(own.shape, np.float32)
    nearest = nearest_seed(np.where(own, even, np.float32(np.inf)), seeds, even)
    where = np.zeros(labels.voxels.shape, np.bool_)
    where[box] = own & (nearest == _GIVEN)
    return labels.changed(where, Part.OTHER)


def _deepest_near(
    depth_mm: NDArray[np.float32], ijk: FloatArray, spacing_mm: float
) -> tuple[int, ...]:
    """Return the voxel near a click that lies deepest in the bone."""
    reach = _CLICK_REACH_MM / spacing_mm
    at = np.asarray(ijk)[::-1]
    near = np.sum((np.indices(depth_mm.shape) - at[:, None, None, None]) ** 2, axis=0) <= reach**2
    inside = np.where(near, depth_mm, -np.inf)
    if not near.any() or float(inside.max()) <= 0.0:
        raise AnatomyProblem("This point lies in none of this vertebra's bone.")
    return tuple(int(v) for v in np.unravel_index(int(inside.argmax()), depth_mm.shape))


def _neck_mm(depth_mm: NDArray[np.float32], kept: tuple[int, ...], given: tuple[int, ...]) -> float:
    """Return the least depth that keeps two voxels apart."""
    joined, apart = 0.0, float(min(depth_mm[kept], depth_mm[given]))
    thickest = apart
    for _ in range(_SEARCH_STEPS):
        middle = (joined + apart) / 2.0
        pieces = cc3d.connected_components(depth_mm > middle, connectivity=26)
        if pieces[kept] == pieces[given]:
            joined = middle
        else:
            apart = middle
    if apart > _WIDEST_NECK_SHARE * thickest:
        raise AnatomyProblem(
            "No narrow place lies between this point and the body.",
            hint="Draw the line to split along instead.",
        )
    return apart
