"""A click in a vertebral body finds that vertebra."""

from collections.abc import Callable

from planner.geometry.points import Triple
from planner.gui.tools.tool import Pointer


class PickLevel:
    """Hands each click in a slice on; handles keep working."""

    takes_handles = True

    def __init__(self, pick: Callable[[Triple], None]) -> None:
        self._pick = pick

    def press(self, pointer: Pointer) -> bool:
        """Take the click; the press on a handle is left alone."""
        if pointer.handle is not None:
            return False
        self._pick(pointer.lps_mm)
        return True

    def move(self, pointer: Pointer) -> None:
        """Do nothing: a click has no way."""
        del pointer

    def release(self, pointer: Pointer) -> None:
        """Do nothing: the click was all."""
        del pointer

    def cancel(self) -> None:
        """Do nothing: nothing was begun."""
