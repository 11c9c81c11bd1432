"""A body as it may be with its balloons, as a slice cuts it."""

from planner.mesh.plane_cut import segments_cut_by_plane
from planner.rendering.cameras import SlicePlane
from planner.rendering.fill_picture import GhostPicture
from planner.rendering.palette import GHOST
from planner.rendering.slice_marks import SliceMark, Strokes


def ghost_marks(ghost: GhostPicture, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the outline of the lifted body."""
    return (Strokes(segments_cut_by_plane(ghost.mesh, plane.plane), GHOST, 1.8, 0.9),)
