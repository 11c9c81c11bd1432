"""Where the bone of the posterior elements ends: half way between its cortex and soft tissue.

One threshold cannot tell: the blur around a thick cortex is brighter than a thin cortex is.
"""

import numpy as np
from scipy import ndimage

from planner.anatomy.arch_place import BoolVoxels
from planner.anatomy.geodesic import LabelVoxels
from planner.anatomy.mask_box import box_of
from planner.anatomy.spine_crop import FloatVoxels

_FAINT_HU = 100.0
"""Bone with a thin cortex, or marrow near it, reads no less than this."""
_FAINT_VOXELS = 1
_CORTEX_VOXELS, _BLUR_VOXELS = 5, 2
"""Diameter in which a cortex makes the blur around it, and how deep blur reaches."""
_SOFT_HU, _EDGE_LEVEL = 40.0, 0.4


def with_faint_bone(label: LabelVoxels, hu: FloatVoxels, canal: BoolVoxels) -> LabelVoxels:
    """Return labels of bone grown into faint bone beside it; where labels meet, neither grows."""
    grown = label.copy()
    for _ in range(_FAINT_VOXELS):
        free = (grown == 0) & (hu > _FAINT_HU) & ~canal
        highest = ndimage.maximum_filter(grown, footprint=ndimage.generate_binary_structure(3, 1))
        lowest = ndimage.minimum_filter(
            np.where(grown == 0, 255, grown), footprint=ndimage.generate_binary_structure(3, 1)
        )
        grown[free & (highest == lowest)] = highest[free & (highest == lowest)]
    return grown


def without_blur(own: BoolVoxels, hu: FloatVoxels, kept: BoolVoxels) -> BoolVoxels:
    """Return bone without the blur around it, which is darker than the cortex inside."""
    cortex = ndimage.maximum_filter(np.where(own, hu, 0.0), _CORTEX_VOXELS)
    blur = (hu < _SOFT_HU + _EDGE_LEVEL * (cortex - _SOFT_HU)) & ~kept
    sharp = own
    for _ in range(_BLUR_VOXELS):
        sharp = sharp & ~(blur & ~ndimage.binary_erosion(sharp, border_value=1))
    return sharp


def blur_around(own: BoolVoxels, hu: FloatVoxels, taken: BoolVoxels) -> BoolVoxels:
    """Return bone with the blur around it that reads as faint bone and is not taken otherwise."""
    grown, near = own.copy(), box_of(own, _BLUR_VOXELS)
    allowed = own[near] | ((hu[near] > _FAINT_HU) & ~taken[near])
    grown[near] = ndimage.binary_dilation(own[near], iterations=_BLUR_VOXELS, mask=allowed)
    return grown
