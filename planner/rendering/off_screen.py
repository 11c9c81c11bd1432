"""Windows that are never shown: VTK renders into their buffers."""

import os
import sys

# The OpenGL factory registers itself on import; without it no window can be made.
import vtkmodules.vtkRenderingOpenGL2  # noqa: F401
from vtkmodules.vtkRenderingCore import vtkRenderWindow

_WINDOW_CHOICE = "VTK_DEFAULT_OPENGL_WINDOW"


def off_screen_window(width_px: int, height_px: int) -> vtkRenderWindow:
    """Return a window that needs no screen and no X server."""
    if sys.platform.startswith("linux") and not os.environ.get("DISPLAY"):
        # Otherwise VTK asks for an X server first and warns that there is none.
        os.environ.setdefault(_WINDOW_CHOICE, "vtkEGLRenderWindow")
    window = vtkRenderWindow()
    window.ShowWindowOff()
    window.UseOffScreenBuffersOn()
    # Multisampling costs six times the render time here and breaks depth peeling.
    window.SetMultiSamples(0)
    window.SetAlphaBitPlanes(1)
    window.LineSmoothingOn()
    window.SetSize(width_px, height_px)
    return window
