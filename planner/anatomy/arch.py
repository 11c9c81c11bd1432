"""The posterior elements of a vertebra: bone reached from its pedicles before any neighbour's."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body import BodyOutline, canal_front_mm
from planner.anatomy.canal import CanalLine
from planner.anatomy.disc import DiscPair
from planner.anatomy.geodesic import LabelVoxels, nearest_seed
from planner.anatomy.spine_crop import Box, FloatVoxels, SpineCrop

BoolVoxels = NDArray[np.bool_]
_BONE_HU = 150.0
_SHEET_SCALE_VOXELS = 1.2
_SHEET_STRENGTH = 15.0
"""Curvature across a joint space, in HU per voxel squared, that makes it hard to cross."""
_REACH_MM = ((-56.0, 56.0), (-14.0, 72.0), (-58.0, 48.0))
"""How far the posterior elements and the neighbours that touch them reach, in body axes."""
_RIB_LATERAL_MM = 50.0
_OWN, _RIB, _ABOVE, _BELOW = 1, 2, 3, 4


@attrs.frozen(eq=False)
class Surroundings:
    """What the search for an arch starts from."""

    crop: SpineCrop
    line: CanalLine
    canal: BoolVoxels
    body: BoolVoxels
    outline: BodyOutline
    discs: DiscPair


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


def _reach(around: Surroundings) -> Box:
    (u0, u1), (v0, v1), (w0, w1) = _REACH_MM
    corners = np.array([(u, v, w) for u in (u0, u1) for v in (v0, v1) for w in (w0, w1)])
    return around.crop.box_around(around.outline.axes.lps_of(corners), 0.0)


def _seeds(around: Surroundings, box: Box, bone: BoolVoxels) -> LabelVoxels:
    """Return where bone is known to be this vertebra's or another's."""
    axes, discs = around.outline.axes, around.discs
    uvw = axes.uvw_of(around.crop.points_lps_mm(box))
    u, v, w = uvw[..., 0], uvw[..., 1], uvw[..., 2]
    centre = axes.uvw_of(around.line.points_lps_mm)
    lateral = np.abs(u - np.interp(w, centre[:, 2], centre[:, 0]))
    behind_centre = v - np.interp(w, centre[:, 2], centre[:, 1])
    layers = np.arange(_REACH_MM[2][0], _REACH_MM[2][1], 1.0)
    front = canal_front_mm(around.canal, around.crop, axes, layers)
    behind_front = v - np.interp(w, layers, front)
    top, bottom = discs.above.w_mm, discs.below.w_mm
    height = top - bottom
    pedicle = bone & (behind_front > -3.0) & (behind_centre < 2.0)
    own_pedicle = pedicle & (lateral < 14.0) & (w < top - 3.0) & (w > top - 0.45 * height)
    pedicle &= lateral < 17.0
    above_plate = discs.above.plate_mm(u, v, upper=True)
    below_plate = discs.below.plate_mm(u, v, upper=False)
    column = bone & (behind_front < 1.0) & ((w > above_plate) | (w < below_plate))
    seeds = np.zeros(bone.shape, np.uint8)
    seeds[bone & ((lateral > _RIB_LATERAL_MM) | (behind_front < -4.0))] = _RIB
    seeds[(pedicle | column) & (w > top + 0.5 * height) | column & (w > above_plate)] = _ABOVE
    seeds[pedicle & (w < bottom - 4.0) & (w > bottom - 0.45 * height)] = _BELOW
    seeds[column & (w < below_plate)] = _BELOW
    seeds[own_pedicle | around.body[box]] = _OWN
    return seeds


def own_and_other_bone(around: Surroundings) -> OwnAndOther:
    """Return the whole bone of a vertebra, and the other bone around it."""
    box = _reach(around)
    hu, canal, body = around.crop.hu[box], around.canal[box], around.body[box]
    bone = (hu > _BONE_HU) & ~canal
    seeds = _seeds(around, box, bone)
    sheets = dark_sheets(hu, bone)
    ease = np.maximum(np.exp(-sheets / _SHEET_STRENGTH), 0.01)
    ease *= np.clip((hu - 100.0) / 400.0, 0.05, 1.0) ** 2
    way = bone | (seeds > 0)
    cost = np.where(way, around.crop.spacing_mm / ease, np.float32(np.inf))
    label = nearest_seed(cost, seeds, np.zeros(5, np.float32))
    own = (_filled(label == _OWN, canal) & ~(label > _OWN)) | body
    whole = np.zeros(around.crop.hu.shape, np.bool_)
    other = np.zeros_like(whole)
    whole[box] = _largest(own)
    other[box] = (label > _OWN) & ~own
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
