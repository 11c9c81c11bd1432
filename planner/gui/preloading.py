"""Load heavy libraries beside the window's thread while the start page waits for the user."""

import threading

from PySide6.QtCore import QObject, Signal

from planner.foundation.progress import Cancelled
from planner.gui.libraries import load_libraries


class Preloader(QObject):
    """Imports one heavy module after another, until somebody has work."""

    done = Signal()
    """Everything is loaded."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._is_unwanted = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin once the first page is painted; later calls change nothing."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._load, name="preloading")
            self._thread.start()

    def stop(self) -> None:
        """Leave what is not begun to whoever needs it."""
        self._is_unwanted.set()

    def shut_down(self) -> None:
        """Stop, and wait for the module that is being loaded."""
        self.stop()
        if self._thread is not None:
            self._thread.join()

    def _load(self) -> None:
        try:
            load_libraries(self._stop_when_unwanted)
        except Cancelled:
            return
        self.done.emit()

    def _stop_when_unwanted(self) -> None:
        if self._is_unwanted.is_set():
            raise Cancelled
