"""What a run may cost at most: time, shots and dose with the needle, and cement."""

from collections.abc import Mapping

import attrs

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlannerError

_SECONDS = 60.0
_MOST_MINUTES, _MOST_SHOTS, _MOST_DOSE = 120.0, 500, 500.0


@attrs.frozen
class RunLimits:
    """What a trainee may use; going over a limit costs all points of its part of the score.

    Time, shots and dose count while a needle is on its way and no cement is in yet: nobody shall
    save a look at the cement.
    """

    needle_minutes: float
    needle_shots: int
    needle_dose: float
    """Relative, live beam too: seconds of beam at the reference distance."""
    cement_ml: float

    def __attrs_post_init__(self) -> None:
        if type(self.needle_shots) is not int:
            raise PlannerError("A limit of shots is a whole number.")
        for name, value, most in (
            ("time with the needle, in minutes,", self.needle_minutes, _MOST_MINUTES),
            ("shots with the needle", self.needle_shots, _MOST_SHOTS),
            ("relative dose with the needle", self.needle_dose, _MOST_DOSE),
            ("cement, in ml,", self.cement_ml, clinical_number("cement-hard-volume")),
        ):
            if type(value) not in {float, int} or not 0.0 < value <= most:
                raise PlannerError(
                    f"The limit of {name} lies above 0 and is {most:g} at most, not {value}."
                )

    @property
    def needle_s(self) -> float:
        """The time in seconds."""
        return _SECONDS * self.needle_minutes

    @property
    def words(self) -> str:
        """All limits in a sentence."""
        return (
            f"With the needle at most {self.needle_minutes:g} minutes, {self.needle_shots} shots "
            f"and a relative dose of {self.needle_dose:g}; at most {self.cement_ml:g} ml of cement."
        )


def usual_limits(needles: int) -> RunLimits:
    """Return the limits of a task that sets none: where a novice's points end.

    Parameters
    ----------
    needles
        How many the task asks for.
    """
    time_s, shots, dose = (
        needles * clinical_number(f"novice-{name}") for name in ("needle-time", "shots", "dose")
    )
    return RunLimits(time_s / _SECONDS, round(shots), dose, clinical_number("cement-hard-volume"))


def limits_of(table: object) -> RunLimits:
    """Return the limits of a table as a scenario or a teacher's file holds it.

    Raises
    ------
    PlannerError
        If one is missing, unknown or impossible.
    """
    names = [field.name for field in attrs.fields(RunLimits)]
    if not isinstance(table, Mapping) or set(table) != set(names):
        raise PlannerError(f"Limits are given for each of {', '.join(names)}, and for no other.")
    return RunLimits(**table)
