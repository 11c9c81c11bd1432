"""A posed vertebra, and the sacrum, as signed distances on a lattice; neighbours kept apart."""

import itertools
from collections.abc import Sequence

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.digital_spine.arch_shape import FACET_GAP_MM, arch_limbs, pedicle_shape
from planner.digital_spine.distance_fields import (
    FAR_MM,
    Joined,
    Limb,
    add_limbs,
    separated,
    smooth_intersection,
    smooth_union,
)
from planner.digital_spine.lattice import Field, Lattice, Window
from planner.digital_spine.sacrum_shape import SACRAL_CANAL, sacrum_limbs, sacrum_openings
from planner.digital_spine.spine_pose import PosedSpine, PosedVertebra
from planner.geometry.points import Triple, as_triple
from planner.geometry.transforms import RigidTransform

_BODY_FILLET_MM = 2.0
_CARVE_MM = 0.6
_MARGIN_MM = 7.0
_APART_MM = FACET_GAP_MM
_REACH = 3
"""How many levels apart two vertebrae may come near each other: long spinous processes."""
_CANAL_SQUARENESS = 2.3
_PELVIS_CENTRE_MM, _PELVIS_HALF_MM = (0.0, 0.0, -30.0), (128.0, 82.0, 92.0)


@attrs.frozen(eq=False)
class BoneField:
    """One bone on its window of a lattice; distances in mm, negative inside."""

    window: Window
    bone: Field
    body: Field | None
    """Of the body alone; None for the sacrum."""
    pedicles: Field | None
    """Of both pedicles, from the middle of the body to the pillar."""
    plates: Field | None
    """Of the endplates alone: negative between them."""


@attrs.frozen
class _Box:
    centre_mm: Triple
    half_mm: Triple


def _box(vertebra: PosedVertebra) -> _Box:
    measures, body = vertebra.anatomy.body, vertebra.body
    fall = np.sin(np.radians(measures.spinous_drop)) * measures.spinous_length
    spur = body.spurs.reach_mm if body.spurs else 0.0
    spans = [vertebra.anatomy.side(s).transverse_span for s in (Side.LEFT, Side.RIGHT)]
    half_u = max(max(spans) / 2.0, body.half_width_mm + spur) + _MARGIN_MM
    front = -body.half_depth_mm - spur - _MARGIN_MM
    back = body.half_depth_mm + measures.canal_depth + measures.spinous_length + _MARGIN_MM
    top = body.half_height_mm + 14.0 + _MARGIN_MM
    bottom = -body.half_height_mm - max(fall + 4.0, measures.disc_anterior + 14.0) - _MARGIN_MM
    return _Box(
        (0.0, (front + back) / 2.0, (top + bottom) / 2.0),
        (half_u, (back - front) / 2.0, (top - bottom) / 2.0),
    )


@attrs.frozen
class CanalStation:
    """The bony canal at one level."""

    centre_lps_mm: Triple
    left_lps: Triple
    half_width_mm: float
    half_depth_mm: float


def canal_station(vertebra: PosedVertebra) -> CanalStation:
    """Return the canal where a vertebra's pedicles bound it."""
    measures, body = vertebra.anatomy.body, vertebra.body
    heights = [pedicle_shape(vertebra, side).isthmus_mm[2] for side in (Side.LEFT, Side.RIGHT)]
    centre = (0.0, body.half_depth_mm + measures.canal_depth / 2.0 - 0.6, float(np.mean(heights)))
    frame = vertebra.lps_from_vertebra
    return CanalStation(
        as_triple(frame.point(centre)),
        as_triple(frame.vector((1.0, 0.0, 0.0))),
        measures.canal_width / 2.0,
        measures.canal_depth / 2.0,
    )


def canal_limbs(spine: PosedSpine) -> tuple[Limb, ...]:
    """Return the canal from T4 into the sacrum as rods in LPS."""
    stations = [canal_station(vertebra) for vertebra in spine.vertebrae]
    limbs = [
        Limb(
            a.centre_lps_mm,
            b.centre_lps_mm,
            a.left_lps,
            (a.half_width_mm, a.half_depth_mm),
            (b.half_width_mm, b.half_depth_mm),
            squareness=_CANAL_SQUARENESS,
        )
        for a, b in itertools.pairwise(stations)
    ]
    last, frame = stations[-1], spine.lps_from_sacral_plate
    sacral = [as_triple(frame.point(p)) for p in (SACRAL_CANAL.start_mm, SACRAL_CANAL.end_mm)]
    radii = (last.half_width_mm, last.half_depth_mm)
    limbs.append(
        Limb(last.centre_lps_mm, sacral[0], last.left_lps, radii, SACRAL_CANAL.start_radii_mm)
    )
    limbs.append(attrs.evolve(SACRAL_CANAL, start_mm=sacral[0], end_mm=sacral[1]))
    return tuple(limbs)


