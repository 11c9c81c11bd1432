"""Read the voxels of a series."""

import hashlib
from pathlib import Path

import numpy as np
import pydicom
from numpy.typing import NDArray
from pydicom.pixels.utils import pixel_array
from pydicom.uid import DeflatedExplicitVRLittleEndian

from planner.dicom.image_header import DAMAGED_FILE_ERRORS, ImageHeader, PixelFormat
from planner.dicom.scan_result import SeriesSummary, unusable_because
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress
from planner.imaging.volume import HuArray, Volume

_PIXEL_TAG = b"\xe0\x7f\x10\x00"
_LONG_HEAD, _SHORT_HEAD = 12, 8
_LONG_FORMS = frozenset({b"OW", b"OB", b"UN"})
_HU = np.iinfo(np.int16)
_LEAST_AIR_HU = -1024
"""No substance is thinner than air; scanners that write less mean that they saw nothing."""


def _changed(path: Path) -> DicomProblem:
    return DicomProblem(
        "The image ends early, is damaged or has changed since the folder was read.",
        path=path,
        hint="Open the folder again, or copy the study once more from its source.",
    )


def _read_plain(header: ImageHeader, into: HuArray) -> None:
    """Read stored numbers straight to their place, without a copy between."""
    with header.path.open("rb", buffering=0) as file:
        file.seek(header.pixel_offset or 0)
        head = file.read(_LONG_HEAD)
        if head[:4] != _PIXEL_TAG:
            raise _changed(header.path)
        length = _LONG_HEAD if head[4:6] in _LONG_FORMS else _SHORT_HEAD
        file.seek((header.pixel_offset or 0) + length)
        if file.readinto(into.data.cast("B")) != into.nbytes:
            raise _changed(header.path)


def _read_compressed(header: ImageHeader) -> NDArray[np.integer]:
    try:
        # Handed a path, pydicom notices a file cut short but does not inflate deflated ones.
        is_deflated = header.pixels.transfer_syntax_uid == DeflatedExplicitVRLittleEndian
        source = pydicom.dcmread(header.path) if is_deflated else header.path
        stored: NDArray[np.integer] = pixel_array(source)
    except DAMAGED_FILE_ERRORS as problem:
        raise _changed(header.path) from problem
    return stored


def _stored_values(voxels: NDArray[np.integer], pixels: PixelFormat) -> NDArray[np.integer]:
    """Return 16-bit numbers in their own type, without what stands in unused bits."""
    values = voxels.view(np.int16 if pixels.is_signed else np.uint16)
    unused = 16 - pixels.bits_stored
    if unused > 0:
        values <<= 15 - pixels.high_bit
        values >>= unused
    return values


def _to_hu(stored: NDArray[np.integer], pixels: PixelFormat, into: HuArray) -> None:
    """Write Hounsfield units, rounded to whole ones and cut off where 16 bits end."""
    slope = 1.0 if pixels.slope is None else pixels.slope
    intercept = 0.0 if pixels.intercept is None else pixels.intercept
    ends_hu = np.array([stored.min(), stored.max()], np.float64) * slope + intercept
    fits = _HU.min <= ends_hu.min() and ends_hu.max() <= _HU.max
    if fits and slope == 1.0 and intercept.is_integer():
        # 16-bit sums wrap round, so a result in range is right whatever stood in between.
        into[...] = stored.astype(np.int16, copy=False)
        into += np.int64(intercept).astype(np.int16)
    else:
        into[...] = np.clip(np.rint(stored * slope + intercept), _HU.min, _HU.max)


def _read_slice(header: ImageHeader, into: HuArray) -> None:
    pixels = header.pixels
    if header.pixel_offset is not None:
        _read_plain(header, into)
        stored = _stored_values(into, pixels)
    else:
        stored = _read_compressed(header)
        if stored.shape != into.shape:
            raise _changed(header.path)
    if pixels.slope not in {None, 1.0} or pixels.intercept or not pixels.is_signed:
        _to_hu(stored, pixels, into)
    elif stored is not into:
        into[...] = stored


def _padding_hu(series: SeriesSummary, voxels: HuArray) -> int | None:
    """Return the value outside the scanner's field: the declared one, else what corners show."""
    pixels = series.slices[0].pixels
    if pixels.padding is not None:
        declared = (pixels.slope or 1.0) * pixels.padding + (pixels.intercept or 0.0)
        if (voxels[0] == declared).any():
            return round(declared)
    corners = {int(value) for value in voxels[0][[0, 0, -1, -1], [0, -1, 0, -1]]}
    value = corners.pop()
    return value if not corners and value < _LEAST_AIR_HU else None


def load_volume(series: SeriesSummary, progress: Progress = no_progress) -> Volume:
    """Return the voxels of a series in Hounsfield units where they lie in the patient.

    Slices are in the order of the normal of their plane. Every voxel is the stored number
    rescaled as its file says, those outside the scanner's field too.

    Raises
    ------
    DicomProblem
        If the series makes no volume, or a file has changed since it was scanned.
    Cancelled
        If the user has cancelled.
    """
    if series.geometry is None:
        raise DicomProblem(
            unusable_because(series) or "The series makes no volume.",
            path=series.folder,
            hint="Choose a CT series with parallel, equally spaced slices.",
        )
    voxels = np.empty(series.geometry.shape_kji, np.int16)
    for k, header in enumerate(series.slices):
        progress(k / len(series.slices), "Reading images")
        try:
            _read_slice(header, voxels[k])
        except OSError as problem:
            raise _changed(header.path) from problem
    progress(1.0, "Reading images")
    return Volume(
        voxels, series.geometry, series.frame_of_reference_uid, _padding_hu(series, voxels)
    )


def study_reference_of(series: SeriesSummary, volume: Volume) -> StudyReference:
    """Return the value by which a case recognises the images it was made on.

    Parameters
    ----------
    series
        The series as scanned.
    volume
        Its voxels as loaded: they are hashed.
    """
    i, j, k = volume.geometry.spacing_ijk_mm
    return StudyReference(
        path=str(series.folder),
        study_uid=series.study_uid,
        series_uid=series.series_uid,
        frame_of_reference_uid=series.frame_of_reference_uid,
        voxel_sha256=hashlib.sha256(np.ascontiguousarray(volume.voxels).data).hexdigest(),
        patient=series.patient,
        study_date=series.date,
        description=series.description,
        shape_kji=volume.geometry.shape_kji,
        spacing_kji_mm=(k, j, i),
        contrast_agent=series.contrast_agent,
        tube_voltage_kv=series.tube_voltage_kv,
    )
