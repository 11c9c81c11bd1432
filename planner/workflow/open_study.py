"""Open the images of a patient."""

from pathlib import Path

import attrs

from planner.dicom.first_slice import FirstSliceShown
from planner.dicom.load_sound import load_sound
from planner.dicom.load_volume import load_volume, study_reference_of
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import (
    ScanResult,
    SeriesKind,
    SeriesSummary,
    likeliest,
    likely_planning_series,
)
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.imaging.volume import Volume

_SHARE_OF_SCANNING = 0.3
"""How much of the time of opening goes into finding the series, for the progress bar."""
_SHARE_OF_LOADING = 0.85
"""How much of the rest goes into reading; what remains goes into the images' fingerprint."""


@attrs.frozen(eq=False)
class OpenStudy:
    """A loaded series with what the plan must know of it."""

    volume: Volume
    study: StudyReference
    warnings: tuple[str, ...]
    """Sentences about the series that call for care, such as thick slices."""
    series: SeriesSummary
    """As scanned, without damaged images: what an export says of the images it lies on."""

    @property
    def notes(self) -> tuple[str, ...]:
        """Sentences about the series that is as good with them as without."""
        return tuple(problem.text for problem in self.series.warnings if problem.is_note)

    @property
    def slice_step_mm(self) -> float:
        """The distance between slices, along the axis in which the scanner stacked them."""
        return self.volume.geometry.spacing_ijk_mm[2]


def open_study(
    path: Path,
    progress: Progress = no_progress,
    *,
    series_key: tuple[str, str] | None = None,
    first_slice: FirstSliceShown | None = None,
) -> OpenStudy:
    """Load a CT series: the one named, or the likeliest to plan on.

    Parameters
    ----------
    path
        A folder, ZIP archive, DICOMDIR, DICOM file, or NIfTI or NRRD volume.
    progress
        Told of every file.
    series_key
        The UID and the part of the series. A part that is not there stands for the likeliest of
        that UID.
    first_slice
        Called with the middle slice as soon as it is read.

    Raises
    ------
    DicomProblem
        If there is no CT that can be loaded, or not the one named.
    """
    scan = scan_folder(path, part_of(progress, 0.0, _SHARE_OF_SCANNING))
    series = likely_planning_series(scan) if series_key is None else _named(scan, series_key)
    return open_series(series, part_of(progress, _SHARE_OF_SCANNING, 1.0), first_slice=first_slice)


def open_series(
    series: SeriesSummary,
    progress: Progress = no_progress,
    *,
    first_slice: FirstSliceShown | None = None,
) -> OpenStudy:
    """Load a scanned CT series to plan on; damaged images are left out and told of.

    Raises
    ------
    DicomProblem
        If it is no CT or makes no volume.
    """
    if series.geometry is not None and series.kind is not SeriesKind.CT:
        raise DicomProblem(
            "The series is no CT: it can be shown, but not planned on.",
            path=series.folder,
            hint="Choose a CT series.",
        )
    loading = part_of(progress, 0.0, _SHARE_OF_LOADING)
    volume, series = load_sound(series, loading, first_slice=first_slice)
    study = study_reference_of(series, volume, part_of(progress, _SHARE_OF_LOADING, 1.0))
    progress(1.0, "Opened")
    warnings = tuple(w.text for w in series.warnings if not w.is_note)
    return OpenStudy(volume, study, warnings, series)


def load_companion(series: SeriesSummary, progress: Progress = no_progress) -> Volume:
    """Load a second volume of the same patient, CT or MR, to lay over or beside the first.

    Raises
    ------
    DicomProblem
        If the series makes no volume.
    """
    return load_volume(series, progress)


def _named(scan: ScanResult, key: tuple[str, str]) -> SeriesSummary:
    uid, part = key
    of_uid = [series for series in scan.series if series.series_uid == uid]
    if not of_uid:
        raise DicomProblem(
            f"No series has the UID {uid}.",
            path=scan.path,
            hint="List the series with `vertebroplan inspect`.",
        )
    exact = [series for series in of_uid if series.part == part]
    return exact[0] if exact else likeliest(of_uid)
