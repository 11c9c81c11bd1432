"""An acceptance counts for the number it was given for, and for no other."""

import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.acceptance import acceptance_of, accepted, can_accept
from planner.assessment.findings import Finding, Severity
from planner.foundation.errors import PlanProblem
from planner.planning.edits import accept_finding, withdraw_acceptance
from planner.planning.plan import Plan

CLOSE = Finding(
    Severity.CAUTION,
    "endplate",
    "Left needle: 2.9 mm to the endplate; at least 3.0 mm.",
    VertebraLevel.T12,
    Side.LEFT,
    value=2.9,
    limit=3.0,
    unit="mm",
)
PLAN = accept_finding(Plan(), accepted(CLOSE, "  shallow endplate, no other way "))


def _words(finding: Finding, plan: Plan = PLAN) -> str:
    acceptance = acceptance_of(finding, plan)
    return acceptance.words if acceptance else ""


def test_an_accepted_finding_says_why() -> None:
    assert _words(CLOSE) == "accepted: shallow endplate, no other way"


@pytest.mark.parametrize("value", [2.8, 2.94 + 0.02, 1.0, -2.9, None])
def test_another_number_is_no_longer_accepted(value: float | None) -> None:
    words = _words(attrs.evolve(CLOSE, value=value))
    assert words == (
        "no longer accepted: that was caution at 2.9 mm (shallow endplate, no other way)"
    )


def test_many_small_changes_do_not_carry_an_acceptance_along() -> None:
    acceptances = [acceptance_of(attrs.evolve(CLOSE, value=2.9 - n * 0.02), PLAN) for n in range(6)]
    assert [a.holds for a in acceptances if a] == [True, True, True, False, False, False]


def test_a_share_that_changes_by_a_per_cent_is_no_longer_accepted() -> None:
    full = attrs.evolve(CLOSE, code="pedicle-fill", value=0.81, limit=0.8, unit="share")
    plan = accept_finding(Plan(), accepted(full, "wide enough medially"))
    assert _words(attrs.evolve(full, value=0.812), plan).startswith("accepted")
    assert "at 81%" in _words(attrs.evolve(full, value=0.82), plan)


@pytest.mark.parametrize("change", [{"severity": Severity.DANGER}, {"limit": 3.5}, {"unit": "ml"}])
def test_the_same_number_judged_otherwise_is_no_longer_accepted(change: dict[str, object]) -> None:
    assert _words(attrs.evolve(CLOSE, **change)).startswith("no longer accepted")


@pytest.mark.parametrize(
    "change",
    [{"side": Side.RIGHT}, {"level": VertebraLevel.T11}, {"level": None}, {"code": "canal-margin"}],
)
def test_nothing_is_said_of_another_side_level_or_rule(change: dict[str, object]) -> None:
    assert acceptance_of(attrs.evolve(CLOSE, **change), PLAN) is None


def test_what_is_safe_again_needs_no_acceptance() -> None:
    assert acceptance_of(attrs.evolve(CLOSE, severity=Severity.SAFE, value=4.0), PLAN) is None


@pytest.mark.parametrize("reason", ["", "  \n"])
def test_accepting_takes_a_reason(reason: str) -> None:
    with pytest.raises(PlanProblem, match="reason"):
        accepted(CLOSE, reason)


def test_what_could_not_be_checked_cannot_be_accepted() -> None:
    unchecked = Finding(Severity.DANGER, "level-unchecked", "Nothing was checked.")
    assert not can_accept(unchecked)
    with pytest.raises(ValueError, match="level-unchecked"):
        accepted(unchecked, "no time")


@pytest.mark.parametrize("severity", [Severity.NOTE, Severity.SAFE])
def test_only_cautions_and_dangers_are_accepted(severity: Severity) -> None:
    assert not can_accept(attrs.evolve(CLOSE, severity=severity))


def test_accepting_again_takes_the_place_of_the_former_and_can_be_withdrawn() -> None:
    closer = accepted(attrs.evolve(CLOSE, value=2.5), "seen on MR")
    plan = accept_finding(PLAN, closer)
    assert plan.accepted == (closer,)
    assert withdraw_acceptance(plan, closer) == Plan()
    assert withdraw_acceptance(plan, PLAN.accepted[0]) == plan


def test_a_plan_holds_each_accepted_finding_once() -> None:
    with pytest.raises(PlanProblem, match="once"):
        Plan(accepted=(PLAN.accepted[0], attrs.evolve(PLAN.accepted[0], value=1.0)))
