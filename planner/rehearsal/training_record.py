"""A finished run as a training log keeps it, and how a teacher rates the hand that did it."""

import datetime as dt
import hashlib
from collections.abc import Mapping

import attrs

from planner.foundation.errors import PlannerError
from planner.rehearsal.run_file import RecordedRun, encode_run
from planner.rehearsal.run_state import RunState
from planner.rehearsal.scoring import Score, ScorePart
from planner.rehearsal.training_mode import TrainingMode

RATED_ITEMS = (
    "respect for tissue",
    "time and motion",
    "instrument handling",
    "knowledge of instruments",
    "flow of the operation",
    "knowledge of the procedure",
)
"""The global rating scale of OSATS (Martin et al., Br J Surg 1997;84:273-8) without "use of
assistants": nobody assists at a simulator."""
LEAST_MARK, MOST_MARK = 1, 5
_ID_DIGITS = 20


def _in_utc(instance: object, attribute: object, value: dt.datetime) -> None:
    del instance, attribute
    if value.tzinfo is None:
        raise PlannerError("A training log keeps times with their zone.")


@attrs.frozen
class RunRecord:
    """One finished run of one person."""

    run: RecordedRun
    mode: TrainingMode
    finished_at: dt.datetime = attrs.field(validator=_in_utc)
    total: float
    passed: bool
    parts: tuple[ScorePart, ...]
    failures: tuple[str, ...]
    seconds: float
    """The whole run, from the first look to the end."""
    needle_s: float
    shots: int
    dose: float
    """Relative."""
    cement_ml: float

    @property
    def id(self) -> str:
        """The same on every machine: of what was done and when."""
        text = f"{self.finished_at.astimezone(dt.UTC).isoformat()}\n{encode_run(self.run)}"
        return hashlib.sha256(text.encode()).hexdigest()[:_ID_DIGITS]


@attrs.frozen
class Rating:
    """A teacher's marks for one run on the global rating scale."""

    run_id: str
    rater: str = attrs.field(validator=attrs.validators.min_len(1))
    given_at: dt.datetime = attrs.field(validator=_in_utc)
    marks: Mapping[str, int]
    """From 1 to 5 for each item of the scale."""

    def __attrs_post_init__(self) -> None:
        if set(self.marks) != set(RATED_ITEMS):
            raise PlannerError(f"A rating marks each of: {', '.join(RATED_ITEMS)}.")
        if not all(LEAST_MARK <= mark <= MOST_MARK for mark in self.marks.values()):
            raise PlannerError(f"Marks go from {LEAST_MARK} to {MOST_MARK}.")

    @property
    def mean(self) -> float:
        """The mean of the marks."""
        return sum(self.marks.values()) / len(self.marks)


def record_of(
    run: RecordedRun, state: RunState, score: Score, mode: TrainingMode, now: dt.datetime
) -> RunRecord:
    """Return the record of a finished run.

    Parameters
    ----------
    run, state, score
        What was done, what came of it, and its marks.
    mode
        How much help there was.
    now
        When it ended, with its zone.

    Raises
    ------
    PlannerError
        If the run is not finished: it would be marked by half of what was done.
    """
    if not state.is_finished:
        raise PlannerError("Only a finished run goes into the training log.")
    return RunRecord(
        run=run,
        mode=mode,
        finished_at=now.astimezone(dt.UTC),
        total=score.total,
        passed=score.passed,
        parts=score.parts,
        failures=score.failures,
        seconds=state.time_s,
        needle_s=state.needle_s,
        shots=sum(not shot.is_live for shot in state.shots),
        dose=sum(shot.dose for shot in state.shots),
        cement_ml=state.fill.volume_ml,
    )
