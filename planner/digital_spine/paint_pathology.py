"""Paint what is wrong with a vertebra, and what a treatment left, over its healthy bone."""

import numpy as np
from scipy import ndimage

from planner.anatomy.levels import Side
from planner.digital_spine.arch_shape import pedicle_shape
from planner.digital_spine.cement_shape import cavity_shape, cement_shape
from planner.digital_spine.distance_fields import Limb
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.digital_spine.oval_stacks import noise_tile
from planner.digital_spine.painter import CtPalette, Painter
from planner.digital_spine.pathology import (
    Cavity,
    Cement,
    Cleft,
    Fracture,
    Lesion,
    NeedleTrack,
    Screws,
)
from planner.digital_spine.spine_pose import PosedVertebra
from planner.digital_spine.tissues import Tissue
from planner.digital_spine.vertebra_field import BoneField
from planner.geometry.points import as_triple

_BAND_MM = 7.0
_SCLEROTIC_HU = 640.0
_LESION_UNEVEN_MM = 1.6
_TRACK_BEHIND_MM, _TRACK_AHEAD_MM = 12.0, 26.0
_SCREW_HEAD_MM = 6.0


def _points(painter: Painter, field: BoneField, vertebra: PosedVertebra) -> tuple[Field, ...]:
    part = painter.lattice.cropped(field.window)
    return part.coordinates(vertebra.lps_from_vertebra)


def _grain(points: tuple[Field, ...], scale_mm: float, seed: int) -> Field:
    places = [np.broadcast_to(c, points[0].shape) / np.float32(scale_mm) for c in points[::-1]]
    grain: Field = ndimage.map_coordinates(noise_tile(seed), places, order=1, mode="grid-wrap")
    return grain


def paint_fracture(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, fracture: Fracture, seed: int
) -> None:
    """Paint the dense band of crushed bone under the endplates that gave way."""
    if fracture.is_healed or field.body is None or not isinstance(painter.palette, CtPalette):
        return
    u, v, w = _points(painter, field, vertebra)
    body = vertebra.body
    dense = np.zeros(u.shape, np.float32)
    for is_upper in (True, False):
        lowering = body.lowering_mm(u, v, is_upper=is_upper)
        most = float(np.max(lowering)) or 1.0
        plate = body.upper_mm(u, v) if is_upper else body.lower_mm(u, v)
        depth = (plate - w) if is_upper else (w - plate)
        band = np.clip(1.0 - np.abs(depth / _BAND_MM - 0.5) * 2.0, 0.0, 1.0)
        share = fracture.upper_share if is_upper else 1.0 - fracture.upper_share
        dense += np.float32(min(1.0, 2.0 * share)) * np.sqrt(band) * lowering / most
    inside = painter.cover(field.body + np.float32(0.8))
    uneven = 1.0 + 0.35 * _grain((u, v, w), 1.4, seed)
    gain = np.float32(fracture.condensed_hu * (1.0 - 0.3 * fracture.restored))
    painter.values[field.window] += inside * gain * dense * uneven


def paint_cleft(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, cleft: Cleft, seed: int
) -> None:
    """Paint a flat hollow under the upper endplate, ragged, of gas or fluid."""
    body = vertebra.body
    u, v, w = _points(painter, field, vertebra)
    plate = body.landmarks.upper_mm[1]
    centre = (0.0, -0.18 * body.half_depth_mm, plate - 2.2 - cleft.height_mm / 2.0)
    radii = (cleft.width_mm / 2.0, 0.55 * body.half_depth_mm, cleft.height_mm / 2.0)
    norm = np.sqrt(
        sum(((c - p) / r) ** 2 for c, p, r in zip((u, v, w), centre, radii, strict=True))
    )
    distance = (norm - 1.0) * min(radii) + 0.5 * _grain((u, v, w), 1.2, seed)
    painter.fill(field.window, distance, Tissue.GAS if cleft.holds_gas else Tissue.FLUID)


def paint_lesion(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, lesion: Lesion, seed: int
) -> None:
    """Paint a metastasis with an uneven edge; a lytic one takes the cortex with it."""
    body = vertebra.body
    u, v, w = _points(painter, field, vertebra)
    middle = (body.landmarks.upper_mm[1] + body.landmarks.lower_mm[1]) / 2.0
    x, y, z = lesion.offset_mm
    away = np.sqrt((u - x) ** 2 + (v - y) ** 2 + (w - middle - z) ** 2)
    distance = away - lesion.diameter_mm / 2.0
    distance = distance + _LESION_UNEVEN_MM * _grain((u, v, w), 2.2, seed)
    distance = np.maximum(distance, field.bone - (1.5 if lesion.is_lytic else 0.0))
    if lesion.is_lytic:
        painter.fill(field.window, distance, Tissue.TUMOUR)
    elif isinstance(painter.palette, CtPalette):
        painter.paint(field.window, painter.cover(distance), _SCLEROTIC_HU)
    else:
        painter.fill(field.window, distance, Tissue.CORTEX)


