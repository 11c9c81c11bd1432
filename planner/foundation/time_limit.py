"""Work that may never end, done so that waiting for it does."""

import atexit
import queue
import threading
import time
import weakref
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

_T = TypeVar("_T")
_BEAT_S = 0.05
_FAREWELL_S = 3.0
"""How long the program waits at its end for threads that were left behind."""
_at_work: "weakref.WeakSet[threading.Thread]" = weakref.WeakSet()


class OutOfTime(Exception):
    """Work that has brought nothing for longer than it may."""


def no_beat() -> None:
    """Do nothing between two results."""


def results_of(
    tasks: Iterable[Callable[[], _T]],
    workers: int,
    limit_s: float,
    beat: Callable[[], None] = no_beat,
) -> Iterator[_T]:
    """Yield what tasks return, as soon as each is done, worked at by several threads.

    A thread that does not come back is left behind: it ends with the program. So the wait ends
    where a library runs in a circle, and at once where `beat` raises.

    Parameters
    ----------
    tasks
        Called by the threads; they must release the interpreter's lock.
    workers
        How many threads.
    limit_s
        How long no task may be done before all are given up.
    beat
        Called many times a second while waiting; stops the work by raising.

    Raises
    ------
    OutOfTime
        If no task was done for too long.
    """
    waiting = iter(tasks)
    lock = threading.Lock()
    stopped = threading.Event()
    done: queue.SimpleQueue[tuple[_T | None, BaseException | None] | None] = queue.SimpleQueue()

    def work() -> None:
        try:
            while not stopped.is_set():
                with lock:
                    task = next(waiting, None)
                if task is None:
                    break
                done.put((task(), None))
        except Exception as problem:  # noqa: BLE001 - raised again where it is waited for
            done.put((None, problem))
        done.put(None)

    for _ in range(workers):
        thread = threading.Thread(target=work, daemon=True, name="within-time")
        _at_work.add(thread)
        thread.start()
    try:
        yield from _collected(done, workers, limit_s, beat)
    finally:
        stopped.set()


def _collected(
    done: "queue.SimpleQueue[tuple[_T | None, BaseException | None] | None]",
    workers: int,
    limit_s: float,
    beat: Callable[[], None],
) -> Iterator[_T]:
    last_s = time.monotonic()
    while workers:
        try:
            item = done.get(timeout=_BEAT_S)
        except queue.Empty:
            beat()
            if time.monotonic() - last_s > limit_s:
                raise OutOfTime from None
            continue
        last_s = time.monotonic()
        if item is None:
            workers -= 1
            continue
        result, problem = item
        if problem is not None:
            raise problem
        yield result  # type: ignore[misc]  # a task's own result, None only where it says so


@atexit.register
def _wait_for_those_left_behind() -> None:
    """Let threads come back from a library before the interpreter ends under them.

    One that came back later would be unwound through the library's frames, which aborts the
    process. One that never comes back does no harm.
    """
    end_s = time.monotonic() + _FAREWELL_S
    for thread in list(_at_work):
        thread.join(max(0.0, end_s - time.monotonic()))


def within_time(task: Callable[[], _T], limit_s: float, beat: Callable[[], None] = no_beat) -> _T:
    """Return what one task returns; see `results_of`.

    Raises
    ------
    OutOfTime
        If it takes too long.
    """
    return next(results_of([task], 1, limit_s, beat))
