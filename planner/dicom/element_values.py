"""The raw values of DICOM elements: far quicker than converting each of them."""

import functools
import math
import struct
import warnings
import zipfile
import zlib
from collections.abc import Sequence
from typing import BinaryIO, Literal, cast

import pydicom
from pydicom.dataset import Dataset, FileDataset
from pydicom.errors import BytesLengthException, InvalidDicomError
from pydicom.filereader import read_partial
from pydicom.tag import BaseTag

from planner.dicom.image_file import ImageFile
from planner.dicom.open_files import OpenFiles
from planner.geometry.points import Triple

# Files that break the standard's rules are judged by series_check, in our words.
pydicom.config.settings.reading_validation_mode = pydicom.config.IGNORE
warnings.filterwarnings("ignore", module="pydicom")

DAMAGED_FILE_ERRORS = (
    AttributeError,
    BytesLengthException,
    EOFError,
    KeyError,
    IndexError,
    MemoryError,
    NotImplementedError,
    OverflowError,
    RuntimeError,
    TypeError,
    ValueError,
    struct.error,
    zlib.error,
)
"""What pydicom and the decoders raise on files that end early or hold nonsense."""

_PIXELS = frozenset({0x7FE0_0008, 0x7FE0_0009, 0x7FE0_0010})
_MOST_BACKWARD = 100
"""Tags ascend; where some writer does not sort them a few do not."""
_HEAD_BYTES = 132
_SHORT_BYTES = 2_000_000
_MOST_READS = 1_000_000
"""Of a long file's header, two or three an element: a few seconds' work."""
_HEADLESS_STARTS = (b"\x08\x00", b"\x02\x00")
"""Groups that a dataset without the standard's file head starts with."""


@functools.lru_cache(maxsize=16_384)
def _text(value: bytes) -> str:
    return value.decode("ascii", errors="replace").strip(" \0")


@functools.lru_cache(maxsize=16_384)
def _numbers(value: bytes) -> tuple[float, ...] | None:
    try:
        numbers = tuple(float(part) for part in _text(value).split("\\"))
    except ValueError:
        return None
    return numbers if all(map(math.isfinite, numbers)) else None


class ElementValues:
    """The values of a dataset by tag; None or empty where they are missing or nonsense."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset

    def raw(self, tag: int) -> bytes:
        """Return the bytes of an element."""
        element = self._dataset.get_item(tag) if tag in self._dataset else None
        value = None if element is None else element.value
        return value if isinstance(value, bytes) else b""

    def text(self, tag: int) -> str:
        """Return ASCII text."""
        return _text(self.raw(tag))

    def numbers(self, tag: int, count: int) -> tuple[float, ...] | None:
        """Return as many finite numbers written as text."""
        numbers = _numbers(self.raw(tag))
        return numbers if numbers is not None and len(numbers) == count else None

    def number(self, tag: int) -> float | None:
        """Return the first of the numbers written as text."""
        numbers = _numbers(self.raw(tag))
        return None if numbers is None else numbers[0]

    def integer(self, tag: int) -> int | None:
        """Return a whole number written as text."""
        number = self.number(tag)
        return None if number is None else int(number)

    def position(self, tag: int) -> Triple | None:
        """Return a point in LPS millimetres."""
        numbers = self.numbers(tag, 3)
        return None if numbers is None else (numbers[0], numbers[1], numbers[2])

    def directions(self, tag: int) -> tuple[Triple, Triple] | None:
        """Return the vectors along a row and along a column."""
        numbers = self.numbers(tag, 6)
        if numbers is None:
            return None
        return (numbers[0], numbers[1], numbers[2]), (numbers[3], numbers[4], numbers[5])

    def spacing_ij_mm(self, tag: int) -> tuple[float, float] | None:
        """Return the distances between columns and between rows, which DICOM writes last."""
        rows_then_columns = self.numbers(tag, 2)
        if rows_then_columns is None or min(rows_then_columns) <= 0.0:
            return None
        return rows_then_columns[1], rows_then_columns[0]

    def binary(self, tag: int, *, is_signed: bool = False) -> int | None:
        """Return the first binary number of 16 bits, or of 32 where it is that long."""
        value = self.raw(tag)
        width = 4 if len(value) == 4 else 2
        if len(value) < width:
            return None
        return int.from_bytes(value[:width], self.byte_order, signed=is_signed)

    def real(self, tag: int) -> float | None:
        """Return a binary real number of 32 or 64 bits."""
        value = self.raw(tag)
        if len(value) not in {4, 8}:
            return None
        order = "<" if self.byte_order == "little" else ">"
        form = "f" if len(value) == 4 else "d"
        number = cast("float", struct.unpack(f"{order}{form}", value)[0])
        return number if math.isfinite(number) else None

    @property
    def byte_order(self) -> Literal["little", "big"]:
        """How binary numbers are written."""
        return "big" if self._dataset.original_encoding[1] is False else "little"

    def items(self, tag: int) -> "Sequence[ElementValues]":
        """Return the items of a sequence."""
        if tag not in self._dataset:
            return ()
        try:
            value = self._dataset[tag].value
        except DAMAGED_FILE_ERRORS:
            return ()
        if not isinstance(value, pydicom.Sequence):
            return ()
        return [ElementValues(item) for item in value]

    def item(self, tag: int) -> "ElementValues | None":
        """Return the first item of a sequence."""
        items = self.items(tag)
        return items[0] if items else None


def read_elements(file: ImageFile, files: OpenFiles, tags: Sequence[int]) -> ElementValues:
    """Return some elements of a file; of one that cannot be read, none."""
    try:
        with files.open(file) as stream:
            return ElementValues(read_dataset(stream, tags))
    except (OSError, zipfile.BadZipFile, InvalidDicomError, *DAMAGED_FILE_ERRORS):
        return ElementValues(Dataset())


class _BeforePixels:
    """Ends a header where the pixels start, or where its tags go back and forth as in none."""

    def __init__(self) -> None:
        self._last = 0
        self._backward = 0

    def __call__(self, tag: BaseTag, vr: str | None, length: int) -> bool:
        """Return whether an element is that of the pixels."""
        del vr, length
        if tag <= self._last:
            self._backward += 1
            if self._backward > _MOST_BACKWARD:
                raise EOFError
        self._last = tag
        return tag in _PIXELS


class _CountedStream:
    """A stream that ends where a header would have more elements than any has."""

    def __init__(self, stream: BinaryIO) -> None:
        self._read = stream.read
        self._left = _MOST_READS
        self.seek = stream.seek
        self.tell = stream.tell

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        self._left -= 1
        if self._left < 0:
            raise EOFError
        return self._read(size)


def read_dataset(
    stream: BinaryIO, tags: Sequence[int], file_bytes: int | None = None
) -> FileDataset:
    """Return some elements of an opened file, which is left where its pixels start.

    A file without the standard's head is read where it starts as datasets do.

    Parameters
    ----------
    stream
        At its start.
    tags
        Which elements.
    file_bytes
        How long the file is, where that is known: a short one holds few elements anyhow.

    Raises
    ------
    InvalidDicomError
        If it is no DICOM file; one that is damaged raises one of `DAMAGED_FILE_ERRORS`.
    """
    start = stream.read(_HEAD_BYTES)
    has_no_head = start[128:] != b"DICM" and start.startswith(_HEADLESS_STARTS)
    stream.seek(0)
    is_short = file_bytes is not None and file_bytes < _SHORT_BYTES
    source = stream if is_short else cast("BinaryIO", _CountedStream(stream))
    return read_partial(source, _BeforePixels(), specific_tags=list(tags), force=has_no_head)
