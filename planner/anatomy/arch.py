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
from planner.anatomy.arch_prior import PriorPlace, own_log_odds
from planner.anatomy.bone_edge import with_faint_bone, without_blur
from planner.anatomy.geodesic import LabelVoxels, nearest_seed
from planner.anatomy.lamina import lamina_seeds
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.spine_crop import FloatVoxels

_BONE_HU = 170.0
_SHEET_SCALE_VOXELS = 1.2
_SHEET_STRENGTH = 25.0
"""Curvature across a joint space, in HU per voxel squared, that makes it hard to cross."""
_RIB_LATERAL_MM = 50.0
_CANAL_RIM_MM, _LUMBAR_RIM_MM = 4.0, 14.0
"""How far before the canal's front processes begin, behind ribs and where there are none."""
_CORNER_MM = 14.0
"""How far in front of the canal the body's outline may have cut its posterior corners."""
_BODY_RIM_MM = 3.0
"""Bone further from the body's wall is a rib's head, a bony spur or a vessel full of contrast."""
_NECK_LATERAL_MM, _NECK_START_MM, _NECK_SLOPE = 5.0, 3.0, 0.3
"""In front of a line from beside the body, read from the canal's front, a rib's neck lies."""
_COLUMN_RIM_MM = 6.0
"""How far bodies above and below may reach beyond the wall of this one."""
_IN_FRONT_MM = 14.0
_RIB_HU = 350.0
"""Somewhere the cortex of a rib is brighter than this; kidneys and most vessels are not."""
_PRIOR_POWER = 0.15
"""How much where bone lies counts against what the image shows."""
_PLATE_RIM_MM = 0.8
"""How far beyond its endplates bone in front of the canal may still be the vertebra's."""
_MARROW_GAP_VOXELS = 3
_MARROW_HU = 90.0


@attrs.frozen(eq=False)
class OwnAndOther:
    """Bone of a vertebra and bone of its neighbours and ribs, on the crop's grid."""

    own: BoolVoxels
    other: BoolVoxels
    with_blur: BoolVoxels
    """The vertebra's bone and the blur around its posterior elements."""


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


def _rib_zone(place: ArchPlace, *, bears_ribs: bool) -> BoolVoxels:
    """Return where bone belongs to no vertebra: far to the side, and beside the body.

    The necks of ribs run backwards and outwards, in front of the transverse processes.
    """
    lateral = np.abs(place.u_mm - place.canal_u_mm)
    behind_front = place.v_mm - place.canal_front_v_mm
    rim = place.beside_own_body & (place.beyond_wall_mm < _BODY_RIM_MM)
    corner = rim & (behind_front > -_CORNER_MM)
    rim_mm = _CANAL_RIM_MM if bears_ribs else _LUMBAR_RIM_MM
    zone = (lateral > _RIB_LATERAL_MM) | ((behind_front < -rim_mm) & ~corner)
    if bears_ribs:
        beyond = lateral - place.half_width_mm - _NECK_LATERAL_MM
        zone |= (beyond > 0.0) & (behind_front < _NECK_START_MM + _NECK_SLOPE * beyond)
    return zone


def _seeds(
    place: ArchPlace, around: Surroundings, bone: BoolVoxels, hu: FloatVoxels, canal: BoolVoxels
) -> LabelVoxels:
    """Return where bone is known to be this vertebra's or another's."""
    discs, u, v, w = around.discs, place.u_mm, place.v_mm, place.w_mm
    lateral, behind_front = np.abs(u - place.canal_u_mm), v - place.canal_front_v_mm
    top, bottom = discs.above.w_mm, discs.below.w_mm
    height = top - bottom
    pedicle = bone & (behind_front > -3.0) & (v - place.canal_v_mm < 2.0)
    marrow = (hu > _MARROW_HU) & (behind_front > -3.0) & (lateral < place.half_width_mm - 1.0)
    own_pedicle = (
        (pedicle | marrow)
        & (v - place.canal_v_mm < 2.0)
        & (lateral < 14.0)
        & (w < top - 3.0)
        & (w > top - 0.45 * height)
    )
    own_pedicle &= ~canal
    pedicle &= lateral < 17.0
    above_plate = discs.above.plate_mm(u, v, upper=True)
    below_plate = discs.below.plate_mm(u, v, upper=False)
    column = bone & (behind_front < 1.0) & (place.beyond_wall_mm < _COLUMN_RIM_MM)
    seeds = np.zeros(bone.shape, np.uint8)
    seeds[bone & _rib_zone(place, bears_ribs=around.level.is_thoracic)] = RIB
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
    seeds = _seeds(place, around, bone, hu, canal)
    sheets = dark_sheets(hu, bone)
    ease = np.maximum(np.exp(-sheets / _SHEET_STRENGTH), 0.01)
    ease *= np.clip((hu - 100.0) / 400.0, 0.05, 1.0) ** 2
    way = bone | (seeds > 0)
    cost = np.where(way, around.crop.spacing_mm / ease, np.float32(np.inf)).astype(np.float32)
    laminae = lamina_seeds(place, hu, bone, seeds, cost)
    label = nearest_seed(
        cost, np.where(seeds == 0, laminae, seeds), _reluctance(place, around.level)
    )
    label = with_faint_bone(label, hu, canal)
    blurred = _with_marrow(label, canal) | place.body
    own = without_blur(blurred, hu, place.body)
    own &= ~_beyond_plates(own & ~place.body, place, around)
    whole = around.body.copy()
    other = np.zeros_like(whole)
    whole[box] |= _largest(own)
    other[box] = ((label > RIB) | _ribs(label == RIB, hu, place)) & ~own
    with_blur = whole.copy()
    with_blur[box] |= blurred
    return OwnAndOther(whole, other, with_blur)


