"""How long this process has been running, from the system where it says so."""

import os
import time
from pathlib import Path

_IMPORTED_AT_S = time.perf_counter()
_START_FIELD = 19
"""Where /proc/self/stat has the start time, counted after the process's name."""


def seconds_since_process_start() -> float:
    """Return the seconds since the process began; elsewhere than on Linux since this import."""
    stat = Path("/proc/self/stat")
    if not stat.exists() or not hasattr(time, "CLOCK_BOOTTIME"):
        return time.perf_counter() - _IMPORTED_AT_S
    # The name in brackets may hold spaces and brackets itself.
    fields = stat.read_text().rpartition(")")[2].split()
    started_s = int(fields[_START_FIELD]) / os.sysconf("SC_CLK_TCK")
    return time.clock_gettime(time.CLOCK_BOOTTIME) - started_s
