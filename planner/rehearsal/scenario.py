"""A graded case to rehearse: study, level, task, limits and the teacher's key."""

import functools
from collections.abc import Iterable, Mapping
from typing import cast

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_spec import CaseSpec, ready_spec, spec_from_table
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlannerError
from planner.foundation.resource_files import read_toml, resource
from planner.planning.plan import Approach, Procedure
from planner.rehearsal.run_limits import RunLimits, limits_of, usual_limits

_SCORE_PARTS = ("tip", "angle", "breach", "shots", "time", "sequence", "leak")


@attrs.frozen
class TeachersKey:
    """How a run is marked: points for each part, and the mark that passes."""

    weights: Mapping[str, float] = attrs.field(factory=lambda: dict(_usual_weights()))
    """Points a part gives at most; together 100."""
    pass_mark: float = attrs.field(factory=lambda: clinical_number("score-pass-mark"))

    def __attrs_post_init__(self) -> None:
        if set(self.weights) != set(_SCORE_PARTS):
            raise PlannerError(
                f"A teacher's key needs points for each of {', '.join(_SCORE_PARTS)}."
            )
        if abs(sum(self.weights.values()) - 100.0) > 1e-9 or min(self.weights.values()) < 0.0:
            raise PlannerError("The points of a teacher's key add up to 100, none below zero.")


def _usual_weights() -> Iterable[tuple[str, float]]:
    return ((part, clinical_number(f"score-points-{part}")) for part in _SCORE_PARTS)


@attrs.frozen
class StudySource:
    """Where a scenario's CT comes from: a shipped study, or a model spine of its own."""

    sample_id: str = ""
    case: CaseSpec | None = None

    def __attrs_post_init__(self) -> None:
        if bool(self.sample_id) == (self.case is not None):
            raise PlannerError("A scenario stands on one study: a sample, or a case.")


@attrs.frozen
class Scenario:
    """What a trainee is asked to do, on which study."""

    id: str
    title: str
    task: str
    grade: int = attrs.field(validator=[attrs.validators.ge(1), attrs.validators.le(5)])
    """From 1, easy, to 5."""
    study: StudySource
    level: VertebraLevel
    procedure: Procedure
    approach: Approach
    unseen: str = ""
    """What cannot be seen in this study's X-rays, in a sentence; empty when all can."""
    key: TeachersKey = attrs.field(factory=TeachersKey)
    limits: RunLimits = attrs.field()

    @limits.default
    def _usual(self) -> RunLimits:
        return usual_limits(len(self.approach.sides))


@functools.cache
def scenarios() -> tuple[Scenario, ...]:
    """Return the scenarios that come with the program, the easiest first.

    Raises
    ------
    PlannerError
        If a scenario's file describes no possible scenario.
    """
    names = (file.name for file in resource("scenarios").iterdir())
    found = [_scenario_of(name) for name in names if name.endswith(".toml")]
    return tuple(sorted(found, key=lambda scenario: (scenario.grade, scenario.id)))


def scenario(scenario_id: str) -> Scenario:
    """Return one scenario by its id.

    Raises
    ------
    PlannerError
        If there is none of that id.
    """
    for found in scenarios():
        if found.id == scenario_id:
            return found
    known = ", ".join(found.id for found in scenarios())
    raise PlannerError(f"No scenario is named {scenario_id!r}.", hint=f"Choose one of: {known}.")


def _scenario_of(file_name: str) -> Scenario:
    row = read_toml("scenarios", file_name)
    try:
        return Scenario(
            id=file_name.removesuffix(".toml"),
            title=str(row["title"]),
            task=str(row["task"]),
            grade=int(cast("int", row["grade"])),
            study=_study_of(row),
            level=VertebraLevel.named(str(row["level"])),
            procedure=Procedure(row["procedure"]),
            approach=Approach(row["approach"]),
            unseen=str(row.get("unseen", "")),
            key=_key_of(cast("Mapping[str, object]", row.get("key", {}))),
            limits=limits_of(row["limits"]),
        )
    except PlannerError as error:
        raise PlannerError(f"The scenario {file_name} cannot be read: {error.message}") from error
    except KeyError as error:
        raise PlannerError(
            f"The scenario {file_name} says nothing of its {error.args[0]}."
        ) from error
    except (ValueError, TypeError) as error:
        raise PlannerError(f"The scenario {file_name} cannot be read: {error}.") from error


def _study_of(row: Mapping[str, object]) -> StudySource:
    """Return the study of a scenario: ``sample``, ``spec`` by its id, or a whole ``case``."""
    case = None
    if "spec" in row:
        # What a rehearsal shows is made from the CT alone.
        case = attrs.evolve(ready_spec(str(row["spec"])), mr=(), radiographs=False)
    elif "case" in row:
        case = spec_from_table(cast("Mapping[str, object]", row["case"]))
    return StudySource(str(row.get("sample", "")), case)


def _key_of(row: Mapping[str, object]) -> TeachersKey:
    usual = TeachersKey()
    weights = cast("Mapping[str, float]", row.get("weights", {}))
    return TeachersKey(
        {**usual.weights, **weights},
        float(cast("float", row.get("pass_mark", usual.pass_mark))),
    )
