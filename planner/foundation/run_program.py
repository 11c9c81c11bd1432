"""Run another program with its words as progress; cancelling ends it and all it started."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import IO

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress

_BEAT_S = 0.1
_PATIENCE_S = 5.0
"""How long a program that was asked to end may take before it is ended."""
_SHARE = re.compile(r"(\d{1,3})\s?%")
_LONGEST_WORDS = 80
_MOST_SHARE = 0.98


class ProgramFailed(PlannerError):
    """A program that ended with an error, or could not be started."""

    code = "program"


def run_program(command: Sequence[str | Path], folder: Path, progress: Progress) -> None:
    """Run a program to its end.

    Parameters
    ----------
    command
        The program and its arguments; no shell reads them.
    folder
        Where it runs.
    progress
        Told ten times a second what the program said last; its percentages are the share done.

    Raises
    ------
    ProgramFailed
        If it cannot be started or ends with an error; the sentence has its last words.
    """
    try:
        process = subprocess.Popen(  # noqa: S603  (a program the user has installed, no shell)
            [str(word) for word in command],
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as problem:
        text = f"The program cannot be started: {problem.strerror or problem}."
        raise ProgramFailed(text, path=Path(command[0])) from problem
    with process:
        try:
            last_words = _follow(process, progress)
        finally:
            _end(process)
    if process.returncode:
        text = f"The program ended with an error: {last_words or process.returncode}"
        raise ProgramFailed(text, path=Path(command[0]))


def _follow(process: "subprocess.Popen[str]", progress: Progress) -> str:
    """Report what the program says until it says no more, and return its last words."""
    lines: queue.Queue[str | None] = queue.Queue()
    output = process.stdout
    if output is None:
        return ""
    threading.Thread(target=_read, args=(output, lines), daemon=True).start()
    share, words = 0.0, ""
    while True:
        progress(share, words)
        try:
            line = lines.get(timeout=_BEAT_S)
        except queue.Empty:
            if process.poll() is not None:
                return words
            continue
        if line is None:
            _await_end(process, lambda: progress(share, words))  # noqa: B023
            return words
        # A bar of progress is written over itself.
        said = line.split("\r")[-1].strip()
        words = said[-_LONGEST_WORDS:] or words
        if match := _SHARE.search(said):
            share = min(int(match[1]) / 100.0, _MOST_SHARE)


def _await_end(process: "subprocess.Popen[str]", beat: Callable[[], None]) -> None:
    """Wait for a program that has said its last word."""
    while True:
        beat()
        try:
            process.wait(_BEAT_S)
        except subprocess.TimeoutExpired:
            continue
        return


def _read(output: IO[str], lines: "queue.Queue[str | None]") -> None:
    for line in output:
        lines.put(line)
    lines.put(None)


def _end(process: "subprocess.Popen[str]") -> None:
    """End a program that still runs, with everything it started."""
    if process.poll() is not None:
        return
    _signal(process, signal.SIGTERM)
    try:
        process.wait(_PATIENCE_S)
    except subprocess.TimeoutExpired:
        _signal(process, getattr(signal, "SIGKILL", signal.SIGTERM))


def _signal(process: "subprocess.Popen[str]", number: int) -> None:
    if os.name == "posix":
        # It may have ended by itself just now.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, number)
    else:
        process.terminate()
