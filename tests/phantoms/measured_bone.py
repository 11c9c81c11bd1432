"""Measures of model bones, read off their distance fields as one would off a fine CT."""

import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.vertebra_field import BoneField, bone_fields
from planner.geometry.points import FloatArray, PointLike
from planner.geometry.transforms import RigidTransform

FAR_MM = 8.0


@attrs.frozen
class PedicleSize:
    """A pedicle where it is narrowest, from wall to wall across its axis."""

    width_mm: float
    height_mm: float
    at_mm: float
    """Where along the axis, from the isthmus that the truth names, to the front."""


@attrs.frozen
class BodySize:
    """A body without its processes."""

    superior_width_mm: float
    superior_depth_mm: float
    posterior_height_mm: float
    volume_ml: float


@attrs.frozen
class CanalSize:
    """The room between body, pedicles and laminae."""

    width_mm: float
    depth_mm: float


def box_lattice(
    frame: RigidTransform,
    lower_mm: PointLike,
    upper_mm: PointLike,
    step_mm: float | tuple[float, float, float],
) -> Lattice:
    """Return a lattice over a box of a frame; `frame` is ``lps_from_frame``."""
    lower, upper = np.asarray(lower_mm, float), np.asarray(upper_mm, float)
    step = np.broadcast_to(step_mm, 3).astype(float)
    i, j, k = (int(n) for n in np.round((upper - lower) / step) + 1)
    matrix = np.eye(4)
    matrix[:3, :3] = frame.rotation * step
    matrix[:3, 3] = frame.point(lower)
    return Lattice((k, j, i), matrix)


def on_whole(field: BoneField | None, values: Field | None, lattice: Lattice) -> Field:
    """Return one of a bone's fields over the whole lattice, `FAR_MM` where it is not near."""
    whole = np.full(lattice.shape_kji, FAR_MM, np.float32)
    if field is not None and values is not None:
        whole[field.window] = values
    return whole


def bone_of(model: ModelSpine, level: VertebraLevel, lattice: Lattice) -> Field:
    """Return the distance to one whole vertebra over a lattice."""
    place = [v.level for v in model.spine.vertebrae].index(level)
    field = bone_fields(model.spine, lattice)[place]
    return on_whole(field, None if field is None else field.bone, lattice)


def body_of(model: ModelSpine, level: VertebraLevel, lattice: Lattice) -> Field:
    """Return the distance to one body over a lattice."""
    place = [v.level for v in model.spine.vertebrae].index(level)
    field = bone_fields(model.spine, lattice)[place]
    return on_whole(field, None if field is None else field.body, lattice)


def any_bone(model: ModelSpine, lattice: Lattice) -> Field:
    """Return the distance to the nearest vertebra or the sacrum over a lattice."""
    nearest = np.full(lattice.shape_kji, FAR_MM, np.float32)
    for field in bone_fields(model.spine, lattice):
        if field is not None:
            nearest = np.minimum(nearest, on_whole(field, field.bone, lattice))
    return nearest


def run_mm(values: Field, at: int, step_mm: float, *, inside: bool) -> tuple[float, float]:
    """Return how far a row reaches from a place to where it changes sign, down and up.

    `inside` asks for the run of negative values; the crossing is found between samples.
    """
    row = np.asarray(values, float) if inside else -np.asarray(values, float)
    if row[at] >= 0.0:
        return 0.0, 0.0
    reaches = []
    for part in (row[at::-1], row[at:]):
        ends = np.flatnonzero(part >= 0.0)
        if len(ends) == 0:
            reaches.append(float(len(part)) * step_mm)
            continue
        n = int(ends[0])
        share = part[n - 1] / (part[n - 1] - part[n])
        reaches.append((n - 1 + float(share)) * step_mm)
    return reaches[0], reaches[1]


def _frame_along(axis_lps: FloatArray, up_lps: FloatArray, at: FloatArray) -> RigidTransform:
    """Return a frame with w along an axis, u level, v as near to up as that allows."""
    w = np.asarray(axis_lps) / np.linalg.norm(axis_lps)
    u = np.cross(up_lps, w)
    u = u / np.linalg.norm(u)
    return RigidTransform.from_axes(at, u, np.cross(w, u), w)


