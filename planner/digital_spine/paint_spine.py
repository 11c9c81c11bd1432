"""Paint discs, canal, ribs and bones of a model into an image."""

import itertools

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.arch_shape import FACET_GAP_MM
from planner.digital_spine.distance_fields import Joined, Limb, add_limbs, block
from planner.digital_spine.lattice import Field, Lattice, Window
from planner.digital_spine.model_patient import Bone
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.oval_stacks import noise_tile
from planner.digital_spine.painter import Painter
from planner.digital_spine.pathology import Spurs
from planner.digital_spine.spine_pose import PosedVertebra
from planner.digital_spine.tissues import Tissue
from planner.digital_spine.vertebra_field import BoneField, canal_limbs
from planner.geometry.points import FloatArray, as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import BoolArray

_WORLD = RigidTransform.identity()
_BODY_CORTEX_MM, _ARCH_CORTEX_MM, _RIB_CORTEX_MM = 0.72, 1.35, 1.0
_TRABECULAR_STEP_MM = (0.52, 0.52, 1.9)
"""Size of the spongy bone's grain along u, v and w: trabeculae stand upright."""
_DENSE_NEAR_PLATE_MM = 3.0
_SAC_SHARE, _CORD_RADII_MM = 0.78, (4.8, 3.9)
_CORD_ENDS = VertebraLevel.L1
_VEIN_RADIUS_MM = 1.5
_UNEVEN_MM, _UNEVEN_SHARE = 1.3, 0.24
"""Over what distance the cortex's thickness changes, and its spread as a share."""


def paint_limbs(painter: Painter, limbs: list[Limb], tissue: Tissue) -> None:
    """Paint rods that are given in LPS in one tissue."""
    for limb in limbs:
        centre = (np.asarray(limb.start_mm) + limb.end_mm) / 2.0
        half = np.abs(np.asarray(limb.end_mm) - limb.start_mm) / 2.0 + limb.widest_mm + 2.0
        window = painter.lattice.box(centre, half, _WORLD)
        if window is not None:
            points = painter.lattice.cropped(window).coordinates(_WORLD)
            painter.fill(window, limb.distance_mm(*points), tissue)


def _disc(upper: PosedVertebra, lower_centre: FloatArray, share: float, grow: float) -> Limb:
    """Return a disc as a short thick rod from one endplate to the next one."""
    body, frame = upper.body, upper.lps_from_vertebra
    height, _ = body.rim_plane(is_upper=False)
    start = frame.point((0.0, 0.0, height))
    towards = np.asarray(lower_centre) - start
    length = float(np.linalg.norm(towards))
    direction = towards / length
    measures = upper.anatomy.body
    radii = (share * measures.inferior_width / 2.0, share * measures.inferior_depth / 2.0)
    return Limb(
        as_triple(start - grow * direction),
        as_triple(start + towards + grow * direction),
        as_triple(frame.vector((1.0, 0.0, 0.0))),
        radii,
        radii,
        squareness=2.4,
    )


def _disc_tops_lps_mm(model: ModelSpine) -> list[FloatArray]:
    """Return the middle of the endplate below each disc."""
    spine = model.spine
    tops: list[FloatArray] = [
        v.lps_from_vertebra.point((0.0, 0.0, v.body.rim_plane(is_upper=True)[0]))
        for v in spine.vertebrae[1:]
    ]
    return [*tops, spine.lps_from_sacral_plate.point((0.0, 0.0, 0.0))]


def disc_limbs(model: ModelSpine, share: float = 0.97, grow_mm: float = 2.5) -> list[Limb]:
    """Return the discs below every vertebra as rods in LPS.

    Parameters
    ----------
    model
        The patient.
    share
        Of the endplates' width and depth.
    grow_mm
        How far they reach into the bodies on both sides.
    """
    pairs = zip(model.spine.vertebrae, _disc_tops_lps_mm(model), strict=True)
    return [_disc(vertebra, top, share, grow_mm) for vertebra, top in pairs]


def paint_discs(painter: Painter, model: ModelSpine) -> None:
    """Paint the discs; they reach a little into the bodies, which are painted later."""
    paint_limbs(painter, disc_limbs(model), Tissue.DISC)
    paint_limbs(painter, disc_limbs(model, 0.55, 1.5), Tissue.NUCLEUS)


def _scaled(limb: Limb, share: float) -> Limb:
    (a0, b0), (a1, b1) = limb.start_radii_mm, limb.end_radii_mm
    return Limb(
        limb.start_mm,
        limb.end_mm,
        limb.across,
        (a0 * share, b0 * share),
        (a1 * share, b1 * share),
    )


