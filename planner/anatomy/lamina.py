"""The laminae on the midline behind the canal: there the gaps between neighbours are plain."""

from collections.abc import Iterator

import numpy as np
from scipy import ndimage

from planner.anatomy.arch_place import ABOVE, BELOW, OWN, ArchPlace, BoolVoxels
from planner.anatomy.geodesic import LabelVoxels, way_from
from planner.anatomy.spine_crop import FloatVoxels
from planner.geometry.points import FloatArray

_HALF_WIDTH_MM = 2.5
_DEPTH_MM = 9.0
_FIRST_HU, _STEP_HU, _LAST_HU = 200.0, 40.0, 700.0
_LEAST_VOXELS = 150
_TALLEST_SHARE, _TALLEST_MM = 1.15, 27.0
"""A piece taller than this share of the step between discs, or than this, is two that touch."""
_EXPECTED_W_MM = -7.0
"""Where a lamina's middle lies against its body's, along the body's axis."""
_MISPLACEMENT_COST = 2.0
_FURTHEST = 80.0


def _pieces(
    slab: BoolVoxels, hu: FloatVoxels, w_mm: FloatArray, tallest_mm: float
) -> Iterator[BoolVoxels]:
    """Yield the pieces of bone in a slab, each no taller than one lamina."""
    waiting = [(slab, _FIRST_HU)]
    while waiting:
        region, threshold = waiting.pop()
        parts, count = ndimage.label(region & (hu > threshold))
        for number in range(1, count + 1):
            piece: BoolVoxels = parts == number
            if piece.sum() < _LEAST_VOXELS:
                continue
            if np.ptp(w_mm[piece]) > tallest_mm and threshold < _LAST_HU:
                waiting.append((piece, threshold + _STEP_HU))
            else:
                yield piece


def lamina_seeds(
    place: ArchPlace, hu: FloatVoxels, bone: BoolVoxels, seeds: LabelVoxels, cost: FloatVoxels
) -> LabelVoxels:
    """Return the midline pieces of the laminae, each with the label of its vertebra.

    Parameters
    ----------
    place
        Where the voxels lie.
    hu, bone
        The CT and its bone.
    seeds
        Labels of bodies and pedicles.
    cost
        Cost of a way through each voxel.
    """
    beside = np.abs(place.u_mm - place.canal_u_mm) < _HALF_WIDTH_MM
    behind = place.v_mm - place.canal_back_v_mm
    slab = bone & beside & (behind > -1.0) & (behind < _DEPTH_MM)
    ways = {
        label: way_from(
            np.where((seeds > 0) & (seeds != label), np.inf, cost).astype(np.float32),
            seeds == label,
            _FURTHEST,
        )
        for label in (ABOVE, OWN, BELOW)
    }
    expected = {ABOVE: place.disc_step_mm, OWN: 0.0, BELOW: -place.disc_step_mm}
    found = np.zeros(bone.shape, np.uint8)
    tallest_mm = min(_TALLEST_SHARE * place.disc_step_mm, _TALLEST_MM)
    for piece in _pieces(slab, hu, place.w_mm, tallest_mm):
        middle = float(place.w_mm[piece].mean()) - _EXPECTED_W_MM
        costs = {
            label: min(float(way[piece].min()), _FURTHEST)
            + _MISPLACEMENT_COST * abs(middle - expected[label])
            for label, way in ways.items()
        }
        found[piece] = min(costs, key=lambda label: costs[label])
    return found
