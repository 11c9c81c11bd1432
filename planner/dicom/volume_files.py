"""NIfTI and NRRD files as series: what they do not say is asked of their numbers."""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import numpy as np

from planner.dicom.first_slice import FirstSlice, FirstSliceShown
from planner.dicom.scan_result import ScanResult, SeriesKind, SeriesSummary, StudySummary
from planner.dicom.series_problem import SeriesProblem
from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress
from planner.foundation.time_limit import OutOfTime, within_time
from planner.imaging.volume import Volume

_Read = TypeVar("_Read")

VOLUME_SUFFIXES = (".nii", ".nii.gz", ".nrrd")
_AIR_BELOW_HU = -300
_BONE_ABOVE_HU = 300
_LEAST_HU, _MOST_HU = -5000, 33_000
_LONGEST_READING_S = 300.0
_NOT_HU = (
    "The numbers do not look like Hounsfield units: the volume is shown alone or over a CT, "
    "and cannot be planned on."
)


def is_volume_file(path: Path) -> bool:
    """Return whether a file's name says that it is a NIfTI or NRRD volume."""
    return path.name.lower().endswith(VOLUME_SUFFIXES) and path.is_file()


def scan_volume_file(path: Path, progress: Progress) -> ScanResult:
    """Return a volume file as a study of one series, without a patient.

    Raises
    ------
    DicomProblem
        If it cannot be read or holds no single volume.
    """
    # SimpleITK takes a third of a second to import; folders of DICOM do without it.
    from planner.imaging.volume_file import read_middle_slice, read_volume_info  # noqa: PLC0415

    progress(0.1, "Reading the volume's header")
    info = read_volume_info(path)
    looking = functools.partial(progress, 0.3, "Looking at its numbers")
    looking()
    values = _waited_for(lambda: read_middle_slice(path), path, looking)
    is_ct = _looks_like_ct(float(np.nanmin(values)), float(np.nanmax(values)))
    problems = [_numbers_problem(is_ct=is_ct)]
    if not info.has_known_sides:
        text = (
            "The file does not say which way is left: its axes are taken as they stand. "
            "Check the side letters against images you know."
        )
        problems.append(SeriesProblem("unknown-sides", text, brief="sides not stated"))
    if is_ct:
        from planner.dicom.series_check import geometry_problems  # noqa: PLC0415

        problems += geometry_problems(info.geometry)
    series = SeriesSummary(
        folder=path,
        kind=SeriesKind.CT if is_ct else SeriesKind.MR,
        study_uid="",
        series_uid="",
        part="",
        frame_of_reference_uid=None,
        modality="CT" if is_ct else "",
        description=path.name,
        date="",
        patient=PatientIdentity(),
        transfer_syntax="",
        images=1,
        slices=(),
        geometry=info.geometry,
        warnings=tuple(problems),
        contrast_agent=None,
        tube_voltage_kv=None,
        volume_file=path,
    )
    progress(1.0, "Looking at its numbers")
    study = StudySummary("", "", series.patient, (series,))
    return ScanResult(path, (study,), ())


def _waited_for(read: Callable[[], _Read], path: Path, beat: Callable[[], None]) -> _Read:
    """Return what is read, and let `beat` stop the wait for it."""
    try:
        return within_time(read, _LONGEST_READING_S, beat)
    except OutOfTime as problem:
        raise DicomProblem(
            "The file takes too long to read.", path=path, hint="Copy it to this machine first."
        ) from problem


def _looks_like_ct(least: float, most: float) -> bool:
    has_air_and_bone = least < _AIR_BELOW_HU and most > _BONE_ABOVE_HU
    return has_air_and_bone and least >= _LEAST_HU and most <= _MOST_HU


def _numbers_problem(*, is_ct: bool) -> SeriesProblem:
    if not is_ct:
        return SeriesProblem("not-hu", _NOT_HU, brief="not Hounsfield units, shown only")
    text = (
        "The file does not say that its numbers are Hounsfield units; they reach from air to "
        "bone as those do, and are taken for them."
    )
    return SeriesProblem("assumed-hu", text, brief="taken for Hounsfield units")


def load_volume_file(
    series: SeriesSummary,
    path: Path,
    progress: Progress,
    first_slice: FirstSliceShown | None = None,
) -> Volume:
    """Return the voxels of a NIfTI or NRRD file where they lie in the patient.

    `first_slice` is called with the middle slice before the whole file is read.

    Raises
    ------
    DicomProblem
        If the file cannot be read or has changed since it was scanned.
    """
    from planner.imaging.volume_file import (  # noqa: PLC0415
        read_middle_slice,
        read_volume_info,
        read_volume_values,
        whole_numbers,
    )

    beat = functools.partial(progress, 0.5, "Reading the volume")
    beat()
    geometry = read_volume_info(path).geometry
    if first_slice is not None:
        values = _waited_for(lambda: read_middle_slice(path), path, beat)
        first_slice(FirstSlice(geometry.shape_ijk[2] // 2, whole_numbers(values), geometry))
    voxels = _waited_for(lambda: read_volume_values(path), path, beat)
    if geometry != series.geometry or voxels.shape != geometry.shape_kji:
        raise DicomProblem(
            "The file has changed since it was looked at.", path=path, hint="Open it again."
        )
    progress(1.0, "Reading the volume")
    return Volume(voxels, geometry, None, None, series.modality)
