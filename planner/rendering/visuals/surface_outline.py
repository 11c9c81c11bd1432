"""The outline in which a slice cuts a surface."""

from vtkmodules.vtkRenderingCore import vtkActor

from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import Colour
from planner.rendering.visuals.line_set import LineSet


class SurfaceOutline:
    """A mesh's contour in the plane: bone and canal."""

    def __init__(self, colour: Colour, width_px: float, opacity: float) -> None:
        self._lines = LineSet(colour, width_px, opacity)
        self._mesh: TriangleMesh | None = None
        self._drawn: tuple[TriangleMesh, SlicePlane] | None = None

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """The lines."""
        return (self._lines.actor,)

    def show(self, mesh: TriangleMesh) -> None:
        """Take another surface; it appears with the next plane."""
        self._mesh = mesh

    def show_plane(self, plane: SlicePlane) -> None:
        """Draw the contour in a plane."""
        if self._mesh is None or (
            self._drawn is not None and self._drawn[0] is self._mesh and self._drawn[1] == plane
        ):
            return
        self._drawn = (self._mesh, plane)
        self._lines.show(as_segments(outlines_cut_by_plane(self._mesh, plane.plane)))

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep the line as wide to the eye on dense screens."""
        self._lines.set_pixel_ratio(ratio)
