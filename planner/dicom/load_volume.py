"""Read the voxels of a series."""

import contextlib
import hashlib

import attrs
import numpy as np

from planner.dicom.first_slice import FirstSlice, FirstSliceShown
from planner.dicom.open_files import ALWAYS_INFLATED_BYTES, MOST_TIMES_LARGER
from planner.dicom.read_slices import DamagedImages, SliceReading
from planner.dicom.scan_result import SeriesSummary, unusable_because
from planner.dicom.study_reference import StudyReference
from planner.dicom.volume_files import load_volume_file
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.imaging.shear import SliceShear, straighten
from planner.imaging.volume import HuArray, Volume

_RANGE = np.iinfo(np.int16)
_LEAST_AIR_HU = -1024
"""No substance is thinner than air; scanners that write less mean that they saw nothing."""
_UNSEEN_HU = -2048
"""Stands where the straightened slices of a tilted gantry do not reach."""
_HASHED_BYTES = 1 << 24


def load_volume(
    series: SeriesSummary,
    progress: Progress = no_progress,
    *,
    first_slice: FirstSliceShown | None = None,
) -> Volume:
    """Return the voxels of a series where they lie in the patient.

    CT in Hounsfield units, other modalities in the units of their rescaled signal. Slices are in
    the order of the normal of their plane. Every voxel is the stored number rescaled as its file
    says, those outside the scanner's field too; slices of a tilted gantry are interpolated once,
    along the table.

    Parameters
    ----------
    series
        As scanned.
    progress
        Told of every slice.
    first_slice
        Called with the middle slice as soon as it is read.

    Raises
    ------
    DamagedImages
        If some images do not hold what their headers say.
    DicomProblem
        If the series makes no volume, or a file is gone since it was scanned.
    Cancelled
        If the user has cancelled.
    """
    if series.geometry is None:
        raise DicomProblem(
            unusable_because(series) or "The series makes no volume.",
            path=series.folder,
            hint="Choose a CT series with parallel, equally spaced slices.",
        )
    if series.volume_file is not None:
        return load_volume_file(series, series.volume_file, progress, first_slice)
    _refuse_a_bomb(series)
    if series.shear is None:
        return _square(series, series.geometry, progress, first_slice)
    return _straightened(series, series.geometry, series.shear, progress, first_slice)


def _refuse_a_bomb(series: SeriesSummary) -> None:
    first = series.slices[0]
    files = {header.path: header.file_bytes for header in series.slices}
    limit = max(ALWAYS_INFLATED_BYTES, MOST_TIMES_LARGER * sum(files.values()))
    if 2 * first.rows * first.columns * len(series.slices) > limit:
        raise DicomProblem(
            "The images say that they are far larger than their files can hold; not loaded.",
            path=series.folder,
        )


def _square(
    series: SeriesSummary,
    geometry: GridGeometry,
    progress: Progress,
    first_slice: FirstSliceShown | None,
) -> Volume:
    voxels = np.empty(geometry.shape_kji, np.int16)
    middle = len(voxels) // 2
    reading = SliceReading(series.slices, voxels, progress)
    if first_slice is not None:
        # A damaged one is told of once all are read.
        with contextlib.suppress(DamagedImages):
            reading.read([middle])
            first_slice(FirstSlice(middle, voxels[middle], geometry))
    reading.read(range(len(voxels)))
    padding = _padding_hu(series, voxels)
    return Volume(voxels, geometry, series.frame_of_reference_uid, padding, series.modality)


def _straightened(
    series: SeriesSummary,
    geometry: GridGeometry,
    shear: SliceShear,
    progress: Progress,
    first_slice: FirstSliceShown | None,
) -> Volume:
    first = series.slices[0]
    images = np.empty((len(series.slices), first.rows, first.columns), np.int16)
    reading = SliceReading(series.slices, images, part_of(progress, 0.0, 0.6))
    if first_slice is not None:
        with contextlib.suppress(DamagedImages):
            _show_middle(series, reading, geometry, first_slice)
    reading.read(range(len(images)))
    outside = _outside(series, images)
    voxels = np.empty(geometry.shape_kji, np.int16)
    straighten(images, shear, voxels, outside, part_of(progress, 0.6, 1.0))
    progress(1.0, "Straightening")
    return Volume(voxels, geometry, series.frame_of_reference_uid, outside, series.modality)


def _outside(series: SeriesSummary, images: HuArray) -> int:
    """Return what stands outside the scanner's field, else a number that stands nowhere."""
    padding = _padding_hu(series, images)
    return max(_RANGE.min, min(_UNSEEN_HU, int(images.min()) - 1)) if padding is None else padding


def _show_middle(
    series: SeriesSummary,
    reading: SliceReading,
    geometry: GridGeometry,
    shown: FirstSliceShown,
) -> None:
    """Read the images that the middle slice of the straightened grid runs through."""
    shear = series.shear
    if shear is None:
        return
    columns, rows, count = geometry.shape_ijk
    middle = count // 2
    corners = [
        float(shear.source_slice(middle, row, column))
        for row in (0, rows - 1)
        for column in (0, columns - 1)
    ]
    last = len(reading.into) - 1
    lower, upper = max(0, int(min(corners))), min(last, int(max(corners)) + 1)
    reading.read(range(lower, upper + 1))
    images = reading.into[lower : upper + 1]
    slice_ = np.empty((1, rows, columns), np.int16)
    first_slice = shear.first_slice + middle - lower
    shear = attrs.evolve(shear, first_slice=first_slice)
    straighten(images, shear, slice_, _outside(series, images))
    shown(FirstSlice(middle, slice_[0], geometry))


def _padding_hu(series: SeriesSummary, voxels: HuArray) -> int | None:
    """Return the value outside the scanner's field: the declared one, else what corners show."""
    pixels = series.slices[0].pixels
    if pixels.padding is not None:
        declared = (pixels.slope or 1.0) * pixels.padding + (pixels.intercept or 0.0)
        declared = min(max(declared, _RANGE.min), _RANGE.max)
        if (voxels[0] == declared).any():
            return round(declared)
    if series.modality != "CT":
        return None
    corners = {int(value) for value in voxels[0][[0, 0, -1, -1], [0, -1, 0, -1]]}
    return corners.pop() if len(corners) == 1 and min(corners) < _LEAST_AIR_HU else None


def study_reference_of(
    series: SeriesSummary, volume: Volume, progress: Progress = no_progress
) -> StudyReference:
    """Return the value by which a case recognises the images it was made on.

    Parameters
    ----------
    series
        The series as scanned.
    volume
        Its voxels as loaded: they are hashed.
    progress
        Told of every part that is hashed.
    """
    i, j, k = volume.geometry.spacing_ijk_mm
    return StudyReference(
        path=str(series.folder),
        study_uid=series.study_uid,
        series_uid=series.series_uid,
        part=series.part,
        frame_of_reference_uid=series.frame_of_reference_uid,
        voxel_sha256=_sha256(volume.voxels, progress),
        patient=series.patient,
        study_date=series.date,
        description=series.description,
        shape_kji=volume.geometry.shape_kji,
        spacing_kji_mm=(k, j, i),
        contrast_agent=series.contrast_agent,
        tube_voltage_kv=series.tube_voltage_kv,
    )


def _sha256(voxels: HuArray, progress: Progress) -> str:
    found = hashlib.sha256()
    values = np.ascontiguousarray(voxels).data.cast("B")
    for start in range(0, len(values), _HASHED_BYTES):
        progress(start / len(values), "Remembering the images")
        found.update(values[start : start + _HASHED_BYTES])
    return found.hexdigest()
