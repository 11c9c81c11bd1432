"""A surface with fewer triangles, for views that move."""

import numpy as np
from vtkmodules.vtkFiltersCore import vtkQuadricClustering

from planner.mesh.polydata import mesh_of, polydata_of
from planner.mesh.triangle_mesh import TriangleMesh

_CELL_MM = 1.7
_SMALL = 4_000
"""A surface of no more triangles than this stays as it is."""


def coarse_surface(mesh: TriangleMesh) -> TriangleMesh:
    """Return a surface whose vertices in each cell of a grid became one, up to a millimetre off.

    A tenth of a second for a vertebra: made together with the surface itself, in a job.
    """
    if len(mesh.faces) <= _SMALL:
        return mesh
    extent_mm = np.ptp(mesh.vertices_lps_mm, axis=0)
    divisions = [max(2, round(float(edge) / _CELL_MM)) for edge in extent_mm]
    clustering = vtkQuadricClustering()
    clustering.SetInputData(polydata_of(mesh))
    clustering.AutoAdjustNumberOfDivisionsOff()
    clustering.SetNumberOfDivisions(divisions)
    clustering.Update()
    return mesh_of(clustering.GetOutput())
