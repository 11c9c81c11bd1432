"""One slice: scrolled, zoomed, panned, windowed, and the place where needles are dragged."""

import math

import numpy as np
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QWheelEvent
from PySide6.QtWidgets import QWidget

from planner.geometry.measurement import Measurement
from planner.geometry.points import PointLike, Triple, as_triple
from planner.gui.view_state import Layout, ViewName, ViewState
from planner.gui.views.barrel_marks import draw_barrel_rings
from planner.gui.views.height_marks import shows_heights_in
from planner.gui.views.lens import LENS_KEY
from planner.gui.views.magnifier import draw_lens
from planner.gui.views.slice_frames import SliceFrames
from planner.gui.views.slice_planes import depth_along_mm, plane_of
from planner.gui.views.slice_steering import (
    angle_by_hand_deg,
    slice_step_mm,
    window_by_hand,
)
from planner.gui.views.slice_words import paint_slice_words
from planner.gui.views.tool_view import ToolView
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.cameras import SlicePlane
from planner.rendering.image_overlay import ImageOverlay
from planner.rendering.layers import Layer
from planner.rendering.picking import Px, SliceMapping
from planner.rendering.plan_picture import Handle, NeedlePicture, PlanPicture
from planner.rendering.slice_content import SliceContent

_ACTIVE_REACH_MM, _PASSIVE_REACH_MM = 20.0, 6.0
"""Handles further than this before or behind a slice are not drawn in it; those of the needle
being planned are shown from further away."""
_LEAST_HEIGHT_MM, _LARGEST_HEIGHT_MM = 8.0, 1200.0
_ZOOM_PER_NOTCH = 1.15
_NOTCH = 120.0
"""What Qt calls one notch of a wheel, in eighths of a degree."""
_LOOKED_ALONG_COSINE = 0.9
"""A slice within 26 degrees of lying across a needle looks along it."""
_SCROLL_KEYS = {
    Qt.Key.Key_Up: 1,
    Qt.Key.Key_Right: 1,
    Qt.Key.Key_Down: -1,
    Qt.Key.Key_Left: -1,
    Qt.Key.Key_PageUp: 5,
    Qt.Key.Key_PageDown: -5,
}
_MEASURED_IN_MM = 1.0
"""A measurement further than this before or behind a slice was not made in it."""


