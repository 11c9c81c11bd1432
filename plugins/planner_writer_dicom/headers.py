"""What every exported object says of the patient, the study, its series and its maker."""

import datetime as dt
import re

from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.sr.coding import Code
from pydicom.uid import UID, ExplicitVRLittleEndian

from planner.export.snapshot import REMOVED_TIME, PlanSnapshot
from planner.export.source_images import StudyHeader
from planner_writer_dicom.codes import SCHEME
from planner_writer_dicom.series import (
    IMPLEMENTATION_NAME,
    IMPLEMENTATION_UID,
    MANUFACTURER,
    MODEL_NAME,
    ExportSeries,
    instance_uid,
    series_uid,
)

DEIDENTIFICATION = (
    Code("113100", "DCM", "Basic Application Confidentiality Profile"),
    Code("113101", "DCM", "Clean Pixel Data Option"),
    Code("113104", "DCM", "Clean Structured Content Option"),
    Code("113105", "DCM", "Clean Descriptors Option"),
)
"""PS3.15 Annex E, as it is done in `planner.export.deidentify`."""
_DATE = re.compile(r"\d{8}")
_TIME = re.compile(r"([01]\d|2[0-3])([0-5]\d([0-5]\d(\.\d{1,6})?)?)?")
_SHORT, _LONG = 16, 64


def source_header(snapshot: PlanSnapshot) -> StudyHeader:
    """Return the study's header; empty where the images are no DICOM series."""
    return snapshot.source.header if snapshot.source else StudyHeader()


def add_patient_and_study(dataset: Dataset, snapshot: PlanSnapshot) -> None:
    """Set whose images these are and which study they belong to, as the source says it."""
    patient, header = snapshot.study.patient, source_header(snapshot)
    dataset.SpecificCharacterSet = "ISO_IR 192"
    dataset.PatientName = patient.name
    dataset.PatientID = patient.patient_id[:_LONG]
    dataset.PatientBirthDate = _matching(_DATE, patient.birth_date)
    dataset.PatientSex = patient.sex if patient.sex in {"M", "F", "O"} else ""
    if header.issuer_of_patient_id:
        dataset.IssuerOfPatientID = header.issuer_of_patient_id[:_LONG]
    dataset.StudyInstanceUID = snapshot.study.study_uid
    dataset.StudyDate = _matching(_DATE, snapshot.study.study_date)
    dataset.StudyTime = _matching(_TIME, header.study_time)
    dataset.StudyID = header.study_id[:_SHORT]
    dataset.AccessionNumber = header.accession_number[:_SHORT]
    dataset.ReferringPhysicianName = header.referring_physician
    if header.study_description:
        dataset.StudyDescription = header.study_description[:_LONG]


def add_series_and_maker(
    dataset: Dataset, snapshot: PlanSnapshot, series: ExportSeries, name: str, number: int
) -> None:
    """Set the object's own series, UIDs, times and what made it.

    Every time is the snapshot's: the same snapshot gives the same bytes.

    Parameters
    ----------
    dataset
        What is written; values that a library has set are replaced.
    snapshot
        Of the plan.
    series
        The kind of object.
    name
        The object's name in its series.
    number
        Its place in its series, from 1.
    """
    made = snapshot.made_at.astimezone(dt.UTC)
    dataset.Modality = series.modality
    dataset.SeriesInstanceUID = series_uid(series, snapshot)
    dataset.SeriesNumber = str(series.number)
    dataset.SeriesDescription = series.description
    dataset.SOPInstanceUID = instance_uid(series, snapshot, name)
    dataset.InstanceNumber = str(number)
    dataset.SeriesDate = dataset.ContentDate = made.strftime("%Y%m%d")
    dataset.SeriesTime = dataset.ContentTime = made.strftime("%H%M%S")
    dataset.InstanceCreationDate = dataset.ContentDate
    dataset.InstanceCreationTime = dataset.ContentTime
    dataset.TimezoneOffsetFromUTC = "+0000"
    dataset.Manufacturer = MANUFACTURER
    dataset.ManufacturerModelName = MODEL_NAME
    dataset.DeviceSerialNumber = "0"
    dataset.SoftwareVersions = snapshot.software
    for equipment in dataset.get("ContributingEquipmentSequence", ()):
        # highdicom names itself there, with the time of writing.
        equipment.ContributionDateTime = made.strftime("%Y%m%d%H%M%S+0000")
    if snapshot.is_deidentified:
        _add_deidentification(dataset)


def add_file_meta(dataset: Dataset) -> None:
    """Set the file's own head for uncompressed little endian."""
    meta = FileMetaDataset()
    meta.MediaStorageSOPClassUID = dataset.SOPClassUID
    meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID
    meta.TransferSyntaxUID = ExplicitVRLittleEndian
    # Our own, so that the bytes do not change with a library's version.
    meta.ImplementationClassUID = UID(IMPLEMENTATION_UID)
    meta.ImplementationVersionName = IMPLEMENTATION_NAME
    dataset.file_meta = meta


def add_own_coding_scheme(dataset: Dataset) -> None:
    """Say what the private codes are that an object uses."""
    item = Dataset()
    item.CodingSchemeDesignator = SCHEME
    item.CodingSchemeName = "Concepts of Vertebroplan that no standard scheme has"
    item.CodingSchemeResponsibleOrganization = MANUFACTURER
    dataset.CodingSchemeIdentificationSequence = [item]


def code_item(code: Code) -> Dataset:
    """Return a coded concept as an item of a sequence."""
    item = Dataset()
    item.CodeValue, item.CodingSchemeDesignator = code.value, code.scheme_designator
    item.CodeMeaning = code.meaning
    return item


def acquisition_time(snapshot: PlanSnapshot) -> str:
    """Return when the content was made, date and time in one; empty where it was removed."""
    made = snapshot.made_at.astimezone(dt.UTC)
    return "" if made == REMOVED_TIME else made.strftime("%Y%m%d%H%M%S+0000")


def _add_deidentification(dataset: Dataset) -> None:
    dataset.PatientIdentityRemoved = "YES"
    dataset.DeidentificationMethod = "PS3.15 Annex E, as coded"
    dataset.DeidentificationMethodCodeSequence = [code_item(code) for code in DEIDENTIFICATION]
    dataset.LongitudinalTemporalInformationModified = "REMOVED"


def _matching(pattern: re.Pattern[str], text: str) -> str:
    return text if pattern.fullmatch(text) else ""
