"""Where the frames of a DICOM Segmentation lie: on one regular grid, or not at all."""

from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray
from pydicom.dataset import Dataset

from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray

_TOLERANCE_MM = 0.05
_MOST_SLICES = 5000
_HINT = "Export the segmentation as NIfTI, or on slices that are evenly spaced and not tilted."


@attrs.frozen(eq=False)
class FrameGrid:
    """The grid of all slices, one empty one at each end, and which slice each frame is."""

    geometry: GridGeometry
    slice_of_frame: tuple[int, ...]


def frame_grid(dataset: Dataset, path: Path) -> FrameGrid:
    """Return where frames lie; slices that have none, because they are empty, have a place too.

    Raises
    ------
    DicomProblem
        If the frames lie on no regular grid.
    """
    shared, frames = _groups(dataset)
    orientation = _only(dataset, "PlaneOrientationSequence", "ImageOrientationPatient", path)
    spacing = _only(dataset, "PixelMeasuresSequence", "PixelSpacing", path)
    along_i, along_j = orientation[:3], orientation[3:]
    normal = np.cross(along_i, along_j)
    places = np.array([_position(frame, shared, path) for frame in frames], np.float64)
    heights = places @ normal
    step_mm = _step_mm(dataset, heights, path)
    slices = np.rint((heights - heights.min()) / step_mm).astype(np.intp)
    first = places[int(heights.argmin())]
    expected = first + np.outer(slices * step_mm, normal)
    if np.abs(expected - places).max() > _TOLERANCE_MM or slices.max() > _MOST_SLICES:
        raise DicomProblem(
            "The slices of the segmentation are tilted or unevenly spaced.", path=path, hint=_HINT
        )
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = along_i * spacing[1], along_j * spacing[0]
    matrix[:3, 2], matrix[:3, 3] = normal * step_mm, first - normal * step_mm
    shape = (int(dataset.Columns), int(dataset.Rows), int(slices.max()) + 3)
    return FrameGrid(GridGeometry(shape, matrix), tuple(int(n) + 1 for n in slices))


def _groups(dataset: Dataset) -> tuple[Dataset, list[Dataset]]:
    shared = dataset.get("SharedFunctionalGroupsSequence") or [Dataset()]
    return shared[0], list(dataset.PerFrameFunctionalGroupsSequence)


def _only(dataset: Dataset, group: str, name: str, path: Path) -> FloatArray:
    """Return numbers that are the same for all frames."""
    shared, frames = _groups(dataset)
    found = [
        np.array(source[group][0][name].value, np.float64)
        for source in (shared, *frames)
        if group in source and name in source[group][0]
    ]
    if not found or any(np.abs(other - found[0]).max() > 1e-4 for other in found[1:]):
        raise DicomProblem(
            "The frames of the segmentation do not lie side by side on one grid.",
            path=path,
            hint=_HINT,
        )
    return found[0]


def _position(frame: Dataset, shared: Dataset, path: Path) -> NDArray[np.float64]:
    for source in (frame, shared):
        if items := source.get("PlanePositionSequence"):
            return np.array(items[0].ImagePositionPatient, np.float64)
    raise DicomProblem(
        "The segmentation does not say where its frames lie.",
        path=path,
        hint="Export it anew from the program that made it.",
    )


def _step_mm(dataset: Dataset, heights: FloatArray, path: Path) -> float:
    """Return the distance between slices: as stated where it fits, else the least one there is."""
    shared, frames = _groups(dataset)
    gaps = np.diff(np.unique(np.round(heights, 3)))
    least = float(gaps[gaps > _TOLERANCE_MM].min()) if (gaps > _TOLERANCE_MM).any() else None
    measures = [s["PixelMeasuresSequence"][0] for s in (shared, frames[0])
                if "PixelMeasuresSequence" in s]  # fmt: skip
    for name in ("SpacingBetweenSlices", "SliceThickness"):
        stated = [float(m[name].value) for m in measures if name in m and m[name].value]
        if stated and stated[0] > 0.0 and (least is None or stated[0] <= least + _TOLERANCE_MM):
            whole = 1.0 if least is None else round(least / stated[0])
            if least is None or abs(least - whole * stated[0]) < _TOLERANCE_MM:
                return stated[0] if least is None else least / whole
    if least is None:
        raise DicomProblem(
            "The segmentation does not say how thick its slices are.", path=path, hint=_HINT
        )
    return least
