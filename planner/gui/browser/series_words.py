"""How a series reads in the browser: its name, what it is, how its voxels lie."""

import math

from planner.assessment.findings import Severity
from planner.dicom.scan_result import ScanResult, SeriesKind, SeriesSummary, VerdictLevel
from planner.dicom.study_reference import PatientIdentity
from planner.gui.panels.wording import TIMES, date_words
from planner.gui.top_bar import MASKED_NAME

_SEVERITIES = {
    VerdictLevel.READY: Severity.SAFE,
    VerdictLevel.CAUTION: Severity.CAUTION,
    VerdictLevel.UNUSABLE: Severity.DANGER,
}
_VERDICT_WORDS = {
    Severity.SAFE: "",
    Severity.CAUTION: "Caution",
    Severity.DANGER: "Cannot be used",
    Severity.NOTE: "Set aside",
}
"""Beside colour and icon; a text that says ready needs no more."""
_DOT = " \N{MIDDLE DOT} "
_KIND_WORDS = {
    SeriesKind.CT: "CT",
    SeriesKind.MR: "MR",
    SeriesKind.RADIOGRAPH: "X-ray",
}


def severity_of(series: SeriesSummary) -> Severity:
    """Return how a verdict is coloured; what was set aside on purpose is no danger."""
    is_aside = series.kind is SeriesKind.SET_ASIDE
    return Severity.NOTE if is_aside else _SEVERITIES[series.verdict.level]


def verdict_of(series: SeriesSummary) -> str:
    """Return a verdict with the word for its level."""
    word = _VERDICT_WORDS[severity_of(series)]
    text = series.verdict.text
    return f"{word}: {text}" if word and word.lower() not in text.lower() else text


def name_of(series: SeriesSummary) -> str:
    """Return what the series is called, with the part of it where it was separated."""
    return _DOT.join(filter(None, (series.description or "Without a description", series.part)))


def kind_of(series: SeriesSummary) -> str:
    """Return the kind of images, such as ``CT`` or ``X-ray (DX)``."""
    word = _KIND_WORDS.get(series.kind, series.modality or "image")
    is_said = word.startswith(series.modality) or not series.modality
    return word if is_said else f"{word} ({series.modality})"


def facts_of(series: SeriesSummary) -> str:
    """Return count and geometry in a line."""
    return _DOT.join(filter(None, (count_of(series), voxel_of(series), matrix_of(series))))


def count_of(series: SeriesSummary) -> str:
    """Return how many images there are, and how many of them make the volume."""
    images = counted(series.images, "image")
    if series.usable_images > series.images:
        return f"{counted(series.usable_images, 'image')} in {counted(series.images, 'file')}"
    is_whole = series.usable_images in {0, series.images}
    return images if is_whole else f"{series.usable_images} of {images}"


def voxel_of(series: SeriesSummary) -> str:
    """Return the voxel's size, empty where there is no volume."""
    if series.spacing_kji_mm is None:
        return ""
    k_mm, j_mm, i_mm = series.spacing_kji_mm
    in_plane = (
        f"{i_mm:.2f}" if math.isclose(i_mm, j_mm, rel_tol=0.01) else f"{i_mm:.2f}{TIMES}{j_mm:.2f}"
    )
    return f"{in_plane} mm, step {k_mm:.2f} mm"


def matrix_of(series: SeriesSummary) -> str:
    """Return columns, rows and slices, empty where there is no volume."""
    return "" if series.shape_kji is None else TIMES.join(str(n) for n in series.shape_kji[::-1])


def extent_of(series: SeriesSummary) -> str:
    """Return what the volume covers, empty where there is none."""
    if series.shape_kji is None or series.spacing_kji_mm is None:
        return ""
    pairs = zip(series.shape_kji[::-1], series.spacing_kji_mm[::-1], strict=True)
    return TIMES.join(f"{count * step_mm / 10:.0f}" for count, step_mm in pairs) + " cm"


def patient_words(patient: PatientIdentity, number: int, *, is_masked: bool) -> tuple[str, str]:
    """Return a patient's name, and what else tells them apart; masked, neither."""
    if is_masked:
        return f"{MASKED_NAME} ({number})", ""
    rest = (patient.patient_id, patient.sex, date_words(patient.birth_date))
    return patient.written_name or "Patient without a name", _DOT.join(filter(None, rest))


def totals_of(scan: ScanResult) -> str:
    """Return how much was found."""
    patients = len({study.patient for study in scan.studies})
    return _DOT.join(
        (
            counted(patients, "patient"),
            counted(len(scan.studies), "study", "studies"),
            counted(len(scan.series), "series", "series"),
        )
    )


def counted(count: int, one: str, many: str = "") -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "image"), counted(2, "image"), counted(0, "study", "studies")
    ('1 image', '2 images', '0 studies')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"
