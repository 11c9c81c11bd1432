"""A viewport whose left button steers a tool: the same way in slices and in 3D."""

import math
from collections.abc import Sequence

import attrs
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QEnterEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QApplication, QWidget

from planner.geometry.measurement import Measurement
from planner.geometry.points import PointLike, Triple
from planner.gui.tools.tool import AnyHandle, Pointer, Tool
from planner.gui.view_state import ViewState
from planner.gui.viewport import Frames, Viewport
from planner.rendering.cameras import SlicePlane
from planner.rendering.layers import Layer
from planner.rendering.picking import Px
from planner.rendering.plan_picture import Handle, NeedlePicture, PlanPicture

_GRASP_PX = 10.0
"""How near to a handle, in the user's pixels, a press takes hold of it."""


@attrs.frozen(eq=False)
class _Gesture:
    tool: Tool
    handle: AnyHandle | None
    anchor_lps_mm: Triple
    offset_px: tuple[float, float]
    """From the mouse to the handle's middle at the press, so that it does not jump."""


class ToolView(Viewport):
    """Translates the mouse into pointers in patient space; what is left over is the view's."""

    hovered = Signal(object)
    """Triple under the mouse, or None."""
    gesture_running = Signal(bool)
    """A tool has taken hold, or has let go."""

    def __init__(self, frames: Frames, state: ViewState, parent: QWidget | None = None) -> None:
        super().__init__(frames, parent)
        self.state = state
        self.picture = PlanPicture()
        self.patient_line = ""
        self._tool: Tool | None = None
        self._gesture: _Gesture | None = None
        state.visibility_changed.connect(self.show_layers)
        state.identity_masked_changed.connect(self._repaint_words)

    def set_tool(self, tool: Tool | None) -> None:
        """Let the left button steer another tool."""
        self.cancel_gesture()
        self._tool = tool

    def cancel_gesture(self) -> bool:
        """Undo the running gesture; return whether there was one."""
        if self._gesture is None:
            return False
        tool = self._gesture.tool
        self._end_gesture()
        tool.cancel()
        return True

    def show_layers(self) -> None:
        """Draw the plan with the layers that are shown now."""

    def pick(self, px: Px) -> Triple | None:
        """Return the point under a device pixel, None where there is nothing to point at."""
        raise NotImplementedError

    def pick_beside(self, px: Px, anchor_lps_mm: PointLike) -> Triple:
        """Return the point under a device pixel, as deep in the screen as another point."""
        raise NotImplementedError

    def px_of(self, lps_mm: PointLike) -> Px:
        """Return the device pixel before a point."""
        raise NotImplementedError

    def shows_handle(self, handle: Handle) -> bool:
        """Return whether a handle is drawn and may be taken hold of."""
        raise NotImplementedError

    def shows_measurement(self, measurement: Measurement) -> bool:
        """Return whether a measurement is drawn and its points may be taken hold of."""
        del measurement
        return False

    def shows_heights(self) -> bool:
        """Return whether height lines are drawn and their ends may be taken hold of."""
        return False

    @property
    def pointed_plane(self) -> SlicePlane | None:
        """The slice that is pointed at; None in 3D."""
        return None

    def mark_opacity(self, handle: Handle) -> float:
        """Return how plainly a handle is drawn."""
        del handle
        return 1.0

    def margin_place(self, needle: NeedlePicture) -> Triple | None:
        """Return the point beside which a needle's margin is written, None where it is not."""
        tip = needle.handles[1]
        return tip.lps_mm if self.shows_handle(tip) else None

    def shown_patient_line(self) -> str:
        """Return whose images these are, or that it is hidden."""
        return "Name hidden" if self.state.identity_masked else self.patient_line

    def _repaint_words(self, _masked: object) -> None:
        self.update()

    def hidden_layers(self) -> frozenset[Layer]:
        """Return what is not shown."""
        return frozenset(layer for layer in Layer if not self.state.is_visible(layer))

    def active_needle(self) -> NeedlePicture | None:
        """Return the needle being planned."""
        wanted = (self.state.active_level, self.state.active_side)
        named = (n for n in self.picture.needles if (n.level, n.side) == wanted)
        return next(named, next((n for n in self.picture.needles if n.is_active), None))

    def is_active(self, handle: Handle) -> bool:
        """Return whether a handle belongs to the needle being planned."""
        active = self.active_needle()
        return active is not None and (handle.level, handle.side) == (active.level, active.side)

    def device_px(self, position: QPointF) -> Px:
        """Return device pixels of a place in the widget."""
        ratio = self.devicePixelRatioF()
        return position.x() * ratio, position.y() * ratio

    def widget_point(self, lps_mm: PointLike) -> QPointF:
        """Return the place in the widget before a point."""
        x_px, y_px = self.px_of(lps_mm)
        ratio = self.devicePixelRatioF()
        return QPointF(x_px / ratio, y_px / ratio)

    def handle_at(self, position: QPointF) -> AnyHandle | None:
        """Return the handle under the mouse: needles' first, then measurements'."""
        needles = [h for h in self.picture.handles if self.shows_handle(h)]
        measures = [
            h for h in self.picture.measure_handles if self.shows_measurement(h.measurement)
        ]
        heights = self.picture.height_handles if self.shows_heights() else ()
        return (
            self._nearest(needles, position)
            or self._nearest(measures, position)
            or self._nearest(heights, position)
        )

    def _nearest(self, handles: Sequence[AnyHandle], position: QPointF) -> AnyHandle | None:
        best: tuple[float, AnyHandle] | None = None
        for handle in handles:
            offset = self.widget_point(handle.lps_mm) - position
            away_px = math.hypot(offset.x(), offset.y())
            if away_px <= _GRASP_PX and (best is None or away_px < best[0]):
                best = (away_px, handle)
        return best[1] if best else None

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Offer a left press to the tool; with Ctrl it is the view's."""
        is_turn = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        is_left = event.button() is Qt.MouseButton.LeftButton
        if is_left and not is_turn and self._begin_gesture(event):
            return
        self.view_press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the gesture, or with what the view does."""
        gesture = self._gesture
        if gesture is not None:
            gesture.tool.move(self._pointer(event, gesture))
        elif event.buttons():
            self.view_drag(event)
        else:
            self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the gesture."""
        gesture = self._gesture
        if gesture is None or event.button() is not Qt.MouseButton.LeftButton:
            self.view_release(event)
            return
        pointer = self._pointer(event, gesture)
        self._end_gesture()
        gesture.tool.release(pointer)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Let Escape undo the running gesture."""
        if event.key() == Qt.Key.Key_Escape and self.cancel_gesture():
            return
        super().keyPressEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Let keys and the best pace follow the hand from view to view."""
        super().enterEvent(event)
        if isinstance(QApplication.focusWidget(), ToolView | None):
            self.setFocus(Qt.FocusReason.MouseFocusReason)

    def view_press(self, event: QMouseEvent) -> None:
        """Begin what the view itself does with a button."""

    def view_drag(self, event: QMouseEvent) -> None:
        """Go on with it."""

    def view_release(self, event: QMouseEvent) -> None:
        """End it."""

    def _begin_gesture(self, event: QMouseEvent) -> bool:
        if self._tool is None:
            return False
        # Handles are drawn into slices they do not lie in; a point set near one lies in the slice.
        handle = self.handle_at(event.position()) if self._tool.takes_handles else None
        at_px = self.device_px(event.position())
        anchor = handle.lps_mm if handle else self.pick(at_px)
        if anchor is None:
            return False
        handle_px = self.px_of(handle.lps_mm) if handle else at_px
        offset_px = (handle_px[0] - at_px[0], handle_px[1] - at_px[1])
        gesture = _Gesture(self._tool, handle, anchor, offset_px)
        self._gesture = gesture
        # The view under the hand draws every step, whichever view the mouse came from.
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        self.gesture_running.emit(True)  # noqa: FBT003 - a signal has no keywords
        if not gesture.tool.press(self._pointer(event, gesture)):
            self._end_gesture()
            return False
        return True

    def _end_gesture(self) -> None:
        self._gesture = None
        self.gesture_running.emit(False)  # noqa: FBT003 - a signal has no keywords

    def _pointer(self, event: QMouseEvent, gesture: _Gesture) -> Pointer:
        x_px, y_px = self.device_px(event.position())
        grasped_px = (x_px + gesture.offset_px[0], y_px + gesture.offset_px[1])
        keys = event.modifiers()
        return Pointer(
            self.pick_beside(grasped_px, gesture.anchor_lps_mm),
            gesture.handle,
            shift=bool(keys & Qt.KeyboardModifier.ShiftModifier),
            alt=bool(keys & Qt.KeyboardModifier.AltModifier),
            ctrl=bool(keys & Qt.KeyboardModifier.ControlModifier),
            plane=self.pointed_plane,
        )

    def _hover(self, position: QPointF) -> None:
        takes = self._tool is not None and self._tool.takes_handles
        over_handle = takes and self.handle_at(position) is not None
        self.setCursor(Qt.CursorShape.OpenHandCursor if over_handle else Qt.CursorShape.ArrowCursor)
        self.hovered.emit(self.pick(self.device_px(position)))
