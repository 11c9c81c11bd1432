"""A box of the images in the 3D view, cast by rays on the processor."""

import math

# The mapper's parts register themselves on import.
import vtkmodules.vtkRenderingVolumeOpenGL2  # noqa: F401
from vtkmodules.vtkCommonDataModel import vtkPiecewiseFunction
from vtkmodules.vtkRenderingCore import vtkColorTransferFunction, vtkVolume, vtkVolumeProperty
from vtkmodules.vtkRenderingVolume import vtkFixedPointVolumeRayCastMapper

from planner.rendering.rendered_bone import RenderedBone
from planner.rendering.vtk_bridge import image_of

_COLOURS = (
    (100, 0.47, 0.27, 0.22),
    (250, 0.82, 0.66, 0.5),
    (500, 0.93, 0.88, 0.78),
    (1200, 1, 1, 1),
)
"""Hounsfield units, red, green and blue: vessels with contrast reddish, dense bone white."""
_OPACITIES = ((150, 0.0), (240, 0.12), (450, 0.6), (900, 0.95))
_QUICK_STEP, _STILL_STEP = 1.2, 0.7
"""Of a voxel's edge, from one sample on a ray to the next."""
_QUICK_RAYS, _STILL_RAYS = 40_000, 150_000
"""Over a whole view: what is cast in a twentieth and in a sixth of a second on two cores."""


class RayCastBody:
    """Two sizes of the same box: fewer voxels and rays while the view moves.

    VTK's mapper on the processor is ten times as fast as its OpenGL one on a software driver.
    """

    def __init__(self) -> None:
        self._fine, self._coarse = _mapper(), _mapper()
        self._shown: RenderedBone | None = None
        self.prop = vtkVolume()
        self.prop.SetMapper(self._fine)
        self.prop.SetProperty(_look())
        self.prop.VisibilityOff()
        self.prop.PickableOff()

    def show(self, bone: RenderedBone | None) -> None:
        """Show another box, or none."""
        self.prop.SetVisibility(bone is not None)
        if bone is None or bone is self._shown:
            return
        self._shown = bone
        for mapper, box, step in (
            (self._fine, bone.fine, _STILL_STEP),
            (self._coarse, bone.coarse, _QUICK_STEP),
        ):
            mapper.SetInputData(image_of(box))
            mapper.SetSampleDistance(step * min(box.geometry.spacing_ijk_mm))

    def fit(self, width_px: int, height_px: int) -> None:
        """Cast as many rays into a view of another size."""
        for mapper, rays in ((self._fine, _STILL_RAYS), (self._coarse, _QUICK_RAYS)):
            mapper.SetImageSampleDistance(max(1.0, math.sqrt(width_px * height_px / rays)))

    def set_still(self, *, still: bool) -> None:
        """Show all voxels at rest, an eighth of them while moving."""
        self.prop.SetMapper(self._fine if still else self._coarse)


def _mapper() -> vtkFixedPointVolumeRayCastMapper:
    mapper = vtkFixedPointVolumeRayCastMapper()
    mapper.AutoAdjustSampleDistancesOff()
    mapper.LockSampleDistanceToInputSpacingOff()
    return mapper


def _look() -> vtkVolumeProperty:
    colours, opacities = vtkColorTransferFunction(), vtkPiecewiseFunction()
    for colour in _COLOURS:
        colours.AddRGBPoint(*colour)
    for opacity in _OPACITIES:
        opacities.AddPoint(*opacity)
    look = vtkVolumeProperty()
    look.SetColor(colours)
    look.SetScalarOpacity(opacities)
    look.SetInterpolationTypeToLinear()
    look.ShadeOn()
    look.SetAmbient(0.25)
    look.SetDiffuse(0.8)
    look.SetSpecular(0.15)
    look.SetSpecularPower(18.0)
    return look
