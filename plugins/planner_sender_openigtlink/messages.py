"""OpenIGTLink messages: version 1 headers, TRAJ and TRANSFORM bodies, and the STATUS question.

After the protocol's own description (header, trajectory, transform). Numbers are big-endian,
places in millimetres in the receiver's patient frame, which is RAS.
"""

import struct
from collections.abc import Sequence

import attrs

from planner.geometry.points import FloatArray, Triple

HEADER = struct.Struct(">H12s20sQQQ")
"""Version, type, device, timestamp, size of the body, its checksum: 58 bytes."""
_VERSION = 1
_ENTRY_AND_TARGET = 3
_ELEMENT = struct.Struct(">64s32sBB4B3f3ff20s")
_TRANSFORM = struct.Struct(">12f")
_CRC64_POLYNOMIAL = 0x42F0E1EBA9EA3693
"""ECMA-182, as the protocol asks for."""
_CRC64_MASK = 0xFFFFFFFFFFFFFFFF


@attrs.frozen
class Trajectory:
    """One planned needle as the receiver draws it."""

    name: str
    group: str
    rgb: tuple[int, int, int]
    entry_ras_mm: Triple
    target_ras_mm: Triple
    radius_mm: float


def message(kind: str, device: str, body: bytes) -> bytes:
    """Return a whole message without a time, so that the same plan gives the same bytes."""
    head = HEADER.pack(_VERSION, _text(kind, 12), _text(device, 20), 0, len(body), crc64(body))
    return head + body


def trajectories(device: str, needles: Sequence[Trajectory]) -> bytes:
    """Return a TRAJ message of needles, each from its entry to its target."""
    return message("TRAJ", device, b"".join(_element(needle) for needle in needles))


def transform(device: str, ras_from_device: FloatArray) -> bytes:
    """Return a TRANSFORM message of a (4, 4) matrix: three axes, then the origin in millimetres."""
    return message("TRANSFORM", device, _TRANSFORM.pack(*ras_from_device[:3].T.ravel()))


def crc64(data: bytes) -> int:
    """Return the checksum of a body."""
    crc = 0
    for byte in data:
        crc = (crc << 8) & _CRC64_MASK ^ _CRC64_TABLE[crc >> 56 ^ byte]
    return crc


def _crc64_of_top_byte(byte: int) -> int:
    crc = byte << 56
    for _ in range(8):
        crc = (crc << 1) & _CRC64_MASK ^ (_CRC64_POLYNOMIAL if crc >> 63 else 0)
    return crc


_CRC64_TABLE = tuple(_crc64_of_top_byte(byte) for byte in range(256))


def _element(needle: Trajectory) -> bytes:
    return _ELEMENT.pack(
        _text(needle.name, 64),
        _text(needle.group, 32),
        _ENTRY_AND_TARGET,
        0,
        *needle.rgb,
        255,
        *needle.entry_ras_mm,
        *needle.target_ras_mm,
        needle.radius_mm,
        b"",
    )


def _text(text: str, length: int) -> bytes:
    """Return ASCII that leaves room for the zero at its end."""
    return text.encode("ascii", "replace")[: length - 1]
