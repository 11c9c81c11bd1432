"""The source's slices as datasets without pixels, in the form that highdicom asks for."""

from collections.abc import Iterator, Sequence

from pydicom.dataset import Dataset
from pydicom.uid import UID, CTImageStorage
from pydicom.valuerep import DSfloat

from planner.export.mask_on_slices import SliceRange
from planner.export.snapshot import PlanSnapshot
from planner.export.source_images import SourceImage, SourceImages
from planner_writer_dicom.headers import add_patient_and_study, source_header

_FRAME_ROOT = "2.25.9101"
"""Stands for a frame of a multi-frame image until `name_frames` writes it as the standard does."""


def source_datasets(snapshot: PlanSnapshot, slices: SliceRange) -> list[Dataset]:
    """Return a dataset for each slice of a range, with its plane and all that exports repeat."""
    source = _source_of(snapshot)
    common = Dataset()
    add_patient_and_study(common, snapshot)
    # highdicom warns of names with one part; the writers set the true ones afterwards.
    common.PatientName = common.ReferringPhysicianName = ""
    common.SeriesInstanceUID = snapshot.study.series_uid
    common.Modality = source.modality
    common.FrameOfReferenceUID = snapshot.study.frame_of_reference_uid
    common.PositionReferenceIndicator = source_header(snapshot).position_reference
    common.Rows, common.Columns = source.rows, source.columns
    common.ImageOrientationPatient = _decimals((*source.row_lps, *source.column_lps))
    common.PixelSpacing = _decimals(source.spacing_ij_mm[::-1])
    common.SliceThickness = DSfloat(source.slice_step_mm, auto_format=True)
    common.LossyImageCompression = "00"
    return [
        _with_plane(common, source.images[number], number)
        for number in range(slices.first, slices.end)
    ]


def evidence_datasets(snapshot: PlanSnapshot) -> list[Dataset]:
    """Return a dataset for each file of the series, one only for a multi-frame image."""
    source = _source_of(snapshot)
    datasets = source_datasets(snapshot, SliceRange(0, len(source.images)))
    by_uid: dict[str, Dataset] = {}
    for dataset, image in zip(datasets, source.images, strict=True):
        dataset.SOPClassUID = UID(image.sop_class_uid)
        dataset.SOPInstanceUID = UID(image.sop_instance_uid)
        by_uid.setdefault(image.sop_instance_uid, dataset)
    return list(by_uid.values())


def name_frames(dataset: Dataset, source: SourceImages) -> None:
    """Write references to frames of a multi-frame image as its UID and the frame's number."""
    if source.images[0].frame is None:
        return
    by_placeholder = {
        _placeholder(image): image for image in source.images if image.frame is not None
    }
    for item in _items_below(dataset):
        image = by_placeholder.get(str(item.get("ReferencedSOPInstanceUID", "")))
        if image is not None:
            item.ReferencedSOPClassUID = UID(image.sop_class_uid)
            item.ReferencedSOPInstanceUID = UID(image.sop_instance_uid)
            item.ReferencedFrameNumber = str(image.frame)
    for series in dataset.get("ReferencedSeriesSequence", ()):
        series.ReferencedInstanceSequence = _each_file_once(series.ReferencedInstanceSequence)


def _source_of(snapshot: PlanSnapshot) -> SourceImages:
    if snapshot.source is None:
        raise ValueError("A snapshot without DICOM images was not refused by check().")
    return snapshot.source


def _with_plane(common: Dataset, image: SourceImage, number: int) -> Dataset:
    dataset = Dataset()
    # Not Dataset(common), which would share its elements.
    dataset.update(common)
    if image.frame is None:
        dataset.SOPClassUID = UID(image.sop_class_uid)
        dataset.SOPInstanceUID = UID(image.sop_instance_uid)
    else:
        # highdicom would ask for a multi-frame image's own groups.
        dataset.SOPClassUID, dataset.SOPInstanceUID = CTImageStorage, UID(_placeholder(image))
    dataset.ImagePositionPatient = _decimals(image.position_lps_mm)
    dataset.InstanceNumber = str(number + 1)
    return dataset


def _placeholder(image: SourceImage) -> str:
    return f"{_FRAME_ROOT}.{image.frame}"


def _items_below(dataset: Dataset) -> Iterator[Dataset]:
    for element in dataset:
        if element.VR == "SQ":
            for item in element.value:
                yield item
                yield from _items_below(item)


def _each_file_once(items: Sequence[Dataset]) -> list[Dataset]:
    by_uid: dict[str, Dataset] = {}
    for item in items:
        kept = by_uid.setdefault(str(item.ReferencedSOPInstanceUID), item)
        kept.pop("ReferencedFrameNumber", None)
    return list(by_uid.values())


def _decimals(values: Sequence[float]) -> list[DSfloat]:
    return [DSfloat(float(value), auto_format=True) for value in values]
