"""A needle as a slice shows it: its true cut, and its path nearby as seen through the slice."""

from typing import TYPE_CHECKING

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from planner.anatomy.levels import Side
from planner.geometry.points import FloatArray
from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane
from planner.mesh.shapes import cylinder_mesh
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import needle_colour
from planner.rendering.plan_picture import NeedlePicture
from planner.rendering.visuals.convex_fill import ConvexFill
from planner.rendering.visuals.line_set import LineSet, dashed

if TYPE_CHECKING:
    from planner.mesh.triangle_mesh import TriangleMesh

_ACTIVE_NEARBY_MM, _PASSIVE_NEARBY_MM = 15.0, 5.0
"""A needle that comes no nearer to a slice than this is not shown in it; the one being planned
is shown from further away, so that it is not lost while it is moved."""
_IN_PLANE_MM = 2.0
"""Beyond the needle's own radius: what lies within is drawn as lying in the slice."""
_DASH_MM = 1.6
_ACTIVE_WIDTH_PX, _PASSIVE_WIDTH_PX = 2.2, 1.4
_AWAY_OPACITY = 0.38
_NOTHING: FloatArray = np.zeros((0, 2, 3))


class NeedleSlice:
    """Filled cut, the band of true width, fainter where it leaves the slice, and a dashed axis."""

    def __init__(self, side: Side) -> None:
        colour = needle_colour(side)
        self._fill = ConvexFill(colour, 0.28)
        self._cut = LineSet(colour, _PASSIVE_WIDTH_PX)
        self._near_band = LineSet(colour, _PASSIVE_WIDTH_PX)
        self._far_band = LineSet(colour, _PASSIVE_WIDTH_PX, _AWAY_OPACITY)
        self._axis = LineSet(colour, 1.0, 0.85)
        self._needle: NeedlePicture | None = None
        self._mesh: TriangleMesh | None = None
        self._ratio = 1.0

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """Back to front."""
        lines = (self._far_band, self._near_band, self._axis, self._cut)
        return (self._fill.actor, *(item.actor for item in lines))

    def show(self, needle: NeedlePicture) -> None:
        """Take another path; it appears with the next plane."""
        if self._needle is None or (needle.path, needle.radius_mm) != (
            self._needle.path,
            self._needle.radius_mm,
        ):
            self._mesh = cylinder_mesh(needle.path, needle.radius_mm)
        self._needle = needle
        self._apply_width()

    def show_plane(self, plane: SlicePlane) -> None:
        """Draw the needle as a plane shows it."""
        if self._needle is None or self._mesh is None:
            return
        outlines = outlines_cut_by_plane(self._mesh, plane.plane)
        self._fill.show(outlines)
        path = np.array([self._needle.path.start_lps_mm, self._needle.path.end_lps_mm])
        depths_mm = plane.plane.signed_distance_mm(path)
        flat = path - np.outer(depths_mm, plane.into_screen_lps)
        limit_mm = _ACTIVE_NEARBY_MM if self._needle.is_active else _PASSIVE_NEARBY_MM
        nearby = _least_depth_mm(depths_mm) <= limit_mm
        radius_mm = self._needle.radius_mm
        seen_length_mm = float(np.linalg.norm(flat[1] - flat[0]))
        as_band = nearby and seen_length_mm > 2.0 * radius_mm
        steep = seen_length_mm < 0.8 * self._needle.path.length_mm
        self._cut.show(as_segments(outlines) if steep or not as_band else _NOTHING)
        self._axis.show(dashed(flat[0], flat[1], _DASH_MM) if as_band else _NOTHING)
        if not as_band:
            self._near_band.show(_NOTHING)
            self._far_band.show(_NOTHING)
            return
        sideways = np.cross(plane.into_screen_lps, (flat[1] - flat[0]) / seen_length_mm) * radius_mm
        near = _share_within(depths_mm, radius_mm + _IN_PLANE_MM)
        near_band, far_band = _bands(flat, sideways, near)
        self._near_band.show(near_band)
        self._far_band.show(far_band)

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep lines as wide to the eye on dense screens."""
        self._ratio = ratio
        self._apply_width()

    def _apply_width(self) -> None:
        active = self._needle is not None and self._needle.is_active
        share = _ACTIVE_WIDTH_PX / _PASSIVE_WIDTH_PX if active else 1.0
        for lines in (self._cut, self._near_band, self._far_band):
            lines.set_pixel_ratio(self._ratio * share)
        self._axis.set_pixel_ratio(self._ratio)


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
