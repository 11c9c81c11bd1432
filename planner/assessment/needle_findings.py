"""What there is to say about a needle."""

from collections.abc import Iterator

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.check_findings import finding_of, severity_of
from planner.assessment.findings import CANAL_CODE, Finding, Severity
from planner.devices.device_values import NeedleModel
from planner.foundation.clinical_numbers import clinical_number
from planner.planning.measures import NeedleMeasures
from planner.planning.needle_checks import NeedleCheck, needle_checks

_UNKNOWN = {
    "bone-path": (Severity.DANGER, "misses the vertebra"),
    "pedicle-wall": (Severity.CAUTION, "has no known pedicle to be held against"),
    "pedicle-fill": (Severity.CAUTION, "cannot be held against a pedicle's width"),
    "medial-wall": (Severity.CAUTION, "ends before the posterior wall of the body"),
    "endplate": (Severity.CAUTION, "does not reach the body"),
    "skin-entry": (
        Severity.CAUTION,
        "has an entry that cannot be checked: the images end before the skin",
    ),
}
"""What a number that could not be measured means."""


def needle_findings(
    measures: NeedleMeasures, model: NeedleModel, vertebra: VertebraModel
) -> Iterator[Finding]:
    """Yield a finding for each rule of a needle."""
    for check in needle_checks(measures, model, vertebra):
        yield (
            _unknown(check, measures, vertebra.level)
            if check.value is None
            else finding_of(
                check,
                _subject(check, measures),
                vertebra.level,
                measures.side,
                _needle_severity(check),
            )
        )
    yield _tip_depth(measures, vertebra.level)


def _subject(check: NeedleCheck, measures: NeedleMeasures) -> str:
    subject = f"{measures.side.value.capitalize()} needle"
    if check.code != "pedicle-wall":
        return subject
    grade = "no grade" if measures.grade is None else f"grade {measures.grade.value}"
    return f"{subject}, {grade}"


def _needle_severity(check: NeedleCheck) -> Severity:
    if check.code == "skin-entry" and not check.is_met:
        # An entry off the skin makes the depth wrong, not the way through the bone.
        return Severity.CAUTION
    if check.code == CANAL_CODE and check.value is not None and check.value < 0.0:
        # Contact with the canal is never a matter of a tenth of a millimetre.
        return Severity.DANGER
    return severity_of(check)


def _unknown(check: NeedleCheck, measures: NeedleMeasures, level: VertebraLevel) -> Finding:
    severity, words = _UNKNOWN.get(
        check.code, (Severity.DANGER, f"could not be measured: {check.title}")
    )
    return Finding(
        severity=severity,
        code=check.code,
        message=f"The {measures.side.value} needle {words}.",
        level=level,
        side=measures.side,
        limit=check.limit,
        unit=check.unit,
    )


def _tip_depth(measures: NeedleMeasures, level: VertebraLevel) -> Finding:
    share = measures.tip_depth_share
    least, most = clinical_number("tip-depth-least"), clinical_number("tip-depth-most")
    severity, limit = Severity.SAFE, least
    if not least <= share <= most:
        severity = Severity.NOTE if 0.0 <= share <= 1.0 else Severity.CAUTION
        limit = least if share < least else most
    return Finding(
        severity=severity,
        code="tip-depth",
        message=(
            f"{measures.side.value.capitalize()} needle: tip at {share:.0%} of the body's depth; "
            f"{least:.0%} to {most:.0%} is aimed at (limit unverified)."
        ),
        level=level,
        side=measures.side,
        value=share,
        limit=limit,
        unit="share",
    )
