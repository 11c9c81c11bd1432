"""A balloon as a slice cuts it."""

from typing import TYPE_CHECKING

from vtkmodules.vtkRenderingCore import vtkActor

from planner.mesh.plane_cut import as_segments, outlines_cut_by_plane
from planner.mesh.shapes import capsule_mesh
from planner.rendering.cameras import SlicePlane
from planner.rendering.palette import BALLOON
from planner.rendering.plan_picture import BalloonPicture
from planner.rendering.visuals.convex_fill import ConvexFill
from planner.rendering.visuals.line_set import LineSet

if TYPE_CHECKING:
    from planner.mesh.triangle_mesh import TriangleMesh


class BalloonSlice:
    """The cut of the inflated shape, outlined and filled."""

    def __init__(self) -> None:
        self._outline = LineSet(BALLOON, 1.6)
        self._fill = ConvexFill(BALLOON, 0.22)
        self._mesh: TriangleMesh | None = None

    @property
    def actors(self) -> tuple[vtkActor, ...]:
        """Fill and outline."""
        return self._fill.actor, self._outline.actor

    def show(self, balloon: BalloonPicture) -> None:
        """Take another shape; it appears with the next plane."""
        self._mesh = capsule_mesh(balloon.shape)

    def show_plane(self, plane: SlicePlane) -> None:
        """Draw the cut in a plane."""
        if self._mesh is not None:
            outlines = outlines_cut_by_plane(self._mesh, plane.plane)
            self._outline.show(as_segments(outlines))
            self._fill.show(outlines)

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep the line as wide to the eye on dense screens."""
        self._outline.set_pixel_ratio(ratio)
