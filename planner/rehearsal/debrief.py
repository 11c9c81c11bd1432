"""A finished run looked at again: its course over time, and what stood where at each shot."""

from collections.abc import Iterator, Sequence

import attrs

from planner.anatomy.levels import Side
from planner.rehearsal.events import Event, TakeShot
from planner.rehearsal.hand_in_beam import CODE as HAND_CODE
from planner.rehearsal.run_state import Moment, RunState, Shot
from planner.rehearsal.session import after, begin
from planner.rehearsal.stage import RehearsalStage


@attrs.frozen
class CoursePoint:
    """Where the run stood after one action."""

    time_s: float
    depths_mm: tuple[tuple[Side, float], ...]
    """How far each side's instrument reached from the skin."""
    cement_ml: float
    shots: int
    dose: float
    """Relative, since the beginning."""


@attrs.frozen(eq=False)
class SeenShot:
    """One picture of the run: what was asked for, and what stood in the patient then."""

    number: int
    """From 1; live frames have none of their own."""
    shot: Shot
    state: RunState
    """The run as it stood when the pedal was pressed."""


@attrs.frozen(eq=False)
class Debrief:
    """Everything a debrief shows of a run."""

    course: tuple[CoursePoint, ...]
    shots: tuple[SeenShot, ...]
    moments: tuple[Moment, ...]
    final: RunState


def debrief_of(events: Sequence[Event], stage: RehearsalStage) -> Debrief:
    """Return a run for its debrief, done again action by action.

    Raises
    ------
    RunProblem
        If an action is not possible where it stands.
    """
    course: list[CoursePoint] = []
    shots: list[SeenShot] = []
    state = begin(stage)
    for event in events:
        state = after(event, state, stage)
        course.append(_point(state))
        if isinstance(event, TakeShot) and not event.is_live:
            shots.append(SeenShot(len(shots) + 1, state.shots[-1], state))
    return Debrief(tuple(course), tuple(shots), state.moments, state)


def _point(state: RunState) -> CoursePoint:
    return CoursePoint(
        time_s=state.time_s,
        depths_mm=tuple(_depths_mm(state)),
        cement_ml=state.fill.volume_ml,
        shots=sum(not shot.is_live for shot in state.shots),
        dose=sum(shot.dose for shot in state.shots),
    )


def _depths_mm(state: RunState) -> Iterator[tuple[Side, float]]:
    for side in Side:
        found = state.on(side)
        if found is not None:
            yield side, found.reach_mm


def beam_words(final: RunState) -> str:
    """Return what the pictures of a run cost, and how often a hand was in the beam."""
    shots = final.shots
    pressed = sum(not shot.is_live for shot in shots)
    beam_s, dose = sum(s.beam_s for s in shots), sum(s.dose for s in shots)
    area = sum(shot.dose_area for shot in shots)
    with_hand = sum(moment.code == HAND_CODE for moment in final.moments)
    hand_s = sum(shot.beam_s for shot in shots if shot.hand is not None)
    often = "once" if with_hand == 1 else f"{with_hand} times"
    hand = f"in the beam {often}, {hand_s:.1f} s" if with_hand else "never in the beam"
    return (
        f"{pressed} shots, {beam_s:.1f} s of beam, relative dose {dose:.1f}, over the open field "
        f"{area:.1f}. Your hand was {hand}."
    )
