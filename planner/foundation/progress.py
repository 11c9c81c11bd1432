"""How long work reports where it is, and how it is stopped."""

from typing import Protocol


class Cancelled(Exception):
    """Raised by a `Progress` once the user has cancelled."""


class Progress(Protocol):
    """Called by long work, often; raises `Cancelled` when the work shall stop."""

    def __call__(self, fraction: float, message: str = "") -> None:
        """Report that `fraction` (0 to 1) of the work is done."""
        ...


def no_progress(fraction: float, message: str = "") -> None:
    """Report to nobody."""
    del fraction, message


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return a progress whose 0 to 1 is `start` to `end` of `progress`."""

    def report(fraction: float, message: str = "") -> None:
        progress(start + (end - start) * fraction, message)

    return report
