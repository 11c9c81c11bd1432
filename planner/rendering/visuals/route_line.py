"""The way of a leak as a slice shows it: what of it runs near the slice."""

import numpy as np

from planner.rendering.cameras import SlicePlane
from planner.rendering.fill_picture import RoutePicture
from planner.rendering.palette import LEAK
from planner.rendering.slice_marks import SliceMark, Strokes

_NEAR_MM = 4.0


def route_marks(route: RoutePicture, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the pieces of a leak's way within some millimetres of a slice, laid into it."""
    segments = route.segments_lps_mm
    depths_mm = plane.plane.signed_distance_mm(segments.reshape(-1, 3)).reshape(-1, 2)
    near = (np.abs(depths_mm) <= _NEAR_MM).any(axis=1)
    flat = segments - depths_mm[..., np.newaxis] * plane.into_screen_lps
    return (Strokes(flat[near], LEAK, 2.4),)