def measured_pedicle(model: ModelSpine, level: VertebraLevel, side: Side) -> PedicleSize:
    """Return a pedicle's least width, and its height there, from planes across its axis."""
    vertebra = model.spine.vertebra(level)
    shape, frame = pedicle_shape(vertebra, side), vertebra.lps_from_vertebra
    step_mm, station_mm, reach_mm, along_mm = 0.25, 0.5, 13.0, 4.0
    across = _frame_along(
        frame.vector(shape.axis), frame.vector((0.0, 0.0, 1.0)), frame.point(shape.isthmus_mm)
    )
    corner = np.array([reach_mm, reach_mm, along_mm])
    lattice = box_lattice(across, -corner, corner, (step_mm, step_mm, station_mm))
    bone = bone_of(model, level, lattice)
    middle = round(reach_mm / step_mm)
    widths = [sum(run_mm(plane[middle], middle, step_mm, inside=True)) for plane in bone]
    narrow = int(np.argmin(widths))
    height = sum(run_mm(bone[narrow][:, middle], middle, step_mm, inside=True))
    return PedicleSize(widths[narrow], height, narrow * station_mm - along_mm)


def measured_body(model: ModelSpine, level: VertebraLevel) -> BodySize:
    """Return a body's size under its upper rim, its posterior height and its volume."""
    frame = model.spine.vertebra(level).lps_from_vertebra
    u, v, w = 32.0, 24.0, 22.0
    step_mm, coarse_mm = 0.4, 0.8
    profile = body_of(model, level, box_lattice(frame, (0, -v, -w), (0, v, w), step_mm))[:, :, 0]
    middle_j, middle_k = round(v / step_mm), round(w / step_mm)
    front, back = run_mm(profile[middle_k], middle_j, step_mm, inside=True)
    # As heights are read: 4 % of the depth before the posterior wall.
    j = round((v + back - 0.04 * (front + back)) / step_mm)
    below, above = run_mm(profile[:, j], middle_k, step_mm, inside=True)
    # The upper end is widest a little below its rounded rim.
    rim = box_lattice(frame, (-u, -v, above - 4.0), (u, v, above - 1.5), (step_mm, step_mm, 0.5))
    planes = body_of(model, level, rim)
    middle_i = round(u / step_mm)
    width = max(
        sum(run_mm(row, middle_i, step_mm, inside=True)) for plane in planes for row in plane
    )
    depth = max(
        sum(run_mm(plane[:, i], middle_j, step_mm, inside=True))
        for plane in planes
        for i in range(planes.shape[2])
    )
    whole = body_of(model, level, box_lattice(frame, (-u, -v, -w), (u, v, w), coarse_mm))
    volume = float((whole < 0.0).sum()) * coarse_mm**3 / 1000.0
    return BodySize(width, depth, below + above, volume)


def measured_canal(model: ModelSpine, level: VertebraLevel) -> CanalSize:
    """Return the canal between a vertebra's own walls.

    Its width is the widest way from pedicle to pedicle at the height of their isthmuses; its
    depth the least way, on the mid-plane, from the body to the laminae.
    """
    vertebra = model.spine.vertebra(level)
    frame, step_mm, reach_mm = vertebra.lps_from_vertebra, 0.2, 26.0
    left, right = (
        np.asarray(pedicle_shape(vertebra, side).isthmus_mm) for side in (Side.LEFT, Side.RIGHT)
    )
    middle = (left + right) / 2.0
    plane = box_lattice(
        frame,
        np.subtract(middle, (reach_mm, 0.0, 0.0)),
        np.add(middle, (reach_mm, 9.0, 0.0)),
        step_mm,
    )
    bone = bone_of(model, level, plane)[0]
    at = round(reach_mm / step_mm)
    pedicle_rows = bone[: round(5.0 / step_mm)]
    width = max(sum(run_mm(row, at, step_mm, inside=False)) for row in pedicle_rows)
    return CanalSize(width, _canal_depth_mm(model, level, float(left[1])))


def _canal_depth_mm(model: ModelSpine, level: VertebraLevel, start_v_mm: float) -> float:
    frame = model.spine.vertebra(level).lps_from_vertebra
    step_mm, ahead_mm, behind_mm, height_mm = 0.2, 12.0, 26.0, 24.0
    lower = (0.0, start_v_mm - ahead_mm, -height_mm)
    upper = (0.0, start_v_mm + behind_mm, height_mm)
    bone = bone_of(model, level, box_lattice(frame, lower, upper, step_mm))[:, :, 0]
    at = round((ahead_mm + 3.0) / step_mm)
    fronts, backs = [], []
    for row in bone:
        if row[at] <= 0.0:
            continue
        front, back = run_mm(row, at, step_mm, inside=False)
        if front < at * step_mm:
            fronts.append(front)
        if back < (len(row) - 1 - at) * step_mm:
            backs.append(back)
    return min(fronts) + min(backs)
