"""All bones of a model on a lattice: intact, with their holes, and the ribs kept off them."""

import attrs
import numpy as np

from planner.digital_spine.body_shape import BodyShape
from planner.digital_spine.distance_fields import FAR_MM, Limb, smooth_intersection
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.paint_spine import add_bridges
from planner.digital_spine.pathology import Wall, WallHole
from planner.digital_spine.rib_shape import rib_limbs
from planner.digital_spine.vertebra_field import BoneField, bone_fields, cut_off, tube_field
from planner.geometry.points import Triple, as_triple

_RIB_GAP_MM = 1.6
_HOLE_OUTSIDE_MM, _HOLE_INSIDE_MM = 4.0, 3.0


@attrs.frozen(eq=False)
class BoneScene:
    """The bones of a model on a lattice; distances in mm, negative inside."""

    vertebrae: tuple[BoneField | None, ...]
    """From T4 down and last the sacrum, as they are; None where the lattice ends before."""
    solid: tuple[Field | None, ...]
    """The same without holes in their walls."""
    ribs: Field
    """Over the whole lattice."""


def _wall_centre(body: BodyShape, hole: WallHole) -> tuple[Triple, Triple]:
    """Return the middle of a hole on its wall, and the direction out of the bone."""
    across, other = hole.offset_mm
    u = np.float32(across) * np.ones(1, np.float32)
    v = np.float32(other) * np.ones(1, np.float32)
    middle = (body.landmarks.upper_mm[1] + body.landmarks.lower_mm[1]) / 2.0
    if hole.wall is Wall.SUPERIOR:
        return (across, other, float(body.upper_mm(u, v)[0])), (0.0, 0.0, 1.0)
    if hole.wall is Wall.INFERIOR:
        return (across, other, float(body.lower_mm(u, v)[0])), (0.0, 0.0, -1.0)
    if hole.wall is Wall.ANTERIOR:
        return (across, body.front_mm, middle + other), (0.0, -1.0, 0.0)
    if hole.wall is Wall.POSTERIOR:
        return (across, body.back_mm, middle + other), (0.0, 1.0, 0.0)
    sign = 1.0 if hole.wall is Wall.LEFT else -1.0
    return (sign * 0.9 * body.half_width_mm, across, middle + other), (sign, 0.0, 0.0)


def hole_limb(body: BodyShape, hole: WallHole) -> Limb:
    """Return a hole as a rod through its wall, in the vertebra's frame."""
    centre, out = (np.asarray(value) for value in _wall_centre(body, hole))
    radius = hole.diameter_mm / 2.0
    across = (0.0, 1.0, 0.0) if abs(out[1]) < 0.5 else (1.0, 0.0, 0.0)
    # The rods' ends are round: they reach as deep at their middle as a flat end would.
    return Limb(
        as_triple(centre + (_HOLE_OUTSIDE_MM - radius / 2) * out),
        as_triple(centre - max(_HOLE_INSIDE_MM - radius, 0.2) * out),
        across,
        (radius, radius),
        (radius, radius),
    )


def _with_holes(model: ModelSpine, fields: list[BoneField | None], lattice: Lattice) -> None:
    """Cut holes into the bones in place."""
    for field, vertebra in zip(fields, model.spine.vertebrae, strict=False):
        if field is None:
            continue
        for hole in model.of_kind(WallHole, vertebra.level):
            part = lattice.cropped(field.window)
            points = part.coordinates(vertebra.lps_from_vertebra)
            cut = hole_limb(vertebra.body, hole).distance_mm(*points)
            field.bone[...] = smooth_intersection(field.bone, -cut, 0.3)


def bone_scene(model: ModelSpine, lattice: Lattice) -> BoneScene:
    """Return all bones of a model on a lattice."""
    fields = bone_fields(model.spine, lattice)
    add_bridges(model, fields, lattice)
    has_hole = {hole.level for hole in model.of_kind(WallHole)}
    levels = [vertebra.level for vertebra in model.spine.vertebrae]
    solid = [
        None
        if field is None
        else (field.bone.copy() if n < len(levels) and levels[n] in has_hole else field.bone)
        for n, field in enumerate(fields)
    ]
    _with_holes(model, fields, lattice)
    limbs = [limb for _, _, chain in rib_limbs(model.spine, model.patient.scale) for limb in chain]
    ribs = tube_field(limbs, lattice)
    for field in fields:
        if field is not None:
            ribs[field.window] = cut_off(ribs[field.window], field.bone, _RIB_GAP_MM)
    return BoneScene(tuple(fields), tuple(solid), np.minimum(ribs, np.float32(FAR_MM)))
