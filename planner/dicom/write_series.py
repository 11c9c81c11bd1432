"""Write a volume as a DICOM CT series."""

import uuid
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import (
    UID,
    CTImageStorage,
    ExplicitVRLittleEndian,
    JPEGLSLossless,
    MRImageStorage,
)

from planner.dicom.study_reference import PatientIdentity
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.imaging.volume import Volume

_NAMESPACE = uuid.UUID("6f2b9c1e-6a5d-5f7c-9d55-0b6c3a1f7e42")
_AIR_HU = -1024
_FEWEST_BITS = 12
_MOST_BITS = 16
_WINDOW_LEVEL_HU, _WINDOW_WIDTH_HU = "400", "1800"


def derived_uid(*parts: str) -> str:
    """Return the same UID for the same parts, and another for others.

    Examples
    --------
    >>> derived_uid("sample", "study") == derived_uid("sample", "study")
    True
    """
    return f"2.25.{uuid.uuid5(_NAMESPACE, '/'.join(parts)).int}"


@attrs.frozen
class MrWeighting:
    """How an MR image was taken, in milliseconds."""

    name: str
    """Such as ``T1``."""
    repetition_ms: float
    echo_ms: float
    inversion_ms: float | None = None


@attrs.frozen
class SeriesLabel:
    """What the files of a series say besides voxels and place."""

    patient: PatientIdentity
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    study_date: str
    """As in DICOM: YYYYMMDD."""
    study_description: str
    series_description: str
    patient_position: str = "HFS"
    tube_voltage_kv: float | None = None
    contrast_agent: str = ""
    derivation: str = ""
    """How the voxels were made from those of a scanner; empty for a scan as it is."""
    deidentified_by: str = ""
    """How the patient's identity was removed; empty where it was not."""
    mr: MrWeighting | None = None
    """How an MR image was taken; None: the series is a CT."""


@attrs.frozen
class SliceLayout:
    """How slices lie where they are not simply stacked along their normal."""

    step_lps_mm: Triple = attrs.field(converter=as_triple)
    """From the first voxel of a slice to that of the next one."""
    thickness_mm: float
    gantry_tilt_deg: float = 0.0


@attrs.frozen
class _Storage:
    """Unsigned numbers: JPEG-LS predicts poorly across the sign of the wrapped ones."""

    intercept_hu: int
    bits: int

    @classmethod
    def of(cls, volume: Volume, *, is_mr: bool) -> "_Storage":
        # MR signals have no unit and no rescaling: they are stored as they are.
        lowest_hu = min(0 if is_mr else _AIR_HU, int(volume.voxels.min()))
        highest = int(volume.voxels.max()) - lowest_hu
        return cls(lowest_hu, min(max(_FEWEST_BITS, highest.bit_length()), _MOST_BITS))

    def stored(self, slice_hu: NDArray[np.int16]) -> NDArray[np.uint16]:
        return (slice_hu.astype(np.int32) - self.intercept_hu).astype(np.uint16)


def _decimal(value: float) -> str:
    return f"{value:.9g}" if abs(value) >= 1e-6 else "0"


def _common(volume: Volume, label: SeriesLabel) -> Dataset:
    """Return the elements that all images of the series share."""
    k_mm = volume.geometry.spacing_ijk_mm[2]
    head = Dataset()
    head.SpecificCharacterSet = "ISO_IR 192"
    head.ImageType = ["DERIVED" if label.derivation else "ORIGINAL", "PRIMARY", "AXIAL"]
    head.SOPClassUID = CTImageStorage
    head.StudyDate = head.SeriesDate = head.ContentDate = label.study_date
    head.StudyTime = head.ContentTime = "000000"
    head.AccessionNumber = head.ReferringPhysicianName = ""
    head.StudyID = "1"
    head.BodyPartExamined = "SPINE"
    head.Modality = "CT"
    head.Manufacturer = "Vertebroplan"
    head.StudyDescription, head.SeriesDescription = (
        label.study_description,
        label.series_description,
    )
    head.PatientName, head.PatientID = label.patient.name, label.patient.patient_id
    head.PatientBirthDate, head.PatientSex = label.patient.birth_date, label.patient.sex
    head.SliceThickness = head.SpacingBetweenSlices = _decimal(k_mm)
    head.PatientPosition = label.patient_position
    head.StudyInstanceUID, head.SeriesInstanceUID = label.study_uid, label.series_uid
    head.FrameOfReferenceUID = label.frame_of_reference_uid
    head.SeriesNumber = head.AcquisitionNumber = "1"
    head.PositionReferenceIndicator = ""
    head.BurnedInAnnotation, head.LossyImageCompression = "NO", "00"
    return head


def _add_plane_and_pixels(head: Dataset, grid: GridGeometry, storage: _Storage) -> None:
    i_mm, j_mm, _ = grid.spacing_ijk_mm
    columns, rows, _ = grid.shape_ijk
    head.ImageOrientationPatient = [_decimal(v) for v in grid.axes_lps[:, :2].T.ravel()]
    head.SamplesPerPixel = 1
    head.PhotometricInterpretation = "MONOCHROME2"
    head.Rows, head.Columns = rows, columns
    head.PixelSpacing = [_decimal(j_mm), _decimal(i_mm)]
    head.BitsAllocated, head.BitsStored, head.HighBit = 16, storage.bits, storage.bits - 1
    head.PixelRepresentation = 0
    head.RescaleIntercept, head.RescaleSlope = str(storage.intercept_hu), "1"


