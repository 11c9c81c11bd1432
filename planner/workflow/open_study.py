"""Open the images of a patient."""

from pathlib import Path

import attrs

from planner.dicom.load_volume import load_volume, study_reference_of
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import ScanResult, SeriesSummary, likely_planning_series
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.imaging.volume import Volume

_SHARE_OF_SCANNING = 0.3
"""How much of the time of opening goes into finding the series, for the progress bar."""


@attrs.frozen(eq=False)
class OpenStudy:
    """A loaded series with what the plan must know of it."""

    volume: Volume
    study: StudyReference
    warnings: tuple[str, ...]
    """Sentences about the series, such as thick slices."""

    @property
    def slice_step_mm(self) -> float:
        """The distance between slices, along the axis in which the scanner stacked them."""
        return self.volume.geometry.spacing_ijk_mm[2]


def open_study(
    path: Path, progress: Progress = no_progress, *, series_uid: str | None = None
) -> OpenStudy:
    """Load a CT series from a folder: the one named, or the likeliest to plan on.

    Raises
    ------
    DicomProblem
        If the folder holds no series that can be loaded, or not the one named.
    """
    scan = scan_folder(path, part_of(progress, 0.0, _SHARE_OF_SCANNING))
    series = _named(scan, series_uid, path) if series_uid else likely_planning_series(scan)
    volume = load_volume(series, part_of(progress, _SHARE_OF_SCANNING, 1.0))
    return OpenStudy(
        volume=volume,
        study=study_reference_of(series, volume),
        warnings=tuple(warning.text for warning in series.warnings),
    )


def _named(scan: ScanResult, series_uid: str, path: Path) -> SeriesSummary:
    for study in scan.studies:
        for series in study.series:
            if series.series_uid == series_uid:
                return series
    raise DicomProblem(
        f"No series has the UID {series_uid}.",
        path=path,
        hint="List the series with `vertebroplan inspect`.",
    )
