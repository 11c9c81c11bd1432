"""Long work off the window's thread: progress, cancel, latest wins, and an orderly end."""

import functools
import logging
import threading
import time
from collections.abc import Callable
from typing import TypeVar, cast

from PySide6.QtCore import QObject, QThreadPool, Signal

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Cancelled, Progress

logger = logging.getLogger(__name__)

_PROGRESS_INTERVAL_S = 0.05
_FEWEST_THREADS = 4
"""Even on two cores: what has not yet noticed its cancel must not hold up what comes next."""

Result = TypeVar("Result")


class Job(QObject):
    """One piece of long work. Its signals arrive on the thread that started it."""

    progressed = Signal(float, str)
    succeeded = Signal(object)
    failed = Signal(object)
    cancelled = Signal()

    def __init__(self, title: str, work: Callable[[Progress], object], key: str | None) -> None:
        super().__init__()
        self.title = title
        self.key = key
        self.fraction = 0.0
        self.message = ""
        self._work = work
        self._stop = threading.Event()
        self._told_at_s = 0.0
        self.progressed.connect(self._keep)

    def cancel(self) -> None:
        """Ask the work to stop at its next report of progress."""
        self._stop.set()

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked it to stop."""
        return self._stop.is_set()

    def run(self) -> None:
        """Do the work; runs on a thread of the pool."""
        try:
            result = self._work(self._report)
            self._raise_when_cancelled()
        except Cancelled:
            self.cancelled.emit()
        except Exception as problem:  # noqa: BLE001  the window shows it, whatever it is
            self.failed.emit(problem)
        else:
            self.succeeded.emit(result)

    def _raise_when_cancelled(self) -> None:
        if self._stop.is_set():
            raise Cancelled

    def _report(self, fraction: float, message: str = "") -> None:
        self._raise_when_cancelled()
        now_s = time.monotonic()
        if now_s - self._told_at_s >= _PROGRESS_INTERVAL_S:
            self._told_at_s = now_s
            self.progressed.emit(fraction, message)

    def _keep(self, fraction: float, message: str) -> None:
        self.fraction, self.message = fraction, message


class JobRunner(QObject):
    """Starts jobs and knows which are running."""

    changed = Signal()
    """A job began, was cancelled or ended."""
    progressed = Signal()
    """A job reported where it is."""
    failed = Signal(str, object)
    """Title and exception of a job that nobody else takes care of."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(max(_FEWEST_THREADS, self._pool.maxThreadCount()))
        self._running: list[Job] = []
        self._is_closed = False

    @property
    def running(self) -> tuple[Job, ...]:
        """The jobs not ended yet, the oldest first."""
        return tuple(self._running)

    def is_running(self, key: str) -> bool:
        """Whether a job of that key has not ended and was not cancelled."""
        return any(job.key == key and not job.is_cancelled for job in self._running)

    def start(
        self,
        title: str,
        work: Callable[[Progress], Result],
        on_done: Callable[[Result], None],
        *,
        key: str | None = None,
        on_failed: Callable[[Exception], None] | None = None,
    ) -> Job:
        """Run `work` on a thread and hand its result to `on_done` on this one.

        Parameters
        ----------
        title
            What the status line says is running.
        work
            Called with a `Progress`; touches no widget and no scene.
        on_done
            Gets the result, unless the job was cancelled or overtaken.
        key
            A new job cancels the running job of the same key, whose result is dropped.
        on_failed
            Gets the exception; without it `failed` is emitted.
        """
        self._cancel_key(key)
        job = Job(title, work, key)

        def succeeded(result: object) -> None:
            if self._wants(job):
                on_done(cast("Result", result))

        def failed(problem: Exception) -> None:
            if self._wants(job):
                # What is told to the user names files, and files are named after patients.
                is_told = isinstance(problem, PlannerError)
                trace = None if is_told else problem
                logger.warning("job failed: %s", type(problem).__name__, exc_info=trace)
                (on_failed or functools.partial(self.failed.emit, title))(problem)

        job.succeeded.connect(succeeded)
        job.failed.connect(failed)
        job.cancelled.connect(functools.partial(self._wants, job))
        job.progressed.connect(self._tell_progress)
        self._running.append(job)
        self._pool.start(job.run)
        self.changed.emit()
        return job

    def cancel_all(self) -> None:
        """Ask every running job to stop."""
        for job in self._running:
            job.cancel()
        self.changed.emit()

    def close(self) -> None:
        """Cancel every job and wait for its end; nothing is delivered afterwards."""
        self._is_closed = True
        for job in self._running:
            job.cancel()
        self._pool.waitForDone()

    def _tell_progress(self) -> None:
        self.progressed.emit()

    def _cancel_key(self, key: str | None) -> None:
        for job in self._running:
            if key is not None and job.key == key:
                job.cancel()

    def _wants(self, job: Job) -> bool:
        """Take an ended job off the list and return whether its outcome still matters."""
        if job in self._running:
            self._running.remove(job)
        if self._is_closed:
            return False
        self.changed.emit()
        return not job.is_cancelled
