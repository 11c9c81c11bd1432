"""The heavy libraries: loaded while the window answers, as far as Python lets it."""

import contextlib
import gc
import importlib
import logging
import threading
from collections.abc import Callable, Iterator

logger = logging.getLogger(__name__)

HEAVY_MODULES = (
    "pydicom",
    "planner.dicom.load_volume",
    "scipy.ndimage",
    "vtkmodules.vtkCommonCore",
    "vtkmodules.vtkRenderingOpenGL2",
    "SimpleITK",
    "numba",
    "planner.workflow.open_case",
    "planner.workflow.find_levels",
    "planner.workflow.plan_study",
    "planner.workflow.hand_over",
    "planner.samples.sample_label",
    "planner.gui.send_commands",
    "planner.gui.case_desk",
)
"""In the order in which an opening needs them."""
_lock = threading.Lock()
_pauses = 0


def load_library(name: str) -> None:
    """Import a module; one that cannot be imported is told of where it is used."""
    with collection_paused():
        try:
            importlib.import_module(name)
        except ImportError:
            logger.warning("%s could not be loaded ahead of use", name)


def load_libraries(beat: Callable[[], object]) -> None:
    """Import everything that a case on screen needs, on the thread of the caller.

    Parameters
    ----------
    beat
        Called before each; may raise to stop.
    """
    with collection_paused():
        for name in HEAVY_MODULES:
            beat()
            load_library(name)
        beat()
        load_writers()
        beat()
        load_graphics()


def load_writers() -> None:
    """Import the writers that are installed, whichever they are."""
    from planner.export.registry import discover

    with collection_paused():
        discover()


def load_graphics() -> None:
    """Load what pictures are drawn with, where a thread other than the window's can."""
    from planner.gui.fine_frames import IS_POSSIBLE
    from planner.gui.graphics import is_software_rendered

    if IS_POSSIBLE:
        is_software_rendered()


@contextlib.contextmanager
def collection_paused() -> Iterator[None]:
    """Hold back the search for garbage in here, and leave out of it later what is made in here.

    A million objects come with these libraries and stay. Each search through them would hold
    every thread for a tenth of a second, again and again while they come and ever after.
    """
    global _pauses  # noqa: PLW0603  the collector is one for the process
    with _lock:
        _pauses += 1
        gc.disable()
    try:
        yield
    finally:
        with _lock:
            _pauses -= 1
            if _pauses == 0:
                gc.freeze()
                gc.enable()
