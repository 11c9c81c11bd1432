"""The desk, built piece by piece: the window answers between two pieces.

Nobody is given a desk before its last piece is in place.
"""

import threading
from collections.abc import Callable, Generator
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:  # the desk brings VTK and the whole domain along: the start page does without
    from planner.gui.case_desk import CaseDesk
    from planner.gui.session import Session

    Steps = Generator[None, None, CaseDesk]

_BEAT_S = 0.05


class DeskBuilder(QObject):
    """Builds the one `CaseDesk` of a session, once it is asked for."""

    built = Signal(object)
    """The whole `CaseDesk`."""
    _wanted = Signal()

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._steps: Steps | None = None
        self._is_over = threading.Event()
        self.desk: CaseDesk | None = None
        """None until it is whole."""
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._step_in_turn)
        self._wanted.connect(self.start)

    def start(self) -> None:
        """Build one piece in each turn of the window's loop; later calls change nothing."""
        if not self._is_over.is_set():
            self._timer.start(0)

    def finish(self) -> "CaseDesk":
        """Build what is missing at once and return the desk."""
        self._timer.stop()
        while self.desk is None:
            self._step()
        return self.desk

    def wait(self, beat: Callable[[], object]) -> None:
        """Have the desk built, and keep a thread other than the window's until it is.

        Parameters
        ----------
        beat
            Called again and again; may raise to stop waiting.
        """
        self._wanted.emit()
        while not self._is_over.wait(_BEAT_S):
            beat()

    def _step_in_turn(self) -> None:
        try:
            self._step()
        except Exception:
            # Who opens a case builds it anew, and is told what is wrong.
            self._timer.stop()
            self._is_over.set()
            raise

    def _step(self) -> None:
        if self._steps is None:
            self._steps = _desk_in_steps(self._session)
        try:
            next(self._steps)
        except StopIteration as end:
            self._timer.stop()
            self.desk = end.value
            self._is_over.set()
            self.built.emit(self.desk)
        except Exception:
            self._steps = None
            raise


def _desk_in_steps(session: "Session") -> "Steps":
    from planner.gui.case_desk import CaseDesk
    from planner.gui.desk_parts import parts_in_steps

    parts = yield from parts_in_steps(session)
    return CaseDesk(session, parts)
