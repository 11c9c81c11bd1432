"""A checked rule as a finding: green, amber or red by the number and its uncertainty."""

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.findings import Finding, Severity
from planner.planning.needle_checks import NeedleCheck

SHARE = "share"


def severity_of(check: NeedleCheck) -> Severity:
    """Return safe only where the number is on the good side whatever its uncertainty.

    Caution where the uncertainty reaches across the limit, danger where it does not.
    """
    if check.is_met_for_sure:
        return Severity.SAFE
    return Severity.DANGER if check.is_broken_for_sure else Severity.CAUTION


def finding_of(
    check: NeedleCheck,
    subject: str,
    level: VertebraLevel,
    side: Side | None,
    severity: Severity | None = None,
) -> Finding:
    """Return the finding of a rule whose number is known, about `subject`."""
    return Finding(
        severity=severity or severity_of(check),
        code=check.code,
        message=f"{subject}: {number_words(check)}; {limit_words(check)}.",
        level=level,
        side=side,
        value=check.value,
        limit=check.limit,
        unit=check.unit,
    )


def number_words(check: NeedleCheck) -> str:
    """Return a rule's number with its uncertainty and what it is, such as ``2.9 +/- 0.8 mm``."""
    value = 0.0 if check.value is None else check.value
    if check.unit == SHARE:
        spread = f" +/- {check.uncertainty:.0%}" if check.uncertainty else ""
        return f"{value:.0%}{spread} {check.title}"
    spread = f" +/- {check.uncertainty:.1f}" if check.uncertainty else ""
    return f"{value:.1f}{spread} {check.unit} {check.title}"


def limit_words(check: NeedleCheck) -> str:
    """Return a rule's limit in words, said to be unverified where nobody has read its source."""
    wanted = "at most" if check.is_upper_limit else "at least"
    limit = f"{check.limit:.0%}" if check.unit == SHARE else f"{check.limit:.1f} {check.unit}"
    return f"{wanted} {limit}" + ("" if check.is_limit_verified else " (limit unverified)")
