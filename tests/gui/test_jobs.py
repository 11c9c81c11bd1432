import threading
import time
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui.jobs import JobRunner


def _until_cancelled(progress: Progress) -> None:
    pause = threading.Event()
    while True:
        progress(0.5, "working")
        pause.wait(0.01)


def test_a_result_arrives_on_the_thread_that_asked(qtbot: QtBot, a_job_runner: JobRunner) -> None:
    threads: list[int] = []
    worked_on: list[int] = []

    def work(_progress: Progress) -> int:
        worked_on.append(threading.get_ident())
        return 7

    results: list[int] = []

    def done(result: int) -> None:
        threads.append(threading.get_ident())
        results.append(result)

    a_job_runner.start("Seven", work, done)
    qtbot.waitUntil(lambda: results == [7])
    assert threads == [threading.get_ident()]
    assert worked_on != threads


def test_a_cancelled_job_ends_within_half_a_second_and_delivers_nothing(
    qtbot: QtBot, a_job_runner: JobRunner
) -> None:
    delivered: list[None] = []
    job = a_job_runner.start("Endless", _until_cancelled, delivered.append)
    qtbot.waitUntil(lambda: job.message == "working")
    began = time.monotonic()
    with qtbot.waitSignal(job.cancelled, timeout=500):
        job.cancel()
    assert time.monotonic() - began < 0.5
    qtbot.waitUntil(lambda: a_job_runner.running == ())
    assert delivered == []


def test_of_two_jobs_with_one_key_only_the_later_delivers(
    qtbot: QtBot, a_job_runner: JobRunner
) -> None:
    delivered: list[str] = []
    gate = threading.Event()

    def slow(_progress: Progress) -> str:
        gate.wait(5)
        return "first"

    a_job_runner.start("First", slow, delivered.append, key="same")
    a_job_runner.start("Second", lambda _p: "second", delivered.append, key="same")
    qtbot.waitUntil(lambda: delivered == ["second"])
    gate.set()
    qtbot.waitUntil(lambda: a_job_runner.running == ())
    assert delivered == ["second"]


def test_a_failed_job_carries_its_exception(qtbot: QtBot, a_job_runner: JobRunner) -> None:
    def work(_progress: Progress) -> None:
        raise PlannerError("No spine here.")

    with qtbot.waitSignal(a_job_runner.failed) as told:
        a_job_runner.start("Find", work, lambda _r: None)
    title, problem = told.args
    assert title == "Find"
    assert isinstance(problem, PlannerError)


def test_a_refused_file_named_after_a_patient_is_not_named_in_the_log(
    qtbot: QtBot, a_job_runner: JobRunner, caplog: pytest.LogCaptureFixture
) -> None:
    def work(_progress: Progress) -> None:
        raise PlannerError("No image.", path=Path("/cd/DOE_JANE_19500101"))

    with qtbot.waitSignal(a_job_runner.failed):
        a_job_runner.start("Open", work, lambda _r: None)
    assert "PlannerError" in caplog.text
    assert "DOE" not in caplog.text


def test_progress_is_told_at_most_every_50_ms(qtbot: QtBot, a_job_runner: JobRunner) -> None:
    told: list[float] = []
    pause = threading.Event()

    def work(progress: Progress) -> None:
        for step in range(100):
            progress(step / 100)
            pause.wait(0.002)

    began = time.monotonic()
    job = a_job_runner.start("Steps", work, lambda _r: None)
    job.progressed.connect(lambda fraction, _m: told.append(fraction))
    with qtbot.waitSignal(job.succeeded):
        pass
    assert 1 <= len(told) <= (time.monotonic() - began) / 0.05 + 1


def test_closing_waits_for_the_running_work(a_job_runner: JobRunner) -> None:
    ended = threading.Event()

    def work(progress: Progress) -> None:
        try:
            _until_cancelled(progress)
        finally:
            ended.set()

    a_job_runner.start("Endless", work, lambda _r: pytest.fail("delivered after close"))
    a_job_runner.close()
    assert ended.is_set()
