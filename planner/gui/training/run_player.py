"""A recorded run played on the two screens, one action after the other."""

import attrs
from PySide6.QtCore import QObject, QTimer, Signal

from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.rehearsal.events import Event, MoveArm, TakeShot

_STEP_MS, _LOOK_MS = 500, 1600
"""Between two actions, and for how long a picture is looked at."""


class RunPlayer(QObject):
    """Does the actions of a run at the desk, slowly enough to be followed."""

    ended = Signal()

    def __init__(self, desk: RunDesk) -> None:
        super().__init__(desk)
        self._desk = desk
        self._left: tuple[Event, ...] = ()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._next)

    @property
    def is_playing(self) -> bool:
        """Whether there are actions left."""
        return bool(self._left)

    def play(self, events: tuple[Event, ...]) -> None:
        """Begin with the first action."""
        self._left = events
        self._timer.start(_STEP_MS)

    def stop(self) -> None:
        """Do no more."""
        self._left = ()
        self._timer.stop()

    def _next(self) -> None:
        desk = self._desk
        if not self._left:
            return
        if not desk.is_ready:
            self._timer.start(_STEP_MS)
            return
        event, self._left = self._left[0], self._left[1:]
        if isinstance(event, MoveArm):
            self._bring_arm(event)
        desk.do(event)
        if isinstance(event, TakeShot):
            desk.draw(is_live=False)
        if self._left:
            self._timer.start(_LOOK_MS if isinstance(event, TakeShot) else _STEP_MS)
        else:
            self.ended.emit()

    def _bring_arm(self, event: MoveArm) -> None:
        """Let the arm stand where the next shot's panel takes its picture."""
        desk = self._desk
        shot = next((e for e in self._left if isinstance(e, TakeShot)), None)
        if shot is None:
            return
        pose = attrs.evolve(
            desk.poses[shot.panel],
            isocentre_lps_mm=event.isocentre_lps_mm,
            orbital_deg=event.orbital_deg,
            angular_deg=event.angular_deg,
        )
        desk.bring_arm(shot.panel, pose)
