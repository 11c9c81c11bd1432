"""What one DICOM file says of its image, read without its pixels."""

import functools
import math
import struct
import warnings
import zlib
from pathlib import Path

import attrs
import pydicom
from pydicom.dataset import Dataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian

from planner.geometry.points import Triple

# Files that break the standard's rules are judged by series_check, in our words.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
warnings.filterwarnings("ignore", module="pydicom")

DAMAGED_FILE_ERRORS = (
    AttributeError,
    BytesLengthException,
    EOFError,
    KeyError,
    NotImplementedError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pydicom and the decoders raise on files that end early or hold nonsense."""

_PLAIN_SYNTAXES = frozenset({str(ExplicitVRLittleEndian), str(ImplicitVRLittleEndian)})

_TAGS = {
    "sop_class": 0x0008_0016,
    "sop_instance": 0x0008_0018,
    "modality": 0x0008_0060,
    "study": 0x0020_000D,
    "series": 0x0020_000E,
    "instance_number": 0x0020_0013,
    "position": 0x0020_0032,
    "orientation": 0x0020_0037,
    "frame_of_reference": 0x0020_0052,
    "samples": 0x0028_0002,
    "frames": 0x0028_0008,
    "rows": 0x0028_0010,
    "columns": 0x0028_0011,
    "spacing": 0x0028_0030,
    "allocated": 0x0028_0100,
    "stored": 0x0028_0101,
    "high_bit": 0x0028_0102,
    "signed": 0x0028_0103,
    "padding": 0x0028_0120,
    "intercept": 0x0028_1052,
    "slope": 0x0028_1053,
}


@attrs.frozen
class PixelFormat:
    """How the numbers of an image are stored and become Hounsfield units."""

    transfer_syntax_uid: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    slope: float | None
    intercept: float | None
    padding: int | None
    """The stored number that stands outside the scanner's field."""


@attrs.frozen
class ImageHeader:
    """One image file. What the file does not say is None or empty."""

    path: Path
    file_bytes: int
    sop_class_uid: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    instance_number: int
    rows: int
    columns: int
    frames: int
    samples: int
    position_lps_mm: Triple | None
    """The centre of the first voxel."""
    orientation_lps: tuple[Triple, Triple] | None
    """Unit vectors along a row and along a column."""
    spacing_ij_mm: tuple[float, float] | None
    """Between columns, then between rows."""
    pixels: PixelFormat
    pixel_offset: int | None
    """Where the pixel element starts in the file, None where it is compressed or turned round."""


@attrs.frozen
class SkippedFile:
    """A file that belongs to no series, and why."""

    path: Path
    code: str
    text: str


@functools.lru_cache(maxsize=16_384)
def _text(value: bytes) -> str:
    return value.decode("ascii", errors="replace").strip(" \0")


@functools.lru_cache(maxsize=16_384)
def _numbers(value: bytes, count: int) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(part) for part in _text(value).split("\\"))
    except ValueError:
        return None
    return numbers if len(numbers) == count and all(map(math.isfinite, numbers)) else None


@functools.lru_cache(maxsize=1024)
def _unit_vectors(value: bytes) -> tuple[Triple, Triple] | None:
    numbers = _numbers(value, 6)
    if numbers is None:
        return None
    return (numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])


class _Values:
    """The raw values of a file's elements: far quicker than converting each of them."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def raw(self, name: str) -> bytes:
        element = self._dataset.get_item(_TAGS[name]) if _TAGS[name] in self._dataset else None
        value = None if element is None else element.value
        return value if isinstance(value, bytes) else b""

    def text(self, name: str) -> str:
        return _text(self.raw(name))

    def number(self, name: str) -> float | None:
        numbers = _numbers(self.raw(name), 1)
        return None if numbers is None else numbers[0]

    def integer(self, name: str, default: int = 0) -> int:
        number = self.number(name)
        return default if number is None else int(number)

    def short(self, name: str, default: int = 0, *, is_signed: bool = False) -> int:
        value = self.raw(name)[:2]
        if not value:
            return default
        is_little = self._dataset.original_encoding[1] is not False
        return int.from_bytes(value, "little" if is_little else "big", signed=is_signed)


def _position(values: _Values) -> Triple | None:
    numbers = _numbers(values.raw("position"), 3)
    return None if numbers is None else (numbers[0], numbers[1], numbers[2])


def _spacing(values: _Values) -> tuple[float, float] | None:
    rows_then_columns = _numbers(values.raw("spacing"), 2)
    if rows_then_columns is None or min(rows_then_columns) <= 0.0:
        return None
    return rows_then_columns[1], rows_then_columns[0]


def _pixel_format(values: _Values, transfer_syntax_uid: str) -> PixelFormat:
    allocated = values.short("allocated", 16)
    stored = values.short("stored", allocated)
    is_signed = values.short("signed") == 1
    return PixelFormat(
        transfer_syntax_uid=transfer_syntax_uid,
        bits_allocated=allocated,
        bits_stored=stored,
        high_bit=values.short("high_bit", stored - 1),
        is_signed=is_signed,
        slope=values.number("slope"),
        intercept=values.number("intercept"),
        padding=values.short("padding", is_signed=is_signed) if values.raw("padding") else None,
    )


def _header_of(path: Path, values: _Values, syntax_uid: str, pixels_at: int) -> ImageHeader:
    pixels = _pixel_format(values, syntax_uid)
    is_plain = syntax_uid in _PLAIN_SYNTAXES and pixels.bits_allocated == 16
    return ImageHeader(
        path=path,
        file_bytes=path.stat().st_size,
        sop_class_uid=values.text("sop_class"),
        sop_instance_uid=values.text("sop_instance"),
        study_uid=values.text("study"),
        series_uid=values.text("series"),
        frame_of_reference_uid=values.text("frame_of_reference"),
        modality=values.text("modality"),
        instance_number=values.integer("instance_number"),
        rows=values.short("rows"),
        columns=values.short("columns"),
        frames=values.integer("frames", 1),
        samples=values.short("samples", 1),
        position_lps_mm=_position(values),
        orientation_lps=_unit_vectors(values.raw("orientation")),
        spacing_ij_mm=_spacing(values),
        pixels=pixels,
        pixel_offset=pixels_at if is_plain else None,
    )


def read_image_header(path: Path) -> ImageHeader | SkippedFile:
    """Return what a file says of its image, or why it is none."""
    try:
        with path.open("rb") as file:
            dataset = pydicom.dcmread(
                file, stop_before_pixels=True, specific_tags=list(_TAGS.values())
            )
            pixels_at = file.tell()
    except InvalidDicomError:
        return SkippedFile(path, "not-dicom", "This is not a DICOM file.")
    except OSError as problem:
        return SkippedFile(path, "unreadable", f"The file cannot be read: {problem.strerror}.")
    except DAMAGED_FILE_ERRORS:
        return SkippedFile(path, "damaged", "The file ends early or is damaged.")
    values = _Values(dataset)
    if not values.short("rows") or not values.short("columns"):
        return SkippedFile(path, "no-image", "This DICOM file holds no image or ends before it.")
    return _header_of(path, values, str(dataset.file_meta.get("TransferSyntaxUID", "")), pixels_at)
