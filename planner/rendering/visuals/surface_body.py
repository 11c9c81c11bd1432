"""A surface in the 3D view."""

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkPolyData
from vtkmodules.vtkFiltersCore import vtkPolyDataNormals
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from planner.mesh.polydata import polydata_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.mesh.vtk_arrays import vtk_array_copied
from planner.rendering.palette import Colour

_Colours = NDArray[np.uint8]
_Paint = tuple[object, Callable[[TriangleMesh], _Colours | None]]


class SurfaceBody:
    """A shaded closed surface; translucent ones show the inside of nothing but themselves."""

    def __init__(self, colour: Colour, opacity: float, *, sharp_edge_deg: float = 180.0) -> None:
        self._fine, self._coarse = _Shading(sharp_edge_deg), _Shading(sharp_edge_deg)
        self.actor = vtkActor()
        self.actor.SetMapper(self._fine.mapper)
        self.actor.VisibilityOff()
        self._mesh: TriangleMesh | None = None
        self._has_coarse = False
        self._shown = self._fine
        self._paint: _Paint | None = None
        look = self.actor.GetProperty()
        look.SetColor(*colour)
        look.SetOpacity(opacity)
        look.SetAmbient(0.12)
        look.SetDiffuse(0.82)
        look.SetSpecular(0.18)
        look.SetSpecularPower(24.0)
        look.SetInterpolationToPhong()
        look.BackfaceCullingOn()

    def show(self, mesh: TriangleMesh, coarse: TriangleMesh | None = None) -> None:
        """Draw another surface, and one with fewer triangles while the view moves."""
        if mesh is self._mesh:
            return
        self._mesh = mesh
        self._has_coarse = coarse is not None and bool(len(coarse.faces))
        self._fine.show(mesh)
        if coarse is not None and self._has_coarse:
            self._coarse.show(coarse)
        self.actor.SetVisibility(bool(len(mesh.faces)))

    def paint(self, key: object, colours_of: Callable[[TriangleMesh], _Colours | None]) -> None:
        """Paint each vertex of what is drawn, or all alike again where there is no colour.

        Parameters
        ----------
        key
            What the colours follow from besides the surface: painted anew where it changed.
        colours_of
            Makes the colours of a surface's vertices, shape (vertices, 3).
        """
        self._paint = (key, colours_of)
        self._shown.paint(*self._paint)

    def set_still(self, *, still: bool) -> None:
        """Draw all triangles at rest, fewer while moving."""
        self._shown = self._fine if still or not self._has_coarse else self._coarse
        self.actor.SetMapper(self._shown.mapper)
        if self._paint is not None:
            self._shown.paint(*self._paint)

    def set_opacity(self, opacity: float) -> None:
        """Make it more or less translucent."""
        if not math.isclose(self.actor.GetProperty().GetOpacity(), opacity):
            self.actor.GetProperty().SetOpacity(opacity)

    def set_colour(self, colour: Colour) -> None:
        """Paint it otherwise."""
        self.actor.GetProperty().SetColor(*colour)


class _Shading:
    """A surface with the normals it is lit by."""

    def __init__(self, sharp_edge_deg: float) -> None:
        self._normals = vtkPolyDataNormals()
        self._normals.SetFeatureAngle(sharp_edge_deg)
        self._normals.SetSplitting(sharp_edge_deg < 180.0)
        self._normals.ConsistencyOff()
        self.mapper = vtkPolyDataMapper()
        self.mapper.ScalarVisibilityOff()
        self._mesh = TriangleMesh.empty()
        self._polydata = vtkPolyData()
        self._painted_from: object = None

    def show(self, mesh: TriangleMesh) -> None:
        """Light another surface: once, so that painting it does not."""
        self._mesh = mesh
        self._normals.SetInputData(polydata_of(mesh))
        self._normals.Update()
        self._polydata = vtkPolyData()
        self._polydata.ShallowCopy(self._normals.GetOutput())
        self.mapper.SetInputData(self._polydata)
        self._painted_from = None

    def paint(self, key: object, colours_of: Callable[[TriangleMesh], _Colours | None]) -> None:
        """Paint each vertex, or all alike, unless it was painted from an equal key before."""
        if key == self._painted_from:
            return
        self._painted_from = key
        colours = colours_of(self._mesh)
        self.mapper.SetScalarVisibility(colours is not None)
        if colours is not None:
            self._polydata.GetPointData().SetScalars(vtk_array_copied(colours))
            self._polydata.Modified()
