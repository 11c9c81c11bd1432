"""Grow a part from a point through bone of like density."""

import attrs
import numpy as np
from scipy import ndimage

from planner.editing.part_labels import Part, PartLabels
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import PointLike
from planner.imaging.volume import HuArray


@attrs.frozen
class GrowRange:
    """How far a part grows from its seed."""

    hu_range: tuple[float, float]
    reach_mm: float = attrs.field(default=12.0, validator=attrs.validators.gt(0.0))


def grown(
    labels: PartLabels, hu: HuArray, part: Part, seed_lps_mm: PointLike, limits: GrowRange
) -> PartLabels:
    """Return the labels with a part grown from a seed through voxels that share faces.

    It takes what belongs to nothing yet: never the canal, a neighbour, or the other part of the
    vertebra.

    Raises
    ------
    AnatomyProblem
        If the seed lies outside the grid or in another part, or its density is outside the
        range.
    """
    seed = labels.voxel_of(seed_lps_mm)
    low, high = limits.hu_range
    if seed is None:
        raise AnatomyProblem("This point lies too far from the vertebra to grow it from there.")
    if labels.voxels[seed] not in {Part.NOTHING, part}:
        raise AnatomyProblem(
            f"This point belongs to the {Part(labels.voxels[seed]).title}.",
            hint="Erase it there first.",
        )
    value = float(hu[seed])
    if not low <= value <= high:
        raise AnatomyProblem(
            f"The density here, {value:.0f} HU, lies outside {low:.0f} to {high:.0f} HU.",
            hint="Widen the range, or click brighter bone.",
        )
    grid = labels.geometry
    reach = [int(np.ceil(limits.reach_mm / step)) for step in grid.spacing_ijk_mm[::-1]]
    box = tuple(
        slice(max(at - steps, 0), at + steps + 1) for at, steps in zip(seed, reach, strict=True)
    )
    k, j, i = np.ogrid[
        tuple(slice(*part.indices(n)) for part, n in zip(box, hu.shape, strict=True))
    ]
    away = np.zeros(np.broadcast_shapes(k.shape, j.shape, i.shape))
    for index, at, step in zip((k, j, i), seed, grid.spacing_ijk_mm[::-1], strict=True):
        away = away + ((index - at) * step) ** 2
    open_ = (hu[box] >= low) & (hu[box] <= high) & (away <= limits.reach_mm**2)
    open_ &= np.isin(labels.voxels[box], (Part.NOTHING, part))
    found, _count = ndimage.label(open_)
    own = found[tuple(at - side.start for at, side in zip(seed, box, strict=True))]
    where = np.zeros(hu.shape, np.bool_)
    where[box] = found == own
    return labels.changed(where, part)
