"""Compressed DICOM slices, decoded while other threads run (SimpleITK adapter).

The codecs for Python hold the interpreter's lock: with them a second core brings nothing, and
the window stands still while a slice is decoded.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.imaging.volume import HuArray

# What it warns of is judged from the headers, in our words.
SimpleITK.ProcessObject.GlobalWarningDisplayOff()
_RANGE = np.iinfo(np.int16)


class UndecodedSlices(Exception):
    """Slices that SimpleITK cannot decode, or finds of another size."""


def read_compressed_slices(paths: Sequence[Path]) -> HuArray:
    """Return slices with their rescaled numbers, rounded and cut off at 16 bits.

    Parameters
    ----------
    paths
        Single-frame files of one size, one sample a pixel and one rescale, in the order wanted.

    Returns
    -------
    voxels[k, j, i]

    Raises
    ------
    UndecodedSlices
        If one cannot be decoded.
    """
    values = _read(paths)
    if values.dtype == np.int16:
        return values.view(np.int16)
    whole: HuArray = np.clip(np.rint(values), _RANGE.min, _RANGE.max).astype(np.int16)
    return whole


def read_stored_picture(path: Path) -> NDArray[np.integer | np.floating]:
    """Return the one picture of a file without rescale, (rows, columns), or with colours last.

    Raises
    ------
    UndecodedSlices
        If it cannot be decoded.
    """
    picture: NDArray[np.integer | np.floating] = _read([path])[0]
    return picture


def _read(paths: Sequence[Path]) -> NDArray[np.integer | np.floating]:
    reader = SimpleITK.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames([str(path) for path in paths])
    try:
        image = reader.Execute()
    except (RuntimeError, MemoryError) as problem:
        raise UndecodedSlices from problem
    values: NDArray[np.integer | np.floating] = SimpleITK.GetArrayFromImage(image)
    return values
