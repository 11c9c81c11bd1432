"""Drag a needle by its entry or tip: one drag, one entry of the history."""

import itertools
from collections.abc import Callable

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.gui.case_document import CaseDocument
from planner.gui.tools.tool import Pointer
from planner.planning.edits import (
    move_entry,
    move_tip,
    move_whole_needle,
    pivot_about_tip,
    put_needle,
)
from planner.planning.needle_moves import Held
from planner.planning.plan import Plan, PlannedNeedle
from planner.rendering.plan_picture import Handle, NeedleEnd

_gesture_numbers = itertools.count(1)


@attrs.frozen
class _Drag:
    """What was taken hold of, where, and the plan as it was then."""

    handle: Handle
    from_lps_mm: Triple
    plan: Plan
    gesture: str


class MoveNeedle:
    """Moves the end that was taken hold of; Shift moves the whole needle, Alt turns it.

    It snaps to what is near unless Ctrl is held, and an end that is held stays.
    """

    takes_handles = True

    def __init__(
        self,
        document: CaseDocument,
        settle: Callable[[PlannedNeedle, VertebraLevel], PlannedNeedle] | None = None,
        snap: Callable[[PlannedNeedle, VertebraLevel], PlannedNeedle] | None = None,
        held: Callable[[], Held] = lambda: Held.NEITHER,
    ) -> None:
        self._document = document
        self._settle = settle
        self._snap = snap
        self._held = held
        self._drag: _Drag | None = None

    def press(self, pointer: Pointer) -> bool:
        """Take hold of a handle; without one the press is the view's."""
        if not isinstance(pointer.handle, Handle) or self._document.case is None:
            return False
        if _is_held(pointer, pointer.handle, self._held()):
            return True
        gesture = f"move-needle-{next(_gesture_numbers)}"
        self._drag = _Drag(pointer.handle, pointer.lps_mm, self._document.plan, gesture)
        self._document.select(pointer.handle.level, pointer.handle.side)
        self._document.begin_gesture(gesture)
        return True

    def move(self, pointer: Pointer) -> None:
        """Show the needle where the drag has it now."""
        drag = self._drag
        if drag is None:
            return
        try:
            text, plan = _dragged(drag, pointer)
            plan = self._settled(
                plan, drag.handle, snaps=self._held() is Held.NEITHER and not pointer.ctrl
            )
        except PlanProblem:
            return  # entry and tip would meet: the needle waits where it was
        self._document.edit(text, plan, gesture=drag.gesture)

    def release(self, pointer: Pointer) -> None:
        """Keep the needle where it is."""
        if self._drag is not None:
            self.move(pointer)
            self._drag = None
            self._document.end_gesture()

    def cancel(self) -> None:
        """Put the needle back where it was taken."""
        if self._drag is not None:
            drag, self._drag = self._drag, None
            self._document.edit("Move needle", drag.plan, gesture=drag.gesture)
            self._document.end_gesture()

    def _settled(self, plan: Plan, handle: Handle, *, snaps: bool) -> Plan:
        """Return the plan with the dragged needle snapped, and its entry back on the skin."""
        planned = plan.at(handle.level)
        needle = planned.needle(handle.side) if planned else None
        if needle is None:
            return plan
        if self._snap is not None and snaps:
            needle = self._snap(needle, handle.level)
        if self._settle is not None and self._held() is not Held.ENTRY:
            needle = self._settle(needle, handle.level)
        return put_needle(plan, handle.level, needle)


def _is_held(pointer: Pointer, handle: Handle, held: Held) -> bool:
    """Return whether a drag would move an end that shall stay where it is."""
    if held is Held.NEITHER:
        return False
    if pointer.shift:
        return True
    if pointer.alt:
        return held is Held.ENTRY
    return handle.end is (NeedleEnd.ENTRY if held is Held.ENTRY else NeedleEnd.TIP)


def _dragged(drag: _Drag, pointer: Pointer) -> tuple[str, Plan]:
    # The way of the mouse, not its place: a handle drawn into a slice it does not lie in must
    # not jump into that slice.
    by_mm = np.asarray(pointer.lps_mm) - drag.from_lps_mm
    handle = drag.handle
    level, side = handle.level, handle.side
    if pointer.shift:
        return "Move needle", move_whole_needle(drag.plan, level, side, by_mm)
    target_lps_mm = as_triple(np.asarray(handle.lps_mm) + by_mm)
    if pointer.alt:
        towards_lps_mm = _entry_of(drag) + by_mm
        return "Turn needle", pivot_about_tip(drag.plan, level, side, towards_lps_mm)
    if handle.end is NeedleEnd.TIP:
        return "Move needle tip", move_tip(drag.plan, level, side, target_lps_mm)
    return "Move needle entry", move_entry(drag.plan, level, side, target_lps_mm)


def _entry_of(drag: _Drag) -> FloatArray:
    planned = drag.plan.at(drag.handle.level)
    needle = planned.needle(drag.handle.side) if planned else None
    return np.asarray(needle.skin_lps_mm if needle else drag.handle.lps_mm, dtype=np.float64)
