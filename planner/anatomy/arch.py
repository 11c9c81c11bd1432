"""The posterior elements of a vertebra: bone reached from its pedicles before any neighbour's."""

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.arch_place import (
    ABOVE,
    BELOW,
    OWN,
    RIB,
    ArchPlace,
    BoolVoxels,
    Surroundings,
    arch_place,
    reach_box,
)
from planner.anatomy.geodesic import LabelVoxels, nearest_seed
from planner.anatomy.lamina import lamina_seeds
from planner.anatomy.spine_crop import FloatVoxels

_BONE_HU = 150.0
_SHEET_SCALE_VOXELS = 1.2
_SHEET_STRENGTH = 15.0
"""Curvature across a joint space, in HU per voxel squared, that makes it hard to cross."""
_RIB_LATERAL_MM = 50.0


@attrs.frozen(eq=False)
class OwnAndOther:
    """Bone of a vertebra and bone of its neighbours and ribs, on the crop's grid."""

    own: BoolVoxels
    other: BoolVoxels


def dark_sheets(hu: FloatVoxels, where: BoolVoxels) -> FloatVoxels:
    """Return how much each voxel of a set looks like a thin dark sheet, in HU a voxel squared.

    A joint space is such a sheet; marrow is darker than its cortex too, but wider.
    """
    clipped = np.clip(hu, 0.0, 700.0)
    hessian = np.empty((int(where.sum()), 3, 3), np.float32)
    for a in range(3):
        for b in range(a, 3):
            order = [(axis == a) + (axis == b) for axis in range(3)]
            part = ndimage.gaussian_filter(clipped, _SHEET_SCALE_VOXELS, order=order, truncate=3.0)
            hessian[:, a, b] = hessian[:, b, a] = part[where]
    sheets = np.zeros(hu.shape, np.float32)
    sheets[where] = np.maximum(np.linalg.eigvalsh(hessian)[:, 2], 0.0)
    return sheets


def _seeds(place: ArchPlace, around: Surroundings, bone: BoolVoxels) -> LabelVoxels:
    """Return where bone is known to be this vertebra's or another's."""
    discs, u, v, w = around.discs, place.u_mm, place.v_mm, place.w_mm
    lateral, behind_front = np.abs(u - place.canal_u_mm), v - place.canal_front_v_mm
    top, bottom = discs.above.w_mm, discs.below.w_mm
    height = top - bottom
    pedicle = bone & (behind_front > -3.0) & (v - place.canal_v_mm < 2.0)
    own_pedicle = pedicle & (lateral < 14.0) & (w < top - 3.0) & (w > top - 0.45 * height)
    pedicle &= lateral < 17.0
    above_plate = discs.above.plate_mm(u, v, upper=True)
    below_plate = discs.below.plate_mm(u, v, upper=False)
    column = bone & (behind_front < 1.0)
    seeds = np.zeros(bone.shape, np.uint8)
    seeds[bone & ((lateral > _RIB_LATERAL_MM) | (behind_front < -4.0))] = RIB
    seeds[(pedicle & (w > top + 0.5 * height)) | (column & (w > above_plate))] = ABOVE
    seeds[pedicle & (w < bottom - 4.0) & (w > bottom - 0.45 * height)] = BELOW
    seeds[column & (w < below_plate)] = BELOW
    seeds[own_pedicle | place.body] = OWN
    return seeds


def own_and_other_bone(around: Surroundings) -> OwnAndOther:
    """Return the whole bone of a vertebra, and the other bone around it."""
    box = reach_box(around)
    hu, canal = around.crop.hu[box], around.canal[box]
    bone = (hu > _BONE_HU) & ~canal
    place = arch_place(around, box)
    seeds = _seeds(place, around, bone)
    sheets = dark_sheets(hu, bone)
    ease = np.maximum(np.exp(-sheets / _SHEET_STRENGTH), 0.01)
    ease *= np.clip((hu - 100.0) / 400.0, 0.05, 1.0) ** 2
    way = bone | (seeds > 0)
    cost = np.where(way, around.crop.spacing_mm / ease, np.float32(np.inf)).astype(np.float32)
    laminae = lamina_seeds(place, hu, bone, seeds, cost)
    label = nearest_seed(cost, np.where(seeds == 0, laminae, seeds))
    own = (_filled(label == OWN, canal) & ~(label > OWN)) | place.body
    whole = np.zeros(around.crop.hu.shape, np.bool_)
    other = np.zeros_like(whole)
    whole[box] = _largest(own)
    other[box] = (label > OWN) & ~own
    return OwnAndOther(whole, other)


def _filled(bone: BoolVoxels, canal: BoolVoxels) -> BoolVoxels:
    """Return bone with its marrow."""
    edge = 2
    closed = ndimage.binary_closing(np.pad(bone, edge), iterations=edge)[
        edge:-edge, edge:-edge, edge:-edge
    ]
    # The canal counts as filled so that the ring around it does not read as marrow.
    layers = [ndimage.binary_fill_holes(a | b) for a, b in zip(closed, canal, strict=True)]
    filled: BoolVoxels = (np.array(layers) & ~canal) | bone
    return filled


def _largest(bone: BoolVoxels) -> BoolVoxels:
    parts, count = ndimage.label(bone)
    if count < 2:
        return bone
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    largest: BoolVoxels = parts == sizes.argmax()
    return largest
