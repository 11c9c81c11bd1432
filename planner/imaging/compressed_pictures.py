"""Compressed pictures, decoded while other threads run (SimpleITK adapter)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

# What it warns of is judged from the headers, in our words.
SimpleITK.ProcessObject.GlobalWarningDisplayOff()


class UndecodedPictures(Exception):
    """Pictures that cannot be decoded."""


def read_stored_pictures(paths: Sequence[Path]) -> NDArray[np.integer]:
    """Return the numbers of DICOM files of one format, as stored.

    Parameters
    ----------
    paths
        Files of one picture each, without a rescale.

    Returns
    -------
    pictures, (pictures, rows, columns), or with red, green and blue last.

    Raises
    ------
    UndecodedPictures
        If one cannot be decoded.
    """
    reader = SimpleITK.ImageSeriesReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileNames([str(path) for path in paths])
    try:
        image = reader.Execute()
    except (RuntimeError, MemoryError) as problem:
        raise UndecodedPictures from problem
    pictures: NDArray[np.integer] = SimpleITK.GetArrayFromImage(image)
    return pictures
