"""The values of a volume at the pixels of a slice."""

import numpy as np
from vtkmodules.vtkCommonMath import vtkMatrix4x4
from vtkmodules.vtkImagingCore import vtkImageReslice

from planner.geometry.points import FloatArray
from planner.geometry.transforms import RigidTransform
from planner.imaging.slab import THIN, Slab, SlabMode
from planner.imaging.volume import HuArray, Volume
from planner.mesh.vtk_arrays import numpy_array_sharing
from planner.rendering.picking import SliceMapping
from planner.rendering.vtk_bridge import indexed_image_of

OUTSIDE = int(np.iinfo(np.int16).min)
"""What a pixel beside the volume holds: black in every window."""
_SLAB_STEP_MM = 1.0
_NEAREST, _LINEAR, _CUBIC = 0, 1, 3
_SLAB_MODES = {SlabMode.MAXIMUM: 1, SlabMode.AVERAGE: 2}
"""VTK's numbers of maximum and mean."""


class SliceSampler:
    """Reads a volume along any plane: linearly while things move, cubically at rest.

    Or, where the values are no quantities that could be mixed, always the nearest one.

    A quarter of the time of VTK's own slice in a scene, which draws the same values through
    OpenGL.
    """

    def __init__(self, *, mixes: bool = True) -> None:
        self._mixes = mixes
        self._volume: Volume | None = None
        self._ijk_from_lps: FloatArray = np.eye(4)
        self._axes = vtkMatrix4x4()
        self._reslice = vtkImageReslice()
        self._reslice.SetOutputDimensionality(2)
        self._reslice.SetOutputSpacing(1.0, 1.0, 1.0)
        self._reslice.SetOutputOrigin(0.0, 0.0, 0.0)
        self._reslice.SetResliceAxes(self._axes)
        self._reslice.SetBackgroundLevel(OUTSIDE)

    @property
    def volume(self) -> Volume | None:
        """The volume that is read."""
        return self._volume

    def show(self, volume: Volume | None, lps_from_volume: RigidTransform | None = None) -> None:
        """Read another volume, moved by a rigid transform where one is given."""
        if volume is not None and volume is not self._volume:
            self._reslice.SetInputData(indexed_image_of(volume))
        self._volume = volume
        if volume is not None:
            moved = lps_from_volume.inverse.matrix if lps_from_volume else np.eye(4)
            self._ijk_from_lps = volume.geometry.ijk_from_lps @ moved

    def sample(self, mapping: SliceMapping, slab: Slab = THIN, *, finely: bool) -> HuArray:
        """Return the values at the middle of each pixel, rows from above.

        Returns
        -------
        values, shape (height_px, width_px)
            `OUTSIDE` beside the volume; in a slab, that of what lies inside it. They are valid
            until the next call.
        """
        width_px, height_px = mapping.width_px, mapping.height_px
        if self._volume is None:
            return np.full((height_px, width_px), OUTSIDE, dtype=np.int16)
        step_mm = 0.0 if slab.is_thin else _SLAB_STEP_MM
        matrix = self._ijk_from_lps @ _lps_from_px(mapping, step_mm)
        self._axes.DeepCopy([float(value) for value in matrix.ravel()])
        self._reslice.SetOutputExtent(0, width_px - 1, 0, height_px - 1, 0, 0)
        mixing = _CUBIC if finely and slab.is_thin else _LINEAR
        self._reslice.SetInterpolationMode(mixing if self._mixes else _NEAREST)
        if slab.is_thin:
            self._reslice.SetSlabNumberOfSlices(1)
        else:
            self._reslice.SetSlabMode(_SLAB_MODES[slab.mode])
            # An odd number has the plane itself in its middle.
            half = round(slab.thickness_mm / 2.0 / _SLAB_STEP_MM)
            self._reslice.SetSlabNumberOfSlices(2 * half + 1)
        self._reslice.Update()
        scalars = self._reslice.GetOutput().GetPointData().GetScalars()
        return numpy_array_sharing(scalars).reshape(height_px, width_px).view(np.int16)


def _lps_from_px(mapping: SliceMapping, step_mm: float) -> FloatArray:
    """Return the 4 x 4 matrix from the numbers of a pixel (column, row, slice of the slab)."""
    plane, mm = mapping.plane, mapping.mm_per_px
    matrix = np.eye(4)
    matrix[:3, 0] = mm * np.asarray(plane.right_lps)
    matrix[:3, 1] = mm * np.asarray(plane.down_lps)
    matrix[:3, 2] = (step_mm or mm) * plane.into_screen_lps
    # Whole numbers are the middles of pixels, half a pixel from their corners; VTK's slabs begin
    # half a step too near.
    matrix[:3, 3] = mapping.lps_of((0.5, 0.5), step_mm / 2.0)
    return matrix
