"""A small picture of a series."""

import zipfile

import numpy as np
from numpy.typing import NDArray

from planner.dicom.display_values import DisplayedImage, displayed_image
from planner.dicom.element_values import DAMAGED_FILE_ERRORS
from planner.dicom.image_header import ImageHeader
from planner.dicom.open_files import opened_files
from planner.dicom.scan_result import SeriesKind, SeriesSummary
from planner.foundation.errors import PlannerError
from planner.geometry.points import FloatArray
from planner.imaging.window_level import SPINE, WindowLevel

_SHARES_SHOWN = (1.0, 99.0)
_BLANK = 0


def thumbnail_of(series: SeriesSummary, edge_px: int) -> NDArray[np.uint8]:
    """Return the middle image of a series in greys, as large as fits a square.

    Parameters
    ----------
    series
        Any series, those set aside too.
    edge_px
        The edge of the square; the picture's longer side has this length.

    Returns
    -------
    picture, (rows, columns), in the proportions of the patient. Black where the image cannot be
    read.
    """
    try:
        image, aspect = _middle_image(series)
    except (PlannerError, OSError, zipfile.BadZipFile, *DAMAGED_FILE_ERRORS):
        return np.full((edge_px, edge_px), _BLANK, np.uint8)
    window = SPINE if series.kind is SeriesKind.CT else image.window
    return _fitted(_greys(image.values, window), aspect, edge_px)


def _middle_image(series: SeriesSummary) -> tuple[DisplayedImage, float]:
    """Return an image, and how much taller than wide its pixels are."""
    if series.volume_file is not None and series.geometry is not None:
        from planner.imaging.volume_file import read_middle_slice  # noqa: PLC0415

        i_mm, j_mm, _ = series.geometry.spacing_ijk_mm
        values = np.nan_to_num(read_middle_slice(series.volume_file).astype(np.float64))
        return DisplayedImage(values, None), j_mm / i_mm
    headers = series.slices or series.members
    header = headers[len(headers) // 2]
    with opened_files() as files:
        return displayed_image(header, files), _aspect(header)


def _aspect(header: ImageHeader) -> float:
    i_mm, j_mm = header.spacing_ij_mm or (1.0, 1.0)
    return j_mm / i_mm


def _greys(values: FloatArray, window: WindowLevel | None) -> FloatArray:
    if window is None:
        low, high = (float(v) for v in np.percentile(values, _SHARES_SHOWN))
    else:
        low, high = (window.level_hu + side * window.width_hu / 2 for side in (-1, 1))
    greys: FloatArray = np.clip((values - low) / max(high - low, 1e-9), 0.0, 1.0) * 255.0
    return greys


def _fitted(greys: FloatArray, aspect: float, edge_px: int) -> NDArray[np.uint8]:
    """Return a picture that fits the square, each pixel the mean of those under it."""
    rows, columns = greys.shape
    scale = edge_px / max(rows * aspect, columns)
    shape = max(1, round(rows * aspect * scale)), max(1, round(columns * scale))
    by_row = _averaged(greys, shape[0])
    picture = _averaged(by_row.T, shape[1]).T
    return np.ascontiguousarray(np.rint(picture).astype(np.uint8))


def _averaged(values: FloatArray, count: int) -> FloatArray:
    """Return the mean of as many stretches of rows; where they are fewer, repeat them."""
    starts = np.minimum((np.arange(count) * len(values)) // count, len(values) - 1)
    if count >= len(values):
        return values[starts]
    sums = np.add.reduceat(values, starts, axis=0)
    lengths = np.diff(np.append(starts, len(values)))
    averaged: FloatArray = sums / lengths[:, np.newaxis]
    return averaged
