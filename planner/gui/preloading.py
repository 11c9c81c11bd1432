"""Load heavy modules one by one while the start page waits for the user."""

from PySide6.QtCore import QObject, QTimer, Signal

from planner.gui.libraries import HEAVY_MODULES, load_library, load_writers

_PAUSE_MS = 40
"""Between two imports, so that a click never waits for more than one of them."""


class Preloader(QObject):
    """Imports the next heavy module in each idle moment."""

    done = Signal()
    """Everything is loaded."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._waiting = list(HEAVY_MODULES)
        self._has_begun = False
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._load_next)

    def start(self) -> None:
        """Begin once the first page is painted; later calls change nothing."""
        if not self._has_begun:
            self._has_begun = True
            self._timer.start()

    def stop(self) -> None:
        """Leave the rest to whoever needs it."""
        self._timer.stop()

    @property
    def is_done(self) -> bool:
        """Whether everything is loaded."""
        return not self._waiting

    def _load_next(self) -> None:
        if not self._waiting:
            self._timer.stop()
            load_writers()
            self.done.emit()
            return
        load_library(self._waiting.pop(0))
