"""A compressed picture, decoded while other threads run (SimpleITK adapter)."""

from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

# What it warns of is judged from the headers, in our words.
SimpleITK.ProcessObject.GlobalWarningDisplayOff()


class UndecodedPicture(Exception):
    """A picture that cannot be decoded."""


def read_stored_picture(path: Path) -> NDArray[np.integer]:
    """Return the numbers of a DICOM file of one picture without a rescale, as stored.

    Returns
    -------
    picture, (rows, columns), or with red, green and blue last.

    Raises
    ------
    UndecodedPicture
        If it cannot be decoded.
    """
    reader = SimpleITK.ImageFileReader()
    reader.SetImageIO("GDCMImageIO")
    reader.SetFileName(str(path))
    try:
        image = reader.Execute()
    except (RuntimeError, MemoryError) as problem:
        raise UndecodedPicture from problem
    picture: NDArray[np.integer] = SimpleITK.GetArrayFromImage(image)[0]
    return picture
