"""Fine pictures of a 3D scene, drawn beside the window's thread."""

import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from planner.gui.scene_frames import SceneFrames
from planner.rendering.volume_scene import VolumeScene, VolumeShot

IS_POSSIBLE = sys.platform != "darwin"
"""macOS makes windows on the main thread alone, hidden ones too."""


class FineFrames(QObject):
    """Draws shots of a scene one after another; a new one overtakes those before it.

    A scene, its window and its OpenGL context belong to one thread, so this keeps its own of each
    and takes nothing from the view but values. VTK lets other threads run while it renders.
    """

    drawn = Signal(object, QImage)
    """The shot, and its picture."""

    def __init__(self) -> None:
        super().__init__()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="fine-frames")
        self._painter: _Painter | None = None
        self._is_overtaken = threading.Event()

    def request(self, shot: VolumeShot) -> None:
        """Draw a shot, and no longer what was asked for before."""
        self.drop()
        self._is_overtaken = threading.Event()
        self._thread.submit(self._draw, shot, self._is_overtaken)

    def drop(self) -> None:
        """Leave what was asked for undrawn."""
        self._is_overtaken.set()

    def shut_down(self) -> None:
        """Give the buffers back."""
        self.drop()
        self._thread.submit(self._release)
        self._thread.shutdown(wait=True)

    def _draw(self, shot: VolumeShot, is_overtaken: threading.Event) -> None:
        if is_overtaken.is_set():
            return
        if self._painter is None:
            self._painter = _Painter()
        image = self._painter.picture_of(shot, is_overtaken.is_set)
        if not is_overtaken.is_set():
            self.drawn.emit(shot, image)

    def _release(self) -> None:
        if self._painter is not None:
            self._painter.release()
            self._painter = None


class _Painter:
    """A scene of the thread that made it."""

    def __init__(self) -> None:
        self._scene = VolumeScene()
        self._frames = SceneFrames(self._scene)

    def picture_of(self, shot: VolumeShot, is_overtaken: Callable[[], bool]) -> QImage:
        """Return the picture of a shot, unfinished where it was overtaken."""
        self._frames.resize(*shot.size_px, shot.pixel_ratio)
        self._scene.take(shot)
        with self._frames.stopping_when(is_overtaken):
            return self._frames.frame(still=True)

    def release(self) -> None:
        """Give the buffers back."""
        self._scene.show_rendered(None)
        self._frames.release()
