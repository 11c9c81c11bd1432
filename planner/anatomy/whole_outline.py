"""The whole bone of a vertebra: what the network sees, or what edges lead to where it errs."""

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.arch import OwnAndOther, own_and_other_bone
from planner.anatomy.arch_place import BoolVoxels, Surroundings
from planner.anatomy.body_block import BodyAxes
from planner.anatomy.bone_edge import blur_around
from planner.anatomy.mask_box import box_of
from planner.anatomy.outline_box import OutlineBox
from planner.anatomy.outline_network import SeenBone, seen_bone

_EDGE = 0.45
"""Share from which a voxel counts as the vertebra's; measured: thin processes are seen faint."""
_BODY_EDGE = 0.25
"""Share below which the rim inside the body's walls is disc or fat that they took in."""
_BODY_RIM_VOXELS = 3
"""Deeper in the body nothing is taken from it: gas, cement and lesions look like no bone."""
_LEAST_BODY_SHARE = 0.8
"""Of the body as its walls were found, the network must call this much the vertebra's."""
_MOST_ASTRAY = 0.1
"""This much of what the network sees may hang together with no body."""
_BULK = (1.25, 3.8)
"""Volume of a whole vertebra against its body's."""
_SURE, _LEAST_SURE = 0.8, 0.6
"""How much of the vertebra must be surer than `_SURE`."""
DOUBTED = (
    "The posterior elements were drawn from the edges of bone alone, for what the outline network "
    "saw does not fit this body: check them against the slices."
)


@attrs.frozen(eq=False)
class WholeOutline:
    """The bone of a vertebra and around it, and what is doubtful in it."""

    bone: OwnAndOther
    body: BoolVoxels
    """The body, less what the network is sure is no bone at its rim."""
    notes: tuple[str, ...] = ()


def whole_outline(around: Surroundings, frame: BodyAxes) -> WholeOutline:
    """Return the whole bone of a vertebra whose body is known, and the other bone around it.

    Parameters
    ----------
    around
        The body and what lies beside it.
    frame
        The vertebra's axes at the body's centroid.
    """
    seen = seen_bone(around.crop, around.body, around.canal, OutlineBox(frame))
    found = around.body[seen.part]
    own = (seen.own > _EDGE) & ~around.canal[seen.part]
    core = _core(found)
    joined = _joined_to(found & (core | (seen.own > _BODY_EDGE)), own)
    if not _is_plausible(seen, own, joined, found):
        return WholeOutline(own_and_other_bone(around), around.body, (DOUBTED,))
    return _on_crop(seen, joined, around)


def _core(body: BoolVoxels) -> BoolVoxels:
    core, near = np.zeros_like(body), box_of(body)
    core[near] = ndimage.binary_erosion(body[near], iterations=_BODY_RIM_VOXELS)
    return core


def _joined_to(body: BoolVoxels, own: BoolVoxels) -> BoolVoxels:
    """Return the body, less its crumbs, with all bone that hangs together with it."""
    bone = own | body
    near = box_of(bone)
    parts, count = ndimage.label(bone[near])
    if count == 0:
        return own
    joined = np.zeros_like(bone)
    joined[near] = parts == np.bincount(parts[body[near]], minlength=2)[1:].argmax() + 1
    return joined


def _is_plausible(seen: SeenBone, own: BoolVoxels, joined: BoolVoxels, body: BoolVoxels) -> bool:
    """Return whether what the network sees can be the vertebra of a body that was found apart."""
    size = max(int(own.sum()), 1)
    least, most = _BULK
    return bool(
        own[body].mean() >= _LEAST_BODY_SHARE
        and (own & ~joined).sum() <= _MOST_ASTRAY * size
        and least <= joined.sum() / body.sum() <= most
        and (seen.own > _SURE).sum() >= _LEAST_SURE * size
    )


def _on_crop(seen: SeenBone, joined: BoolVoxels, around: Surroundings) -> WholeOutline:
    hu, canal = around.crop.hu[seen.part], around.canal[seen.part]
    filled, near = joined.copy(), box_of(joined)
    filled[near] = ndimage.binary_fill_holes(joined[near])
    filled &= ~canal
    others = (seen.other > _EDGE) & ~filled & ~canal
    own, other, with_blur = (np.zeros_like(around.body) for _ in range(3))
    own[seen.part], other[seen.part] = filled, others
    with_blur[seen.part] = blur_around(filled, hu, others | canal)
    return WholeOutline(OwnAndOther(own, other, with_blur), around.body & own)
