"""Volumes for VTK; surfaces cross over in `planner.mesh.polydata`."""

from vtkmodules.vtkCommonDataModel import vtkImageData

from planner.imaging.volume import Volume
from planner.mesh.vtk_arrays import vtk_array_sharing


def image_of(volume: Volume) -> vtkImageData:
    """Return a volume as a VTK image in LPS millimetres, on the same memory.

    The image carries origin, spacing and the direction of the axes, oblique and backward-running
    ones included.
    """
    grid = volume.geometry
    image = vtkImageData()
    image.SetDimensions(*grid.shape_ijk)
    image.SetSpacing(*grid.spacing_ijk_mm)
    image.SetOrigin(*(float(value) for value in grid.lps_from_ijk[:3, 3]))
    image.SetDirectionMatrix(*(float(value) for value in grid.axes_lps.ravel()))
    image.GetPointData().SetScalars(vtk_array_sharing(volume.voxels.reshape(-1)))
    return image


def indexed_image_of(volume: Volume) -> vtkImageData:
    """Return a volume as a VTK image in its own indices, on the same memory.

    Where the voxels lie is left to whoever samples it: VTK's filters for images along axes know
    nothing of oblique ones.
    """
    image = vtkImageData()
    image.SetDimensions(*volume.geometry.shape_ijk)
    image.GetPointData().SetScalars(vtk_array_sharing(volume.voxels.reshape(-1)))
    return image