def paint_canal(painter: Painter, model: ModelSpine) -> None:
    """Paint what the bony canal holds: fat, the dural sac, the cord down to L1."""
    limbs = list(canal_limbs(model.spine))
    paint_limbs(painter, limbs, Tissue.EPIDURAL_FAT)
    paint_limbs(painter, _foramina(model), Tissue.EPIDURAL_FAT)
    paint_limbs(painter, [_scaled(limb, _SAC_SHARE) for limb in limbs[:-1]], Tissue.CSF)
    levels = [v.level for v in model.spine.vertebrae]
    cord = limbs[: levels.index(_CORD_ENDS)]
    paint_limbs(
        painter,
        [
            Limb(limb.start_mm, limb.end_mm, limb.across, _CORD_RADII_MM, _CORD_RADII_MM)
            for limb in cord
        ],
        Tissue.CORD,
    )
    paint_limbs(painter, _roots(model), Tissue.CORD)


def _foramen_way(vertebra: PosedVertebra, sign: float) -> tuple[Field, Field]:
    measures, body = vertebra.anatomy.body, vertebra.body
    below = body.landmarks_before.lower_mm[2] + 2.0
    behind = body.half_depth_mm + 4.0
    inner = (sign * (measures.canal_width / 2.0 - 3.0), behind + 2.0, below)
    outer = (sign * (body.half_width_mm + 6.0), behind + 1.0, below - 3.0)
    frame = vertebra.lps_from_vertebra
    return frame.point(inner), frame.point(outer)


def _foramina(model: ModelSpine) -> list[Limb]:
    limbs = []
    for vertebra in model.spine.vertebrae:
        for sign in (1.0, -1.0):
            inner, outer = _foramen_way(vertebra, sign)
            up = as_triple(vertebra.lps_from_vertebra.vector((0.0, 0.0, 1.0)))
            limbs.append(Limb(as_triple(inner), as_triple(outer), up, (6.5, 4.0), (5.5, 4.5)))
    return limbs


def _roots(model: ModelSpine) -> list[Limb]:
    """Return the nerve roots as thin rods through the foramina."""
    limbs = []
    for vertebra in model.spine.vertebrae:
        for sign in (1.0, -1.0):
            inner, outer = _foramen_way(vertebra, sign)
            lifted = inner + np.array([0.0, 0.0, 4.0])
            limbs.append(
                Limb(as_triple(lifted), as_triple(outer), (0.0, 1.0, 0.0), (1.6, 1.6), (2.2, 2.2))
            )
    return limbs


def paint_joints(painter: Painter, model: ModelSpine) -> None:
    """Paint the cartilage of the facet joints."""
    joints = [joint for v in model.spine.vertebrae for joint in v.joints_below]
    half_gap = FACET_GAP_MM / 2.0 + 0.4
    paint_limbs(
        painter,
        [
            block(
                j.centre_lps_mm,
                j.up_lps,
                j.normal_lps,
                (j.height_mm / 2.0, half_gap, j.width_mm / 2.0),
            )
            for j in joints
        ],
        Tissue.CARTILAGE,
    )


def paint_ribs(painter: Painter, distance: Field, bone: Bone) -> None:
    """Paint ribs by the distance to all of them over the whole lattice."""
    everything = (slice(None), slice(None), slice(None))
    near = np.any(distance < 2.0, axis=(1, 2))
    if not near.any():
        return
    planes = np.flatnonzero(near)
    window: Window = (slice(int(planes[0]), int(planes[-1]) + 1), *everything[1:])
    part = distance[window]
    painter.fill(window, part, Tissue.CORTEX)
    marrow = part + np.float32(_RIB_CORTEX_MM * bone.cortex_share)
    painter.fill(window, marrow, Tissue.MARROW)


def _cortex_mm(field: BoneField, bone: Bone, uneven: Field) -> Field:
    """Return the cortex's thickness at every voxel: thin around the body, thick behind."""
    if field.body is None:
        return np.float32(_ARCH_CORTEX_MM * bone.cortex_share) * uneven
    in_body = np.clip(1.0 - (field.body - field.bone) / np.float32(2.0), 0.0, 1.0)
    thick = _ARCH_CORTEX_MM + (_BODY_CORTEX_MM - _ARCH_CORTEX_MM) * in_body
    return np.float32(bone.cortex_share) * thick.astype(np.float32) * uneven


def _unevenness(lattice: Lattice, seed: int) -> Field:
    """Return a factor about 1 on the thickness of cortex, changing over some millimetres."""
    tile = noise_tile(seed + 7)
    origin = lattice.lps_from_ijk[:3, 3]
    steps = np.linalg.norm(lattice.lps_from_ijk[:3, :3], axis=0)
    # Along the lattice's own axes: cheap, and nobody measures by it.
    i, j, k = (
        (np.arange(n) * step / _UNEVEN_MM + o / _UNEVEN_MM).astype(np.intp) % len(tile)
        for n, step, o in zip(lattice.shape_kji[::-1], steps, origin, strict=True)
    )
    factor: Field = 1.0 + np.float32(_UNEVEN_SHARE) * tile[np.ix_(k, j, i)]
    return np.clip(factor, 0.35, 1.8)


