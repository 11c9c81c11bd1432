"""The surface of a changing set of small voxels, quick enough to follow a slider."""

import numpy as np
from numpy.typing import NDArray
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask
from planner.mesh.polydata import mesh_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.mesh.vtk_arrays import vtk_array_sharing

_HALF_FULL = 0.5


def filled_surface(mask: VoxelMask, times: int = 2) -> TriangleMesh:
    """Return the surface where voxels of `times` the edge are half full, closed, facing outwards.

    A hundredth of the time of `surface_of_mask`, for pictures: thin threads of cement are lost.
    """
    if mask.is_empty:
        return TriangleMesh.empty()
    share, grid = _coarser(mask, times)
    image = vtkImageData()
    image.SetDimensions(*grid.shape_ijk)
    image.GetPointData().SetScalars(vtk_array_sharing(share.ravel()))
    contour = vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, _HALF_FULL)
    contour.ComputeNormalsOff()
    contour.ComputeGradientsOff()
    contour.ComputeScalarsOff()
    contour.Update()
    surface_ijk = mesh_of(contour.GetOutput())
    mesh = TriangleMesh(grid.lps_of(surface_ijk.vertices_lps_mm), surface_ijk.faces)
    if mesh.volume_mm3 >= 0.0:
        return mesh
    return TriangleMesh(mesh.vertices_lps_mm, mesh.faces[:, [0, 2, 1]])


def _coarser(mask: VoxelMask, times: int) -> tuple[NDArray[np.float32], GridGeometry]:
    """Return how full each cube of so many voxels a side is, with empty ones all round."""
    odd = [(times, times + -n % times) for n in mask.voxels.shape]
    voxels = np.pad(mask.voxels, odd)
    k, j, i = (n // times for n in voxels.shape)
    counts = voxels.reshape(k, times, j, times, i, times).sum(axis=(1, 3, 5), dtype=np.float32)
    matrix = np.array(mask.geometry.lps_from_ijk)
    # The first cube ends where the first voxel of the mask begins.
    matrix[:3, 3] = mask.geometry.lps_of((-0.5 - times / 2.0,) * 3)
    matrix[:3, :3] *= times
    return np.ascontiguousarray(counts / times**3, np.float32), GridGeometry((i, j, k), matrix)
