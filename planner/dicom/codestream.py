"""Look into compressed images before a decoder makes room for what they claim."""

from collections.abc import Iterator

from planner.dicom.image_header import ImageHeader

_ITEM = b"\xfe\xff\x00\xe0"
_ITEM_HEAD_BYTES = 8
_JPEG_2000_START = b"\xff\x4f\xff\x51"
_JPEG_START = b"\xff\xd8"
_FRAME_HEADS = frozenset({*range(0xC0, 0xD0), 0xF7}) - {0xC4, 0xC8, 0xCC}
"""JPEG markers that are followed by the picture's size; 0xF7 is JPEG-LS."""
_MOST_SEGMENTS = 1000


class WrongSize(ValueError):
    """A compressed image of another size than its header says."""


def check_codestreams(values: bytes, header: ImageHeader) -> None:
    """Refuse compressed images that claim another size than their header.

    Parameters
    ----------
    values
        The value of the pixel element: the compressed images with their frame around them.
    header
        What the file says of its images.

    Raises
    ------
    WrongSize
        If a codestream says another size.
    """
    for start in _fragments(values):
        size = _stated_size(values, start)
        if size is not None and size != (header.rows, header.columns):
            raise WrongSize("A compressed image has another size than its header says.")


def _fragments(values: bytes) -> Iterator[int]:
    """Return where the contents of the items start."""
    at = 0
    while values[at : at + 4] == _ITEM:
        yield at + _ITEM_HEAD_BYTES
        at += _ITEM_HEAD_BYTES + int.from_bytes(values[at + 4 : at + 8], "little")


def _stated_size(values: bytes, start: int) -> tuple[int, int] | None:
    if values[start : start + 4] == _JPEG_2000_START:
        return _jpeg_2000_size(values[start + 4 : start + 24])
    if values[start : start + 2] == _JPEG_START:
        return _jpeg_size(values, start + 2)
    return None


def _jpeg_2000_size(segment: bytes) -> tuple[int, int]:
    """Return rows and columns from a SIZ segment (ISO/IEC 15444-1, A.5.1)."""
    right, lower, left, upper = (
        int.from_bytes(segment[start : start + 4], "big") for start in (4, 8, 12, 16)
    )
    return lower - upper, right - left


def _jpeg_size(values: bytes, at: int) -> tuple[int, int] | None:
    """Return rows and columns from the first frame head of a JPEG or JPEG-LS stream."""
    for _ in range(_MOST_SEGMENTS):
        if values[at : at + 1] != b"\xff" or at + 9 > len(values):
            return None
        marker = values[at + 1]
        if marker in _FRAME_HEADS:
            head = values[at + 5 : at + 9]
            return int.from_bytes(head[:2], "big"), int.from_bytes(head[2:], "big")
        at += 2 + int.from_bytes(values[at + 2 : at + 4], "big")
    return None
