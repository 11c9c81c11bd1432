"""A stroke of the brush: from one place of the hand to the next."""

import numpy as np
from numpy.typing import NDArray

from planner.editing.brush import Brush
from planner.editing.part_labels import OWN_BONE, LabelArray, Part, PartLabels
from planner.foundation.compiled import compiled
from planner.geometry.points import FloatArray, PointLike
from planner.imaging.volume import HuArray

_ANY_HU = (-32768.0, 32767.0)


@compiled
def _cover(  # noqa: PLR0913, PLR0917 - a loop in machine code takes numbers one by one
    labels: LabelArray,
    hu: HuArray,
    start_mm: FloatArray,
    end_mm: FloatArray,
    normal: FloatArray,
    spacing_mm: FloatArray,
    radius_mm: float,
    half_thickness_mm: float,
    hu_low: float,
    hu_high: float,
    becomes: NDArray[np.uint8],
) -> None:
    """Change labels near a segment, all in millimetres along the grid from its first voxel."""
    layers, rows, columns = labels.shape
    along = end_mm - start_mm
    squared = along @ along
    reach = np.array([columns, rows, layers])
    low = np.empty(3, np.int64)
    high = np.empty(3, np.int64)
    for axis in range(3):
        least = min(start_mm[axis], end_mm[axis]) - radius_mm
        most = max(start_mm[axis], end_mm[axis]) + radius_mm
        low[axis] = max(0, int(np.floor(least / spacing_mm[axis])))
        high[axis] = min(reach[axis] - 1, int(np.ceil(most / spacing_mm[axis])))
    offset = np.empty(3)
    for k in range(low[2], high[2] + 1):
        offset[2] = k * spacing_mm[2] - start_mm[2]
        for j in range(low[1], high[1] + 1):
            offset[1] = j * spacing_mm[1] - start_mm[1]
            for i in range(low[0], high[0] + 1):
                offset[0] = i * spacing_mm[0] - start_mm[0]
                if abs(offset @ normal) > half_thickness_mm:
                    continue
                share = 0.0
                if squared > 0.0:
                    share = min(max(float((offset @ along) / squared), 0.0), 1.0)
                away = offset - share * along
                value = hu[k, j, i]
                if away @ away <= radius_mm * radius_mm and hu_low <= value <= hu_high:
                    labels[k, j, i] = becomes[labels[k, j, i]]


def _becomes(brush: Brush) -> NDArray[np.uint8]:
    """Return what each label turns into under a brush.

    Bone is never painted into the canal: who means that changes the canal itself.
    """
    table = np.arange(len(Part), dtype=np.uint8)
    if brush.erases:
        for part in OWN_BONE if brush.part in OWN_BONE else (brush.part,):
            table[part] = Part.NOTHING
    else:
        table[:] = brush.part
        if brush.part is not Part.CANAL:
            table[Part.CANAL] = Part.CANAL
    return table


def stroke(
    labels: PartLabels,
    hu: HuArray,
    brush: Brush,
    way_lps_mm: tuple[PointLike, PointLike],
    normal_lps: PointLike,
) -> PartLabels:
    """Return the labels after a brush went from one point to another.

    Parameters
    ----------
    labels
        What there was.
    hu
        Hounsfield units ``hu[k, j, i]`` on the grid of the labels.
    brush
        What is painted. Erasing a part of the bone takes all of the vertebra's bone.
    way_lps_mm
        The first and the last point of the brush's centre; what lies outside the grid is lost.
    normal_lps
        Across the slice that a flat brush paints in.
    """
    grid = labels.geometry
    spacing = np.array(grid.spacing_ijk_mm)
    start, end = (grid.ijk_of(np.asarray(point, np.float64)) * spacing for point in way_lps_mm)
    normal = np.asarray(normal_lps, np.float64) @ grid.axes_lps
    # So thick that the disc has no holes, whichever way its slice is turned.
    half_mm = 0.5 * float(np.abs(normal) @ spacing) if brush.is_flat else np.inf
    low, high = brush.hu_range or _ANY_HU
    painted = labels.voxels.copy()
    _cover(
        painted,
        hu,
        start,
        end,
        normal,
        spacing,
        brush.radius_mm,
        half_mm,
        float(low),
        float(high),
        _becomes(brush),
    )
    return labels.with_voxels(painted)
