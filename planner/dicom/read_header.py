"""Read what a file says of its images, without their pixels."""

import zipfile
from typing import BinaryIO

import attrs
from pydicom.dataset import FileDataset
from pydicom.errors import InvalidDicomError
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    EnhancedCTImageStorage,
    EnhancedMRImageStorage,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    LegacyConvertedEnhancedCTImageStorage,
    LegacyConvertedEnhancedMRImageStorage,
)

from planner.dicom.element_values import DAMAGED_FILE_ERRORS, ElementValues, read_dataset
from planner.dicom.functional_groups import FUNCTIONAL_GROUPS, frame_headers
from planner.dicom.image_file import ImageFile
from planner.dicom.image_header import ImageHeader, PartLabels, SkippedFile
from planner.dicom.open_files import InflatedImage, OpenFiles, TooLarge
from planner.dicom.pixel_format import PIXEL_TAGS, pixel_format
from planner.dicom.unreadable import why_no_image, why_unusable, why_without_pixels

_IMAGE_TYPE = 0x0008_0008
_SOP_CLASS = 0x0008_0016
_SOP_INSTANCE = 0x0008_0018
_MODALITY = 0x0008_0060
_ECHO_TIME = 0x0018_0081
_ECHO = 0x0018_0086
_TRIGGER_TIME = 0x0018_1060
_IMAGER_SPACING = 0x0018_1164
_B_VALUE = 0x0018_9087
_STUDY = 0x0020_000D
_SERIES = 0x0020_000E
_SERIES_NUMBER = 0x0020_0011
_ACQUISITION = 0x0020_0012
_INSTANCE_NUMBER = 0x0020_0013
_POSITION = 0x0020_0032
_ORIENTATION = 0x0020_0037
_FRAME_OF_REFERENCE = 0x0020_0052
_TEMPORAL_POSITION = 0x0020_0100
_STACK = 0x0020_9056
_TEMPORAL_INDEX = 0x0020_9128
_PHASE_PERCENT = 0x0020_9241
_FRAMES = 0x0028_0008
_ROWS = 0x0028_0010
_COLUMNS = 0x0028_0011
_SPACING = 0x0028_0030
_TAGS = [
    _IMAGE_TYPE, _SOP_CLASS, _SOP_INSTANCE, _MODALITY, _ECHO_TIME, _ECHO, _TRIGGER_TIME, _B_VALUE,
    _IMAGER_SPACING, _STUDY, _SERIES, _SERIES_NUMBER, _ACQUISITION, _INSTANCE_NUMBER, _POSITION,
    _ORIENTATION, _FRAME_OF_REFERENCE, _TEMPORAL_POSITION, _STACK, _TEMPORAL_INDEX,
    _PHASE_PERCENT, _FRAMES, _ROWS, _COLUMNS, _SPACING, *PIXEL_TAGS,
]  # fmt: skip

_ENHANCED = frozenset(
    {
        str(EnhancedCTImageStorage),
        str(EnhancedMRImageStorage),
        str(LegacyConvertedEnhancedCTImageStorage),
        str(LegacyConvertedEnhancedMRImageStorage),
    }
)


def read_image_headers(file: ImageFile, files: OpenFiles) -> tuple[ImageHeader, ...] | SkippedFile:
    """Return what a file says of each of its images, or why it holds none."""
    path = file.path
    try:
        with files.open(file) as stream:
            return _headers(file, stream, files.size_of(file, stream))
    except InvalidDicomError:
        return why_no_image(file)
    except TooLarge:
        text = "The file would become larger than any image when inflated; it is not read."
        return SkippedFile(path, "too-large", text)
    except OSError as problem:
        text = f"The file cannot be read: {problem.strerror or 'unknown reason'}."
        return SkippedFile(path, "unreadable", text)
    except (zipfile.BadZipFile, *DAMAGED_FILE_ERRORS):
        return SkippedFile(path, "damaged", "The file ends early or is damaged.")


def _headers(
    file: ImageFile, stream: BinaryIO, file_bytes: int
) -> tuple[ImageHeader, ...] | SkippedFile:
    dataset = read_dataset(stream, _TAGS, file_bytes)
    pixels_at = stream.tell()
    values = ElementValues(dataset)
    syntax_uid = _syntax_of(dataset, stream)
    if not values.binary(_ROWS) or not values.binary(_COLUMNS):
        media_class = str(dataset.file_meta.get("MediaStorageSOPClassUID", ""))
        return why_without_pixels(file.path, values.text(_SOP_CLASS) or media_class)
    header = attrs.evolve(
        _header(file, values, syntax_uid), file_bytes=file_bytes, pixel_offset=pixels_at
    )
    if (refusal := why_unusable(header)) is not None:
        return refusal
    if header.frames > 1 or header.sop_class_uid in _ENHANCED:
        stream.seek(0)
        return frame_headers(
            header, ElementValues(read_dataset(stream, FUNCTIONAL_GROUPS, file_bytes))
        )
    return (header,)


def _syntax_of(dataset: FileDataset, stream: BinaryIO) -> str:
    if isinstance(stream, InflatedImage):
        return str(DeflatedExplicitVRLittleEndian)
    stated = str(dataset.file_meta.get("TransferSyntaxUID", ""))
    if stated:
        return stated
    is_implicit, _ = dataset.original_encoding
    return str(ImplicitVRLittleEndian if is_implicit else ExplicitVRLittleEndian)


def _header(file: ImageFile, values: ElementValues, syntax_uid: str) -> ImageHeader:
    return ImageHeader(
        file=file,
        file_bytes=0,
        sop_class_uid=values.text(_SOP_CLASS),
        sop_instance_uid=values.text(_SOP_INSTANCE),
        study_uid=values.text(_STUDY),
        series_uid=values.text(_SERIES),
        frame_of_reference_uid=values.text(_FRAME_OF_REFERENCE),
        modality=values.text(_MODALITY),
        instance_number=values.integer(_INSTANCE_NUMBER) or 0,
        rows=values.binary(_ROWS) or 0,
        columns=values.binary(_COLUMNS) or 0,
        frames=values.integer(_FRAMES) or 1,
        position_lps_mm=values.position(_POSITION),
        orientation_lps=values.directions(_ORIENTATION),
        spacing_ij_mm=values.spacing_ij_mm(_SPACING),
        pixels=pixel_format(values, syntax_uid),
        pixel_offset=0,
        image_type=tuple(part.strip() for part in values.text(_IMAGE_TYPE).split("\\")),
        series_number=values.text(_SERIES_NUMBER),
        has_detector_spacing=values.spacing_ij_mm(_IMAGER_SPACING) is not None,
        labels=_labels(values),
    )


def _labels(values: ElementValues) -> PartLabels:
    return PartLabels(
        stack=values.text(_STACK),
        temporal_position=values.integer(_TEMPORAL_POSITION) or values.binary(_TEMPORAL_INDEX),
        phase_percent=values.real(_PHASE_PERCENT),
        echo=values.integer(_ECHO),
        echo_time_ms=values.number(_ECHO_TIME),
        b_value=values.real(_B_VALUE),
        trigger_time_ms=values.number(_TRIGGER_TIME),
        acquisition=values.integer(_ACQUISITION),
    )
