"""What happens when the program itself is wrong: it is logged, told once, and goes on."""

import logging
import sys
from types import TracebackType

from PySide6.QtCore import QMessageLogContext, QObject, QtMsgType, Signal, qInstallMessageHandler

from planner.foundation.errors import PlannerError

logger = logging.getLogger(__name__)

_QT_LEVELS = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


def words_for(problem: BaseException) -> str:
    """Return the sentence for the user: the problem's own, or that the program erred."""
    if isinstance(problem, PlannerError):
        return str(problem)
    return (
        f"The program made an error ({type(problem).__name__}). "
        "Your case is saved. The log file has the details."
    )


class CrashGuard(QObject):
    """Catches what nothing else caught; each kind of error is told once."""

    crashed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._told: set[str] = set()

    def install(self) -> None:
        """Take over uncaught exceptions and Qt's own messages."""
        sys.excepthook = self._caught
        qInstallMessageHandler(self._qt_message)

    def remove(self) -> None:
        """Give both back."""
        sys.excepthook = sys.__excepthook__
        qInstallMessageHandler(None)

    def _caught(
        self,
        kind: type[BaseException],
        problem: BaseException,
        traceback: TracebackType | None,
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, problem, traceback)
            return
        logger.error("uncaught", exc_info=(kind, problem, traceback))
        place = f"{kind.__name__}:{traceback.tb_lineno if traceback else 0}"
        if place not in self._told:
            self._told.add(place)
            self.crashed.emit(problem)

    def _qt_message(self, kind: QtMsgType, _context: QMessageLogContext, message: str) -> None:
        logger.log(_QT_LEVELS.get(kind, logging.WARNING), "qt: %s", message)
