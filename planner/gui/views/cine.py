"""Slices in a film: played back and forth until stopped."""

from PySide6.QtCore import QObject, QTimer

from planner.gui.views.slice_view import SliceView

_SPEEDS = (4, 8, 12, 20, 30, 50)
_FIRST_SPEED = 2


class Cine(QObject):
    """Steps one slice view through its volume and turns round at either end."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._view: SliceView | None = None
        self._step = 1
        self._speed = _FIRST_SPEED
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.advance)

    @property
    def is_playing(self) -> bool:
        """Whether the film runs."""
        return self._view is not None

    @property
    def slices_per_s(self) -> int:
        """How fast it runs."""
        return _SPEEDS[self._speed]

    def toggle(self, view: SliceView) -> None:
        """Play the film of a view, or stop the one that runs."""
        if self._view is not None:
            self.stop()
            return
        self._view, self._step = view, 1
        self._show_speed()

    def stop(self) -> None:
        """Stop where it is."""
        self._timer.stop()
        if self._view is not None:
            self._view.show_note("")
            self._view = None

    def change_speed(self, steps: int) -> None:
        """Play faster (above 0) or slower."""
        self._speed = min(max(self._speed + steps, 0), len(_SPEEDS) - 1)
        if self._view is not None:
            self._show_speed()

    def advance(self) -> None:
        """Show the next slice."""
        if self._view is None or self._view.is_closed:
            self._timer.stop()
            return
        if not self._view.step_slices(self._step):
            self._step = -self._step
            self._view.step_slices(self._step)

    def _show_speed(self) -> None:
        self._timer.start(round(1000 / self.slices_per_s))
        if self._view is not None:
            self._view.show_note(f"cine {self.slices_per_s}/s")
