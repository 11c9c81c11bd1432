"""Compressed images, decoded from files of our own around them.

SimpleITK decodes on all cores, because it lets go of the interpreter's lock, and it gives an error
where an image is damaged; the bindings of GDCM and CharLS that pydicom would use end the program
there, or never return. But it reads files only, and a damaged one can make it fill the memory. So
each compressed image is written, with a head of our own, into the program's cache for as long as
that takes.
"""

import functools
import io
import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pydicom.dataset import FileDataset, FileMetaDataset
from pydicom.uid import (
    JPEG2000,
    UID,
    JPEG2000Lossless,
    JPEGBaseline8Bit,
    JPEGExtended12Bit,
    JPEGLossless,
    JPEGLosslessSV1,
    JPEGLSLossless,
    JPEGLSNearLossless,
    SecondaryCaptureImageStorage,
)

from planner.dicom.image_header import ImageHeader, PixelFormat, StoredArray
from planner.foundation.app_paths import cache_folder

CODESTREAM_SYNTAXES = frozenset(
    str(uid)
    for uid in (
        JPEGBaseline8Bit,
        JPEGExtended12Bit,
        JPEGLossless,
        JPEGLosslessSV1,
        JPEGLSLossless,
        JPEGLSNearLossless,
        JPEG2000Lossless,
        JPEG2000,
    )
)
"""The transfer syntaxes that are decoded here."""

_numbers = itertools.count()
_PIXELS_HEAD = b"\xe0\x7f\x10\x00OB\0\0\xff\xff\xff\xff\xfe\xff\x00\xe0\0\0\0\0\xfe\xff\x00\xe0"
_PIXELS_END = b"\xfe\xff\xdd\xe0\0\0\0\0"
_JPEG_2000_START = b"\xff\x4f\xff\x51"
_JPEG_START = b"\xff\xd8"
_FRAME_HEADS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that are followed by the picture's size; 0xF7 is JPEG-LS."""
_MOST_SEGMENTS = 1000
_LEAST_LIMIT_S = 2.0
_LIMIT_S_PER_PIXEL = 1.2e-6
"""A megapixel takes an eighth of a second where nobody else is at work."""


def longest_decoding_s(header: ImageHeader) -> float:
    """Return how long decoding one image may take: ten times as long as it does."""
    return _LEAST_LIMIT_S + _LIMIT_S_PER_PIXEL * header.rows * header.columns


@contextmanager
def decoding_folder() -> Iterator[Path]:
    """Give a folder for `decode` that is gone afterwards, even if a decoder never returns."""
    with tempfile.TemporaryDirectory(
        prefix="images-", dir=cache_folder(), ignore_cleanup_errors=True
    ) as folder:
        yield Path(folder)


def decode(codestream: bytes, header: ImageHeader, folder: Path) -> StoredArray:
    """Return the stored numbers of a compressed image.

    It lets go of the interpreter's lock, and may never return: call it within a time limit.

    Parameters
    ----------
    codestream
        The image without the frame that DICOM puts around it.
    header
        What its file says of it.
    folder
        Where it is written for a moment, see `decoding_folder`.

    Returns
    -------
    stored, (rows, columns), or with red, green and blue last.

    Raises
    ------
    ValueError
        If it is damaged, or of another size than the header says.
    OSError
        If it cannot be written.
    """
    from planner.imaging.compressed_picture import (  # noqa: PLC0415
        UndecodedPicture,
        read_stored_picture,
    )

    _check_size(codestream, header)
    head = _head(header.pixels, header.rows, header.columns)
    path = folder / f"{next(_numbers)}.dcm"
    path.write_bytes(_wrapped(head, codestream))
    try:
        stored = read_stored_picture(path)
    except UndecodedPicture as problem:
        raise ValueError("A compressed image is damaged.") from problem
    finally:
        path.unlink(missing_ok=True)
    if stored.shape != header.stored_shape:
        raise ValueError("A compressed image has another size than its header says.")
    return stored.astype(header.pixels.stored_type, copy=False)


def _wrapped(head: bytes, codestream: bytes) -> bytes:
    padded = codestream + b"\0" * (len(codestream) % 2)
    length = len(padded).to_bytes(4, "little")
    return head + _PIXELS_HEAD + length + padded + _PIXELS_END


@functools.lru_cache(maxsize=16)
def _head(pixels: PixelFormat, rows: int, columns: int) -> bytes:
    """Return all of a file that comes before its pixels: their format and nothing else."""
    meta = FileMetaDataset()
    meta.TransferSyntaxUID = UID(pixels.transfer_syntax_uid)
    meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    meta.MediaStorageSOPInstanceUID = UID("1.2.3")
    image = FileDataset("head", {}, file_meta=meta, preamble=bytes(128))
    image.SOPClassUID, image.SOPInstanceUID = SecondaryCaptureImageStorage, "1.2.3"
    image.Rows, image.Columns, image.SamplesPerPixel = rows, columns, pixels.samples
    image.PhotometricInterpretation = pixels.photometric or "MONOCHROME2"
    if pixels.photometric == "MONOCHROME1":
        # SimpleITK would turn the numbers round.
        image.PhotometricInterpretation = "MONOCHROME2"
    if pixels.samples > 1:
        image.PlanarConfiguration = int(pixels.is_planar)
    image.BitsAllocated, image.BitsStored = pixels.bits_allocated, pixels.bits_stored
    image.HighBit, image.PixelRepresentation = pixels.bits_stored - 1, int(pixels.is_signed)
    written = io.BytesIO()
    image.save_as(written, enforce_file_format=True)
    return written.getvalue()


def _check_size(codestream: bytes, header: ImageHeader) -> None:
    """Refuse an image of another size before a decoder makes room for it."""
    size = None
    if codestream.startswith(_JPEG_2000_START):
        size = _jpeg_2000_size(codestream[4:24])
    elif codestream.startswith(_JPEG_START):
        size = _jpeg_size(codestream)
    if size != (header.rows, header.columns):
        raise ValueError("A compressed image has another size than its header says.")


def _jpeg_2000_size(segment: bytes) -> tuple[int, int]:
    """Return rows and columns from a SIZ segment (ISO/IEC 15444-1, A.5.1)."""
    right, lower, left, upper = (
        int.from_bytes(segment[start : start + 4], "big") for start in (4, 8, 12, 16)
    )
    return lower - upper, right - left


def _jpeg_size(codestream: bytes) -> tuple[int, int] | None:
    """Return rows and columns from the first frame head of a JPEG or JPEG-LS stream."""
    at = len(_JPEG_START)
    for _ in range(_MOST_SEGMENTS):
        if codestream[at : at + 1] != b"\xff" or at + 9 > len(codestream):
            return None
        marker = codestream[at + 1]
        if marker in _FRAME_HEADS:
            head = codestream[at + 5 : at + 9]
            return int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        at += 2 + int.from_bytes(codestream[at + 2 : at + 4], "big")
    return None
