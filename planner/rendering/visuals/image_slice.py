"""One slice of a volume, resampled to the pixels of the screen."""

from vtkmodules.vtkRenderingCore import vtkImageSlice
from vtkmodules.vtkRenderingImage import vtkImageResliceMapper

from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.vtk_bridge import image_of


class ImageSlice:
    """The slice of a volume at the camera's focal point, facing the camera."""

    def __init__(self) -> None:
        self._mapper = vtkImageResliceMapper()
        self._mapper.SliceFacesCameraOn()
        self._mapper.SliceAtFocalPointOn()
        self._mapper.AutoAdjustImageQualityOff()
        self._mapper.ResampleToScreenPixelsOn()
        self._mapper.BorderOn()
        self.prop = vtkImageSlice()
        self.prop.VisibilityOff()
        self.prop.GetProperty().SetInterpolationTypeToCubic()

    def show(self, volume: Volume | None) -> None:
        """Show a volume's voxels, on their own memory; None shows nothing."""
        if volume is None:
            self._mapper.RemoveAllInputs()
            self.prop.VisibilityOff()
            return
        self._mapper.SetInputData(image_of(volume))
        self.prop.SetMapper(self._mapper)
        self.prop.VisibilityOn()

    def show_window_level(self, window_level: WindowLevel) -> None:
        """Map Hounsfield units to grey."""
        look = self.prop.GetProperty()
        look.SetColorWindow(window_level.width_hu)
        look.SetColorLevel(window_level.level_hu)

    def set_still(self, *, still: bool) -> None:
        """Interpolate cubically at rest, linearly while moving: half the time a frame."""
        look = self.prop.GetProperty()
        if still:
            look.SetInterpolationTypeToCubic()
        else:
            look.SetInterpolationTypeToLinear()
