"""Bone, canal and planned cement as a Segmentation on the slices of the CT; loads highdicom."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import attrs
import highdicom as hd
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset
from pydicom.sr.codedict import codes
from pydicom.sr.coding import Code

from planner.anatomy.levels import VertebraLevel
from planner.export.mask_on_slices import SliceRange, mask_on_slices, slices_through
from planner.export.snapshot import PlanSnapshot
from planner.export.source_images import SourceImages
from planner.foundation.progress import Progress
from planner.imaging.volume import VoxelMask
from planner_writer_dicom import codes as own
from planner_writer_dicom.headers import (
    add_file_meta,
    add_own_coding_scheme,
    add_patient_and_study,
    add_series_and_maker,
)
from planner_writer_dicom.series import (
    MANUFACTURER,
    MODEL_NAME,
    NO_MEDICAL_DEVICE,
    SEGMENTATION,
    dimension_uid,
    instance_uid,
    series_uid,
    tracking_uid,
)
from planner_writer_dicom.source_datasets import name_frames, source_datasets

_NAME = "plan"


@attrs.frozen(eq=False)
class Segment:
    """One set of voxels with what it is."""

    label: str
    level: VertebraLevel
    mask: VoxelMask
    category: Code
    kind: Code
    lab: tuple[float, float, float]
    """Its colour in CIE Lab."""


def segments_of(snapshot: PlanSnapshot) -> tuple[Segment, ...]:
    """Return what is drawn, level by level: body, arch, canal and planned cement."""
    found = (
        segment for level in snapshot.plan.levels for segment in _of_level(level.level, snapshot)
    )
    return tuple(segment for segment in found if not segment.mask.is_empty)


def write_segmentation(snapshot: PlanSnapshot, path: Path, progress: Progress) -> None:
    """Write one file with every segment."""
    source, segments = snapshot.source, segments_of(snapshot)
    if source is None or not segments:
        raise ValueError("A snapshot without slices or segments was not refused by check().")
    slices = _slices_through(segments, source)
    progress(0.1, "Segments")
    drawn = np.stack([mask_on_slices(s.mask, source, slices) for s in segments], axis=-1)
    progress(0.5, "Writing the segmentation")
    dataset = _dataset(snapshot, drawn.astype(np.uint8), segments, slices)
    name_frames(dataset, source)
    dataset.save_as(path, enforce_file_format=True)


def _of_level(level: VertebraLevel, snapshot: PlanSnapshot) -> Iterator[Segment]:
    vertebra, name = snapshot.vertebra(level), level.name
    arch = VoxelMask(vertebra.whole.voxels & ~vertebra.body.voxels, vertebra.whole.geometry)
    anatomy = own.ANATOMY
    body_colour, arch_colour, canal_colour = (
        (85.0, 2.0, 20.0),
        (75.0, 4.0, 30.0),
        (60.0, -40.0, 5.0),
    )
    yield Segment(f"{name} vertebral body", level, vertebra.body, anatomy, own.VERTEBRAL_BODY,
                  body_colour)  # fmt: skip
    yield Segment(f"{name} pedicles and arch", level, arch, anatomy, own.ARCH, arch_colour)
    yield Segment(f"{name} spinal canal", level, vertebra.canal, anatomy, own.CANAL, canal_colour)
    fill = snapshot.fill(level)
    if fill is not None:
        label = f"{name} planned cement (illustration)"
        yield Segment(label, level, fill.mask, own.PHYSICAL_OBJECT, own.PLANNED_CEMENT,
                      (60.0, 60.0, -20.0))  # fmt: skip


def _slices_through(segments: Sequence[Segment], source: SourceImages) -> SliceRange:
    ranges = [slices_through(segment.mask.geometry, source) for segment in segments]
    touched = [found for found in ranges if len(found)]
    if not touched:
        raise ValueError("The vertebrae do not lie in the images.")
    return SliceRange(min(r.first for r in touched), max(r.end for r in touched))


def _dataset(
    snapshot: PlanSnapshot,
    drawn: NDArray[np.uint8],
    segments: Sequence[Segment],
    slices: SliceRange,
) -> Dataset:
    segmentation = hd.seg.Segmentation(
        source_images=source_datasets(snapshot, slices),
        pixel_array=drawn,
        segmentation_type=hd.seg.SegmentationTypeValues.BINARY,
        segment_descriptions=[
            _description(number, segment, snapshot)
            for number, segment in enumerate(segments, start=1)
        ],
        series_instance_uid=series_uid(SEGMENTATION, snapshot),
        series_number=SEGMENTATION.number,
        sop_instance_uid=instance_uid(SEGMENTATION, snapshot, _NAME),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MODEL_NAME,
        software_versions=snapshot.software,
        device_serial_number="0",
        content_label="VERTEBROPLAN",
        content_description=NO_MEDICAL_DEVICE,
        content_creator_name=f"{MANUFACTURER}^",
    )
    _replace_dimension_uid(segmentation, dimension_uid(SEGMENTATION, snapshot))
    add_patient_and_study(segmentation, snapshot)
    add_series_and_maker(segmentation, snapshot, SEGMENTATION, _NAME, 1)
    segmentation.ImageComments = f"{snapshot.disclaimer} {snapshot.software}."
    add_own_coding_scheme(segmentation)
    add_file_meta(segmentation)
    return segmentation


def _description(
    number: int, segment: Segment, snapshot: PlanSnapshot
) -> hd.seg.SegmentDescription:
    return hd.seg.SegmentDescription(
        segment_number=number,
        segment_label=segment.label,
        segmented_property_category=segment.category,
        segmented_property_type=segment.kind,
        algorithm_type=hd.seg.SegmentAlgorithmTypeValues.SEMIAUTOMATIC,
        algorithm_identification=hd.AlgorithmIdentificationSequence(
            name=MODEL_NAME, family=_FAMILY, version=snapshot.software
        ),
        tracking_uid=tracking_uid(snapshot, segment.label),
        tracking_id=segment.label,
        anatomic_regions=[own.vertebra_code(segment.level)],
        display_color=hd.color.CIELabColor(*segment.lab),
    )


_FAMILY = codes.cid7162.MorphologicalOperations


def _replace_dimension_uid(dataset: Dataset, uid: str) -> None:
    """Give the order of frames the same UID each time; highdicom draws one by lot."""
    for item in (*dataset.DimensionOrganizationSequence, *dataset.DimensionIndexSequence):
        item.DimensionOrganizationUID = uid
