"""How much of its limits a run has used, and what is said once it goes over one."""

from collections.abc import Iterator

import attrs

from planner.rehearsal.run_limits import RunLimits
from planner.rehearsal.run_state import Moment, RunState

TIME, SHOTS, DOSE, CEMENT = "limit-time", "limit-shots", "limit-dose", "limit-cement"
_HAIR = 1e-9
"""Sums of pushes of a tenth are not exact."""


@attrs.frozen
class LimitUse:
    """One limit and how much of it is used, as numbers and in words."""

    code: str
    """That of the moment in which the limit is passed."""
    name: str
    used: float
    most: float
    words: str

    @property
    def is_over(self) -> bool:
        """Whether more was used than allowed."""
        return self.used > self.most + _HAIR


def limit_uses(
    state: RunState, limits: RunLimits, extra_needle_s: float = 0.0
) -> tuple[LimitUse, ...]:
    """Return how much of each limit a run has used.

    Parameters
    ----------
    state, limits
        The run and its limits.
    extra_needle_s
        Time with the needle since the last action.
    """
    in_phase = [shot for shot in state.shots if shot.in_needle_phase]
    shots = sum(not shot.is_live for shot in in_phase)
    dose = sum(shot.dose for shot in in_phase)
    time_s, cement_ml = state.needle_s + extra_needle_s, state.fill.volume_ml
    return (
        LimitUse(
            TIME,
            "time with the needle",
            time_s,
            limits.needle_s,
            f"{_clock(time_s)} of {_clock(limits.needle_s)} min",
        ),
        LimitUse(
            SHOTS,
            "shots with the needle",
            shots,
            limits.needle_shots,
            f"{shots} of {limits.needle_shots}",
        ),
        LimitUse(
            DOSE,
            "dose with the needle",
            dose,
            limits.needle_dose,
            f"{dose:.1f} of {limits.needle_dose:.1f}",
        ),
        LimitUse(
            CEMENT,
            "cement",
            cement_ml,
            limits.cement_ml,
            f"{cement_ml:.1f} of {limits.cement_ml:.1f} ml",
        ),
    )


def codes_over(state: RunState, limits: RunLimits) -> frozenset[str]:
    """Return the codes of the limits that a run went over."""
    return frozenset(use.code for use in limit_uses(state, limits) if use.is_over)


def with_limits_judged(state: RunState, limits: RunLimits) -> RunState:
    """Return the state with a word on each limit that was passed just now."""
    told = tuple(_told(state, limits))
    return attrs.evolve(state, moments=(*state.moments, *told)) if told else state


def _told(state: RunState, limits: RunLimits) -> Iterator[Moment]:
    for use in limit_uses(state, limits):
        if use.is_over and not state.has(use.code):
            text = f"Over the limit: {use.name} {use.words}."
            yield Moment(use.code, state.time_s, None, text)


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02d}"
