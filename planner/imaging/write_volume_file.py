"""Volumes as files that other programs read (SimpleITK adapter)."""

from pathlib import Path

import numpy as np
import SimpleITK

from planner.foundation.errors import WriterProblem
from planner.imaging.sitk_image import image_on_grid
from planner.imaging.volume import Volume

_AIR_HU = -1024


def write_volume(path: Path, volume: Volume) -> None:
    """Write a volume as NIfTI: voxels and place, nothing of the patient; padding becomes air.

    Raises
    ------
    WriterProblem
        If the file cannot be written.
    """
    voxels = np.maximum(volume.voxels, _AIR_HU)
    try:
        SimpleITK.WriteImage(image_on_grid(voxels, volume.geometry), str(path))
    except RuntimeError as problem:
        raise WriterProblem(
            "The images cannot be written for another program.",
            path=path,
            hint="Check that the disk has room.",
        ) from problem