def paint_cement(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, cement: Cement, seed: int
) -> None:
    """Paint cement, with the clumps of its contrast."""
    distance, points = _filled(painter, field, vertebra, cement, seed)
    grain = _grain(points, 0.9, seed)
    value = painter.palette.value(Tissue.CEMENT) + painter.palette.texture(Tissue.CEMENT) * grain
    painter.paint(field.window, painter.cover(distance), value)


def _filled(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, filled: Cement | Cavity, seed: int
) -> tuple[Field, tuple[Field, ...]]:
    points = _points(painter, field, vertebra)
    if isinstance(filled, Cement):
        shape = cement_shape(vertebra.body, filled, seed)
    else:
        shape = cavity_shape(vertebra.body, filled)
    return shape.distance_mm(*points), points


def filled_distance(
    lattice: Lattice, vertebra: PosedVertebra, filled: Cement | Cavity, seed: int
) -> Field:
    """Return the distance to cement or a cavity on a lattice."""
    points = lattice.coordinates(vertebra.lps_from_vertebra)
    if isinstance(filled, Cement):
        return cement_shape(vertebra.body, filled, seed).distance_mm(*points)
    return cavity_shape(vertebra.body, filled).distance_mm(*points)


def track_limb(vertebra: PosedVertebra, track: NeedleTrack) -> Limb:
    """Return the way of a needle along a pedicle's axis, in the vertebra's frame."""
    pedicle = pedicle_shape(vertebra, track.side)
    isthmus, axis = np.asarray(pedicle.isthmus_mm), np.asarray(pedicle.axis)
    radius = track.diameter_mm / 2.0
    return Limb(
        as_triple(isthmus - _TRACK_BEHIND_MM * axis),
        as_triple(isthmus + _TRACK_AHEAD_MM * axis),
        (1.0, 0.0, 0.0),
        (radius, radius),
        (radius, radius),
    )


def screw_limbs(vertebra: PosedVertebra, screws: Screws) -> list[Limb]:
    """Return a pair of pedicle screws and their heads, in the vertebra's frame."""
    limbs = []
    radius = screws.diameter_mm / 2.0
    for side in (Side.LEFT, Side.RIGHT):
        pedicle = pedicle_shape(vertebra, side)
        isthmus, axis = np.asarray(pedicle.isthmus_mm), np.asarray(pedicle.axis)
        head = isthmus - 16.0 * axis
        tip = head + screws.length_mm * axis
        shaft = (as_triple(head), as_triple(tip), (1.0, 0.0, 0.0))
        limbs.append(Limb(*shaft, (radius, radius), (0.7 * radius, 0.7 * radius)))
        cup = (as_triple(head - 4.0 * axis), as_triple(head - 7.0 * axis), (1.0, 0.0, 0.0))
        limbs.append(Limb(*cup, (_SCREW_HEAD_MM,) * 2, (_SCREW_HEAD_MM,) * 2))
    return limbs


def paint_vertebra_pathology(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, model: ModelSpine
) -> None:
    """Paint everything that is wrong with one vertebra, and what treatment left."""
    level, seed = vertebra.level, model.seed + vertebra.level.value
    for fracture in model.of_kind(Fracture, level):
        paint_fracture(painter, field, vertebra, fracture, seed)
    for lesion in model.of_kind(Lesion, level):
        paint_lesion(painter, field, vertebra, lesion, seed)
    for cleft in model.of_kind(Cleft, level):
        paint_cleft(painter, field, vertebra, cleft, seed)
    _paint_treatment(painter, field, vertebra, model)


def _paint_treatment(
    painter: Painter, field: BoneField, vertebra: PosedVertebra, model: ModelSpine
) -> None:
    level, seed = vertebra.level, model.seed + vertebra.level.value
    for cavity in model.of_kind(Cavity, level):
        distance, _ = _filled(painter, field, vertebra, cavity, seed)
        painter.fill(field.window, distance, Tissue.FLUID)
    for track in model.of_kind(NeedleTrack, level):
        points = _points(painter, field, vertebra)
        distance = track_limb(vertebra, track).distance_mm(*points)
        painter.fill(field.window, np.maximum(distance, field.bone), Tissue.FLUID)
    for cement in model.of_kind(Cement, level):
        paint_cement(painter, field, vertebra, cement, seed)
    for screws in model.of_kind(Screws, level):
        points = _points(painter, field, vertebra)
        for limb in screw_limbs(vertebra, screws):
            painter.fill(field.window, limb.distance_mm(*points), Tissue.METAL)
