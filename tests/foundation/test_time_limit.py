"""Waiting ends, whatever the work does."""

import subprocess
import sys
import threading

import pytest

from planner.foundation.progress import Cancelled
from planner.foundation.time_limit import OutOfTime, results_of, within_time


def test_every_task_is_done_once_by_several_threads() -> None:
    tasks = [lambda n=n: (n, threading.get_ident()) for n in range(40)]
    found = list(results_of(tasks, 3, 5.0))
    assert sorted(n for n, _ in found) == list(range(40))
    assert threading.get_ident() not in {ident for _, ident in found}


def test_waiting_ends_where_a_task_never_does() -> None:
    never = threading.Event()
    with pytest.raises(OutOfTime):
        within_time(never.wait, 0.1)
    never.set()


def test_what_a_task_raises_is_raised_where_it_is_waited_for() -> None:
    def fail() -> None:
        raise ValueError("of the task")

    with pytest.raises(ValueError, match="of the task"):
        within_time(fail, 5.0)


def test_what_giving_out_tasks_raises_is_raised_too() -> None:
    def tasks():
        yield lambda: 1
        raise ValueError("of the source")

    with pytest.raises(ValueError, match="of the source"):
        list(results_of(tasks(), 2, 5.0))


def test_a_beat_that_raises_ends_the_wait_while_a_task_is_at_work() -> None:
    never = threading.Event()

    def cancel() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        within_time(never.wait, 60.0, cancel)
    never.set()


def test_no_further_task_is_begun_once_nobody_waits() -> None:
    begun: list[str] = []
    gate = threading.Event()

    def wait_at_the_gate() -> None:
        gate.wait()

    tasks = [lambda: begun.append("first"), wait_at_the_gate, lambda: begun.append("third")]
    results = results_of(tasks, 1, 5.0)
    next(results)
    results.close()
    gate.set()
    for thread in threading.enumerate():
        if thread.name == "within-time":
            thread.join()
    assert begun == ["first"]


def test_the_program_ends_in_order_while_a_library_is_still_at_work() -> None:
    code = (
        "import SimpleITK\n"
        "from planner.foundation.time_limit import OutOfTime, within_time\n"
        "image = SimpleITK.Image(160, 160, 120, SimpleITK.sitkFloat32)\n"
        "try:\n"
        "    within_time(lambda: SimpleITK.SmoothingRecursiveGaussian(image, 3.0), 0.001)\n"
        "except OutOfTime:\n"
        "    print('left behind')\n"
    )
    for _ in range(3):
        run = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=False
        )
        assert (run.returncode, run.stdout) == (0, "left behind\n"), run.stderr
