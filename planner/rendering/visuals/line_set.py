"""Straight pieces of line with one colour and width."""

import numpy as np
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData
from vtkmodules.vtkRenderingCore import vtkActor, vtkPolyDataMapper

from planner.geometry.points import FloatArray
from planner.mesh.vtk_arrays import vtk_array_copied, vtk_ids_copied
from planner.rendering.palette import Colour


class LineSet:
    """Many segments in one actor; only their points change."""

    def __init__(self, colour: Colour, width_px: float, opacity: float = 1.0) -> None:
        self._polydata = vtkPolyData()
        mapper = vtkPolyDataMapper()
        mapper.SetInputData(self._polydata)
        self.actor = vtkActor()
        self.actor.SetMapper(mapper)
        self.actor.PickableOff()
        look = self.actor.GetProperty()
        look.SetColor(*colour)
        look.SetOpacity(opacity)
        look.LightingOff()
        look.SetLineWidth(width_px)
        self.show(np.zeros((0, 2, 3)))

    def show(self, segments_lps_mm: FloatArray) -> None:
        """Draw segments, shape (n, 2, 3)."""
        count = len(segments_lps_mm)
        self.actor.SetVisibility(bool(count))
        if not count:
            return
        points = vtkPoints()
        points.SetData(vtk_array_copied(np.ascontiguousarray(segments_lps_mm).reshape(-1, 3)))
        lines = vtkCellArray()
        lines.SetData(
            vtk_ids_copied(np.arange(0, 2 * count + 1, 2, dtype=np.int64)),
            vtk_ids_copied(np.arange(2 * count, dtype=np.int64)),
        )
        self._polydata.SetPoints(points)
        self._polydata.SetLines(lines)
