"""Where parallel slices lie, the regular run among them, and the grid they make."""

import math
from collections.abc import Sequence

import attrs
import numpy as np

from planner.dicom.image_header import ImageHeader
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.shear import SliceShear

_SAME_PLACE_MM = 0.01
"""Slices closer than this along their normal lie at the same place."""
_PLACE_TOLERANCE_MM = 0.11
"""How far a slice may lie from its regular place: some scanners write one decimal."""
_PLACE_TOLERANCE_STEPS = 0.2
"""The same, as a share of the step."""
_STEP_TOLERANCE_MM = 0.05
"""How far one step between slices may be from the others where not all are equal."""
_LATERAL_TOLERANCE_MM = 0.2
"""How far a slice may be shifted sideways from the line that the others lie on."""
_ORTHOGONALITY_TOLERANCE = 1e-3
"""Largest cosine between rows and columns that rounding can explain."""
_SQUARE_TOLERANCE = 5e-5
"""Largest cosine between the axes of a straightened grid."""


class StackProblem(Exception):
    """Ends the search for a volume: the slices make none."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


def axes_of(header: ImageHeader) -> FloatArray:
    """Return the unit vectors along a row, along a column and along the normal, as rows.

    Raises
    ------
    StackProblem
        If rows and columns are not at right angles.
    """
    row, column = np.array(header.orientation_lps, dtype=np.float64)
    lengths = np.linalg.norm(row), np.linalg.norm(column)
    if abs(row @ column) > _ORTHOGONALITY_TOLERANCE or not np.allclose(lengths, 1.0, atol=1e-3):
        text = "The rows and columns of the images are not at right angles."
        raise StackProblem("orientation", text)
    row = row / lengths[0]
    column = column - (column @ row) * row
    column = column / np.linalg.norm(column)
    return np.array([row, column, np.cross(row, column)])


def positions_of(headers: Sequence[ImageHeader]) -> FloatArray:
    """Return where the first voxels lie, LPS millimetres, shape (n, 3)."""
    return np.array([header.position_lps_mm for header in headers], dtype=np.float64)


def in_order(
    headers: Sequence[ImageHeader], normal_lps: FloatArray
) -> tuple[list[ImageHeader], list[ImageHeader]]:
    """Return the images along the normal, and those at the place of another one.

    Of several at one place the one with the least instance number stays.
    """
    heights_mm = positions_of(headers) @ normal_lps
    order = sorted(
        range(len(headers)),
        key=lambda n: (
            round(float(heights_mm[n]) / _SAME_PLACE_MM),
            headers[n].instance_number,
            headers[n].path,
            headers[n].frame,
        ),
    )
    kept = [order[0]]
    repeated: list[int] = []
    for n in order[1:]:
        is_apart = heights_mm[n] - heights_mm[kept[-1]] > _SAME_PLACE_MM
        (kept if is_apart else repeated).append(n)
    return [headers[n] for n in kept], [headers[n] for n in repeated]


def _is_regular(positions: FloatArray, normal_lps: FloatArray) -> bool:
    """Return whether all slices lie on one line at equal steps."""
    share = np.linspace(0.0, 1.0, len(positions))[:, np.newaxis]
    off_mm = positions - (positions[0] + share * (positions[-1] - positions[0]))
    along_mm = off_mm @ normal_lps
    sideways_mm = np.linalg.norm(off_mm - along_mm[:, np.newaxis] * normal_lps, axis=1)
    step_mm = float((positions[-1] - positions[0]) @ normal_lps) / (len(positions) - 1)
    along_limit_mm = min(_PLACE_TOLERANCE_MM, _PLACE_TOLERANCE_STEPS * step_mm)
    return bool(
        np.abs(along_mm).max() <= along_limit_mm and sideways_mm.max() <= _LATERAL_TOLERANCE_MM
    )


def regular_run(headers: Sequence[ImageHeader], normal_lps: FloatArray) -> slice:
    """Return the longest run of slices that lie on one line at equal steps, the finest of equals.

    Parameters
    ----------
    headers
        At least two, along the normal, no two at one place.
    """
    positions = positions_of(headers)
    if _is_regular(positions, normal_lps):
        return slice(0, len(headers))
    steps = np.diff(positions, axis=0)
    runs = []
    start = 0
    for n in range(1, len(steps) + 1):
        if n == len(steps) or np.abs(steps[n] - steps[start]).max() > _STEP_TOLERANCE_MM:
            runs.append(slice(start, n + 1))
            start = n
    heights_mm = positions @ normal_lps
    return max(
        runs, key=lambda run: (run.stop - run.start, heights_mm[run][0] - heights_mm[run][1])
    )


@attrs.frozen
class SliceStack:
    """A regular run of slices as a grid, straightened where the gantry was tilted."""

    geometry: GridGeometry
    shear: SliceShear | None


def stack_of(headers: Sequence[ImageHeader], axes: FloatArray) -> SliceStack:
    """Return the grid of a regular run of at least two slices.

    The slices' own grid where they lie square to the line through their first voxels; else a
    grid whose third axis is that line, the table's, and whose rows are interpolated along it.

    Raises
    ------
    StackProblem
        If the slices are shifted both along their rows and along their columns.
    """
    positions = positions_of(headers)
    step = (positions[-1] - positions[0]) / (len(headers) - 1)
    sideways_mm = np.linalg.norm(axes[:2] @ step) * (len(headers) - 1)
    spacing_ij_mm = headers[0].spacing_ij_mm or (0.0, 0.0)
    shape_ijk = (headers[0].columns, headers[0].rows, len(headers))
    if sideways_mm > _LATERAL_TOLERANCE_MM:
        return _straightened(shape_ijk, positions[0], step, axes, np.array(spacing_ij_mm))
    matrix = np.eye(4)
    matrix[:3, :3] = axes.T * np.array([*spacing_ij_mm, float(step @ axes[2])])
    matrix[:3, 3] = positions[0]
    return SliceStack(GridGeometry(shape_ijk, matrix), None)


def _straightened(
    shape_ijk: tuple[int, int, int],
    origin_lps_mm: FloatArray,
    step: FloatArray,
    axes: FloatArray,
    spacing_ij_mm: FloatArray,
) -> SliceStack:
    step_mm = float(np.linalg.norm(step))
    table_lps = step / step_mm
    along_table = axes[:2] @ table_lps
    across = axes[:2] - along_table[:, np.newaxis] * table_lps
    if abs(float(across[0] @ across[1])) > _SQUARE_TOLERANCE:
        text = "The slices are shifted both sideways and to the back: they make no volume."
        raise StackProblem("tilt", text)
    # A pixel further along a row or column lies this many slices further along the table.
    shift_per_index = spacing_ij_mm * along_table / step_mm
    shift_per_index[np.abs(shift_per_index) * (np.array(shape_ijk[:2]) - 1) < 1e-3] = 0.0
    ends = shift_per_index * (np.array(shape_ijk[:2]) - 1)
    first = math.floor(float(np.minimum(ends, 0.0).sum()) + 1e-9)
    last = math.ceil(shape_ijk[2] - 1 + float(np.maximum(ends, 0.0).sum()) - 1e-9)
    matrix = np.eye(4)
    matrix[:3, :2] = across.T * spacing_ij_mm
    matrix[:3, 2] = step
    matrix[:3, 3] = origin_lps_mm + first * step
    geometry = GridGeometry((shape_ijk[0], shape_ijk[1], last - first + 1), matrix)
    tilt_deg = math.degrees(math.acos(min(1.0, float(axes[2] @ table_lps))))
    shear = SliceShear(tilt_deg, float(shift_per_index[0]), float(shift_per_index[1]), first)
    return SliceStack(geometry, shear)
