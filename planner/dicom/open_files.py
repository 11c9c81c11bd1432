"""Open image files, those in archives too, and inflate the deflated ones within limits."""

import io
import os
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

from planner.dicom.image_file import ImageFile

MOST_INFLATED_BYTES = 1_000_000_000
"""Of one deflated file or archive member: no image of one patient comes near it."""
MOST_TIMES_LARGER = 200
"""How many times larger a file may become by inflating: images shrink to a tenth at most."""
ALWAYS_INFLATED_BYTES = 64_000_000
"""Up to here nobody asks how much larger a file becomes: an empty picture shrinks to nothing."""

_SYNTAX_HEAD = b"\x02\x00\x10\x00UI\x16\x00"
_DEFLATED = _SYNTAX_HEAD + b"1.2.840.10008.1.2.1.99"
_PLAIN = _SYNTAX_HEAD + b"1.2.840.10008.1.2.1\0\0\0"
_HEAD_BYTES = 1024
_META_START = 132
_GROUP_LENGTH_BYTES = 12


class TooLarge(ValueError):
    """A file that becomes larger by inflating than images do."""


class InflatedImage(io.BytesIO):
    """A deflated image as the plain one that it was made from."""


class OpenFiles:
    """Opens files for reading; archives stay open as long as this lasts."""

    def __init__(self) -> None:
        self._archives: dict[Path, zipfile.ZipFile] = {}

    def close(self) -> None:
        """Close the archives."""
        for archive in self._archives.values():
            archive.close()
        self._archives.clear()

    def archive(self, path: Path) -> zipfile.ZipFile:
        """Return an open archive.

        Raises
        ------
        OSError
            If it cannot be read.
        zipfile.BadZipFile
            If it is none.
        """
        if path not in self._archives:
            self._archives[path] = zipfile.ZipFile(path)
        return self._archives[path]

    def open(self, file: ImageFile) -> BinaryIO:
        """Return the bytes of a file as a stream, inflated where the image is deflated.

        Raises
        ------
        OSError
            If it cannot be read.
        TooLarge
            If it becomes larger than images do.
        zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError
            If an archive is damaged, locked or packed in an unknown way.
        """
        if file.archive is None:
            # Unbuffered reading would ask the disk for each element of the header.
            stream = cast("BinaryIO", file.path.open("rb"))
        else:
            member = self.archive(file.archive).open(file.member)
            stream = cast("BinaryIO", io.BufferedReader(cast("io.RawIOBase", member), 65_536))
        return _inflated(stream)

    def size_of(self, file: ImageFile, stream: BinaryIO) -> int:
        """Return how many bytes an opened file has, without reading to its end."""
        if isinstance(stream, InflatedImage):
            return stream.getbuffer().nbytes
        if file.archive is not None:
            return self.archive(file.archive).getinfo(file.member).file_size
        return os.fstat(stream.fileno()).st_size


@contextmanager
def opened_files() -> Iterator[OpenFiles]:
    """Keep archives open while several of their members are read."""
    files = OpenFiles()
    try:
        yield files
    finally:
        files.close()


def _inflated(stream: BinaryIO) -> BinaryIO:
    """Return a deflated image as the plain one it was made from, any other stream as it is."""
    head = cast("io.BufferedReader", stream).peek(_HEAD_BYTES)[:_HEAD_BYTES]
    if _DEFLATED not in head:
        return stream
    with stream:
        packed = stream.read(MOST_INFLATED_BYTES)
    # The meta group starts with its own length: everything after it is deflated.
    length_at = _META_START + 8
    meta_end = _META_START + _GROUP_LENGTH_BYTES
    meta_end += int.from_bytes(packed[length_at : length_at + 4], "little")
    limit = max(ALWAYS_INFLATED_BYTES, MOST_TIMES_LARGER * len(packed))
    limit = min(limit, MOST_INFLATED_BYTES)
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    plain = inflating.decompress(packed[meta_end:], limit)
    if inflating.unconsumed_tail:
        raise TooLarge
    meta = packed[:meta_end].replace(_DEFLATED, _PLAIN, 1)
    return InflatedImage(meta + plain)
