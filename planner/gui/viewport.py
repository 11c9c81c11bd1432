"""A widget that shows pictures made in memory, such as those of a VTK scene.

VTK's own widget needs an X server and dies on a paint after its end; this one needs neither a
window system nor OpenGL in Qt, and what is painted over it is Qt's own sharp text.
"""

import time
from typing import Protocol

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QImage, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QWidget

from planner.rendering.render_schedule import RenderSchedule

_PAUSE_FRAMES = 12.0
_LONGEST_PAUSE_S = 0.05
"""A view without the focus waits as long as so many frames take before it draws the next one, so
that the view under the hand keeps its pace; never so long that it falls a tenth of a second
behind."""
_QUICK_FRAME_S = 0.04
"""Beside a slider, a view whose frames are quicker than this does not wait."""
_SETTLE_MS = 220
"""After so long without a frame the view is at rest and drawn finely."""


class Frames(Protocol):
    """What a viewport shows: a picture of any size, drawn when it is asked for."""

    def set_schedule(self, schedule: RenderSchedule) -> None:
        """Tell a schedule of changes."""
        ...

    def resize(self, width_px: int, height_px: int, pixel_ratio: float) -> None:
        """Draw so many device pixels from now on."""
        ...

    def frame(self, *, still: bool) -> QImage:
        """Return the picture as it is now: finely at rest, quickly while moving."""
        ...

    def release(self) -> None:
        """Give back what the pictures are made with."""
        ...


class Viewport(QWidget):
    """Shows one picture that changes; many changes between two paints make one frame."""

    def __init__(self, frames: Frames, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setMinimumSize(120, 90)
        self.frame_count = 0
        """How often the picture was drawn; repaints of Qt alone do not count."""
        self._frames = frames
        self._size = (0, 0, 0.0)
        self._image = QImage()
        self._is_stale = True
        self._is_at_rest = False
        self._is_closed = False
        self._drawn_at_s = 0.0
        self._settle_timer = QTimer(self)
        self._settle_timer.setSingleShot(True)
        self._settle_timer.setInterval(_SETTLE_MS)
        self._settle_timer.timeout.connect(self.come_to_rest)
        self._frame_s = 0.0
        self._pause_timer = QTimer(self)
        self._pause_timer.setSingleShot(True)
        self._pause_timer.timeout.connect(self.update)
        frames.set_schedule(self)

    @property
    def is_closed(self) -> bool:
        """Whether the buffers are gone."""
        return self._is_closed

    def request_frame(self) -> None:
        """Draw anew at the next paint, once however often this is called.

        It is drawn quickly; a fine frame follows when no other was asked for in the meantime. A
        view without the focus leaves most of the time to the one that is being steered.
        """
        self._is_stale = True
        self._is_at_rest = False
        if self._is_closed or self._pause_timer.isActive():
            return
        # Beside a slider, quick views all follow at once: there is none to keep the pace of.
        is_free = self._frame_s < _QUICK_FRAME_S and not isinstance(
            QApplication.focusWidget(), Viewport
        )
        pause_ms = 0 if self.hasFocus() or is_free else self._pause_ms()
        if pause_ms > 0:
            self._pause_timer.start(pause_ms)
        else:
            self.update()

    def prepare(self) -> None:
        """Make ready what the first picture would wait for; nothing is shown."""
        if self.frame_count == 0 and not self._is_closed:
            self._fit_frames()
            self._frames.frame(still=False)

    def come_to_rest(self) -> None:
        """Draw finely: nothing moved for a while."""
        self.settle()

    def settle(self) -> None:
        """Draw finely at the next paint, whatever moved a moment ago."""
        self._settle_timer.stop()
        self._pause_timer.stop()
        if not self._is_closed:
            self._is_stale = True
            self._is_at_rest = True
            self.update()

    def take_fine(self, image: QImage) -> None:
        """Show a fine picture that was drawn elsewhere, unless something moved meanwhile."""
        if self._is_closed or self._is_stale:
            return
        self._keep(image)
        self.update()

    def shut_down(self) -> None:
        """Give the buffers back; later paints show nothing."""
        if self._is_closed:
            return
        self._is_closed = True
        self._settle_timer.stop()
        self._pause_timer.stop()
        self._frames.release()
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
        """Draw where something changed, then what lies over it."""
        del event
        if self._is_closed:
            return
        self._fit_frames()
        if self._is_stale:
            self._is_stale = False
            self._draw()
        painter = QPainter(self)
        painter.drawImage(0, 0, self._image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.paint_over(painter)
        painter.end()

    def paint_over(self, painter: QPainter) -> None:
        """Paint over the picture, in the widget's own pixels."""

    def _pause_ms(self) -> int:
        """Return how long to wait so that frames take at most a share of the time."""
        since_s = time.monotonic() - self._drawn_at_s
        pause_s = min(self._frame_s * _PAUSE_FRAMES, _LONGEST_PAUSE_S)
        return round(1000.0 * (pause_s - since_s))

    def _fit_frames(self) -> None:
        """Tell the frames their size; a screen of another density arrives without a resize."""
        size = (*self.size_px(), self.devicePixelRatioF())
        if size != self._size:
            self._size = size
            self._frames.resize(*size)
            self._is_stale = True

    def _draw(self) -> None:
        started_s = time.monotonic()
        is_at_rest, self._is_at_rest = self._is_at_rest, False
        if not is_at_rest:
            self._settle_timer.start()
        self._keep(self._frames.frame(still=is_at_rest))
        self._drawn_at_s = time.monotonic()
        if not is_at_rest:
            self._frame_s = self._drawn_at_s - started_s

    def _keep(self, image: QImage) -> None:
        self._image = image
        self._image.setDevicePixelRatio(self.devicePixelRatioF())
        self.frame_count += 1
