"""Label maps as files that other programs read."""

from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem, WriterProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.sitk_image import image_on_grid


def write_label_map(path: Path, labels: NDArray[np.uint8], geometry: GridGeometry) -> None:
    """Write a label map as NIfTI.

    Parameters
    ----------
    path
        The file, ending in ``.nii`` or ``.nii.gz``.
    labels
        ``labels[k, j, i]`` on the grid.
    geometry
        The grid, in LPS; SimpleITK writes the RAS that the format asks for.

    Raises
    ------
    GeometryProblem
        If the labels do not fill the grid.
    WriterProblem
        If the file cannot be written or its name does not end in ``.nii`` or ``.nii.gz``.
    """
    if labels.shape != geometry.shape_kji or labels.dtype != np.uint8:
        raise GeometryProblem("A label map needs 8-bit labels that fill its grid.")
    if not path.name.endswith((".nii", ".nii.gz")):
        raise WriterProblem(
            "A label map is written as NIfTI.", path=path, hint="End its name in .nii.gz."
        )
    try:
        SimpleITK.WriteImage(image_on_grid(labels, geometry), str(path), useCompression=True)
    except RuntimeError as problem:
        raise WriterProblem(
            "The label map cannot be written.",
            path=path,
            hint="Choose a folder that exists and has room.",
        ) from problem
