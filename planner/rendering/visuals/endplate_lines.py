"""The endplates of a vertebra as dashed lines in a slice."""

import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import ENDPLATE
from planner.rendering.slice_marks import SliceMark, Strokes, dashed

_DASH_MM = 0.8
_BEYOND_MM = 4.0
"""How far the lines reach past the walls of the body."""
_SHALLOWEST_SINE = 0.5
"""Slices closer than 30 degrees to an endplate show no line of it."""


def endplate_marks(vertebra: VertebraModel, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return where the planes of both endplates meet a slice, within the body's reach."""
    walls = vertebra.walls
    pieces = [_line(end, plane, vertebra) for end in (walls.superior, walls.inferior)]
    return (Strokes(np.concatenate(pieces), ENDPLATE, 1.2, 0.8),)


def _line(endplate: Plane, slice_plane: SlicePlane, vertebra: VertebraModel) -> FloatArray:
    along = np.cross(endplate.normal_lps, slice_plane.into_screen_lps)
    sine = float(np.linalg.norm(along))
    reach_mm = _half_depth_mm(vertebra) + _BEYOND_MM
    centre = np.asarray(vertebra.centre_lps_mm)
    off_mm = float(slice_plane.plane.signed_distance_mm(centre[np.newaxis])[0])
    if sine < _SHALLOWEST_SINE or abs(off_mm) >= reach_mm:
        return np.zeros((0, 2, 3))
    on_slice = centre - off_mm * slice_plane.into_screen_lps
    towards = np.cross(slice_plane.into_screen_lps, along / sine)
    height_mm = float(endplate.signed_distance_mm(on_slice[np.newaxis])[0])
    foot = on_slice - towards * (height_mm / float(towards @ np.asarray(endplate.normal_lps)))
    half_mm = float(np.sqrt(reach_mm**2 - off_mm**2))
    return dashed(foot - half_mm * along / sine, foot + half_mm * along / sine, _DASH_MM)


def _half_depth_mm(vertebra: VertebraModel) -> float:
    """Return half the way between the anterior and the posterior wall at the centroid."""
    centre = np.asarray(vertebra.centre_lps_mm)[np.newaxis]
    walls = (vertebra.walls.anterior, vertebra.walls.posterior)
    return float(sum(abs(wall.signed_distance_mm(centre)[0]) for wall in walls)) / 2.0
