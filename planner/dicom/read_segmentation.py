"""DICOM Segmentations as label maps."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.pixels.utils import iter_pixels

from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.segment_names import segment_name
from planner.dicom.segmentation_grid import FrameGrid, frame_grid
from planner.foundation.errors import DicomProblem, PlannerError
from planner.foundation.progress import Progress, no_progress
from planner.imaging.labels import LabelMap
from planner.imaging.volume import BoolArray, HuArray

_CLASSES = frozenset({"1.2.840.10008.5.1.4.1.1.66.4", "1.2.840.10008.5.1.4.1.1.66.7"})
"""Segmentation Storage and Label Map Segmentation Storage."""
_LARGEST_VOXELS = 2_000_000_000
_HINT = "Export it anew from the program that made it."


def is_segmentation(path: Path) -> bool:
    """Return whether a file is a DICOM Segmentation, by its head."""
    try:
        head = pydicom.dcmread(path, stop_before_pixels=True, specific_tags=["SOPClassUID"])
    except (OSError, InvalidDicomError, *DAMAGED_FILE_ERRORS):
        return False
    return str(head.get("SOPClassUID", "")) in _CLASSES


def read_segmentation(path: Path, progress: Progress = no_progress) -> LabelMap:
    """Return the segments of a DICOM Segmentation where they lie, numbered and named as it does.

    Fractional segments hold a voxel where they are at least half sure of it.

    Raises
    ------
    DicomProblem
        If the file is no segmentation, is damaged, or its slices make no regular grid.
    """
    try:
        dataset = pydicom.dcmread(path)
        if str(dataset.get("SOPClassUID", "")) not in _CLASSES:
            raise DicomProblem("The file is no DICOM Segmentation.", path=path, hint=_HINT)
        return _label_map(dataset, path, progress)
    except PlannerError:
        raise
    except (OSError, InvalidDicomError, *DAMAGED_FILE_ERRORS) as problem:
        text = "The segmentation cannot be read: it ends early or is damaged."
        raise DicomProblem(text, path=path, hint=_HINT) from problem


def _label_map(dataset: FileDataset, path: Path, progress: Progress) -> LabelMap:
    grid = frame_grid(dataset, path)
    if np.prod([float(n) for n in grid.geometry.shape_ijk]) > _LARGEST_VOXELS:
        raise DicomProblem("The segmentation is larger than any scan.", path=path, hint=_HINT)
    layers: list[HuArray] = []
    for done, (number, k, mask) in enumerate(_masks(dataset, grid)):
        progress(min(done / len(grid.slice_of_frame), 1.0), "Reading the segmentation")
        _put(layers, number, k, mask, grid.geometry.shape_kji)
    named = {int(item.SegmentNumber): segment_name(item) for item in dataset.SegmentSequence}
    return LabelMap(
        layers or [np.zeros(grid.geometry.shape_kji, np.int16)],
        grid.geometry,
        {number: name for number, name in named.items() if number},
        str(dataset.get("FrameOfReferenceUID", "")) or None,
    )


def _put(
    layers: list[HuArray], number: int, k: int, mask: BoolArray, shape_kji: tuple[int, int, int]
) -> None:
    """Write a number into the first layer that has nothing there yet."""
    for layer in layers:
        if not layer[k][mask].any():
            layer[k][mask] = number
            return
    layers.append(np.zeros(shape_kji, np.int16))
    layers[-1][k][mask] = number


def _masks(dataset: FileDataset, grid: FrameGrid) -> Iterator[tuple[int, int, BoolArray]]:
    """Return each frame's segment number, slice and voxels."""
    kind = str(dataset.get("SegmentationType", "BINARY"))
    half = float(dataset.get("MaximumFractionalValue", 1)) / 2 if kind == "FRACTIONAL" else 0.5
    groups = dataset.PerFrameFunctionalGroupsSequence
    shared = (dataset.get("SharedFunctionalGroupsSequence") or [Dataset()])[0]
    for group, k, frame in zip(groups, grid.slice_of_frame, iter_pixels(dataset), strict=True):
        if kind == "LABELMAP":
            for number in np.unique(frame[frame > 0]):
                yield int(number), k, frame == number
        else:
            source = group if "SegmentIdentificationSequence" in group else shared
            number = source.SegmentIdentificationSequence[0].ReferencedSegmentNumber
            yield int(number), k, frame >= half
