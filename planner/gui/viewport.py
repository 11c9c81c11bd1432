"""A widget that shows a scene: VTK draws into memory, Qt paints the memory.

VTK's own widget needs an X server and dies on a paint after its end; this one needs neither a
window system nor OpenGL in Qt, and what is painted over it is Qt's own sharp text.
"""

import time

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget
from vtkmodules.vtkCommonCore import vtkUnsignedCharArray

from planner.mesh.vtk_arrays import numpy_array_sharing
from planner.rendering.off_screen import off_screen_window
from planner.rendering.scene import Scene

_BACK_BUFFER = 0
_BURST_S = 0.25
"""Frames asked for sooner than this after the last one are part of a movement."""
_PAUSE_FRAMES = 2.0
"""A view without the focus waits as long as so many frames take before it draws the next one."""
_SETTLE_MS = 220
"""After so long without a frame the scene is at rest and drawn finely."""


class Viewport(QWidget):
    """Shows one scene; many changes between two paints make one frame."""

    def __init__(self, scene: Scene, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(120, 90)
        self.frame_count = 0
        """How often VTK has drawn; repaints of Qt alone do not count."""
        self._scene = scene
        self._window = off_screen_window(1, 1)
        self._pixels = vtkUnsignedCharArray()
        self._image = QImage()
        self._is_stale = True
        self._is_closed = False
        self._drawn_at_s = 0.0
        self._settle_timer = QTimer(self)
        self._settle_timer.setSingleShot(True)
        self._settle_timer.setInterval(_SETTLE_MS)
        self._settle_timer.timeout.connect(self.settle)
        self._frame_s = 0.0
        self._pause_timer = QTimer(self)
        self._pause_timer.setSingleShot(True)
        self._pause_timer.timeout.connect(self.update)
        scene.attach(self._window)
        scene.set_schedule(self)

    @property
    def is_closed(self) -> bool:
        """Whether the scene's buffers are gone."""
        return self._is_closed

    def request_frame(self) -> None:
        """Draw the scene anew at the next paint, once however often this is called.

        Frames in quick succession are drawn quickly; a fine one follows when they end. A view
        without the focus leaves most of the time to the one that is being steered.
        """
        self._is_stale = True
        if self._is_closed or self._pause_timer.isActive():
            return
        pause_ms = 0 if self.hasFocus() else self._pause_ms()
        if pause_ms > 0:
            self._pause_timer.start(pause_ms)
        else:
            self.update()

    def settle(self) -> None:
        """Draw finely at the next paint, whatever moved a moment ago."""
        self._settle_timer.stop()
        self._pause_timer.stop()
        if not self._is_closed:
            self._drawn_at_s = 0.0
            self.request_frame()

    def shut_down(self) -> None:
        """Give the buffers back; later paints show nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self._settle_timer.stop()
        self._pause_timer.stop()
        self._scene.detach(self._window)
        self._window.Finalize()
        self._image = QImage()

    def sizeHint(self) -> QSize:
        """Return a size that shows something."""
        return QSize(480, 360)

    def size_px(self) -> tuple[int, int]:
        """Return the width and height in device pixels."""
        ratio = self.devicePixelRatioF()
        return max(1, round(self.width() * ratio)), max(1, round(self.height() * ratio))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Draw anew at the new size."""
        super().resizeEvent(event)
        self.request_frame()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Give the buffers back before the widget goes."""
        self.shut_down()
        super().closeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the scene where it changed, then what lies over it."""
        del event
        if self._is_closed:
            return
        self._fit_scene()
        if self._is_stale:
            self._is_stale = False
            self._render()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_over(painter)
        painter.end()

    def paint_over(self, painter: QPainter) -> None:
        """Paint over the scene, in the widget's own pixels."""

    def _pause_ms(self) -> int:
        """Return how long to wait so that frames take at most a share of the time."""
        since_s = time.monotonic() - self._drawn_at_s
        return round(1000.0 * (self._frame_s * _PAUSE_FRAMES - since_s))

    def _fit_scene(self) -> None:
        """Tell the scene its size; a screen of another density arrives without a resize."""
        width_px, height_px = self.size_px()
        ratio = self.devicePixelRatioF()
        known = (self._scene.width_px, self._scene.height_px, self._scene.pixel_ratio)
        if (width_px, height_px, ratio) == known:
            return
        self._window.SetSize(width_px, height_px)
        self._scene.resize(width_px, height_px, ratio)
        self._is_stale = True

    def _render(self) -> None:
        started_s = time.monotonic()
        is_moving = started_s - self._drawn_at_s < _BURST_S
        self._scene.set_still(still=not is_moving)
        if is_moving:
            self._settle_timer.start()
        width_px, height_px = self.size_px()
        self._window.Render()
        self._window.GetRGBACharPixelData(
            0, 0, width_px - 1, height_px - 1, _BACK_BUFFER, self._pixels, 0
        )
        rgba = numpy_array_sharing(self._pixels)
        image = QImage(rgba.data, width_px, height_px, 4 * width_px, QImage.Format.Format_RGBX8888)
        # VTK counts rows from below; the flipped copy also owns its memory.
        self._image = image.flipped(Qt.Orientation.Vertical)
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self.frame_count += 1
        self._drawn_at_s = time.monotonic()
        self._frame_s = self._drawn_at_s - started_s
