"""Whether a finding was accepted, and whether that still counts for the number it has now."""

import attrs

from planner.assessment.check_findings import SHARE
from planner.assessment.findings import Finding, Severity
from planner.planning.plan import AcceptedFinding, Plan

_ACCEPTABLE = frozenset({Severity.DANGER, Severity.CAUTION})
_TOLERANCE = 0.05
"""Half of the last digit on screen: a number that reads alike is the same number."""
_SHARE_TOLERANCE = 0.005


@attrs.frozen
class Acceptance:
    """What the user has accepted of a finding; `holds` is false once its number has changed."""

    given: AcceptedFinding
    holds: bool

    @property
    def words(self) -> str:
        """What stands beside the finding."""
        if self.holds:
            return f"accepted: {self.given.reason}"
        given = self.given
        return (
            f"no longer accepted: that was {given.severity} at "
            f"{_number(given.value, given.unit)} ({given.reason})"
        )


def can_accept(finding: Finding) -> bool:
    """Return whether there is a number to accept; what could not be checked has none."""
    return finding.severity in _ACCEPTABLE and finding.value is not None


def accepted(finding: Finding, reason: str) -> AcceptedFinding:
    """Return the acceptance of a finding as it is now.

    Raises
    ------
    PlanProblem
        If no reason is given.
    ValueError
        If the finding has nothing to accept.
    """
    if finding.value is None or not can_accept(finding):
        raise ValueError(f"{finding.code} has nothing to accept")
    return AcceptedFinding(
        level=finding.level,
        side=finding.side,
        code=finding.code,
        severity=finding.severity.value,
        value=finding.value,
        limit=finding.limit,
        unit=finding.unit,
        reason=reason,
    )


def acceptance_of(finding: Finding, plan: Plan) -> Acceptance | None:
    """Return what a plan says of a finding made on this very plan; None where it says nothing."""
    if finding.severity not in _ACCEPTABLE:
        return None
    rule = (finding.level, finding.side, finding.code)
    given = next((item for item in plan.accepted if item.rule == rule), None)
    return None if given is None else Acceptance(given, holds=_holds(given, finding))


def _holds(given: AcceptedFinding, finding: Finding) -> bool:
    if finding.value is None:
        return False
    judged = (finding.severity.value, finding.limit, finding.unit)
    if judged != (given.severity, given.limit, given.unit):
        return False
    tolerance = _SHARE_TOLERANCE if finding.unit == SHARE else _TOLERANCE
    return abs(finding.value - given.value) <= tolerance


def _number(value: float, unit: str) -> str:
    return f"{value:.0%}" if unit == SHARE else f"{value:.1f} {unit}".strip()
