"""The endplates of a vertebra as dashed lines in a slice."""

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import ENDPLATE
from planner.rendering.visuals.line_set import LineSet, dashed

_DASH_MM = 0.8
_BEYOND_MM = 4.0
"""How far the lines reach past the walls of the body."""
_SHALLOWEST_SINE = 0.5
"""Slices closer than 30 degrees to an endplate show no line of it."""


class EndplateLines:
    """Where the planes of both endplates meet a slice, within the body's reach."""

    def __init__(self) -> None:
        self._lines = LineSet(ENDPLATE, 1.2, 0.8)
        self._vertebra: VertebraModel | None = None

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """The lines."""
        return (self._lines.actor,)

    def show(self, vertebra: VertebraModel) -> None:
        """Take another vertebra; it appears with the next plane."""
        self._vertebra = vertebra

    def show_plane(self, plane: SlicePlane) -> None:
        """Draw both lines in a plane."""
        if self._vertebra is None:
            return
        walls = self._vertebra.walls
        pieces = [_line(end, plane, self._vertebra) for end in (walls.superior, walls.inferior)]
        self._lines.show(np.concatenate(pieces))

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep the line as wide to the eye on dense screens."""
        self._lines.set_pixel_ratio(ratio)


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
