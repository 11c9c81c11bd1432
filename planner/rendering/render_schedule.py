"""When to draw: decided by whoever owns the window, never by a setter."""

from collections.abc import Callable
from typing import Protocol


class RenderSchedule(Protocol):
    """Told that the picture is out of date; draws now, later or once for many requests."""

    def request_frame(self) -> None:
        """Ask for one frame."""
        ...


class NoSchedule:
    """For scenes that are drawn by hand, such as for a file."""

    def request_frame(self) -> None:
        """Leave the drawing to the owner."""


class DirectSchedule:
    """Draws at each request: for tests."""

    def __init__(self, render: Callable[[], None]) -> None:
        self._render = render

    def request_frame(self) -> None:
        """Draw now."""
        self._render()
