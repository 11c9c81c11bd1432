"""Scenes as PNG files, without a window on screen."""

import contextlib
from collections.abc import Callable, Iterator

from vtkmodules.vtkIOImage import vtkPNGWriter
from vtkmodules.vtkRenderingCore import vtkRenderWindow, vtkWindowToImageFilter

from planner.mesh.vtk_arrays import numpy_array_sharing
from planner.rendering.off_screen import off_screen_window
from planner.rendering.scene import Scene

_COMPRESSION = 3
"""Level 5, VTK's own, takes twice the time for a tenth of the size."""


def render_png(scene: Scene, width_px: int, height_px: int, pixel_ratio: float = 1.0) -> bytes:
    """Return a scene as a PNG image of a size in pixels.

    `pixel_ratio` makes lines wider for pictures that will be shown small.
    """
    with picture_taker(scene, width_px, height_px, pixel_ratio) as take_png:
        return take_png()


@contextlib.contextmanager
def picture_taker(
    scene: Scene, width_px: int, height_px: int, pixel_ratio: float = 1.0
) -> Iterator[Callable[[], bytes]]:
    """Give a function that returns the scene as it is then, for many pictures of one scene."""
    window = off_screen_window(width_px, height_px)
    scene.attach(window)
    try:
        scene.resize(width_px, height_px, pixel_ratio)
        yield lambda: _png_of(scene, window)
    finally:
        scene.detach(window)
        window.Finalize()


def _png_of(scene: Scene, window: vtkRenderWindow) -> bytes:
    scene.prepare()
    window.Render()
    grab = vtkWindowToImageFilter()
    grab.SetInput(window)
    grab.SetInputBufferTypeToRGB()
    grab.ReadFrontBufferOff()
    grab.ShouldRerenderOff()
    writer = vtkPNGWriter()
    writer.SetInputConnection(grab.GetOutputPort())
    writer.SetCompressionLevel(_COMPRESSION)
    writer.WriteToMemoryOn()
    writer.Write()
    return numpy_array_sharing(writer.GetResult()).tobytes()
