"""The pedicles: where the bridge between body and arch is narrowest."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.levels import Side
from planner.anatomy.spine_crop import SpineCrop
from planner.anatomy.vertebra import Pedicle
from planner.geometry.points import FloatArray, as_triple

_STEP_MM = 0.5
_ACROSS_MM = np.arange(0.0, 26.0, _STEP_MM)
_ALONG_MM = np.arange(1.5, 10.1, _STEP_MM)
"""From the canal's front wall to the back."""
_UPWARDS_MM = np.arange(-16.0, 20.1, _STEP_MM)
_LEAST_WIDTH_MM, _LARGEST_WIDTH_MM = 2.0, 19.0
_LEAST_HEIGHT_MM, _LARGEST_HEIGHT_MM = 5.0, 30.0
_SLIM_ROW_SHARE = 0.5
_CANAL_GAP_MM = 3.0
"""How far from the canal's outline the pedicle's medial cortex may begin."""
_AXIS_HALF_LENGTH_MM = 5.0
_SLIM_SHARE = 1.6
"""Sections much larger than the isthmus belong to the body or the arch."""
_STRAIGHTENING_MM2 = 80.0
_STEEPEST = 0.6


@attrs.frozen(eq=False)
class _Section:
    """A pedicle's cross-section in a plane across the canal's front-to-back direction."""

    v_mm: float
    area_mm2: float
    centre_u_mm: float
    centre_w_mm: float
    width_mm: float
    height_mm: float
    inscribed_mm: float
    """Diameter of the largest circle inside."""


def _samples(voxels: NDArray[np.bool_], crop: SpineCrop, points_lps_mm: FloatArray) -> FloatArray:
    kji = np.moveaxis(crop.geometry.ijk_of(points_lps_mm), -1, 0)[::-1]
    inside: FloatArray = ndimage.map_coordinates(voxels.astype(np.float32), kji, order=1)
    return inside


def _runs(bone: NDArray[np.bool_], hole: NDArray[np.bool_]) -> tuple[FloatArray, FloatArray]:
    """Return where bone beside the canal begins and ends in each row, NaN where there is none.

    Rows run from the midline outwards; the first bone after the canal counts as far as it is
    continuous.
    """
    columns = np.arange(bone.shape[1])
    rows = np.arange(len(bone))
    with_hole = hole.any(axis=1)
    edge = np.zeros(len(bone))
    if with_hole.any():
        ends = bone.shape[1] - hole[:, ::-1].argmax(axis=1)
        edge = np.interp(rows, rows[with_hole], ends[with_hole])
    beside = bone & (columns >= edge[:, np.newaxis])
    first = beside.argmax(axis=1)
    gap = ~beside & (columns > first[:, np.newaxis])
    last = np.where(gap.any(axis=1), gap.argmax(axis=1), bone.shape[1])
    there = beside.any(axis=1) & (first - edge <= _CANAL_GAP_MM / _STEP_MM) & (edge > 0)
    start = np.where(there, first, np.nan) * _STEP_MM
    end = np.where(there, last, np.nan) * _STEP_MM
    return start, end


def _pedicle_rows(width: FloatArray) -> slice:
    """Return the rows around the widest one that stay at least half as wide.

    Thinner bone above and below belongs to the articular processes.
    """
    known = np.nan_to_num(width)
    smooth = ndimage.uniform_filter1d(known, 5)
    widest = int(smooth.argmax())
    thin = smooth < _SLIM_ROW_SHARE * smooth[widest]
    above = np.flatnonzero(thin[widest:])
    below = np.flatnonzero(thin[:widest])
    stop = widest + int(above[0]) if len(above) else len(width)
    return slice(int(below[-1]) + 1 if len(below) else 0, stop)


def _section_at(bone: FloatArray, canal: FloatArray, v_mm: float, side: Side) -> _Section | None:
    """Return the section of bone beside the canal; both are (w, u) from the midline outwards."""
    start, end = _runs(bone > 0.5, canal > 0.5)
    width = np.minimum(end - start, _LARGEST_WIDTH_MM)
    block = _pedicle_rows(width)
    height_mm = (block.stop - block.start) * _STEP_MM
    widths, rows = width[block], _UPWARDS_MM[block]
    bridged = np.isfinite(widths).all() and float(np.median(widths)) >= _LEAST_WIDTH_MM
    if not bridged or not _LEAST_HEIGHT_MM <= height_mm <= _LARGEST_HEIGHT_MM:
        return None
    third = len(widths) // 3
    middle = slice(third, len(widths) - third)
    return _Section(
        v_mm=v_mm,
        area_mm2=float(widths.sum()) * _STEP_MM,
        centre_u_mm=float(np.median(start[block][middle] + widths[middle] / 2)) * side.sign,
        centre_w_mm=float(np.average(rows, weights=widths)),
        width_mm=float(np.median(widths[middle])),
        height_mm=height_mm,
        inscribed_mm=_inscribed_mm(start[block], start[block] + widths),
    )


