"""How the numbers of an image are stored and become Hounsfield units."""

import numpy as np

from planner.dicom.element_values import ElementValues
from planner.dicom.image_header import LookupTable, PixelFormat

_SAMPLES = 0x0028_0002
_PHOTOMETRIC = 0x0028_0004
_PLANAR = 0x0028_0006
_ALLOCATED = 0x0028_0100
_STORED = 0x0028_0101
_HIGH_BIT = 0x0028_0102
_SIGNED = 0x0028_0103
_PADDING = 0x0028_0120
_INTERCEPT = 0x0028_1052
_SLOPE = 0x0028_1053
_MODALITY_LUT = 0x0028_3000
_LUT_DESCRIPTOR = 0x0028_3002
_LUT_DATA = 0x0028_3006
PIXEL_TAGS = (
    _SAMPLES, _PHOTOMETRIC, _PLANAR, _ALLOCATED, _STORED, _HIGH_BIT, _SIGNED, _PADDING, _INTERCEPT,
    _SLOPE, _MODALITY_LUT,
)  # fmt: skip


def pixel_format(values: ElementValues, transfer_syntax_uid: str) -> PixelFormat:
    """Return what an image says of its numbers, the standard's defaults where it is silent."""
    allocated = values.binary(_ALLOCATED) or 16
    stored = values.binary(_STORED) or allocated
    high_bit = values.binary(_HIGH_BIT)
    is_signed = values.binary(_SIGNED) == 1
    return PixelFormat(
        transfer_syntax_uid=transfer_syntax_uid,
        bits_allocated=allocated,
        bits_stored=min(stored, allocated),
        high_bit=stored - 1 if high_bit is None else high_bit,
        is_signed=is_signed,
        slope=values.number(_SLOPE),
        intercept=values.number(_INTERCEPT),
        padding=values.binary(_PADDING, is_signed=is_signed),
        samples=values.binary(_SAMPLES) or 1,
        photometric=values.text(_PHOTOMETRIC),
        is_planar=values.binary(_PLANAR) == 1,
        modality_lut=_modality_lut(values, is_signed=is_signed),
    )


def _modality_lut(values: ElementValues, *, is_signed: bool) -> LookupTable | None:
    item = values.item(_MODALITY_LUT)
    return None if item is None else lookup_table(item, is_signed=is_signed)


def lookup_table(item: ElementValues, *, is_signed: bool) -> LookupTable | None:
    """Return the table of a modality or VOI LUT item, None where it is empty or nonsense.

    Parameters
    ----------
    item
        An item with a descriptor (entries, first stored number, bits) and data.
    is_signed
        Whether the numbers looked up may be below zero.
    """
    descriptor, data = item.raw(_LUT_DESCRIPTOR), item.raw(_LUT_DATA)
    if len(descriptor) != 6 or not data:
        return None
    order = item.byte_order
    entries = int.from_bytes(descriptor[:2], order) or 65_536
    first = int.from_bytes(descriptor[2:4], order, signed=is_signed)
    width = 1 if len(data) < 2 * entries else 2
    table = np.frombuffer(
        data[: entries * width], f"{'<' if order == 'little' else '>'}u{width}"
    ).astype(np.float64)
    return LookupTable(first, table) if len(table) == entries else None