def tube_field(limbs: Sequence[Limb], lattice: Lattice) -> Field:
    """Return the distance to rods that are given in LPS, joined without fillets."""
    field = np.full(lattice.shape_kji, FAR_MM, np.float32)
    add_limbs(field, lattice, RigidTransform.identity(), [Joined(limb, 0.0) for limb in limbs])
    return field


def _vertebra_field(
    vertebra: PosedVertebra, canal: Sequence[Limb], lattice: Lattice
) -> BoneField | None:
    box, frame = _box(vertebra), vertebra.lps_from_vertebra
    window = lattice.box(box.centre_mm, box.half_mm, frame)
    if window is None:
        return None
    part = lattice.cropped(window)
    arch = np.full(part.shape_kji, FAR_MM, np.float32)
    pedicles = np.full(part.shape_kji, FAR_MM, np.float32)
    shapes = [Joined(pedicle_shape(vertebra, s).limb, 0.0) for s in (Side.LEFT, Side.RIGHT)]
    add_limbs(pedicles, part, frame, shapes)
    add_limbs(arch, part, frame, arch_limbs(vertebra))
    arch = smooth_union(arch, pedicles, _BODY_FILLET_MM)
    arch = smooth_intersection(arch, -tube_field(canal, part), _CARVE_MM)
    body = np.full(part.shape_kji, FAR_MM, np.float32)
    plates = np.full(part.shape_kji, FAR_MM, np.float32)
    shape = vertebra.body
    reach = (shape.spurs.reach_mm if shape.spurs else 0.0) + _MARGIN_MM
    half = (
        shape.half_width_mm + reach,
        shape.half_depth_mm + reach,
        shape.half_height_mm + _MARGIN_MM,
    )
    inner = part.box((0.0, 0.0, 0.0), half, frame)
    if inner is not None:
        body[inner], plates[inner] = shape.distance_mm(*part.cropped(inner).coordinates(frame))
    bone = smooth_union(body, arch, _BODY_FILLET_MM)
    return BoneField(window, bone, body, pedicles, plates)


def _sacrum_field(spine: PosedSpine, canal: Sequence[Limb], lattice: Lattice) -> BoneField | None:
    frame = spine.lps_from_sacral_plate
    window = lattice.box(_PELVIS_CENTRE_MM, _PELVIS_HALF_MM, frame)
    if window is None:
        return None
    part = lattice.cropped(window)
    bone = np.full(part.shape_kji, FAR_MM, np.float32)
    add_limbs(bone, part, frame, sacrum_limbs(spine.vertebrae[-1], frame))
    hollow = np.full(part.shape_kji, FAR_MM, np.float32)
    add_limbs(hollow, part, frame, [Joined(limb, 0.0) for limb in sacrum_openings()])
    bone = smooth_intersection(bone, -hollow, 1.0)
    # Where the last vertebra leans to a side its canal enters beside the sacrum's own.
    bone = smooth_intersection(bone, -tube_field(canal, part), _CARVE_MM)
    return BoneField(window, bone, None, None, None)


def _overlap(first: Window, second: Window) -> tuple[Window, Window] | None:
    """Return the part that two windows share, as a window of each."""
    ours, theirs = [], []
    for a, b in zip(first, second, strict=True):
        start, stop = max(a.start, b.start), min(a.stop, b.stop)
        if start >= stop:
            return None
        ours.append(slice(start - a.start, stop - a.start))
        theirs.append(slice(start - b.start, stop - b.start))
    return (ours[0], ours[1], ours[2]), (theirs[0], theirs[1], theirs[2])


def keep_apart(first: BoneField, second: BoneField, gap_mm: float) -> None:
    """Cut two bones back, in place, where they come nearer than a gap."""
    shared = _overlap(first.window, second.window)
    if shared is None:
        return
    ours, theirs = shared
    first.bone[ours], second.bone[theirs] = separated(first.bone[ours], second.bone[theirs], gap_mm)


def bone_fields(spine: PosedSpine, lattice: Lattice) -> list[BoneField | None]:
    """Return every vertebra from T4 down and last the sacrum; None where the lattice ends before.

    No two of them come nearer to each other than the gap of a facet joint.
    """
    canal = canal_limbs(spine)
    fields = [_vertebra_field(vertebra, canal, lattice) for vertebra in spine.vertebrae]
    fields.append(_sacrum_field(spine, canal, lattice))
    for a, b in itertools.combinations(range(len(fields)), 2):
        first, second = fields[a], fields[b]
        if b - a <= _REACH and first is not None and second is not None:
            keep_apart(first, second, _APART_MM)
    return fields


def cut_off(field: Field, others: Field, gap_mm: float) -> Field:
    """Return a field without what comes nearer to others than a gap."""
    cut: Field = np.maximum(field, np.float32(gap_mm) - others)
    return cut