class SliceView(ToolView):
    """The axial, sagittal or coronal view."""

    framed = Signal()
    """The view was zoomed, panned or moved to another place."""

    def __init__(self, name: ViewName, state: ViewState, parent: QWidget | None = None) -> None:
        self.content = SliceContent()
        super().__init__(SliceFrames(self.content), state, parent)
        self.name = name
        self._volume: Volume | None = None
        self._home_lps_mm: Triple = state.crosshair_lps_mm
        self._pan_mm = (0.0, 0.0)
        self._last = QPointF()
        self._notches = 0.0
        self._is_held = False
        self.note = ""
        self._has_lens = False
        self._mouse = QPointF()
        # Methods, not lambdas: the state outlives the view and must not keep it alive.
        state.crosshair_changed.connect(self._follow_crosshair)
        state.slice_frame_changed.connect(self._follow_frame)
        state.slab_changed.connect(self.content.show_slab)
        state.overlay_changed.connect(self._follow_overlay)
        state.measuring_changed.connect(self.update)
        state.brush_changed.connect(self.update)
        state.active_changed.connect(self._follow_active)
        state.layout_changed.connect(self._follow_home)
        state.window_level_changed.connect(self._show_window_level)
        self.content.show_window_level(state.window_level)
        self.content.show_slab(state.slab)
        self.follow()

    @property
    def volume(self) -> Volume | None:
        """The voxels that are shown."""
        return self._volume

    @property
    def window_level(self) -> WindowLevel:
        """Which values are black and white here."""
        return self.state.window_level

    @property
    def title_words(self) -> str:
        """Which of two series this is; empty where there is one."""
        return ""

    @property
    def overlay(self) -> ImageOverlay | None:
        """What is laid over the slice; beside it in another view, it is not over this one."""
        return self.state.overlay if self.state.layout is Layout.FOUR_UP else None

    @property
    def pointed_plane(self) -> SlicePlane | None:
        """The slice that is pointed at."""
        return self.content.plane

    @property
    def mapping(self) -> SliceMapping:
        """How the device pixels map to the patient now."""
        return self.content.mapping

    def show_volume(self, volume: Volume | None) -> None:
        """Show the voxels of a volume."""
        self._volume = volume
        self.content.show_volume(volume)

    def show_plan(self, picture: PlanPicture) -> None:
        """Draw what the plan holds."""
        self.picture = picture
        self.show_layers()
        self.follow()

    def show_layers(self) -> None:
        """Draw the plan with the layers that are shown now."""
        self.content.show_picture(self.picture, self.hidden_layers())

    def hold(self, *, held: bool) -> None:
        """Keep the plane where it is while a needle is dragged, even if it follows that needle."""
        self._is_held = held
        self.follow()

    def focus_on(self, lps_mm: PointLike, height_mm: float) -> None:
        """Put a point in the middle and show so much of the patient from top to bottom."""
        self._home_lps_mm = as_triple(lps_mm)
        self._pan_mm = (0.0, 0.0)
        self.content.show_height(height_mm)
        self.follow()
        self.framed.emit()

    def frame_like(self, other: "SliceView") -> None:
        """Show the same part of the patient as another view."""
        self._home_lps_mm, self._pan_mm = other.place
        self.content.show_height(other.content.height_mm)
        self.follow()

    @property
    def place(self) -> tuple[Triple, tuple[float, float]]:
        """What is in the middle before it is panned, and by how much right and down it is."""
        return self._home_lps_mm, self._pan_mm

    def follow(self, *_changed: object) -> None:
        """Show the plane that the view state asks for, whatever of it changed."""
        if not self._is_held:
            self.content.show_plane(self._panned(self._base_plane()))

    def step_slices(self, steps: float) -> bool:
        """Move the crosshair through slices, deeper into the screen where positive.

        Returns
        -------
        Whether there was such a slice.
        """
        into = self.content.plane.into_screen_lps
        step_mm = slice_step_mm(self._volume, into)
        point = np.asarray(self.state.crosshair_lps_mm) + steps * step_mm * into
        volume = self._volume
        if volume is not None and not volume.geometry.contains(point):
            return False
        self.state.set_crosshair(point)
        return True

    def show_note(self, note: str) -> None:
        """Write what the view does by itself, such as the speed of a film."""
        if note != self.note:
            self.note = note
            self.update()

    def pick(self, px: Px) -> Triple | None:
        """Return the point of the slice under a device pixel."""
        return self.mapping.lps_of(px) if self._volume is not None else None

    def pick_beside(self, px: Px, anchor_lps_mm: PointLike) -> Triple:
        """Return the point under a device pixel, as far behind the slice as another."""
        mapping = self.mapping
        return mapping.lps_of(px, mapping.depth_mm(anchor_lps_mm))

    def px_of(self, lps_mm: PointLike) -> Px:
        """Return the device pixel straight before a point."""
        return self.mapping.px_of(lps_mm)

    def shows_handle(self, handle: Handle) -> bool:
        """Return whether a handle lies near enough to the slice."""
        if not self.state.is_visible(Layer.NEEDLES):
            return False
        return abs(self.mapping.depth_mm(handle.lps_mm)) <= self._reach_mm(handle)

    def shows_measurement(self, measurement: Measurement) -> bool:
        """Return whether all of a measurement lies in the slice."""
        if not self.state.is_visible(Layer.MEASUREMENTS):
            return False
        return all(self.is_in_slice(point) for point in measurement.points_lps_mm)

    def shows_heights(self) -> bool:
        """Return whether this is the sagittal slice through the active vertebra's height lines."""
        return shows_heights_in(self)

    def is_in_slice(self, lps_mm: PointLike) -> bool:
        """Return whether a point lies in the slice, as one that was measured in it does."""
        return abs(self.mapping.depth_mm(lps_mm)) <= _MEASURED_IN_MM

    def view_press(self, event: QMouseEvent) -> None:
        """Set the crosshair, or begin to pan, window or, with Ctrl, turn the slices."""
        self._last = event.position()
        if event.button() is Qt.MouseButton.LeftButton and not _is_turn(event):
            self._take_crosshair(event.position())

    def view_drag(self, event: QMouseEvent) -> None:
        """Move the crosshair, pan with the middle button, window with the right one."""
        before, self._last = self._last, event.position()
        step = self._last - before
        buttons = event.buttons()
        if buttons & Qt.MouseButton.LeftButton and _is_turn(event):
            centre = self.widget_point(self.state.crosshair_lps_mm)
            # The image turns with the hand when the planes turn against it.
            self.turn(-angle_by_hand_deg(before - centre, self._last - centre))
        elif buttons & Qt.MouseButton.LeftButton:
            self._take_crosshair(event.position())
        elif buttons & Qt.MouseButton.MiddleButton:
            self._pan(step)
        elif buttons & Qt.MouseButton.RightButton:
            self.change_window_level(window_by_hand(self.window_level, step))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll; with Ctrl, zoom about the mouse."""
        notches = event.angleDelta().y() / _NOTCH
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            self.zoom(_ZOOM_PER_NOTCH**notches, event.position())
        else:
            self._notches += notches
            whole = math.trunc(self._notches)
            self._notches -= whole
            self.step_slices(whole)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll with the arrow keys."""
        if event.key() == LENS_KEY and not event.modifiers():
            self.hold_lens(held=True)
            return
        # With Ctrl the arrows belong to the overlay that is moved by hand.
        is_plain = not event.modifiers() & Qt.KeyboardModifier.ControlModifier
        steps = _SCROLL_KEYS.get(Qt.Key(event.key())) if is_plain else None
        if steps is None:
            super().keyPressEvent(event)
        else:
            self.step_slices(steps)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        """Take the lens away with its key."""
        if event.key() == LENS_KEY and not event.isAutoRepeat():
            self.hold_lens(held=False)
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the lens away: its key may be let go elsewhere."""
        self.hold_lens(held=False)
        super().focusOutEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Take the lens along."""
        self._mouse = event.position()
        super().mouseMoveEvent(event)
        if self._has_lens or self.state.brush_mm is not None:
            self.update()

    def zoom(self, factor: float, about: QPointF) -> None:
        """Show things larger (above 1) or smaller; what is under a place stays there."""
        at_px = self.device_px(about)
        before = self.mapping.lps_of(at_px)
        height_mm = self.content.height_mm / factor
        self.content.show_height(min(max(height_mm, _LEAST_HEIGHT_MM), _LARGEST_HEIGHT_MM))
        self._shift(np.asarray(before) - self.mapping.lps_of(at_px))

    def turn(self, angle_deg: float) -> None:
        """Turn the slices about the line of sight through the crosshair, clockwise on screen."""
        self.state.turn_slices(self.content.plane.into_screen_lps, angle_deg)

    def change_window_level(self, window_level: WindowLevel) -> None:
        """Show other values as black and white."""
        self.state.set_window_level(window_level)

    def hold_lens(self, *, held: bool) -> None:
        """Show or hide the lens under the mouse."""
        if held != self._has_lens:
            self._has_lens = held
            self.update()

    def paint_over(self, painter: QPainter) -> None:
        """Paint sides, scale, window, patient, crosshair and handles."""
        paint_slice_words(self, painter)
        draw_barrel_rings(self, painter)
        if self._has_lens and self._volume is not None:
            draw_lens(painter, self.content, self._mouse, self.devicePixelRatioF())

    def margin_place(self, needle: NeedlePicture) -> Triple | None:
        """Return where a needle crosses the slice when looked along, its tip otherwise."""
        into = self.mapping.plane.into_screen_lps
        if abs(float(into @ np.asarray(needle.path.direction_lps))) < _LOOKED_ALONG_COSINE:
            return super().margin_place(needle)
        crossing = self.mapping.plane.plane.crossed_by_line(
            needle.path.start_lps_mm, needle.path.direction_lps
        )
        depth_mm = depth_along_mm(needle.path, crossing)
        return as_triple(crossing) if 0.0 <= depth_mm <= needle.path.length_mm else None

    @property
    def mouse(self) -> QPointF | None:
        """Where the mouse is, None beside the view."""
        return self._mouse if self.underMouse() else None

    def mark_opacity(self, handle: Handle) -> float:
        """Return how plainly a handle is drawn: fainter the further it is from the slice."""
        away_mm = abs(self.mapping.depth_mm(handle.lps_mm))
        return 1.0 - 0.6 * min(1.0, away_mm / _ACTIVE_REACH_MM)

    def _reach_mm(self, handle: Handle) -> float:
        return _ACTIVE_REACH_MM if self.is_active(handle) else _PASSIVE_REACH_MM

    def _base_plane(self) -> SlicePlane:
        return plane_of(self.name, self.state, self.active_needle(), self._home_lps_mm)

    def _panned(self, plane: SlicePlane) -> SlicePlane:
        right_mm, down_mm = self._pan_mm
        shift = right_mm * np.asarray(plane.right_lps) + down_mm * np.asarray(plane.down_lps)
        return plane.centred_on(np.asarray(plane.centre_lps_mm) + shift)

    def _follow_active(self) -> None:
        self.follow()
        self.update()

    def _follow_crosshair(self, _point: object) -> None:
        self.follow()
        # Its lines move even where the plane stays.
        self.update()

    def _follow_frame(self, _frame: object) -> None:
        """Turn with the slices; turned by hand, the crosshair stays where it is on screen."""
        crosshair = self.state.crosshair_lps_mm
        before = self.mapping.px_of(crosshair)
        self.follow()
        if self.state.is_turned and not self._is_held:
            after = self.mapping.px_of(crosshair)
            mm = self.mapping.mm_per_px
            self._shift_by((after[0] - before[0]) * mm, (after[1] - before[1]) * mm)

    def _follow_overlay(self, _overlay: object) -> None:
        self.content.show_overlay(self.overlay)

    def _follow_home(self) -> None:
        self._pan_mm = (0.0, 0.0)
        self.content.show_overlay(self.overlay)
        self.follow()

    def _show_window_level(self, window_level: WindowLevel) -> None:
        self.content.show_window_level(window_level)

    def _take_crosshair(self, position: QPointF) -> None:
        point = self.pick(self.device_px(position))
        if point is None or self._volume is None:
            return
        depth_mm = self.mapping.depth_mm(self.state.crosshair_lps_mm)
        placed = self.mapping.lps_of(self.device_px(position), depth_mm)
        if self._volume.geometry.contains(placed):
            self.state.set_crosshair(placed)

    def _pan(self, step: QPointF) -> None:
        mm = self.mapping.mm_per_px * self.devicePixelRatioF()
        self._shift_by(-step.x() * mm, -step.y() * mm)

    def _shift(self, by_lps_mm: PointLike) -> None:
        plane, step = self.content.plane, np.asarray(by_lps_mm)
        self._shift_by(
            float(step @ np.asarray(plane.right_lps)), float(step @ np.asarray(plane.down_lps))
        )

    def _shift_by(self, right_mm: float, down_mm: float) -> None:
        self._pan_mm = (self._pan_mm[0] + right_mm, self._pan_mm[1] + down_mm)
        self.follow()
        self.framed.emit()


def _is_turn(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