def _inscribed_mm(start_mm: FloatArray, end_mm: FloatArray) -> float:
    """Return the diameter of the largest circle between the ends of rows one step apart."""
    columns_mm = np.arange(_ACROSS_MM[0] - _STEP_MM, end_mm.max() + 2 * _STEP_MM, _STEP_MM)
    filled = (columns_mm >= start_mm[:, np.newaxis]) & (columns_mm < end_mm[:, np.newaxis])
    depth = ndimage.distance_transform_edt(np.pad(filled, 1))
    # Voxel centres of the outermost filled cells lie half a step inside the outline.
    return float((2.0 * depth.max() - 1.0) * _STEP_MM)


def _axis(sections: list[_Section], isthmus_v_mm: float) -> FloatArray:
    """Return the direction from back to front along the centres around the isthmus."""
    least = min(s.area_mm2 for s in sections)
    near = [
        s
        for s in sections
        if abs(s.v_mm - isthmus_v_mm) <= _AXIS_HALF_LENGTH_MM and s.area_mm2 <= _SLIM_SHARE * least
    ]
    v = np.array([s.v_mm for s in near]) - isthmus_v_mm
    slopes = []
    for places in ([s.centre_u_mm for s in near], [s.centre_w_mm for s in near]):
        offset = np.array(places) - np.median(places)
        # The ridge term turns a handful of sections towards straight ahead.
        slope = float(v @ offset) / (float(v @ v) + _STRAIGHTENING_MM2)
        slopes.append(float(np.clip(slope, -_STEEPEST, _STEEPEST)))
    axis = np.array([-slopes[0], -1.0, -slopes[1]])
    unit: FloatArray = axis / np.linalg.norm(axis)
    return unit


def find_pedicle(
    whole: NDArray[np.bool_],
    canal: NDArray[np.bool_],
    crop: SpineCrop,
    frame: BodyAxes,
    canal_front_v_mm: float,
    side: Side,
) -> Pedicle | None:
    """Return the pedicle of one side at its isthmus, None where bone does not bridge the gap.

    Parameters
    ----------
    whole, canal
        The vertebra's bone and the canal on the crop's grid.
    crop
        The grid.
    frame
        The vertebra's frame.
    canal_front_v_mm
        How far behind the frame's origin the canal begins.
    side
        The patient's left or right.
    """
    v_mm = canal_front_v_mm + _ALONG_MM
    grid = np.stack(np.meshgrid(v_mm, _UPWARDS_MM, _ACROSS_MM * side.sign, indexing="ij"), axis=-1)
    points = frame.lps_of(grid[..., [2, 0, 1]])
    bone, hole = _samples(whole, crop, points), _samples(canal, crop, points)
    found = [_section_at(bone[n], hole[n], float(v), side) for n, v in enumerate(v_mm)]
    sections = [section for section in found if section is not None]
    if len(sections) < 4:
        return None
    narrowest = min(sections, key=lambda s: s.area_mm2)
    axis = _axis(sections, narrowest.v_mm)
    centre = np.array([narrowest.centre_u_mm, narrowest.v_mm, narrowest.centre_w_mm])
    near = [s for s in sections if abs(s.v_mm - narrowest.v_mm) <= _AXIS_HALF_LENGTH_MM]
    round_mm = min(s.inscribed_mm for s in near)
    # A section across the sagittal direction is wider than one across the pedicle's own axis.
    in_plane = abs(float(axis[1])) / float(np.hypot(axis[0], axis[1]))
    upright = abs(float(axis[1])) / float(np.hypot(axis[2], axis[1]))
    return Pedicle(
        side=side,
        isthmus_lps_mm=as_triple(frame.lps_of(centre)),
        axis_lps=as_triple(frame.lps_from_body.rotation @ axis),
        width_mm=min(narrowest.width_mm, round_mm) * in_plane,
        height_mm=narrowest.height_mm * upright,
    )
