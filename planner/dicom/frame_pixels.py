"""The stored numbers of images, from plain and from compressed files."""

import zipfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray
from pydicom.encaps import get_frame
from pydicom.pixels.decoders.base import DecodeOptions, get_decoder
from pydicom.uid import UID

from planner.dicom.codestream import (
    CODESTREAM_SYNTAXES,
    decode,
    decoding_folder,
    longest_decoding_s,
)
from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.image_header import ImageHeader, StoredArray
from planner.dicom.open_files import OpenFiles
from planner.dicom.transfer_syntaxes import is_big_endian, is_compressed, why_unreadable
from planner.foundation.errors import DicomProblem
from planner.foundation.time_limit import OutOfTime, no_beat, within_time

PIXEL_TAGS = (b"\xe0\x7f\x10\x00", b"\x7f\xe0\x00\x10")
"""How the pixel element starts, with little and with big endian numbers."""
_LONG_HEAD, _SHORT_HEAD = 12, 8
_LONG_FORMS = frozenset({b"OW", b"OB", b"UN"})


def changed(path: Path) -> DicomProblem:
    """Return the problem of a file that does not hold what its header says."""
    return DicomProblem(
        "The image ends early, is damaged or has changed since the folder was read.",
        path=path,
        hint="Open the folder again, or copy the study once more from its source.",
    )


def _seek_values(stream: BinaryIO, header: ImageHeader) -> None:
    """Go to the first byte of the pixel element's value."""
    stream.seek(header.pixel_offset)
    head = stream.read(_LONG_HEAD)
    if head[:4] not in PIXEL_TAGS:
        raise changed(header.path)
    length = _LONG_HEAD if head[4:6] in _LONG_FORMS else _SHORT_HEAD
    stream.seek(header.pixel_offset + length)


def is_plain_16_bit(header: ImageHeader) -> bool:
    """Return whether the stored numbers can be read straight into 16-bit voxels."""
    pixels = header.pixels
    return (
        pixels.bits_allocated == 16
        and pixels.samples == 1
        and not is_compressed(pixels.transfer_syntax_uid)
        and not is_big_endian(pixels.transfer_syntax_uid)
    )


def read_plain_into(stream: BinaryIO, header: ImageHeader, into: NDArray[np.int16]) -> StoredArray:
    """Read stored numbers straight to their place, and return them in their own type.

    Raises
    ------
    DicomProblem
        If the file ends early.
    """
    _seek_values(stream, header)
    if header.frame:
        stream.seek(header.frame * into.nbytes, 1)
    if stream.readinto(into.data.cast("B")) != into.nbytes:  # type: ignore[attr-defined]
        raise changed(header.path)
    return _used_bits(into.view(header.pixels.stored_type), header)


def stored_frames(
    stream: BinaryIO, headers: Sequence[ImageHeader], beat: Callable[[], None] = no_beat
) -> Iterator[tuple[ImageHeader, StoredArray]]:
    """Return the stored numbers of images of one file, (rows, columns) or with samples last.

    While a decoder is at work `beat` is called, which may stop it by raising.

    Raises
    ------
    DicomProblem
        If the file is damaged, or compressed in a way that is not read.
    """
    first = headers[0]
    if is_compressed(first.pixels.transfer_syntax_uid):
        yield from _compressed_frames(compressed_values(stream, first), headers, beat)
        return
    for header in headers:
        yield header, _plain_frame(stream, header)


