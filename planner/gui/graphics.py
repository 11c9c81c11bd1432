"""Whether pictures are drawn by a graphics card or by the processor."""

import functools

from planner.rendering.off_screen import off_screen_window

_SOFTWARE_RENDERERS = ("llvmpipe", "softpipe", "swrast", "swiftshader", "osmesa")


@functools.cache
def is_software_rendered() -> bool:
    """Return whether OpenGL runs on the processor here, which is slower but right.

    The first call loads the graphics library, which takes a moment.
    """
    window = off_screen_window(8, 8)
    window.Render()
    described = window.ReportCapabilities().lower()
    window.Finalize()
    return any(name in described for name in _SOFTWARE_RENDERERS)