def _reluctance(place: ArchPlace, level: VertebraLevel) -> FloatVoxels:
    """Return by how much this vertebra's ways are longer than they look, and others' shorter."""
    where = PriorPlace(
        beside_canal_mm=place.u_mm - place.canal_u_mm,
        behind_canal_mm=place.v_mm - place.canal_v_mm,
        above_middle_mm=place.w_mm,
        half_width_mm=place.half_width_mm,
        disc_step_mm=place.disc_step_mm,
    )
    return np.asarray(np.exp(-_PRIOR_POWER * own_log_odds(level, where)), np.float32)


def _beyond_plates(bone: BoolVoxels, place: ArchPlace, around: Surroundings) -> BoolVoxels:
    """Return bone of the column, in front of the canal, above or below this vertebra's body."""
    column = bone & (place.v_mm < place.canal_front_v_mm) & (place.beyond_wall_mm < 0.0)
    u, v, w = place.u_mm[column], place.v_mm[column], place.w_mm[column]
    upper, lower = around.outline.upper, around.outline.lower
    column[column] = (w > upper.height_mm(u, v) + _PLATE_RIM_MM) | (
        w < lower.height_mm(u, v) - _PLATE_RIM_MM
    )
    return column


def _ribs(candidates: BoolVoxels, hu: FloatVoxels, place: ArchPlace) -> BoolVoxels:
    """Return the ribs among what is bright beside a vertebra."""
    beside = candidates & (place.v_mm - place.canal_front_v_mm > -_IN_FRONT_MM)
    parts, count = ndimage.label(beside)
    is_rib = np.zeros(count + 1, np.bool_)
    is_rib[parts[beside & (hu > _RIB_HU)]] = True
    ribs: BoolVoxels = is_rib[parts]
    return ribs


def _with_marrow(label: LabelVoxels, canal: BoolVoxels) -> BoolVoxels:
    own: BoolVoxels = label == OWN
    box = ndimage.find_objects(own.astype(np.int8))[0]
    filled = own.copy()
    filled[box] = _filled(own[box], canal[box]) & ~(label[box] > OWN)
    return filled


def _enclosed(solid: BoolVoxels) -> BoolVoxels:
    """Return what a section in any main direction of the grid encloses, and the solid itself."""
    enclosed = solid.copy()
    for axis in range(3):
        layers = [ndimage.binary_fill_holes(layer) for layer in np.moveaxis(solid, axis, 0)]
        enclosed |= np.moveaxis(np.array(layers), 0, axis)
    return enclosed


def _filled(bone: BoolVoxels, canal: BoolVoxels) -> BoolVoxels:
    """Return bone with its marrow; small gaps in the cortex do not let the marrow out."""
    edge = _MARROW_GAP_VOXELS
    inside = (slice(edge, -edge),) * 3
    closed: BoolVoxels = ndimage.binary_closing(np.pad(bone, edge), iterations=edge)[inside]
    # The canal counts as filled so that the ring around it does not read as marrow.
    solid = closed | canal
    marrow = _enclosed(solid) & ~solid
    rim = closed & ndimage.binary_dilation(marrow, iterations=edge)
    filled: BoolVoxels = _enclosed(bone | marrow | rim | canal) & ~canal
    return filled


def _largest(bone: BoolVoxels) -> BoolVoxels:
    parts, count = ndimage.label(bone)
    if count < 2:
        return bone
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    largest: BoolVoxels = parts == sizes.argmax()
    return largest