def _plain_frame(stream: BinaryIO, header: ImageHeader) -> StoredArray:
    pixels = header.pixels
    if pixels.bits_allocated not in {8, 16, 32}:
        raise DicomProblem(
            f"The image is stored in {pixels.bits_allocated} bits, which is not read.",
            path=header.path,
        )
    is_big = is_big_endian(pixels.transfer_syntax_uid)
    dtype = pixels.stored_type.newbyteorder(">" if is_big else "<")
    shape = header.stored_shape
    count = int(np.prod(shape))
    _seek_values(stream, header)
    stream.seek(header.frame * count * dtype.itemsize, 1)
    values = np.frombuffer(stream.read(count * dtype.itemsize), dtype)
    if values.size != count:
        raise changed(header.path)
    values = values.reshape(shape).astype(pixels.stored_type)
    if pixels.samples > 1 and pixels.is_planar:
        values = values.reshape(pixels.samples, header.rows, header.columns)
        return np.moveaxis(values, 0, -1)
    return _used_bits(values, header)


def _used_bits(values: StoredArray, header: ImageHeader) -> StoredArray:
    """Take what stands in unused bits, such as an old overlay, out of the numbers."""
    pixels = header.pixels
    unused = pixels.bits_allocated - pixels.bits_stored
    if unused > 0:
        values <<= min(max(pixels.bits_allocated - 1 - pixels.high_bit, 0), unused)
        values >>= unused
    return values


def compressed_values(stream: BinaryIO, header: ImageHeader) -> bytes:
    """Return the value of a pixel element: the compressed images with their frame around them.

    Raises
    ------
    DicomProblem
        If the file has no pixels where its header ends.
    """
    _seek_values(stream, header)
    return stream.read()


def codestream_of(values: bytes, header: ImageHeader) -> bytes:
    """Return one compressed image without the frame that DICOM puts around it.

    Raises
    ------
    ValueError
        If it is not there.
    """
    found: bytes = get_frame(values, header.frame, number_of_frames=max(header.frames, 1))
    return found


def _compressed_frames(
    values: bytes, headers: Sequence[ImageHeader], beat: Callable[[], None]
) -> Iterator[tuple[ImageHeader, StoredArray]]:
    first = headers[0]
    if text := why_unreadable(first.pixels.transfer_syntax_uid):
        raise DicomProblem(text, path=first.path)
    try:
        for header in headers:
            yield header, _decoded(values, header, beat)
    except (OutOfTime, *DAMAGED_FILE_ERRORS) as problem:
        raise changed(first.path) from problem


def _decoded(values: bytes, header: ImageHeader, beat: Callable[[], None]) -> StoredArray:
    if header.pixels.transfer_syntax_uid in CODESTREAM_SYNTAXES:
        codestream = codestream_of(values, header)
        with decoding_folder() as folder:
            limit_s = longest_decoding_s(header)
            return within_time(lambda: decode(codestream, header, folder), limit_s, beat)
    decoder = get_decoder(UID(header.pixels.transfer_syntax_uid))
    options = _decoding_options(header)
    # pydicom annotates each option as if it were all of them.
    frame, _ = decoder.as_array(values, raw=True, index=header.frame, **options)  # type: ignore[arg-type]
    if frame.shape != header.stored_shape:
        raise ValueError("A compressed image has another size than its header says.")
    return frame


def _decoding_options(header: ImageHeader) -> DecodeOptions:
    pixels = header.pixels
    return DecodeOptions(
        rows=header.rows,
        columns=header.columns,
        number_of_frames=max(header.frames, 1),
        samples_per_pixel=pixels.samples,
        photometric_interpretation=pixels.photometric or "MONOCHROME2",
        pixel_representation=int(pixels.is_signed),
        bits_allocated=pixels.bits_allocated,
        bits_stored=pixels.bits_stored,
        planar_configuration=int(pixels.is_planar),
        pixel_keyword="PixelData",
    )


def read_frame(
    header: ImageHeader, files: OpenFiles, beat: Callable[[], None] = no_beat
) -> StoredArray:
    """Return the stored numbers of one image; `beat` may stop the work by raising.

    Raises
    ------
    DicomProblem
        If the file is damaged, gone, or compressed in a way that is not read.
    """
    try:
        with files.open(header.file) as stream:
            return next(stored_frames(stream, [header], beat))[1]
    except (OSError, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS) as problem:
        raise changed(header.path) from problem
