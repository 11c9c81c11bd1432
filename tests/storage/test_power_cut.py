"""The program is killed at random moments; every change it had reported is in the file."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from scripted_editor import scripted_plan

from planner.storage.case import Case
from planner.storage.case_file import CaseFile

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not hasattr(os, "fork"), reason="kills a forked process"),
]
_KILLS = 50
_LONGEST_START_S = 0.03
"""About as long as it takes to make a file."""
_LONGEST_COMMAND_S = 0.004
"""About as long as two commands take, so that a kill hits any part of one."""


class Editors:
    """Scripted editors, one after the other, each killed after a while."""

    def __init__(self, template: Path) -> None:
        script = Path(__file__).with_name("scripted_editor.py")
        self._process = subprocess.Popen(
            [sys.executable, str(script), str(template)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run_and_kill(self, path: Path, after_commands: int | None, then_s: float) -> list[str]:
        """Return the commands that the editor reported as finished.

        It is killed a moment after it reported so many commands; None: a moment after it began,
        when it may not even have made its file.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{path}\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline().removeprefix("pid "))
        # The line after the pid says that the file is open.
        awaited = 0 if after_commands is None else 1 + after_commands
        lines = [self._process.stdout.readline() for _ in range(awaited)]
        threading.Event().wait(then_s)
        os.kill(pid, signal.SIGKILL)
        lines += iter(self._process.stdout.readline, "gone\n")
        return [line.strip() for line in lines if line != "opened\n"]

    def close(self) -> None:
        self._process.communicate(timeout=20)
        assert self._process.returncode == 0


@pytest.fixture
def editors(tmp_path: Path, a_case: Case) -> Iterator[Editors]:
    template = tmp_path / "template.vplan"
    CaseFile.create(template, a_case).close()
    editors = Editors(template)
    yield editors
    editors.close()


def test_fifty_kills_at_random_moments_lose_no_finished_command(
    tmp_path: Path, editors: Editors
) -> None:
    moments = np.random.default_rng(20260101)
    growing = tmp_path / "growing.vplan"
    kept: list[str] = []
    commands = 0
    for kill in range(_KILLS):
        path = growing if kill % 2 else tmp_path / f"fresh-{kill}.vplan"
        before = kept if path is growing else []
        if kill % 4 == 0:
            finished = editors.run_and_kill(path, None, moments.uniform(0.0, _LONGEST_START_S))
        else:
            finished = editors.run_and_kill(
                path, int(moments.integers(0, 8)), moments.uniform(0.0, _LONGEST_COMMAND_S)
            )
        commands += len(finished)
        if not path.exists():
            assert not finished, "a file that never came into being cannot have taken a command"
            continue
        recorded = commands_in(path)
        expected = before + finished
        assert recorded[: len(expected)] == expected, f"kill {kill} lost a finished command"
        # The one being recorded at the moment of death may be in or out, but nothing more.
        assert len(recorded) - len(expected) <= 1
        if path is growing:
            kept = recorded
    assert commands > _KILLS, "the editors were killed before they did anything"


def commands_in(path: Path) -> list[str]:
    with CaseFile.open(path) as file:
        assert file.verify_chain().intact
        scripted = [e for e in file.entries() if e.who == "script"]
        case = file.load()
        plans = [e for e in scripted if e.kind == "plan"]
        if plans:
            number = int(plans[-1].description.removeprefix("edit "))
            assert case.plan == scripted_plan(number)
        assert len(case.vertebrae) == 1
        return [entry.description for entry in scripted]
