"""How numbers read on the panels: always with unit, sign and uncertainty."""

from planner.anatomy.levels import Side
from planner.assessment.findings import Finding, LevelAssessment, Severity
from planner.planning.measures import Margin, NeedleLandmarks, WallMargins

TIMES = " \N{MULTIPLICATION SIGN} "
_NOT_KNOWN = "not known"
_WORST_FIRST = list(Severity)


def millimetres(value_mm: float | None) -> str:
    """Return a length with one decimal and its unit."""
    return _NOT_KNOWN if value_mm is None else f"{value_mm:.1f} mm"


def millilitres(value_ml: float | None) -> str:
    """Return a volume with one decimal and its unit."""
    return _NOT_KNOWN if value_ml is None else f"{value_ml:.1f} ml"


def with_uncertainty(margin: Margin | None) -> str:
    """Return a margin with its uncertainty, such as ``2.9 ± 0.8 mm``."""
    if margin is None:
        return _NOT_KNOWN
    return f"{margin.distance_mm:.1f} ± {margin.uncertainty_mm:.1f} mm"


def walls_words(walls: WallMargins | None) -> str:
    """Return the margins to the four walls of a pedicle, medial and inferior first."""
    if walls is None:
        return "not applicable"
    return " · ".join(f"{margin.distance_mm:.1f}" for _, margin in walls.named()) + " mm"


def landmark_words(landmarks: NeedleLandmarks | None) -> str:
    """Return depths from bone to isthmus, posterior wall and tip; a dash where not passed."""
    if landmarks is None:
        return _NOT_KNOWN
    depths = (landmarks.isthmus_mm, landmarks.posterior_wall_mm, landmarks.tip_mm)
    return " · ".join("-" if mm is None else f"{mm:.0f}" for mm in depths) + " mm"


def angle_words(angle_deg: float, positive: str, negative: str) -> str:
    """Return an angle with the word for its direction, such as ``16° to midline``.

    Examples
    --------
    >>> angle_words(-8.0, "down", "up")
    '8° up'
    """
    rounded = round(angle_deg)
    if rounded == 0:
        return "0°"
    return f"{abs(rounded)}° {positive if rounded > 0 else negative}"


def side_word(side: Side) -> str:
    """Return the patient's side as a word."""
    return side.value.capitalize()


def date_words(dicom_date: str) -> str:
    """Return a DICOM date as year-month-day."""
    if len(dicom_date) != 8 or not dicom_date.isdigit():
        return dicom_date
    return f"{dicom_date[:4]}-{dicom_date[4:6]}-{dicom_date[6:]}"


def limit_words(finding: Finding) -> str:
    """Return a finding's number and the limit it was held against."""
    parts = []
    if finding.value is not None:
        parts.append(f"{finding.value:.1f} {finding.unit}".strip())
    if finding.limit is not None:
        parts.append(f"limit {finding.limit:.1f} {finding.unit}".strip())
    return " · ".join(parts)


def worst_of(assessment: LevelAssessment, side: Side, codes: frozenset[str]) -> Severity | None:
    """Return the worst severity the assessment gave a side under some codes."""
    found = [f.severity for f in assessment.findings if f.side is side and f.code in codes]
    return min(found, key=_WORST_FIRST.index) if found else None
