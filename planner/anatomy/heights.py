"""Heights of a body on its mid-sagittal plane, and planes fitted to its walls."""

import numpy as np

from planner.anatomy.body import BodyOutline, EndplateSurface
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine
from planner.geometry.planes import Plane, fit_plane
from planner.geometry.points import FloatArray, as_triple

_INSET_SHARE = 0.05
"""How far inside the rims the outer heights are read, for the rims are rounded."""
_INSIDE_PLATE_MM = 2.5
_RIM_RANGE_MM = 2.5
_LINE_MM = np.arange(1.5, 11.1, 1.2)
_SHORT_MM = np.array([-2.0, -1.0, 0.0, 1.0, 2.0])
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


def _rim_mm(outline: BodyOutline, plate: EndplateSurface, waist_v_mm: float) -> float:
    """Return where a plate meets the front or back wall on the mid-plane, in body axes.

    The wall is read just inside the plate and kept near the wall at the waist, for beyond the
    plate it has no edge of its own.
    """
    zero = np.zeros(1)
    w = plate.height_mm(zero, np.full(1, waist_v_mm))
    inside = w - _INSIDE_PLATE_MM * np.sign(w)
    rim = float(outline.wall_mm(zero, np.full(1, np.sign(waist_v_mm)), inside)[0])
    waist = abs(waist_v_mm)
    kept = float(np.clip(rim, waist - _RIM_RANGE_MM, waist + _RIM_RANGE_MM))
    return float(np.copysign(kept, waist_v_mm))


def _plate_point(outline: BodyOutline, plate: EndplateSurface, v_mm: float) -> FloatArray:
    """Return a point of a plate on the mid-plane, in LPS.

    A line through the plate from there towards the body's middle gives its height: at the very
    rim a spur or the neighbour's rim may bend it.
    """
    rim = abs(v_mm) > _LINE_MM[-1] / 2
    inwards = v_mm - np.sign(v_mm) * _LINE_MM if rim else v_mm + _SHORT_MM
    v, u = np.meshgrid(inwards, _BESIDE_MM, indexing="ij")
    heights = plate.height_mm(u, v).mean(axis=1)
    _, level = np.polyfit(inwards - v_mm, heights, 1)
    return outline.axes.lps_of(np.array([0.0, v_mm, level]))


def measure_heights(outline: BodyOutline) -> BodyHeights:
    """Return the anterior, middle and posterior height of a body on its mid-sagittal plane.

    Each height runs from the lower plate to the upper one: at their front rims, half way
    between their rims, and at their back rims.
    """
    front, back = depth_range_mm(outline)
    depth = back - front
    ends: list[list[FloatArray]] = [[], [], []]
    for plate in (outline.upper, outline.lower):
        rims = [_rim_mm(outline, plate, wall) for wall in (front, back)]
        inset = _INSET_SHARE * depth
        places = (rims[0] + inset, (rims[0] + rims[1]) / 2, rims[1] - inset)
        for end, v_mm in zip(ends, places, strict=True):
            end.append(_plate_point(outline, plate, v_mm))
    lines = [HeightLine(as_triple(upper), as_triple(lower)) for upper, lower in ends]
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
