"""A VTK scene as pictures that Qt can paint."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from vtkmodules.vtkCommonCore import vtkCommand, vtkUnsignedCharArray

from planner.mesh.vtk_arrays import numpy_array_sharing
from planner.rendering.off_screen import off_screen_window
from planner.rendering.render_schedule import RenderSchedule
from planner.rendering.scene import Scene

_BACK_BUFFER = 0


class SceneFrames:
    """Draws a scene into memory, without a window system."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self._window = off_screen_window(1, 1)
        self._pixels = vtkUnsignedCharArray()
        scene.attach(self._window)

    def set_schedule(self, schedule: RenderSchedule) -> None:
        """Tell a schedule of changes."""
        self._scene.set_schedule(schedule)

    def resize(self, width_px: int, height_px: int, pixel_ratio: float) -> None:
        """Draw at another size from now on."""
        self._window.SetSize(width_px, height_px)
        self._scene.resize(width_px, height_px, pixel_ratio)

    def frame(self, *, still: bool) -> QImage:
        """Return the scene as it is now."""
        scene = self._scene
        scene.set_still(still=still)
        scene.prepare()
        self._window.Render()
        width_px, height_px = scene.width_px, scene.height_px
        self._window.GetRGBACharPixelData(
            0, 0, width_px - 1, height_px - 1, _BACK_BUFFER, self._pixels, 0
        )
        rgba = numpy_array_sharing(self._pixels)
        image = QImage(rgba.data, width_px, height_px, 4 * width_px, QImage.Format.Format_RGBX8888)
        # VTK counts rows from below; the flipped copy also owns its memory.
        return image.flipped(Qt.Orientation.Vertical)

    @contextmanager
    def stopping_when(self, is_unwanted: Callable[[], bool]) -> Iterator[None]:
        """Let frames end early, unfinished, once they are no longer wanted."""

        def check(_window: object, _event: str) -> None:
            if is_unwanted():
                self._window.SetAbortRender(1)

        tag = self._window.AddObserver(vtkCommand.AbortCheckEvent, check)
        try:
            yield
        finally:
            self._window.RemoveObserver(tag)

    def release(self) -> None:
        """Give the buffers back."""
        self._scene.detach(self._window)
        self._window.Finalize()
