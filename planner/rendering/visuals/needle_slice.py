"""A needle as a slice shows it: its true cut, and its path nearby as seen through the slice."""

import numpy as np

from planner.geometry.points import FloatArray
from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import needle_colour
from planner.rendering.plan_picture import NeedlePicture
from planner.rendering.shape_surfaces import needle_surface
from planner.rendering.slice_marks import Fill, SliceMark, Strokes, dashed

_ACTIVE_NEARBY_MM, _PASSIVE_NEARBY_MM = 15.0, 5.0
"""A needle that comes no nearer to a slice than this is not shown in it; the one being planned
is shown from further away, so that it is not lost while it is moved."""
_IN_PLANE_MM = 2.0
"""Beyond the needle's own radius: what lies within is drawn as lying in the slice."""
_DASH_MM = 1.6
_ACTIVE_WIDTH_PX, _PASSIVE_WIDTH_PX = 2.2, 1.4
_AWAY_OPACITY = 0.38


def needle_marks(needle: NeedlePicture, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the filled cut, the band of true width, faint where it leaves the slice, the axis."""
    path = np.array([needle.path.start_lps_mm, needle.path.end_lps_mm])
    depths_mm = plane.plane.signed_distance_mm(path)
    flat = path - np.outer(depths_mm, plane.into_screen_lps)
    seen_length_mm = float(np.linalg.norm(flat[1] - flat[0]))
    limit_mm = _ACTIVE_NEARBY_MM if needle.is_active else _PASSIVE_NEARBY_MM
    nearby = _least_depth_mm(depths_mm) <= limit_mm
    as_band = nearby and seen_length_mm > 2.0 * needle.radius_mm
    steep = seen_length_mm < 0.8 * needle.path.length_mm
    surface = needle_surface(needle.path, needle.radius_mm)
    outlines = outlines_cut_by_plane(surface, plane.plane)
    colour = needle_colour(needle.side)
    width_px = _ACTIVE_WIDTH_PX if needle.is_active else _PASSIVE_WIDTH_PX
    marks: list[SliceMark] = [Fill(outlines, colour, 0.28)]
    if as_band:
        sideways = np.cross(plane.into_screen_lps, (flat[1] - flat[0]) / seen_length_mm)
        near = _share_within(depths_mm, needle.radius_mm + _IN_PLANE_MM)
        near_band, far_band = _bands(flat, sideways * needle.radius_mm, near)
        marks.append(Strokes(far_band, colour, width_px, _AWAY_OPACITY))
        marks.append(Strokes(near_band, colour, width_px))
        marks.append(Strokes(dashed(flat[0], flat[1], _DASH_MM), colour, 1.0, 0.85))
    if steep or not as_band:
        marks.append(Strokes(as_segments(outlines), colour, width_px))
    return tuple(marks)


def _least_depth_mm(depths_mm: FloatArray) -> float:
    return 0.0 if depths_mm[0] * depths_mm[1] <= 0.0 else float(np.abs(depths_mm).min())


def _share_within(depths_mm: FloatArray, limit_mm: float) -> tuple[float, float] | None:
    """Return from which to which share of the path its depth stays within a limit."""
    first, last = (float(depth) for depth in depths_mm)
    if first == last:
        return (0.0, 1.0) if abs(first) <= limit_mm else None
    crossings = sorted((bound - first) / (last - first) for bound in (-limit_mm, limit_mm))
    start, end = max(crossings[0], 0.0), min(crossings[1], 1.0)
    return (start, end) if start < end else None


def _bands(
    flat_lps_mm: FloatArray, sideways_lps_mm: FloatArray, near: tuple[float, float] | None
) -> tuple[FloatArray, FloatArray]:
    """Return the segments of the band within the slice and of those that leave it."""

    def at(share: float) -> FloatArray:
        point: FloatArray = flat_lps_mm[0] + share * (flat_lps_mm[1] - flat_lps_mm[0])
        return point

    def sides(start: float, end: float) -> list[list[FloatArray]]:
        return [
            [at(start) + sign * sideways_lps_mm, at(end) + sign * sideways_lps_mm]
            for sign in (-1.0, 1.0)
        ]

    near_segments = sides(*near) if near else []
    start, end = near or (1.0, 1.0)
    far_segments = sides(0.0, start) if start > 0.0 else []
    far_segments += sides(end, 1.0) if end < 1.0 else []
    for share in (0.0, 1.0):
        cap = [at(share) - sideways_lps_mm, at(share) + sideways_lps_mm]
        (near_segments if near and share in near else far_segments).append(cap)
    return _as_segments(near_segments), _as_segments(far_segments)


def _as_segments(pieces: list[list[FloatArray]]) -> FloatArray:
    return np.array(pieces, dtype=np.float64).reshape(-1, 2, 3)
