"""Which plane each slice view shows, and what its header says of it."""

import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.geometry.points import PointLike, Triple, as_triple
from planner.geometry.shapes import Segment
from planner.geometry.transforms import RigidTransform
from planner.gui.view_state import NeedleView, ViewName, ViewState
from planner.rendering.cameras import (
    SliceOrientation,
    SlicePlane,
    anatomical_plane,
    barrel_plane,
    in_line_plane,
)
from planner.rendering.plan_picture import NeedlePicture

ORIENTATIONS = {
    ViewName.AXIAL: SliceOrientation.AXIAL,
    ViewName.SAGITTAL: SliceOrientation.SAGITTAL,
    ViewName.CORONAL: SliceOrientation.CORONAL,
}
_FRAME_AXIS = {ViewName.AXIAL: 2, ViewName.SAGITTAL: 0, ViewName.CORONAL: 1}
_NEAR_BONE_SHARE = 0.72
"""How far along a needle a view in line with it has its middle: at the pedicle."""
_AXIS_NAMES = ("x", "y", "z")
_AXIS_LETTERS = (("R", "L"), ("A", "P"), ("I", "S"))


def depth_along_mm(needle: Segment, point_lps_mm: PointLike) -> float:
    """Return how far along a needle, from its entry, a point lies."""
    offset = np.asarray(point_lps_mm) - needle.start_lps_mm
    return float(offset @ np.asarray(needle.direction_lps))


def foot_on_needle(needle: Segment, point_lps_mm: PointLike) -> Triple:
    """Return the point of a needle nearest to another point."""
    depth_mm = min(max(depth_along_mm(needle, point_lps_mm), 0.0), needle.length_mm)
    return needle.point_at(depth_mm)


def looks_down_the_barrel(view: ViewName, state: ViewState, needle: NeedlePicture | None) -> bool:
    """Return whether a view shows the plane across the active needle."""
    follows = state.needle_view is not NeedleView.OFF
    return view is ViewName.CORONAL and follows and needle is not None


def plane_of(
    view: ViewName, state: ViewState, needle: NeedlePicture | None, home_lps_mm: PointLike
) -> SlicePlane:
    """Return the plane of a slice view through the crosshair.

    Parameters
    ----------
    view
        One of the three slices.
    needle
        The active needle, which the planes follow when `ViewState.needle_view` says so.
    home_lps_mm
        What an anatomical plane has in its middle, before it is panned.
    """
    frame, orientation = state.lps_from_slices, ORIENTATIONS[view]
    if needle is not None and looks_down_the_barrel(view, state, needle):
        depth_mm = depth_along_mm(needle.path, state.crosshair_lps_mm)
        return barrel_plane(needle.path, frame, depth_mm)
    if needle is not None and state.needle_view is NeedleView.IN_LINE:
        near_bone = needle.path.point_at(_NEAR_BONE_SHARE * needle.path.length_mm)
        plane = in_line_plane(orientation, needle.path, frame).centred_on(near_bone)
    else:
        plane = anatomical_plane(orientation, frame, home_lps_mm)
    return plane.through(state.crosshair_lps_mm)


def header_of(view: ViewName, state: ViewState, needle: NeedlePicture | None) -> tuple[str, str]:
    """Return a slice view's name and where it is."""
    if needle is not None and looks_down_the_barrel(view, state, needle):
        depth_mm = depth_along_mm(needle.path, state.crosshair_lps_mm)
        place = f"depth {depth_mm:.0f} mm of {needle.path.length_mm:.0f}"
        return "Down the barrel", f"{needle.side.value} needle   {place}"
    title = view.value.capitalize()
    if needle is not None and state.needle_view is NeedleView.IN_LINE:
        return title, f"in line with the {needle.side.value} needle"
    if state.is_turned:
        # Where the slices lie along a vertebra's axes means nothing once they left them.
        return title, turned_words(state)
    return title, _place(view, state.lps_from_slices, state.crosshair_lps_mm, state.active_level)


def _place(
    view: ViewName, frame: RigidTransform, point_lps_mm: Triple, level: VertebraLevel | None
) -> str:
    axis = _FRAME_AXIS[view]
    if frame == RigidTransform.identity():
        return f"{_AXIS_NAMES[axis]} {_signed(point_lps_mm[axis])} mm"
    place_mm = as_triple(frame.inverse.point(point_lps_mm))[axis]
    letter = _AXIS_LETTERS[axis][int(place_mm > 0.0)]
    name = f"{level.name}   " if level else ""
    return f"{name}{letter} {abs(place_mm):.1f} mm"


def turned_words(state: ViewState) -> str:
    """Return that the slices were turned by hand; empty where they were not."""
    return "turned by hand (R puts back)" if state.is_turned else ""


def _signed(value: float) -> str:
    return f"{value:.1f}".replace("-", "\N{MINUS SIGN}")
