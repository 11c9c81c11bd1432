"""What the first image of a series says of the patient and the scan, in readable text."""

import attrs
import pydicom
from pydicom.dataset import Dataset

from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import OpenFiles
from planner.dicom.study_reference import PatientIdentity

_KEYWORDS = [
    "SpecificCharacterSet",
    "StudyDate",
    "SeriesDescription",
    "StudyDescription",
    "PatientName",
    "PatientID",
    "PatientBirthDate",
    "PatientSex",
    "ContrastBolusAgent",
    "KVP",
]
_NO_AGENT = frozenset({"NO", "NONE", "N", "NO CONTRAST", "WITHOUT", "0"})


@attrs.frozen
class SeriesDetails:
    """Whose images these are, when and how they were made."""

    patient: PatientIdentity = attrs.field(factory=PatientIdentity)
    date: str = ""
    description: str = ""
    contrast_agent: bool | None = None
    tube_voltage_kv: float | None = None


def series_details(header: ImageHeader, files: OpenFiles) -> SeriesDetails:
    """Return what an image says in text; a file that cannot be read again says nothing."""
    try:
        with files.open(header.file) as stream:
            dataset = pydicom.dcmread(
                stream, stop_before_pixels=True, specific_tags=[*_KEYWORDS], force=True
            )
    except (OSError, *DAMAGED_FILE_ERRORS):
        return SeriesDetails()
    return SeriesDetails(
        patient=PatientIdentity(
            name=_text(dataset, "PatientName"),
            patient_id=_text(dataset, "PatientID"),
            sex=_text(dataset, "PatientSex"),
            birth_date=_text(dataset, "PatientBirthDate"),
        ),
        date=_text(dataset, "StudyDate"),
        description=_text(dataset, "SeriesDescription") or _text(dataset, "StudyDescription"),
        contrast_agent=_contrast_agent(dataset),
        tube_voltage_kv=_tube_voltage_kv(dataset),
    )


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword) or "").strip(" \0")
    except DAMAGED_FILE_ERRORS:
        return ""


def _contrast_agent(dataset: Dataset) -> bool | None:
    agent = _text(dataset, "ContrastBolusAgent").upper()
    return agent not in _NO_AGENT if agent else None


def _tube_voltage_kv(dataset: Dataset) -> float | None:
    try:
        return float(_text(dataset, "KVP"))
    except ValueError:
        return None
