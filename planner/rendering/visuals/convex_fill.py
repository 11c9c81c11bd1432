"""The filled inside of convex outlines."""

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from planner.geometry.points import FloatArray
from planner.mesh.polydata import polydata_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.palette import Colour


class ConvexFill:
    """Flat translucent polygons."""

    def __init__(self, colour: Colour, opacity: float) -> None:
        self._mapper = vtkPolyDataMapper()
        self.actor = vtkActor()
        self.actor.SetMapper(self._mapper)
        self.actor.PickableOff()
        look = self.actor.GetProperty()
        look.SetColor(*colour)
        look.SetOpacity(opacity)
        look.LightingOff()
        self.actor.VisibilityOff()

    def show(self, outlines_lps_mm: tuple[FloatArray, ...]) -> None:
        """Fill convex outlines, each of points (n, 3) in order."""
        self.actor.SetVisibility(bool(outlines_lps_mm))
        if outlines_lps_mm:
            self._mapper.SetInputData(polydata_of(_fans(outlines_lps_mm)))


def _fans(outlines_lps_mm: tuple[FloatArray, ...]) -> TriangleMesh:
    vertices, faces, first = [], [], 0
    for outline in outlines_lps_mm:
        vertices += [outline.mean(axis=0, keepdims=True), outline]
        rim = np.arange(first + 1, first + 1 + len(outline))
        faces.append(np.stack([np.full_like(rim, first), rim, np.roll(rim, -1)], axis=1))
        first += 1 + len(outline)
    return TriangleMesh(np.concatenate(vertices), np.concatenate(faces))
