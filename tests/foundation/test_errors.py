from pathlib import Path

import pytest

from planner.foundation import errors
from planner.foundation.errors import DicomProblem, PlannerError


def test_a_problem_reads_what_where_and_what_to_do() -> None:
    problem = DicomProblem("The folder is empty.", path=Path("ct"), hint="Choose another.")
    assert str(problem) == "The folder is empty. (ct) Choose another."
    assert (problem.message, problem.path, problem.hint) == (
        "The folder is empty.",
        Path("ct"),
        "Choose another.",
    )
    assert str(PlannerError("Only what.")) == "Only what."


def test_each_kind_of_problem_has_a_code_of_its_own() -> None:
    kinds = [
        kind
        for kind in vars(errors).values()
        if isinstance(kind, type) and issubclass(kind, PlannerError)
    ]
    assert len(kinds) == len({kind.code for kind in kinds}) > 5


@pytest.mark.parametrize("kind", PlannerError.__subclasses__())
def test_every_problem_is_caught_as_a_planner_error(kind: type[PlannerError]) -> None:
    with pytest.raises(PlannerError, match="sentence"):
        raise kind("A sentence.")
