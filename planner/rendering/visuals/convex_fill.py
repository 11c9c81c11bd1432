"""The filled inside of a convex outline."""

import numpy as np
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from planner.geometry.points import FloatArray, Vec3
from planner.mesh.polydata import polydata_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.rendering.palette import Colour


class ConvexFill:
    """A flat translucent polygon."""

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

    def show(self, outline_lps_mm: FloatArray, normal_lps: Vec3) -> None:
        """Fill the convex outline through points (n, 3) in any order, on a plane."""
        self.actor.SetVisibility(len(outline_lps_mm) >= 3)
        if len(outline_lps_mm) >= 3:
            self._mapper.SetInputData(polydata_of(_fan(outline_lps_mm, normal_lps)))


def _fan(points_lps_mm: FloatArray, normal_lps: Vec3) -> TriangleMesh:
    centre = points_lps_mm.mean(axis=0)
    offsets = points_lps_mm - centre
    across = np.eye(3)[int(np.argmin(np.abs(normal_lps)))]
    first = np.cross(normal_lps, across)
    second = np.cross(normal_lps, first)
    order = np.argsort(np.arctan2(offsets @ second, offsets @ first))
    vertices = np.concatenate([centre[np.newaxis], points_lps_mm[order]])
    rim = np.arange(1, len(vertices))
    faces = np.stack([np.zeros_like(rim), rim, np.roll(rim, -1)], axis=1)
    return TriangleMesh(vertices, faces)
