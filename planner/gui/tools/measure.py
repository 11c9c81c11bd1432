"""Measure in a slice: click or drag out the points; take hold of one later to move it."""

import itertools
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING

from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.points import Triple, distance_mm
from planner.gui.case_document import CaseDocument
from planner.gui.tools.tool import Pointer
from planner.gui.view_state import Draft, ViewState
from planner.planning.edits import put_measurement
from planner.rendering.cameras import SlicePlane
from planner.rendering.plan_picture import MeasureHandle

if TYPE_CHECKING:
    from planner.planning.plan import Plan

_gesture_numbers = itertools.count(1)
_DRAGGED_MM = 1.0
"""A press that moves further than this before it is let go draws a line instead of a point."""


class TakeMeasure:
    """Collects the points of one measurement in one slice, then gives the mouse back."""

    takes_handles = False

    def __init__(
        self, kind: MeasureKind, document: CaseDocument, state: ViewState, done: Callable[[], None]
    ) -> None:
        self._kind, self._document, self._state, self._done = kind, document, state, done
        self._points: list[Triple] = []
        self._plane: SlicePlane | None = None

    def press(self, pointer: Pointer) -> bool:
        """Set the next point; a click in another slice begins anew there."""
        if pointer.plane is None:
            return False
        if self._plane is None or not _is_same_plane(self._plane, pointer.plane):
            self._points, self._plane = [], pointer.plane
        self._points.append(pointer.lps_mm)
        self._show_draft()
        return True

    def move(self, pointer: Pointer) -> None:
        """Draw the line that is being dragged out."""
        if self._plane is not None:
            self._show_draft(pointer.lps_mm)

    def release(self, pointer: Pointer) -> None:
        """Take a dragged end as the next point; with the last point the measurement is made."""
        wanted = self._kind.point_count
        if self._points and len(self._points) < wanted:
            dragged_mm = distance_mm(self._points[-1], pointer.lps_mm)
            if dragged_mm > _DRAGGED_MM:
                self._points.append(pointer.lps_mm)
        self._show_draft()
        if len(self._points) >= wanted and self._plane is not None:
            self._make(self._plane)

    def cancel(self) -> None:
        """Forget the points."""
        self._points, self._plane = [], None
        self._state.show_draft(None)

    def _show_draft(self, *further: Triple) -> None:
        points = (*self._points, *further)[: self._kind.point_count]
        self._state.show_draft(Draft(self._kind, points))

    def _make(self, plane: SlicePlane) -> None:
        measurement = Measurement(
            uuid.uuid4().hex[:12], self._kind, tuple(self._points), plane.right_lps, plane.down_lps
        )
        self.cancel()
        plan = put_measurement(self._document.plan, measurement)
        self._state.select_measurement(measurement.id)
        self._document.edit(f"Measure {self._kind.value}", plan)
        self._done()


class MoveMeasure:
    """Drags a point of a measurement: one drag, one entry of the history."""

    takes_handles = True

    def __init__(self, document: CaseDocument, state: ViewState) -> None:
        self._document, self._state = document, state
        self._drag: tuple[MeasureHandle, Plan, str] | None = None

    def press(self, pointer: Pointer) -> bool:
        """Take hold of a measurement's point."""
        if not isinstance(pointer.handle, MeasureHandle) or self._document.case is None:
            return False
        gesture = f"move-measurement-{next(_gesture_numbers)}"
        self._drag = (pointer.handle, self._document.plan, gesture)
        self._state.select_measurement(pointer.handle.measurement.id)
        self._document.begin_gesture(gesture)
        return True

    def move(self, pointer: Pointer) -> None:
        """Show the measurement with the point where the drag has it now."""
        if self._drag is not None:
            handle, plan, gesture = self._drag
            moved = handle.measurement.with_point(handle.index, pointer.lps_mm)
            self._document.edit("Move measurement", put_measurement(plan, moved), gesture=gesture)

    def release(self, pointer: Pointer) -> None:
        """Keep it."""
        if self._drag is not None:
            self.move(pointer)
            self._drag = None
            self._document.end_gesture()

    def cancel(self) -> None:
        """Put the point back."""
        if self._drag is not None:
            (_, plan, gesture), self._drag = self._drag, None
            self._document.edit("Move measurement", plan, gesture=gesture)
            self._document.end_gesture()


def _is_same_plane(one: SlicePlane, other: SlicePlane) -> bool:
    moved = one.through(other.centre_lps_mm)
    return one.centred_on(other.centre_lps_mm).shows_the_same(other) and moved.shows_the_same(one)
