"""Heights of a body on its mid-sagittal plane, and planes fitted to its walls."""

import numpy as np

from planner.anatomy.body import BodyOutline
from planner.anatomy.body_block import BodyAxes
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine
from planner.geometry.planes import Plane, fit_plane
from planner.geometry.points import FloatArray, as_triple

_ANTERIOR_SHARE, _POSTERIOR_SHARE = 0.96, 0.04
"""Where the outer heights are read, from the posterior (0) to the anterior (1) wall: a little
inside the walls, for their rims are rounded."""
_BAND_SHARE = 0.03
_BESIDE_MM = np.array([-3.0, -1.5, 0.0, 1.5, 3.0])
_WALL_ANGLE_DEG = 25.0


def depth_range_mm(outline: BodyOutline) -> tuple[float, float]:
    """Return where the anterior and the posterior wall lie on the mid-plane, in body axes."""
    zero = np.zeros(1)
    upper, lower = outline.upper.height_mm(zero, zero)[0], outline.lower.height_mm(zero, zero)[0]
    w = np.linspace(lower + 0.25 * (upper - lower), upper - 0.25 * (upper - lower), 9)
    front = outline.wall_mm(np.zeros_like(w), np.full_like(w, -1.0), w)
    back = outline.wall_mm(np.zeros_like(w), np.full_like(w, 1.0), w)
    return -float(np.median(front)), float(np.median(back))


def _height_line(outline: BodyOutline, frame: BodyAxes, v_mm: FloatArray) -> HeightLine:
    """Return the height over places from front to back, averaged over a strip of the mid-plane."""
    v, u = np.meshgrid(v_mm, _BESIDE_MM, indexing="ij")
    ends = []
    for plate in (outline.upper, outline.lower):
        uvw = np.stack([u, v, plate.height_mm(u, v)], axis=-1)
        ends.append(frame.uvw_of(outline.axes.lps_of(uvw)).reshape(-1, 3).mean(axis=0))
    superior, inferior = ends
    middle = (superior + inferior) / 2
    # Both ends lie on one line across the body, as a height is measured.
    top = frame.lps_of(np.array([middle[0], middle[1], superior[2]]))
    bottom = frame.lps_of(np.array([middle[0], middle[1], inferior[2]]))
    return HeightLine(as_triple(top), as_triple(bottom))


def measure_heights(outline: BodyOutline, frame: BodyAxes) -> BodyHeights:
    """Return the anterior, middle and posterior height of a body along its frame's axis."""
    front, back = depth_range_mm(outline)
    depth = back - front
    lines = []
    for share in (_ANTERIOR_SHARE, 0.5, _POSTERIOR_SHARE):
        shares = share + _BAND_SHARE * np.array([-1.0, 0.0, 1.0])
        lines.append(_height_line(outline, frame, back - shares * depth))
    return BodyHeights(*lines)


def fit_walls(outline: BodyOutline) -> BodyWalls:
    """Return planes fitted to the endplates and to the front and back of a body."""
    front, back = depth_range_mm(outline)
    places = np.linspace(front + 2, back - 2, 15)
    v, u = np.meshgrid(places, np.linspace(-11, 11, 12), indexing="ij")
    zero = np.zeros(1)
    top, bottom = outline.upper.height_mm(zero, zero)[0], outline.lower.height_mm(zero, zero)[0]
    axes = outline.axes.lps_from_body.rotation
    plates = [
        outline.axes.lps_of(np.stack([u, v, plate.height_mm(u, v)], axis=-1)).reshape(-1, 3)
        for plate in (outline.upper, outline.lower)
    ]
    w = np.linspace(bottom + 0.2 * (top - bottom), top - 0.2 * (top - bottom), 9)
    sides = [_wall_points(outline, angle_deg, w) for angle_deg in (-90.0, 90.0)]
    return BodyWalls(
        superior=fit_plane(plates[0], axes[:, 2]),
        inferior=fit_plane(plates[1], -axes[:, 2]),
        anterior=_outermost(fit_plane(sides[0], -axes[:, 1]), sides[0]),
        posterior=fit_plane(sides[1], axes[:, 1]),
    )


def _wall_points(outline: BodyOutline, angle_deg: float, w_mm: FloatArray) -> FloatArray:
    angles = np.radians(angle_deg + np.linspace(-_WALL_ANGLE_DEG, _WALL_ANGLE_DEG, 11))
    w, angle = np.meshgrid(w_mm, angles, indexing="ij")
    u, v = np.cos(angle), np.sin(angle)
    radius = outline.wall_mm(u, v, w)
    return outline.axes.lps_of(np.stack([radius * u, radius * v, w], axis=-1)).reshape(-1, 3)


def _outermost(plane: Plane, points_lps_mm: FloatArray) -> Plane:
    """Return a plane moved to the front of a rounded wall, which a fit would cut through."""
    furthest = float(np.percentile(plane.signed_distance_mm(points_lps_mm), 90))
    moved = np.asarray(plane.point_lps_mm) + furthest * np.asarray(plane.normal_lps)
    return Plane(as_triple(moved), plane.normal_lps)
