"""Read a segmentation again, with pydicom alone, and compare it with what was planned."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset

from planner.export.mask_on_slices import SliceRange, mask_on_slices
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import WriteProblem
from planner.imaging.volume import BoolArray
from planner_writer_dicom.segmentation import Segment, segments_of

_TOLERANCE_MM = 1e-3


def segment_problems(snapshot: PlanSnapshot, path: Path) -> Sequence[WriteProblem]:
    """Return a problem for each segment whose voxels are not those of its mask on the slices."""
    dataset = pydicom.dcmread(path)
    frames = dataset.pixel_array.astype(np.bool_).reshape(-1, dataset.Rows, dataset.Columns)
    return tuple(
        WriteProblem(f"{segment.label} reads back in another place.")
        for number, segment in enumerate(segments_of(snapshot), start=1)
        if not _is_drawn(segment, number, dataset, frames, snapshot)
    )


def _is_drawn(
    segment: Segment, number: int, dataset: Dataset, frames: BoolArray, snapshot: PlanSnapshot
) -> bool:
    source = snapshot.source
    if source is None:
        return False
    places = np.array([image.position_lps_mm for image in source.images])
    whole = mask_on_slices(segment.mask, source, SliceRange(0, len(places)))
    read = np.zeros_like(whole)
    for frame, item in zip(frames, dataset.PerFrameFunctionalGroupsSequence, strict=True):
        if item.SegmentIdentificationSequence[0].ReferencedSegmentNumber != number:
            continue
        place = np.array(item.PlanePositionSequence[0].ImagePositionPatient, dtype=np.float64)
        distances_mm = np.linalg.norm(places - place, axis=1)
        slice_number = int(distances_mm.argmin())
        if distances_mm[slice_number] > _TOLERANCE_MM:
            return False
        read[slice_number] = frame
    return bool(np.array_equal(read, whole))
