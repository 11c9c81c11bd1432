"""Write a picture as a digital X-ray (DX) file."""

import enum
from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import UID, DigitalXRayImageStorageForPresentation, ExplicitVRLittleEndian

from planner.dicom.write_series import SeriesLabel, derived_uid
from planner.foundation.errors import DicomProblem

_BITS = 12
_MOST = 2**_BITS - 1


class RadiographView(enum.Enum):
    """From where the picture was taken."""

    AP = "AP"
    LATERAL = "LL"


_ORIENTATION = {RadiographView.AP: ["L", "F"], RadiographView.LATERAL: ["P", "F"]}
"""Where the picture's rows run to, and its columns: AP as if facing the patient."""
_VIEW_CODES = {
    RadiographView.AP: ("399348003", "antero-posterior"),
    RadiographView.LATERAL: ("399173006", "left lateral"),
}


@attrs.frozen
class RadiographGeometry:
    """How the picture was taken."""

    view: RadiographView
    pixel_mm: float
    """On the detector."""
    source_detector_mm: float
    source_patient_mm: float


def _coded(value: str, scheme: str, meaning: str) -> list[Dataset]:
    code = Dataset()
    code.CodeValue, code.CodingSchemeDesignator, code.CodeMeaning = value, scheme, meaning
    return [code]


def _head(label: SeriesLabel, geometry: RadiographGeometry) -> Dataset:
    head = Dataset()
    head.SpecificCharacterSet = "ISO_IR 192"
    head.ImageType = ["DERIVED", "PRIMARY"]
    head.SOPClassUID = DigitalXRayImageStorageForPresentation
    head.SOPInstanceUID = derived_uid(label.series_uid, "0")
    head.StudyDate = head.SeriesDate = head.ContentDate = label.study_date
    head.AcquisitionDate = label.study_date
    head.StudyTime = head.ContentTime = head.AcquisitionTime = "000000"
    head.AccessionNumber = head.ReferringPhysicianName = ""
    head.StudyID, head.SeriesNumber, head.InstanceNumber = "1", "1", "1"
    head.Modality, head.Manufacturer = "DX", "Vertebroplan"
    head.PresentationIntentType = "FOR PRESENTATION"
    head.StudyDescription = label.study_description
    head.SeriesDescription = label.series_description
    head.PatientName, head.PatientID = label.patient.name, label.patient.patient_id
    head.PatientBirthDate, head.PatientSex = label.patient.birth_date, label.patient.sex
    head.StudyInstanceUID, head.SeriesInstanceUID = label.study_uid, label.series_uid
    head.DerivationDescription = label.derivation
    head.BodyPartExamined = "SPINE"
    head.AnatomicRegionSequence = _coded("421060004", "SCT", "Vertebral column")
    head.ImageLaterality = "U"
    head.PatientOrientation = _ORIENTATION[geometry.view]
    head.ViewPosition = geometry.view.value
    value, meaning = _VIEW_CODES[geometry.view]
    head.ViewCodeSequence = _coded(value, "SCT", meaning)
    head.ViewCodeSequence[0].ViewModifierCodeSequence = []
    head.AcquisitionContextSequence = []
    return head


def _add_detector(head: Dataset, geometry: RadiographGeometry) -> None:
    head.DetectorType = "DIRECT"
    head.PositionerType = "NONE"
    head.ImagerPixelSpacing = [f"{geometry.pixel_mm:.9g}"] * 2
    head.DistanceSourceToDetector = f"{geometry.source_detector_mm:.9g}"
    head.DistanceSourceToPatient = f"{geometry.source_patient_mm:.9g}"
    magnification = geometry.source_detector_mm / geometry.source_patient_mm
    head.EstimatedRadiographicMagnificationFactor = f"{magnification:.9g}"


def _add_pixels(head: Dataset, pixels: NDArray[np.uint16]) -> None:
    head.SamplesPerPixel, head.PhotometricInterpretation = 1, "MONOCHROME2"
    head.Rows, head.Columns = pixels.shape
    head.BitsAllocated, head.BitsStored, head.HighBit = 16, _BITS, _BITS - 1
    head.PixelRepresentation = 0
    head.PixelIntensityRelationship, head.PixelIntensityRelationshipSign = "LOG", -1
    head.RescaleIntercept, head.RescaleSlope, head.RescaleType = "0", "1", "US"
    head.PresentationLUTShape = "IDENTITY"
    head.BurnedInAnnotation, head.LossyImageCompression = "NO", "00"
    low, high = np.percentile(pixels, (2.0, 99.5))
    head.WindowCenter = f"{(low + high) / 2.0:.6g}"
    head.WindowWidth = f"{max(high - low, 2.0):.6g}"
    head.PixelData = pixels.astype("<u2").tobytes()
    head["PixelData"].VR = "OW"


def write_radiograph(
    folder: Path,
    values: NDArray[np.floating],
    label: SeriesLabel,
    geometry: RadiographGeometry,
) -> Path:
    """Write a picture as one DX file, the same bytes for the same input.

    Parameters
    ----------
    folder
        Where the file goes; made if missing.
    values
        ``values[row, column]``, bone bright; scaled to 12 bits between their least and most.
    label
        Whose it is, and the UIDs. That of the image is derived from the series'.
    geometry
        How it was taken; rows must run to the patient's left (AP) or back (lateral).

    Raises
    ------
    DicomProblem
        If the folder cannot be written to.
    """
    low, high = float(values.min()), float(values.max())
    pixels = np.rint((values - low) * (_MOST / max(high - low, 1e-6))).astype(np.uint16)
    image = _head(label, geometry)
    _add_detector(image, geometry)
    _add_pixels(image, pixels)
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = image.SOPClassUID
    image.file_meta.MediaStorageSOPInstanceUID = image.SOPInstanceUID
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.file_meta.ImplementationClassUID = UID(derived_uid("implementation"))
    image.file_meta.ImplementationVersionName = "VERTEBROPLAN"
    path = folder / "0001.dcm"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        image.save_as(path, enforce_file_format=True)
    except OSError as problem:
        raise DicomProblem(
            "The picture cannot be written.", path=folder, hint="Choose a folder with room."
        ) from problem
    return path
