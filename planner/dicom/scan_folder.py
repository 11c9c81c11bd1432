"""Find the series in a folder of DICOM files."""

import hashlib
import os
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import pydicom
from pydicom.dataset import Dataset
from pydicom.uid import UID

from planner.dicom.image_header import (
    DAMAGED_FILE_ERRORS,
    ImageHeader,
    SkippedFile,
    read_image_header,
)
from planner.dicom.scan_result import ScanResult, SeriesSummary, StudySummary
from planner.dicom.series_check import check_series
from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress, part_of

_DETAILS = [
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


def _files_under(path: Path) -> list[Path]:
    if not path.exists():
        raise DicomProblem(
            "There is no such folder.", path=path, hint="Choose the folder that holds the CT."
        )
    if not path.is_dir():
        raise DicomProblem(
            "This is a file, not a folder.", path=path, hint="Choose the folder that holds the CT."
        )
    files = sorted(Path(folder, name) for folder, _, names in os.walk(path) for name in names)
    if not files:
        raise DicomProblem(
            "The folder is empty.", path=path, hint="Choose the folder that holds the CT."
        )
    return files


def _read_headers(
    files: Sequence[Path], progress: Progress
) -> tuple[list[ImageHeader], list[SkippedFile]]:
    headers: list[ImageHeader] = []
    skipped: list[SkippedFile] = []
    for done, file in enumerate(files):
        progress(done / len(files), "Reading headers")
        found = read_image_header(file)
        if isinstance(found, ImageHeader):
            headers.append(found)
        else:
            skipped.append(found)
    return headers, skipped


def _content(header: ImageHeader) -> bytes:
    return hashlib.sha256(header.path.read_bytes()).digest()


def _without_copies(headers: Sequence[ImageHeader]) -> tuple[list[ImageHeader], list[SkippedFile]]:
    """Part files that are there twice: same UID and same content."""
    same_uid: dict[tuple[str, int], list[ImageHeader]] = defaultdict(list)
    for header in headers:
        same_uid[header.sop_instance_uid, header.file_bytes].append(header)
    copies: dict[Path, SkippedFile] = {}
    for group in same_uid.values():
        first_of: dict[bytes, Path] = {}
        for header in group if len(group) > 1 else ():
            original = first_of.setdefault(_content(header), header.path)
            if original != header.path:
                text = f"The same image as {original.name}."
                copies[header.path] = SkippedFile(header.path, "duplicate", text)
    return [h for h in headers if h.path not in copies], list(copies.values())


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword) or "").strip()
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


def _summary(folder: Path, headers: Sequence[ImageHeader]) -> SeriesSummary:
    first = headers[0]
    check = check_series(headers)
    details = pydicom.dcmread(first.path, stop_before_pixels=True, specific_tags=[*_DETAILS])
    return SeriesSummary(
        folder=folder,
        study_uid=first.study_uid,
        series_uid=first.series_uid,
        frame_of_reference_uid=(check.slices or (first,))[0].frame_of_reference_uid or None,
        modality=first.modality,
        description=_text(details, "SeriesDescription") or _text(details, "StudyDescription"),
        date=_text(details, "StudyDate"),
        patient=PatientIdentity(
            name=_text(details, "PatientName"),
            patient_id=_text(details, "PatientID"),
            sex=_text(details, "PatientSex"),
            birth_date=_text(details, "PatientBirthDate"),
        ),
        transfer_syntax=UID(first.pixels.transfer_syntax_uid).name,
        images=len(headers),
        slices=check.slices,
        geometry=check.geometry,
        warnings=check.problems,
        contrast_agent=_contrast_agent(details),
        tube_voltage_kv=_tube_voltage_kv(details),
    )


def _studies(folder: Path, headers: Sequence[ImageHeader]) -> tuple[StudySummary, ...]:
    by_study: dict[str, dict[tuple[str, str], list[ImageHeader]]] = defaultdict(dict)
    for header in headers:
        series = by_study[header.study_uid]
        series.setdefault((header.series_uid, header.modality), []).append(header)
    studies = []
    for study_uid, groups in by_study.items():
        summaries = tuple(_summary(folder, group) for group in groups.values())
        first = summaries[0]
        studies.append(StudySummary(study_uid, first.date, first.patient, summaries))
    return tuple(studies)


def scan_folder(path: Path, progress: Progress = no_progress) -> ScanResult:
    """Return the studies and series in a folder and all folders in it.

    Parameters
    ----------
    path
        The folder, or the file DICOMDIR in it. File names and their order say nothing; only what
        is in the files counts.
    progress
        Told of every file.

    Raises
    ------
    DicomProblem
        If there is no such folder or it holds no DICOM image.
    Cancelled
        If the user has cancelled.
    """
    folder = Path(path).resolve()
    if folder.name.upper() == "DICOMDIR" and folder.is_file():
        folder = folder.parent
    files = _files_under(folder)
    headers, skipped = _read_headers(files, part_of(progress, 0.0, 0.9))
    headers, copies = _without_copies(headers)
    if not headers:
        code = skipped[0].code if len({file.code for file in skipped}) == 1 else ""
        what = "DICOM files" if code == "not-dicom" else "DICOM images"
        raise DicomProblem(
            f"The folder holds no {what}, only {len(files)} other files.",
            path=folder,
            hint="Choose the folder that holds the CT.",
        )
    progress(0.95, "Checking series")
    result = ScanResult(folder, _studies(folder, headers), (*skipped, *copies))
    progress(1.0, "Checking series")
    return result
