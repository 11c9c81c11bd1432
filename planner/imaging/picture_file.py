"""Pictures as files that other programs read."""

from pathlib import Path

import numpy as np
import SimpleITK
from numpy.typing import NDArray

from planner.foundation.errors import WriterProblem


def check_suffix(path: Path, suffix: str) -> None:
    """Refuse a name that does not end as its format asks.

    Raises
    ------
    WriterProblem
        If the name ends otherwise.
    """
    if path.suffix.lower() != suffix:
        raise WriterProblem(
            "This picture is written under another kind of name.",
            path=path,
            hint=f"End its name in {suffix}.",
        )


def write_grey_png(path: Path, picture: NDArray[np.uint8], pixel_mm: float) -> None:
    """Write grey levels (rows, columns), rows downwards, as PNG.

    Raises
    ------
    WriterProblem
        If the name does not end in ``.png`` or the file cannot be written.
    """
    _write(path, picture, pixel_mm, ".png")


def write_raw_image(path: Path, values: NDArray[np.float32], pixel_mm: float) -> None:
    """Write numbers (rows, columns), rows downwards, as MetaImage.

    Raises
    ------
    WriterProblem
        If the name does not end in ``.mha`` or the file cannot be written.
    """
    _write(path, values, pixel_mm, ".mha")


def _write(path: Path, values: NDArray[np.generic], pixel_mm: float, suffix: str) -> None:
    check_suffix(path, suffix)
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((pixel_mm, pixel_mm))
    try:
        SimpleITK.WriteImage(image, str(path))
    except RuntimeError as problem:
        raise WriterProblem(
            "The picture cannot be written.",
            path=path,
            hint="Choose a folder that exists and has room.",
        ) from problem
