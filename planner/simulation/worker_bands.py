"""Compiled loops on all cores: a picture's or volume's rows in bands, one thread each."""

import functools
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

_BANDS_A_WORKER = 6
"""Rows differ in how much of the patient they meet; short bands even that out."""


def worker_count() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@functools.cache
def _workers() -> ThreadPoolExecutor:
    # Numba's own threads abort the process when two jobs of the window use them at once.
    return ThreadPoolExecutor(worker_count(), thread_name_prefix="rows")


def in_bands(rows: int, work: Callable[[int, int], None]) -> None:
    """Call `work(first, stop)` for bands that together hold each row once, on all cores.

    `work` must release the GIL to gain from it, must write to its own rows only, and must not
    call this function.
    """
    bands = min(rows, worker_count() * _BANDS_A_WORKER)
    edges = [rows * n // bands for n in range(bands + 1)] if bands else [0]
    for _ in _workers().map(work, edges[:-1], edges[1:]):
        pass
