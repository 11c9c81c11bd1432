"""What was found in a folder of DICOM files."""

from pathlib import Path

import attrs

from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.series_check import SeriesProblem
from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple


@attrs.frozen
class SeriesSummary:
    """One series: what it is, and whether it makes a volume."""

    folder: Path
    """The folder that was scanned, absolute."""
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str | None
    modality: str
    description: str
    date: str
    """Of the study, as in DICOM: YYYYMMDD."""
    patient: PatientIdentity
    transfer_syntax: str
    """By name, such as ``JPEG-LS Lossless Image Compression``."""
    images: int
    """How many files belong to the series."""
    slices: tuple[ImageHeader, ...]
    """The images that make the volume, along the normal of their plane."""
    geometry: GridGeometry | None
    """Of the volume; None where the series makes none."""
    warnings: tuple[SeriesProblem, ...]
    contrast_agent: bool | None
    tube_voltage_kv: float | None

    @property
    def loadable(self) -> bool:
        """Whether `load_volume` can read it."""
        return self.geometry is not None

    @property
    def usable_images(self) -> int:
        """How many of the images make the volume."""
        return len(self.slices)

    @property
    def shape_kji(self) -> tuple[int, int, int] | None:
        """The shape of the volume's array."""
        return None if self.geometry is None else self.geometry.shape_kji

    @property
    def spacing_kji_mm(self) -> Triple | None:
        """Between slices, rows and columns."""
        if self.geometry is None:
            return None
        i, j, k = self.geometry.spacing_ijk_mm
        return k, j, i


@attrs.frozen
class StudySummary:
    """One visit to the scanner."""

    study_uid: str
    date: str
    """As in DICOM: YYYYMMDD."""
    patient: PatientIdentity
    series: tuple[SeriesSummary, ...]


@attrs.frozen
class ScanResult:
    """Everything in a folder: each file belongs to one series or was skipped."""

    path: Path
    studies: tuple[StudySummary, ...]
    skipped: tuple[SkippedFile, ...]

    @property
    def series(self) -> tuple[SeriesSummary, ...]:
        """The series of all studies."""
        return tuple(series for study in self.studies for series in study.series)


def unusable_because(series: SeriesSummary) -> str:
    """Return the sentence that says why a series makes no volume; empty where it makes one."""
    return next((warning.text for warning in series.warnings if warning.is_blocking), "")


def likely_planning_series(scan: ScanResult) -> SeriesSummary:
    """Return the CT series with the most usable slices, the thinnest among equals.

    Raises
    ------
    DicomProblem
        If no series makes a CT volume; the sentence says why the most promising one does not.
    """
    loadable = [series for series in scan.series if series.loadable]
    if loadable:
        return min(
            loadable,
            key=lambda s: (-s.usable_images, (s.spacing_kji_mm or (0.0,))[0], s.series_uid),
        )
    largest = max(scan.series, key=lambda s: (s.modality == "CT", s.images), default=None)
    reason = "" if largest is None else f" {unusable_because(largest)}"
    raise DicomProblem(
        f"There is no CT series to plan on.{reason}",
        path=scan.path,
        hint="Choose the folder of a CT series with its slices.",
    )
