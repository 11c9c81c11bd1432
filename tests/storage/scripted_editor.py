"""Edit case files without end, printing each finished command; the power-cut test kills it.

For each path read from stdin a fresh process is forked, so that the imports are paid once.
"""

import os
import sys
from pathlib import Path

from planner.anatomy.levels import Side, VertebraLevel
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle, Procedure
from planner.storage.case import Case
from planner.storage.case_file import CaseFile


def scripted_plan(number: int) -> Plan:
    """Return the plan of one scripted edit."""
    needle = PlannedNeedle(Side.LEFT, "access-11g-125", (40, 90, 5), (12, 1.0 + number / 7, 1))
    return Plan((LevelPlan(VertebraLevel.L1, Procedure.VERTEBROPLASTY, (needle,)),))


def say(line: str) -> None:
    """Print at once, in one write."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def edit_until_killed(path: Path, template: Case) -> None:
    """Make or open a case and change it again and again."""
    file = CaseFile.open(path) if path.exists() else CaseFile.create(path, template)
    number = len(file.revisions())
    say("opened")
    while True:
        file.record_plan(scripted_plan(number), f"edit {number}", who="script")
        say(f"edit {number}")
        if number % 3 == 0:
            file.record_vertebra(template.vertebrae[0], f"mask {number}", who="script")
            say(f"mask {number}")
        number += 1


def main() -> None:
    """Fork an editor for each path on stdin and say when it is gone."""
    with CaseFile.open(Path(sys.argv[1]), read_only=True) as file:
        template = file.load()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            say(f"pid {os.getpid()}")
            edit_until_killed(Path(line.rstrip("\n")), template)
        os.waitpid(child, 0)
        say("gone")


if __name__ == "__main__":
    main()
