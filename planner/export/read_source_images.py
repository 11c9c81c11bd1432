"""From a scanned series to what its exports must say of it."""

import pydicom
from pydicom.dataset import Dataset

from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import opened_files
from planner.dicom.scan_result import SeriesSummary
from planner.export.source_images import SourceImage, SourceImages, StudyHeader

_KEYWORDS = {
    "study_time": "StudyTime",
    "study_id": "StudyID",
    "study_description": "StudyDescription",
    "accession_number": "AccessionNumber",
    "referring_physician": "ReferringPhysicianName",
    "issuer_of_patient_id": "IssuerOfPatientID",
    "position_reference": "PositionReferenceIndicator",
}


def source_images_of(series: SeriesSummary | None) -> SourceImages | None:
    """Return a series' slices and its study's header; None where it is no DICOM volume.

    A header that cannot be read again says nothing.
    """
    if series is None or series.geometry is None or not is_dicom_volume(series):
        return None
    first = series.slices[0]
    if first.orientation_lps is None or first.spacing_ij_mm is None:
        return None
    row, column = first.orientation_lps
    return SourceImages(
        images=tuple(_source_image(header) for header in series.slices),
        row_lps=row,
        column_lps=column,
        spacing_ij_mm=first.spacing_ij_mm,
        columns=first.columns,
        rows=first.rows,
        slice_step_mm=series.geometry.spacing_ijk_mm[2],
        modality=series.modality,
        header=_study_header(first),
    )


def is_dicom_volume(series: SeriesSummary) -> bool:
    """Return whether a series is a volume made of DICOM slices that say where they lie."""
    return series.volume_file is None and series.geometry is not None


def _source_image(header: ImageHeader) -> SourceImage:
    return SourceImage(
        sop_class_uid=header.sop_class_uid,
        sop_instance_uid=header.sop_instance_uid,
        position_lps_mm=header.position_lps_mm or (0.0, 0.0, 0.0),
        frame=header.frame + 1 if header.frames > 1 else None,
    )


def _study_header(first: ImageHeader) -> StudyHeader:
    tags = ["SpecificCharacterSet", *_KEYWORDS.values()]
    try:
        with opened_files() as files, files.open(first.file) as stream:
            dataset = pydicom.dcmread(
                stream, stop_before_pixels=True, specific_tags=list(tags), force=True
            )
    except (OSError, *DAMAGED_FILE_ERRORS):
        return StudyHeader()
    return StudyHeader(**{name: _text(dataset, word) for name, word in _KEYWORDS.items()})


def _text(dataset: Dataset, keyword: str) -> str:
    try:
        return str(dataset.get(keyword) or "").strip(" \0")
    except DAMAGED_FILE_ERRORS:
        return ""
