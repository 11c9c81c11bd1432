"""What was found in a folder, an archive or a file of images."""

from collections.abc import Sequence
from enum import Enum
from pathlib import Path

import attrs

from planner.dicom.image_header import ImageHeader, SkippedFile
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple
from planner.imaging.shear import SliceShear


class SeriesKind(Enum):
    """What can be done with a series."""

    CT = "ct"
    """A volume in Hounsfield units: it can be planned on."""
    MR = "mr"
    """A volume of another kind: shown alone or over the CT."""
    RADIOGRAPH = "radiograph"
    """Projections (CR, DX, RF, XA): shown in two dimensions."""
    SET_ASIDE = "set-aside"
    """Localisers, screen captures and whatever else is not shown."""


class VerdictLevel(Enum):
    """How far a series can be used."""

    READY = "ready"
    CAUTION = "caution"
    UNUSABLE = "unusable"


@attrs.frozen
class Verdict:
    """What to think of a series, in plain words."""

    text: str
    level: VerdictLevel


@attrs.frozen
class SeriesSummary:
    """One series, or one part of it: what it is, and whether it makes a volume."""

    folder: Path
    """The folder, archive or file that was scanned, absolute."""
    kind: SeriesKind
    study_uid: str
    series_uid: str
    part: str
    """Which part of a series with several stacks, phases or echoes; empty where it is whole."""
    frame_of_reference_uid: str | None
    modality: str
    description: str
    date: str
    """Of the study, as in DICOM: YYYYMMDD."""
    patient: PatientIdentity
    transfer_syntax: str
    """By name, such as ``JPEG-LS Lossless Image Compression``."""
    images: int
    """How many files belong to the series. One that holds several parts counts with the first."""
    slices: tuple[ImageHeader, ...]
    """The images that are shown: of a volume, along the normal of their plane."""
    geometry: GridGeometry | None
    """Of the volume; None where the series makes none."""
    warnings: tuple[SeriesProblem, ...]
    contrast_agent: bool | None
    tube_voltage_kv: float | None
    shear: SliceShear | None = None
    """None where the slices lie square to their axis."""
    left_out: tuple[SkippedFile, ...] = ()
    """The files of the series that are not shown, each with its reason."""
    members: tuple[ImageHeader, ...] = attrs.field(default=(), repr=False)
    """All images of the part, shown or not, in the order they were found."""
    volume_file: Path | None = None
    """The NIfTI or NRRD file the volume is in; None for DICOM."""

    @property
    def key(self) -> tuple[str, str]:
        """What tells this series from the others of the scan."""
        return self.series_uid, self.part

    @property
    def loadable(self) -> bool:
        """Whether it can be opened: as a volume, or as radiographs."""
        return self.geometry is not None or self.kind is SeriesKind.RADIOGRAPH

    @property
    def usable_images(self) -> int:
        """How many images are shown."""
        return len(self.slices) if self.volume_file is None else self.images

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

    @property
    def verdict(self) -> Verdict:
        """What to think of the series, in plain words."""
        blocking = [problem for problem in self.warnings if problem.is_blocking]
        if blocking:
            return Verdict(_brief(blocking[0]), VerdictLevel.UNUSABLE)
        cautions = [problem for problem in self.warnings if not problem.is_note]
        if cautions:
            return Verdict("; ".join(map(_brief, cautions)), VerdictLevel.CAUTION)
        return Verdict(f"{self._size}, ready", VerdictLevel.READY)

    @property
    def _size(self) -> str:
        if self.geometry is None:
            return "1 image" if len(self.slices) == 1 else f"{len(self.slices)} images"
        return f"{self.geometry.shape_kji[0]} slices, {self.geometry.spacing_ijk_mm[2]:.2g} mm"


def _brief(problem: SeriesProblem) -> str:
    return problem.brief or problem.text


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
    """Everything that was found: each file belongs to one series or was skipped."""

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


def _promise(series: SeriesSummary) -> tuple[bool, int, float, int, tuple[str, str]]:
    """Order series by how likely they are planned on, the likeliest least."""
    cautions = sum(not problem.is_note for problem in series.warnings)
    step_mm = (series.spacing_kji_mm or (0.0,))[0]
    usable = series.usable_images if series.loadable else 0
    return series.kind is not SeriesKind.CT, -usable, step_mm, cautions, series.key


def likeliest(choices: Sequence[SeriesSummary]) -> SeriesSummary:
    """Return the series that is likeliest planned on: CT, most slices, then the thinnest."""
    return min(choices, key=_promise)


def likely_planning_series(scan: ScanResult) -> SeriesSummary:
    """Return the CT series with the most usable slices, the thinnest among equals.

    Raises
    ------
    DicomProblem
        If no series makes a CT volume; the sentence says why the most promising one does not.
    """
    volumes = [series for series in scan.series if series.geometry is not None]
    planned = [series for series in volumes if series.kind is SeriesKind.CT]
    if planned:
        return likeliest(planned)
    largest = max(scan.series, key=lambda s: (s.modality == "CT", s.images), default=None)
    reason = "" if largest is None else f" {unusable_because(largest) or _not_ct(largest)}"
    raise DicomProblem(
        f"There is no CT series to plan on.{reason}",
        path=scan.path,
        hint="Choose the folder of a CT series with its slices.",
    )


def _not_ct(series: SeriesSummary) -> str:
    return f"The images are {series.modality or 'of no stated kind'}, not CT."


def likely_volume(scan: ScanResult) -> SeriesSummary:
    """Return the likely planning series, or where there is none the likeliest other volume.

    Raises
    ------
    DicomProblem
        If no series makes a volume.
    """
    volumes = [series for series in scan.series if series.geometry is not None]
    return likeliest(volumes) if volumes else likely_planning_series(scan)
