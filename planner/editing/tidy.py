"""Mend a whole part at once: fill its holes, smooth it, take its islands away."""

import cc3d
import numpy as np
from scipy import ndimage

from planner.editing.part_labels import OWN_BONE, BoolVoxels, Part, PartLabels

_CLOSING_STEPS = 2
"""Gaps of so many voxels are bridged before holes are looked for."""
_SMOOTHING_MM = 1.0
_MARGIN = 6
_BOUNDED = (Part.CANAL, Part.OTHER)


def filled(labels: PartLabels, part: Part) -> PartLabels:
    """Return the labels without holes and narrow gaps in a part.

    Holes of the body become body. What is filled in the arch is a hole of the whole vertebra.
    The canal and neighbours are left alone.
    """
    box = labels.box_of(*_around(part), margin=_MARGIN)
    inside = labels.having(*_around(part))[box]
    closed = ndimage.binary_closing(inside, iterations=_CLOSING_STEPS)
    holes = (ndimage.binary_fill_holes(closed) | inside) & ~inside
    holes &= labels.voxels[box] == Part.NOTHING
    if part is Part.BODY:
        arch = labels.voxels[box] == Part.ARCH
        holes |= arch & ndimage.binary_fill_holes(inside)
    return labels.changed(_in_box(labels, box, holes), part)


def smoothed(labels: PartLabels) -> PartLabels:
    """Return the labels with the surfaces of body and arch smoothed by a millimetre.

    Each voxel goes to what fills most of its surroundings. The canal and neighbours keep theirs.
    """
    box = labels.box_of(*OWN_BONE, margin=_MARGIN)
    cut = labels.voxels[box]
    sigma = [_SMOOTHING_MM / step for step in labels.geometry.spacing_ijk_mm[::-1]]
    shares = [
        ndimage.gaussian_filter((cut == part).astype(np.float32), sigma)
        for part in (Part.NOTHING, *OWN_BONE)
    ]
    # Bone against no bone first: a border between body and arch must not wear away at its rim.
    bounded = np.isin(cut, _BOUNDED)
    beside = ndimage.gaussian_filter(bounded.astype(np.float32), sigma)
    is_bone = shares[1] + shares[2] >= (1.0 - beside) / 2.0
    parts = np.where(shares[1] >= shares[2], np.uint8(Part.BODY), np.uint8(Part.ARCH))
    new = np.where(bounded, cut, np.where(is_bone, parts, np.uint8(Part.NOTHING)))
    voxels = labels.voxels.copy()
    voxels[box] = new
    return labels.with_voxels(voxels)


def without_islands(labels: PartLabels) -> PartLabels:
    """Return the labels with only the largest piece of the vertebra, and of its body.

    A piece of body that hangs on the arch alone becomes arch.
    """
    kept_body = _largest(labels.having(Part.BODY))
    whole = labels.having(*OWN_BONE)
    kept = _largest(whole)
    voxels = labels.voxels.copy()
    voxels[labels.having(Part.BODY) & ~kept_body] = Part.ARCH
    voxels[whole & ~kept] = Part.NOTHING
    return labels.with_voxels(voxels)


def _around(part: Part) -> tuple[Part, ...]:
    return OWN_BONE if part is Part.ARCH else (part,)


def _largest(where: BoolVoxels) -> BoolVoxels:
    found: BoolVoxels = cc3d.largest_k(where, k=1, connectivity=6) > 0
    return found


def _in_box(labels: PartLabels, box: tuple[slice, slice, slice], where: BoolVoxels) -> BoolVoxels:
    whole = np.zeros(labels.voxels.shape, np.bool_)
    whole[box] = where
    return whole
