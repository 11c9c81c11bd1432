"""Thumbnails of series, made one by one off the window's thread when they come into sight."""

import collections
import logging
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QImage, QPixmap

from planner.dicom.thumbnail import thumbnail_of
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui.jobs import JobRunner

if TYPE_CHECKING:
    from planner.dicom.scan_result import SeriesSummary

logger = logging.getLogger(__name__)

EDGE_PX = 256
_KEY = "thumbnails"


class ThumbnailMaker(QObject):
    """Makes what was asked for last first; one job at a time, which others may overtake."""

    made = Signal(object, object)
    """The key of a series and its `QPixmap`."""
    _drawn = Signal(object, object)
    """The same with the grey values, from the thread that reads them."""

    def __init__(self, jobs: JobRunner, parent: QObject) -> None:
        super().__init__(parent)
        self._jobs = jobs
        self._waiting: collections.deque[SeriesSummary] = collections.deque()
        self._asked: set[tuple[str, str]] = set()
        self._drawn.connect(self._deliver)
        self._later = QTimer(self)
        self._later.setSingleShot(True)
        self._later.timeout.connect(self._start)

    def want(self, series: "SeriesSummary") -> None:
        """Make the thumbnail of a series soon; asking again changes nothing."""
        if series.key not in self._asked:
            self._asked.add(series.key)
            self._waiting.append(series)
            self._later.start()

    def forget(self) -> None:
        """Begin anew: other series are shown."""
        self._waiting.clear()
        self._asked.clear()

    @property
    def has_tried_all(self) -> bool:
        """Whether everything asked for so far has been made or found impossible."""
        return not self._waiting and not self._later.isActive() and not self._is_busy()

    def resume(self) -> None:
        """Go on with what waits, after other work had the machine."""
        if self._waiting:
            self._later.start()

    def _start(self) -> None:
        if self._waiting and not self._is_busy():
            self._jobs.start("Making thumbnails", self._make, lambda _done: self._start(), key=_KEY)

    def _is_busy(self) -> bool:
        return self._jobs.is_running(_KEY)

    def _make(self, progress: Progress) -> None:
        done = 0
        while self._waiting:
            progress(done / (done + len(self._waiting)))
            series = self._waiting.pop()
            try:
                self._drawn.emit(series.key, thumbnail_of(series, EDGE_PX))
            except (PlannerError, OSError) as problem:
                # The list says what is wrong with the series; its picture stays black.
                logger.info("no thumbnail: %s", type(problem).__name__)
            done += 1

    def _deliver(self, key: tuple[str, str], grey: NDArray[np.uint8]) -> None:
        if key in self._asked:
            self.made.emit(key, pixmap_of(grey))


def pixmap_of(grey: NDArray[np.uint8]) -> QPixmap:
    """Return grey values as a picture."""
    rows, columns = grey.shape
    whole = np.ascontiguousarray(grey)
    image = QImage(whole.data, columns, rows, columns, QImage.Format.Format_Grayscale8)
    return QPixmap.fromImage(image.copy())
