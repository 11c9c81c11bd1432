"""Objects that need no library of their own: documents, models and pictures."""

import io
from pathlib import Path

from PIL import Image
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.uid import (
    UID,
    EncapsulatedPDFStorage,
    EncapsulatedSTLStorage,
    SecondaryCaptureImageStorage,
)

from planner.export.snapshot import NamedMesh, Picture, PlanSnapshot
from planner_writer_dicom import codes as own
from planner_writer_dicom.headers import (
    acquisition_time,
    add_file_meta,
    add_patient_and_study,
    add_series_and_maker,
    code_item,
    source_header,
)
from planner_writer_dicom.series import (
    DOCUMENTS,
    KEY_VIEWS,
    MODELS,
    NO_MEDICAL_DEVICE,
    ExportSeries,
)


def pdf_object(snapshot: PlanSnapshot, pdf: bytes, title: str, number: int) -> Dataset:
    """Return a PDF as an object of the study, by its title in its series."""
    dataset = _started(snapshot, DOCUMENTS, EncapsulatedPDFStorage, title, number)
    dataset.ConversionType = "WSD"
    _add_document(dataset, snapshot, pdf, "application/pdf", f"{title}. {NO_MEDICAL_DEVICE}")
    return _with_meta(dataset)


def stl_object(snapshot: PlanSnapshot, named: NamedMesh, stl: bytes, number: int) -> Dataset:
    """Return a surface as an object of the study in its frame of reference, in millimetres."""
    dataset = _started(snapshot, MODELS, EncapsulatedSTLStorage, named.name, number)
    title = f"{named.title}. {NO_MEDICAL_DEVICE}"
    _add_document(dataset, snapshot, stl, "model/stl", title)
    dataset.FrameOfReferenceUID = snapshot.study.frame_of_reference_uid
    dataset.PositionReferenceIndicator = source_header(snapshot).position_reference
    dataset.ContentDescription = NO_MEDICAL_DEVICE
    dataset.MeasurementUnitsCodeSequence = [code_item(codes.UCUM.Millimeter)]
    dataset.ModelModification = "NO"
    dataset.ModelMirroring = "NO"
    dataset.ModelUsageCodeSequence = [code_item(own.PLANNING_INTENT)]
    dataset.SourceInstanceSequence = _source_references(snapshot)
    dataset.ReferencedSeriesSequence = [_referenced_series(snapshot)]
    return _with_meta(dataset)


def picture_object(snapshot: PlanSnapshot, picture: Picture, number: int) -> Dataset:
    """Return a key view as a secondary capture in colour."""
    image = Image.open(io.BytesIO(picture.png)).convert("RGB")
    dataset = _started(snapshot, KEY_VIEWS, SecondaryCaptureImageStorage, picture.name, number)
    dataset.ConversionType = "WSD"
    dataset.SecondaryCaptureDeviceManufacturer = dataset.Manufacturer
    dataset.SecondaryCaptureDeviceManufacturerModelName = dataset.ManufacturerModelName
    dataset.SecondaryCaptureDeviceSoftwareVersions = snapshot.software
    dataset.ImageType = ["DERIVED", "SECONDARY"]
    dataset.DerivationDescription = f"{picture.title}. {NO_MEDICAL_DEVICE}"
    dataset.ImageComments = f"{picture.title}. {snapshot.disclaimer} {snapshot.software}."
    dataset.PatientOrientation = ""
    dataset.Laterality = ""
    dataset.BurnedInAnnotation = "NO"
    dataset.RecognizableVisualFeatures = "NO"
    dataset.LossyImageCompression = "00"
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 3, "RGB"
    dataset.PlanarConfiguration = 0
    dataset.Rows, dataset.Columns = image.height, image.width
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 8, 8, 7
    dataset.PixelRepresentation = 0
    pixels = image.tobytes()
    dataset.PixelData = pixels + b"\0" * (len(pixels) % 2)
    dataset["PixelData"].VR = "OW"
    return _with_meta(dataset)


def save(dataset: Dataset, path: Path) -> None:
    """Write an object as a DICOM file."""
    dataset.save_as(path, enforce_file_format=True)


def _started(
    snapshot: PlanSnapshot, series: ExportSeries, sop_class: UID, name: str, number: int
) -> Dataset:
    dataset = Dataset()
    dataset.SOPClassUID = sop_class
    add_patient_and_study(dataset, snapshot)
    add_series_and_maker(dataset, snapshot, series, name, number)
    return dataset


def _with_meta(dataset: Dataset) -> Dataset:
    add_file_meta(dataset)
    return dataset


def _add_document(
    dataset: Dataset, snapshot: PlanSnapshot, content: bytes, kind: str, title: str
) -> None:
    dataset.BurnedInAnnotation = "NO" if snapshot.is_deidentified else "YES"
    dataset.RecognizableVisualFeatures = "NO"
    dataset.AcquisitionDateTime = acquisition_time(snapshot)
    dataset.DocumentTitle = title
    dataset.ConceptNameCodeSequence = []
    dataset.MIMETypeOfEncapsulatedDocument = kind
    dataset.EncapsulatedDocumentLength = len(content)
    dataset.EncapsulatedDocument = content + b"\0" * (len(content) % 2)


def _source_references(snapshot: PlanSnapshot) -> list[Dataset]:
    seen: dict[str, Dataset] = {}
    for image in snapshot.source.images if snapshot.source else ():
        item = Dataset()
        item.ReferencedSOPClassUID = image.sop_class_uid
        item.ReferencedSOPInstanceUID = image.sop_instance_uid
        seen.setdefault(image.sop_instance_uid, item)
    return list(seen.values())


def _referenced_series(snapshot: PlanSnapshot) -> Dataset:
    item = Dataset()
    item.SeriesInstanceUID = snapshot.study.series_uid
    item.ReferencedInstanceSequence = _source_references(snapshot)
    return item
