"""Numbers and names as a surgeon reads them on paper."""

import datetime as dt

from planner.dicom.person_name import written_name
from planner.export.snapshot import REMOVED_TIME
from planner.foundation.clinical_numbers import clinical_numbers
from planner.planning.measures import CArmAngles, Margin
from planner.planning.plan import Approach, LevelPlan, NeedleRoute, Procedure, approach_of

NOT_KNOWN = "\N{EM DASH}"
MINUS = "\N{MINUS SIGN}"
UNVERIFIED = "\N{DAGGER}"
"""Stands behind every number that nobody has read in its source."""
_PLUS_MINUS = "\N{PLUS-MINUS SIGN}"
_DEGREE = "\N{DEGREE SIGN}"


def person(dicom_name: str) -> str:
    """Return a DICOM name as ``Family, Given Middle``.

    Examples
    --------
    >>> person("Doe^Jane^M")
    'Doe, Jane M'
    """
    # The letters of the paper are alphabetic: other ways to write a name only where there is none.
    alphabetic = dicom_name.split("=", maxsplit=1)[0]
    return written_name(alphabetic) or written_name(dicom_name) or "Name not given"


def date(dicom_date: str) -> str:
    """Return a DICOM date as ``2026-01-05``, and what is no date as it is."""
    if len(dicom_date) == 8 and dicom_date.isdigit():
        return f"{dicom_date[:4]}-{dicom_date[4:6]}-{dicom_date[6:]}"
    return dicom_date or NOT_KNOWN


def moment(made_at: dt.datetime) -> str:
    """Return a time in UTC, or that it was removed."""
    if made_at == REMOVED_TIME:
        return "date removed"
    return made_at.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%M UTC")


def number(value: float, digits: int = 1) -> str:
    """Return a number with a true minus sign and no ``-0.0``."""
    text = f"{value:.{digits}f}"
    if float(text) == 0.0:
        text = text.lstrip("-")
    return text.replace("-", MINUS)


def millimetres(value_mm: float | None) -> str:
    """Return a length, or a dash where it is not known."""
    return NOT_KNOWN if value_mm is None else f"{number(value_mm)} mm"


def share(value: float | None) -> str:
    """Return a share as per cent, or a dash where it is not known."""
    return NOT_KNOWN if value is None else f"{number(100.0 * value, 0)} %"


def quantity(value: float, unit: str) -> str:
    """Return a number with its unit; a share becomes per cent."""
    if unit == "share":
        return share(value)
    shown = f"{value:.2f}".rstrip("0").rstrip(".") if value != round(value, 1) else f"{value:g}"
    shown = "0" if float(shown) == 0.0 else shown.replace("-", MINUS)
    return f"{shown} {unit}".strip()


def sentence(message: str) -> str:
    """Return a finding's sentence with the signs of paper: plus or minus, and the dagger."""
    return message.replace("+/-", _PLUS_MINUS).replace(" (limit unverified)", UNVERIFIED)


def margin(value: Margin | None) -> str:
    """Return a margin with its uncertainty."""
    if value is None:
        return "not measured"
    return f"{number(value.distance_mm)} {_PLUS_MINUS} {number(value.uncertainty_mm)} mm"


def angle(value_deg: float) -> str:
    """Return the size of an angle; its direction is a word beside it."""
    return f"{number(abs(value_deg))}{_DEGREE}"


def transverse_direction(transverse_deg: float) -> str:
    """Return where a needle turns in the axial plane on its way in."""
    return "medial" if transverse_deg >= 0 else "lateral"


def sagittal_direction(sagittal_deg: float) -> str:
    """Return where a needle turns in the sagittal plane on its way in."""
    return "caudad" if sagittal_deg >= 0 else "cephalad"


def c_arm(angles: CArmAngles) -> str:
    """Return C-arm angles with the side each turns to."""
    side = "left" if angles.orbital_deg >= 0 else "right"
    way = "cranial" if angles.angular_deg >= 0 else "caudal"
    return (
        f"orbital {angle(angles.orbital_deg)} to patient's {side}, "
        f"angular {angle(angles.angular_deg)} {way}"
    )


def procedure(level: LevelPlan) -> str:
    """Return what is done at a level and through which sides."""
    what = {
        Procedure.VERTEBROPLASTY: "Vertebroplasty",
        Procedure.KYPHOPLASTY: "Balloon kyphoplasty",
    }[level.procedure]
    approach = approach_of(level.needles)
    return what if approach is None else f"{what}, {_APPROACHES[approach]}"


_APPROACHES = {
    Approach.BIPEDICULAR: "bipedicular",
    Approach.UNIPEDICULAR_LEFT: "unipedicular left",
    Approach.UNIPEDICULAR_RIGHT: "unipedicular right",
    Approach.EXTRAPEDICULAR_LEFT: "extrapedicular left",
    Approach.EXTRAPEDICULAR_RIGHT: "extrapedicular right",
    Approach.EXTRAPEDICULAR_BOTH: "extrapedicular on both sides",
    Approach.LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR: "left extrapedicular, right transpedicular",
    Approach.LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR: "left transpedicular, right extrapedicular",
}
ROUTES = {
    NeedleRoute.TRANSPEDICULAR: "Transpedicular: through the pedicle",
    NeedleRoute.EXTRAPEDICULAR: "Extrapedicular: past the pedicle, between it and the rib's head",
}
"""How a needle goes in, as its card says it."""


def limit(number_id: str, at_least: str = "at least") -> str:
    """Return a clinical number as a lower limit, marked where nobody has read its source.

    It stays on one line.
    """
    found = clinical_numbers()[number_id]
    mark = "" if found.verified else UNVERIFIED
    line = f"{at_least} {quantity(found.value, found.unit)}{mark}"
    return line.replace(" ", "\N{NO-BREAK SPACE}")
