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
        self._width_px = width_px
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

    def set_pixel_ratio(self, ratio: float) -> None:
        """Keep the width the same to the eye on dense screens."""
        self.actor.GetProperty().SetLineWidth(self._width_px * ratio)

    def set_opacity(self, opacity: float) -> None:
        """Fade the lines."""
        self.actor.GetProperty().SetOpacity(opacity)


def dashed(start_lps_mm: FloatArray, end_lps_mm: FloatArray, dash_mm: float) -> FloatArray:
    """Return the dashes of a straight line, as long as the gaps between them, shape (n, 2, 3)."""
    length_mm = float(np.linalg.norm(end_lps_mm - start_lps_mm))
    if length_mm < dash_mm:
        return np.zeros((0, 2, 3))
    starts = np.arange(0.0, length_mm, 2.0 * dash_mm)
    ends = np.minimum(starts + dash_mm, length_mm)
    along = (end_lps_mm - start_lps_mm) / length_mm
    reach = np.stack([starts, ends], axis=1)[:, :, np.newaxis]
    segments: FloatArray = start_lps_mm + reach * along
    return segments
