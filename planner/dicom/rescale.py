"""From stored numbers to Hounsfield units or the signal."""

import numpy as np
from numpy.typing import NDArray

from planner.dicom.image_header import LookupTable, PixelFormat
from planner.geometry.points import FloatArray
from planner.imaging.volume import HuArray

_RANGE = np.iinfo(np.int16)


def looked_up(stored: NDArray[np.integer], table: LookupTable) -> FloatArray:
    """Return what a table says of stored numbers; beyond its ends, what its ends say."""
    places = np.clip(stored.astype(np.int64) - table.first, 0, len(table.values) - 1)
    found: FloatArray = table.values[places]
    return found


def rescaled(stored: NDArray[np.integer], pixels: PixelFormat) -> FloatArray:
    """Return stored numbers as the file says they are meant, not rounded."""
    if pixels.modality_lut is not None:
        return looked_up(stored, pixels.modality_lut)
    slope = 1.0 if pixels.slope is None else pixels.slope
    values: FloatArray = stored.astype(np.float64) * slope + (pixels.intercept or 0.0)
    return values


def write_rescaled(stored: NDArray[np.integer], pixels: PixelFormat, into: HuArray) -> None:
    """Write rescaled numbers, rounded to whole ones and cut off where 16 bits end.

    Parameters
    ----------
    stored
        May be the memory of `into`.
    """
    if _is_as_stored(pixels):
        if stored.dtype != into.dtype or not np.shares_memory(stored, into):
            into[...] = np.clip(stored, _RANGE.min, _RANGE.max)
        return
    slope = 1.0 if pixels.slope is None else pixels.slope
    intercept = pixels.intercept or 0.0
    ends = rescaled(np.array([stored.min(), stored.max()]), pixels)
    fits = _RANGE.min <= ends.min() and ends.max() <= _RANGE.max
    is_shift = pixels.modality_lut is None and slope == 1.0 and intercept.is_integer()
    if fits and is_shift and abs(intercept) <= _RANGE.max * 4:
        # 16-bit sums wrap round, so a result in range is right whatever stood in between.
        into[...] = stored.astype(np.int16, copy=False)
        into += np.int64(intercept).astype(np.int16)
    else:
        into[...] = np.clip(np.rint(rescaled(stored, pixels)), _RANGE.min, _RANGE.max)


def _is_as_stored(pixels: PixelFormat) -> bool:
    is_identity = pixels.slope in {None, 1.0} and not pixels.intercept
    return is_identity and pixels.is_signed and pixels.modality_lut is None
