"""Between our surfaces and VTK's: the only place that copies them."""

from typing import TYPE_CHECKING, cast

import numpy as np
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkPolyData

from planner.foundation.errors import GeometryProblem
from planner.mesh.triangle_mesh import FaceArray, TriangleMesh
from planner.mesh.vtk_arrays import numpy_array_sharing, vtk_array_copied, vtk_ids_copied

if TYPE_CHECKING:
    from planner.geometry.points import FloatArray


def polydata_of(mesh: TriangleMesh) -> vtkPolyData:
    """Return a VTK surface with the vertices in LPS millimetres; it owns its arrays."""
    points = vtkPoints()
    points.SetData(vtk_array_copied(mesh.vertices_lps_mm))
    polydata = vtkPolyData()
    polydata.SetPoints(points)
    polydata.SetPolys(_cells_of(mesh.faces))
    return polydata


def mesh_of(polydata: vtkPolyData) -> TriangleMesh:
    """Return the triangles of a VTK surface; the mesh owns its arrays.

    Raises
    ------
    GeometryProblem
        If a cell is no triangle.
    """
    if polydata.GetNumberOfPolys() == 0:
        return TriangleMesh.empty()
    cells = polydata.GetPolys()
    if cells.IsHomogeneous() != 3:
        raise GeometryProblem("A surface holds cells that are no triangles.")
    faces = cast("FaceArray", numpy_array_sharing(cells.GetConnectivityArray())).reshape(-1, 3)
    vertices = cast("FloatArray", numpy_array_sharing(polydata.GetPoints().GetData()))
    return TriangleMesh(vertices, faces)


def _cells_of(faces: FaceArray) -> vtkCellArray:
    cells = vtkCellArray()
    offsets = np.arange(0, 3 * len(faces) + 1, 3, dtype=np.int64)
    cells.SetData(
        vtk_ids_copied(offsets),
        vtk_ids_copied(faces.ravel()),
    )
    return cells
