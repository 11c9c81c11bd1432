"""The outline in which a slice cuts a surface."""

from planner.mesh.plane_cut import segments_cut_by_plane
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import BONE_OUTLINE, CANAL, Colour
from planner.rendering.slice_marks import SliceMark, Strokes


def bone_marks(mesh: TriangleMesh, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the contour of bone in a plane."""
    return _outline(mesh, plane, BONE_OUTLINE, 1.0, 0.55)


def canal_marks(mesh: TriangleMesh, plane: SlicePlane) -> tuple[SliceMark, ...]:
    """Return the contour of the canal in a plane."""
    return _outline(mesh, plane, CANAL, 1.4, 0.8)


def surface_marks(mesh: TriangleMesh, plane: SlicePlane, colour: Colour) -> tuple[SliceMark, ...]:
    """Return the contour of any surface in a plane, none where it is empty."""
    return _outline(mesh, plane, colour, 1.6, 0.9) if len(mesh.faces) else ()


def _outline(
    mesh: TriangleMesh, plane: SlicePlane, colour: Colour, width_px: float, opacity: float
) -> tuple[SliceMark, ...]:
    return (Strokes(segments_cut_by_plane(mesh, plane.plane), colour, width_px, opacity),)