def _add_ct(head: Dataset, label: SeriesLabel) -> None:
    head.KVP = "" if label.tube_voltage_kv is None else _decimal(label.tube_voltage_kv)
    head.RescaleType = "HU"
    head.WindowCenter, head.WindowWidth = _WINDOW_LEVEL_HU, _WINDOW_WIDTH_HU


def _add_mr(head: Dataset, weighting: MrWeighting) -> None:
    """Turn the head of a CT into that of a spin echo MR image."""
    head.SOPClassUID = MRImageStorage
    head.Modality = "MR"
    head.ImageType = [head.ImageType[0], "PRIMARY", "OTHER"]
    head.ScanningSequence = "IR" if weighting.inversion_ms else "SE"
    head.SequenceVariant, head.ScanOptions = "SK", ""
    head.MRAcquisitionType = "2D"
    head.SequenceName = weighting.name
    head.RepetitionTime, head.EchoTime = (
        _decimal(weighting.repetition_ms),
        _decimal(weighting.echo_ms),
    )
    if weighting.inversion_ms:
        head.InversionTime = _decimal(weighting.inversion_ms)
    head.EchoTrainLength = "1"
    if head.RescaleIntercept == "0":
        del head.RescaleIntercept, head.RescaleSlope
    head.WindowCenter, head.WindowWidth = "450", "900"


def _add_layout(head: Dataset, layout: SliceLayout) -> None:
    head.SliceThickness = _decimal(layout.thickness_mm)
    if layout.gantry_tilt_deg:
        head.GantryDetectorTilt = _decimal(layout.gantry_tilt_deg)
        # Between the planes, not along the table.
        del head.SpacingBetweenSlices


def _add_what_is_known(
    head: Dataset, volume: Volume, label: SeriesLabel, storage: _Storage
) -> None:
    if label.contrast_agent:
        head.ContrastBolusAgent = label.contrast_agent
    if label.derivation:
        head.DerivationDescription = label.derivation
    if label.deidentified_by:
        head.PatientIdentityRemoved = "YES"
        head.DeidentificationMethod = label.deidentified_by
    if volume.padding_hu is not None:
        head.PixelPaddingValue = volume.padding_hu - storage.intercept_hu


def _write_image(
    path: Path, head: Dataset, slice_hu: NDArray[np.int16], storage: _Storage, syntax: UID
) -> None:
    stored = storage.stored(slice_hu)
    image = Dataset(head)
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = head.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = head.SOPInstanceUID
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    # Our own, so that the bytes do not change with the library's version.
    image.file_meta.ImplementationClassUID = UID(derived_uid("implementation"))
    image.file_meta.ImplementationVersionName = "VERTEBROPLAN"
    if syntax == ExplicitVRLittleEndian:
        image.PixelData = stored.tobytes()
        image["PixelData"].VR = "OW"
    else:
        image.compress(syntax, stored, encoding_plugin="pyjpegls", generate_instance_uid=False)
    image.save_as(path, enforce_file_format=True)


def _origins_lps_mm(grid: GridGeometry, layout: SliceLayout | None) -> FloatArray:
    """Return the centre of the first voxel of each slice, shape (slices, 3)."""
    slices = np.arange(grid.shape_ijk[2])[:, np.newaxis]
    if layout is None:
        return grid.lps_of(slices * [0, 0, 1])
    origins: FloatArray = grid.lps_of((0, 0, 0)) + slices * np.asarray(layout.step_lps_mm)
    return origins


def write_series(
    folder: Path,
    volume: Volume,
    label: SeriesLabel,
    *,
    compressed: bool = False,
    layout: SliceLayout | None = None,
    progress: Progress = no_progress,
) -> tuple[Path, ...]:
    """Write a volume as a CT or MR series, one file a slice, the same bytes for the same input.

    Parameters
    ----------
    folder
        Where the files go; made if missing.
    volume
        The voxels, kept exactly, and where they lie.
    label
        Whose they are, and the UIDs. Those of the images are derived from the series'.
    compressed
        JPEG-LS lossless instead of plain numbers.
    layout
        Where a tilted gantry shifts the slices, or they are thicker than their steps; the
        volume's grid then says how the first one lies.
    progress
        Told of every file.

    Raises
    ------
    DicomProblem
        If the folder cannot be written to.
    Cancelled
        If the user has cancelled; what is written by then stays.
    """
    storage = _Storage.of(volume, is_mr=label.mr is not None)
    head = _common(volume, label)
    _add_plane_and_pixels(head, volume.geometry, storage)
    if label.mr is None:
        _add_ct(head, label)
    else:
        _add_mr(head, label.mr)
    _add_what_is_known(head, volume, label, storage)
    if layout is not None:
        _add_layout(head, layout)
    origins_lps_mm = _origins_lps_mm(volume.geometry, layout)
    syntax = JPEGLSLossless if compressed else ExplicitVRLittleEndian
    paths = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for k, slice_hu in enumerate(volume.voxels):
            progress(k / len(volume.voxels), "Writing images")
            head.SOPInstanceUID = derived_uid(label.series_uid, str(k))
            head.InstanceNumber = str(k + 1)
            head.ImagePositionPatient = [_decimal(v) for v in origins_lps_mm[k]]
            paths.append(folder / f"{k + 1:04d}.dcm")
            _write_image(paths[-1], head, slice_hu, storage, syntax)
    except OSError as problem:
        raise DicomProblem(
            "The series cannot be written.", path=folder, hint="Choose a folder with room."
        ) from problem
    return tuple(paths)
