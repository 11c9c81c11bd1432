"""A surface made in a moment from every second voxel, for what changes under the hand."""

import numpy as np
from vtkmodules.vtkCommonDataModel import vtkImageData
from vtkmodules.vtkFiltersCore import vtkFlyingEdges3D

from planner.imaging.volume import VoxelMask
from planner.mesh.polydata import mesh_of
from planner.mesh.triangle_mesh import TriangleMesh
from planner.mesh.vtk_arrays import vtk_array_sharing


def quick_surface(mask: VoxelMask) -> TriangleMesh:
    """Return the surface of a mask in LPS millimetres, from means of two by two by two voxels.

    It lies within a voxel of the mask's own surface, and is closed and faces outwards. Empty
    where the mask is.
    """
    filled = [np.flatnonzero(mask.voxels.any(axis=tuple({0, 1, 2} - {n}))) for n in range(3)]
    if not all(len(along) for along in filled):
        return TriangleMesh.empty()
    lower = [int(along[0]) for along in filled]
    box = tuple(slice(low, int(along[-1]) + 1) for low, along in zip(lower, filled, strict=True))
    cut = mask.voxels[box]
    # One layer of nothing around, counted in blocks of two.
    padded = np.pad(cut, [(2, 2 + n % 2) for n in cut.shape])
    k, j, i = (n // 2 for n in padded.shape)
    means = padded.reshape(k, 2, j, 2, i, 2).sum(axis=(1, 3, 5), dtype=np.uint8)
    image = vtkImageData()
    image.SetDimensions(i, j, k)
    image.GetPointData().SetScalars(vtk_array_sharing(means.ravel()))
    contour = vtkFlyingEdges3D()
    contour.SetInputData(image)
    contour.SetValue(0, 4.0)
    contour.ComputeNormalsOff()
    contour.ComputeGradientsOff()
    contour.ComputeScalarsOff()
    contour.Update()
    surface = mesh_of(contour.GetOutput())
    # The middle of a block lies half a voxel after its first one.
    start_ijk = np.array(lower[::-1]) - 2 + 0.5
    points = mask.geometry.lps_of(start_ijk + 2.0 * surface.vertices_lps_mm)
    mesh = TriangleMesh(points, surface.faces)
    if mesh.volume_mm3 >= 0.0:
        return mesh
    return TriangleMesh(points, surface.faces[:, [0, 2, 1]])
