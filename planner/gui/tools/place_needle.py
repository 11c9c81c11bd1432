"""The next click sets the entry or the target of the active needle."""

from collections.abc import Callable

from planner.geometry.points import Triple
from planner.gui.tools.tool import Pointer
from planner.rendering.plan_picture import NeedleEnd


class PlaceNeedle:
    """Waits for one click, then gives the mouse back."""

    takes_handles = False

    def __init__(self, end: NeedleEnd, place: Callable[[NeedleEnd, Triple], None]) -> None:
        self._end = end
        self._place = place

    def press(self, pointer: Pointer) -> bool:
        """Set the end where the click is."""
        self._place(self._end, pointer.lps_mm)
        return True

    def move(self, pointer: Pointer) -> None:
        """Do nothing: a click has no way."""
        del pointer

    def release(self, pointer: Pointer) -> None:
        """Do nothing: the click was all."""
        del pointer

    def cancel(self) -> None:
        """Do nothing: nothing was begun."""
