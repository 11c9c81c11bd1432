"""A balloon as a slice cuts it."""

from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import BALLOON
from planner.rendering.plan_picture import BalloonPicture
from planner.rendering.shape_surfaces import balloon_surface
from planner.rendering.slice_marks import Fill, SliceMark, Strokes


def balloon_marks(balloon: BalloonPicture, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the cut of the inflated shape, filled and outlined."""
    outlines = outlines_cut_by_plane(balloon_surface(balloon.shape, balloon.flat), plane.plane)
    return Fill(outlines, BALLOON, 0.22), Strokes(as_segments(outlines), BALLOON, 1.6)
