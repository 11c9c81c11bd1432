"""The surface of a set of voxels."""

from typing import cast

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkImageData, vtkPolyData
from vtkmodules.vtkFiltersCore import (
    vtkDecimatePro,
    vtkFlyingEdges3D,
    vtkWindowedSincPolyDataFilter,
)

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import BoolArray, VoxelMask
from planner.mesh.polydata import mesh_of, polydata_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.mesh.vtk_arrays import vtk_array_sharing

_PASS_BAND = 0.005
"""Share of the mesh's frequencies that smoothing keeps: on thick slices the stairs go and
no point moves by more than a voxel."""
_ITERATIONS = 40
_LARGEST_TRIANGLE_COUNT = 100_000
"""More cannot be turned smoothly in software rendering."""
_VOLUME_PASSES = 3


def surface_of_mask(
    mask: VoxelMask,
    *,
    smoothing_iterations: int = _ITERATIONS,
    largest_triangle_count: int = _LARGEST_TRIANGLE_COUNT,
) -> TriangleMesh:
    """Return the smoothed surface of a mask in LPS millimetres, closed and facing outwards.

    Where the mask touches the edge of its grid the surface is closed half a voxel outside. The
    volume inside is that of the mask: what smoothing takes away is given back along the normals.

    Parameters
    ----------
    mask
        The set of voxels.
    smoothing_iterations
        Steps of the windowed sinc filter; 0 leaves the stairs of the voxels.
    largest_triangle_count
        Above it, the surface is thinned before it is smoothed.

    Raises
    ------
    GeometryProblem
        If the mask is empty.
    """
    if mask.is_empty:
        raise GeometryProblem("An empty mask has no surface.")
    voxels, grid = _padded_crop(mask)
    stairs = _facing_outwards(_stair_surface(voxels, grid))
    polydata = _thinned(polydata_of(stairs), largest_triangle_count)
    if smoothing_iterations == 0:
        return mesh_of(polydata)
    smooth = mesh_of(_smoothed(polydata, smoothing_iterations))
    return _with_volume(smooth, mask.volume_mm3)


def _padded_crop(mask: VoxelMask) -> tuple[BoolArray, GridGeometry]:
    """Return the part that holds the mask, with one empty voxel all round."""
    filled = np.nonzero(mask.voxels)
    lower_kji = [int(index.min()) for index in filled]
    upper_kji = [int(index.max()) + 1 for index in filled]
    crop = mask.voxels[tuple(slice(a, b) for a, b in zip(lower_kji, upper_kji, strict=True))]
    lower_ijk = [index - 1 for index in lower_kji[::-1]]
    upper_ijk = [index + 1 for index in upper_kji[::-1]]
    return np.pad(crop, 1), mask.geometry.cropped(lower_ijk, upper_ijk)


def _stair_surface(voxels: BoolArray, grid: GridGeometry) -> TriangleMesh:
    image = vtkImageData()
    image.SetDimensions(*grid.shape_ijk)
    scalars = np.ascontiguousarray(voxels, dtype=np.uint8)
    image.GetPointData().SetScalars(vtk_array_sharing(scalars.ravel()))
    contour = vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, 0.5)
    contour.ComputeNormalsOff()
    contour.ComputeGradientsOff()
    contour.ComputeScalarsOff()
    contour.Update()
    surface_ijk = mesh_of(contour.GetOutput())
    return TriangleMesh(grid.lps_of(surface_ijk.vertices_lps_mm), surface_ijk.faces)


def _facing_outwards(mesh: TriangleMesh) -> TriangleMesh:
    if mesh.volume_mm3 >= 0.0:
        return mesh
    return TriangleMesh(mesh.vertices_lps_mm, mesh.faces[:, [0, 2, 1]])


def _thinned(surface: vtkPolyData, largest_triangle_count: int) -> vtkPolyData:
    count = surface.GetNumberOfPolys()
    if count <= largest_triangle_count:
        return surface
    decimate = vtkDecimatePro()
    decimate.SetInputData(surface)
    decimate.SetTargetReduction(1.0 - largest_triangle_count / count)
    decimate.PreserveTopologyOn()
    decimate.SplittingOff()
    decimate.BoundaryVertexDeletionOff()
    decimate.Update()
    return cast("vtkPolyData", decimate.GetOutput())


def _smoothed(surface: vtkPolyData, iterations: int) -> vtkPolyData:
    smooth = vtkWindowedSincPolyDataFilter()
    smooth.SetInputData(surface)
    smooth.SetNumberOfIterations(iterations)
    smooth.SetPassBand(_PASS_BAND)
    smooth.BoundarySmoothingOff()
    smooth.FeatureEdgeSmoothingOff()
    smooth.NonManifoldSmoothingOn()
    smooth.NormalizeCoordinatesOn()
    smooth.Update()
    return cast("vtkPolyData", smooth.GetOutput())


def _with_volume(mesh: TriangleMesh, volume_mm3: float) -> TriangleMesh:
    """Return the surface moved along its normals until it holds the volume."""
    for _ in range(_VOLUME_PASSES):
        offset_mm = (volume_mm3 - mesh.volume_mm3) / mesh.area_mm2
        moved = mesh.vertices_lps_mm + offset_mm * _vertex_normals(mesh)
        mesh = TriangleMesh(moved, mesh.faces)
    return mesh


def _vertex_normals(mesh: TriangleMesh) -> FloatArray:
    a, b, c = (mesh.vertices_lps_mm[mesh.faces[:, n]] for n in range(3))
    doubled = np.cross(b - a, c - a)
    summed = np.zeros_like(mesh.vertices_lps_mm)
    for corner in range(3):
        np.add.at(summed, mesh.faces[:, corner], doubled)
    lengths = np.linalg.norm(summed, axis=1, keepdims=True)
    normals: FloatArray = summed / np.where(lengths > 0.0, lengths, 1.0)
    return normals