def _grain(lattice: Lattice, frame: RigidTransform, where: BoolArray, seed: int) -> Field:
    """Return the spongy bone's texture, mean 0 and spread 1, at the chosen voxels."""
    u, v, w = lattice.coordinates(frame)
    places = [
        c[where] / np.float32(s)
        for c, s in zip((w, v, u), reversed(_TRABECULAR_STEP_MM), strict=True)
    ]
    grain: Field = ndimage.map_coordinates(
        noise_tile(seed), places, order=1, mode="grid-wrap"
    ).astype(np.float32)
    return grain


@attrs.frozen
class Marrow:
    """What is inside a bone."""

    tissue: Tissue
    factor: float
    """On the tissue's own value."""
    seed: int
    """Of its texture."""


def paint_bone(
    painter: Painter,
    field: BoneField,
    solid: Field,
    frame: RigidTransform,
    marrow: Marrow,
    bone: Bone,
) -> None:
    """Paint one bone: its cortex, and spongy bone inside.

    Parameters
    ----------
    painter
        The image.
    field
        The bone as it is; holes are cut out.
    solid
        The bone's distance before holes were cut, so that their edges have no cortex.
    frame
        ``lps_from_vertebra``: trabeculae stand along its axis.
    marrow
        What is inside.
    bone
        Its quality.
    """
    painter.fill(field.window, field.bone, Tissue.CORTEX)
    part = painter.lattice.cropped(field.window)
    cortex = _cortex_mm(field, bone, _unevenness(part, marrow.seed))
    inside = painter.cover(np.maximum(solid + cortex, field.bone))
    where = inside > 0.0
    if not where.any():
        return
    grain = _grain(part, frame, where, marrow.seed)
    value = np.full(grain.shape, painter.palette.value(marrow.tissue) * marrow.factor, np.float32)
    if field.plates is not None and field.body is not None:
        depth = -field.plates[where]
        value *= 1.0 + 0.22 * np.exp(-np.clip(depth, 0.0, None) / _DENSE_NEAR_PLATE_MM)
        value *= np.where(field.body[where] > 0.0, np.float32(1.25), np.float32(0.96))
    value += painter.palette.texture(marrow.tissue) * grain
    values = painter.values[field.window]
    values[where] += inside[where] * (value - values[where])


def paint_vein(painter: Painter, vertebra: PosedVertebra) -> None:
    """Paint the basivertebral vein's channel, open at the back, forked in front."""
    body = vertebra.body
    middle = (body.landmarks.upper_mm[1] + body.landmarks.lower_mm[1]) / 2.0 + 0.8
    frame = vertebra.lps_from_vertebra
    wide, slim = (2.6, 1.8), (_VEIN_RADIUS_MM, 1.1)
    ends = [(0.0, body.back_mm + 1.5, middle), (0.0, 2.0, middle)]
    forks = [(side * 0.3 * body.half_width_mm, -6.0, middle) for side in (1.0, -1.0)]
    ways = [(ends[0], ends[1], wide, slim)] + [(ends[1], f, slim, (0.7, 0.6)) for f in forks]
    limbs = [
        Limb(
            as_triple(frame.point(a)),
            as_triple(frame.point(b)),
            as_triple(frame.vector((1.0, 0.0, 0.0))),
            first,
            last,
        )
        for a, b, first, last in ways
    ]
    paint_limbs(painter, limbs, Tissue.VEIN if vertebra.level.is_thoracic else Tissue.DISC)


def bridge_limbs(upper: PosedVertebra, lower: PosedVertebra) -> list[Joined]:
    """Return the bony bridges between the rims of two bodies, in LPS."""
    joined = []
    for sign in (1.0, -1.0):
        place = [
            np.array([sign * 0.55 * v.body.half_width_mm, -0.86 * v.body.half_depth_mm, w])
            for v, w in (
                (upper, -0.8 * upper.body.half_height_mm),
                (lower, 0.8 * lower.body.half_height_mm),
            )
        ]
        ends = [v.lps_from_vertebra.point(p) for v, p in zip((upper, lower), place, strict=True)]
        limb = Limb(as_triple(ends[0]), as_triple(ends[1]), (1, 0, 0), (4.5, 3.2), (4.5, 3.2))
        joined.append(Joined(limb, 2.0))
    return joined


def add_bridges(model: ModelSpine, fields: list[BoneField | None], lattice: Lattice) -> None:
    """Join bridges to the upper vertebra's field in place, where a model has them."""
    for upper, (a, b) in zip(fields, itertools.pairwise(model.spine.vertebrae), strict=False):
        has_bridge = any(spurs.bridges_below for spurs in model.of_kind(Spurs, a.level))
        if has_bridge and upper is not None:
            add_limbs(upper.bone, lattice.cropped(upper.window), _WORLD, bridge_limbs(a, b))
