"""Cement and cavities of exactly the volume that was asked for, in the vertebra's frame."""

import functools
from collections.abc import Callable, Sequence

import attrs
import numpy as np
from scipy import ndimage

from planner.digital_spine.body_shape import BodyShape
from planner.digital_spine.distance_fields import FAR_MM, Limb, coverage
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.oval_stacks import noise_tile
from planner.digital_spine.pathology import Cavity, Cement, LeakClass
from planner.foundation.errors import PlanProblem
from planner.geometry.points import FloatArray, Triple
from planner.geometry.transforms import RigidTransform

_STEP_MM = 0.4
_INSIDE_MM = 1.2
"""How far cement that has not leaked stays from the surface of the body."""
_LOBE_RADII_MM = (1.0, 1.15, 0.95)
_FINGERS_MM = 3.2
_TILE_SCALE = 1.9
_LEAK_RADII_MM = (0.3, 5.5)
_HALVINGS = 10
_WALL_STEEPNESS = 50.0


@attrs.frozen(eq=False)
class FilledShape:
    """A region: where a field over the vertebra's frame lies below a threshold, and its rods."""

    field: Callable[[Field, Field, Field], Field]
    threshold: float
    rods: tuple[Limb, ...] = ()

    def distance_mm(self, u: Field, v: Field, w: Field) -> Field:
        """Return the distance to the region's surface, nearly exact close to it."""
        distance = self.field(u, v, w) - np.float32(self.threshold)
        for rod in self.rods:
            distance = np.minimum(distance, rod.distance_mm(u, v, w))
        return distance


def _lattice_over(lower_mm: FloatArray, upper_mm: FloatArray) -> Lattice:
    """Return a lattice of fine steps over a box of the vertebra's frame."""
    matrix = np.diag([_STEP_MM, _STEP_MM, _STEP_MM, 1.0])
    # Whole steps, so that boxes share their points.
    first = np.floor(lower_mm / _STEP_MM)
    matrix[:3, 3] = first * _STEP_MM
    i, j, k = (int(n) for n in np.ceil(upper_mm / _STEP_MM) - first + 1)
    return Lattice((k, j, i), matrix)


def _body_lattice(body: BodyShape) -> Lattice:
    half = np.array([body.half_width_mm, body.half_depth_mm, body.half_height_mm]) + 2.0
    return _lattice_over(-half, half)


def _rods_lattice(rods: Sequence[Limb]) -> Lattice:
    ends = np.array([end for rod in rods for end in (rod.start_mm, rod.end_mm)])
    reach = max(rod.widest_mm for rod in rods) + 1.0
    return _lattice_over(ends.min(axis=0) - reach, ends.max(axis=0) + reach)


def _volume_ml(share: Field) -> float:
    return float(share.sum(dtype=np.float64)) * _STEP_MM**3 / 1000.0


def _lobes(body: BodyShape) -> tuple[Triple, Triple]:
    landmarks = body.landmarks
    middle = (landmarks.upper_mm[1] + landmarks.lower_mm[1]) / 2.0
    front = -0.28 * body.half_depth_mm
    return (0.36 * body.half_width_mm, front, middle), (-0.36 * body.half_width_mm, front, middle)


def _main_field(
    body: BodyShape, spongy: float, seed: int
) -> Callable[[Field, Field, Field], Field]:
    lobes = _lobes(body)
    tile = noise_tile(seed)

    def field(u: Field, v: Field, w: Field) -> Field:
        distances = [
            np.sqrt(
                sum(
                    ((c - np.float32(p)) / np.float32(r)) ** 2
                    for c, p, r in zip((u, v, w), lobe, _LOBE_RADII_MM, strict=True)
                )
            )
            for lobe in lobes
        ]
        near: Field = np.minimum(*distances)
        if spongy:
            places = [np.broadcast_to(c, near.shape) / np.float32(_TILE_SCALE) for c in (w, v, u)]
            grain = ndimage.map_coordinates(tile, places, order=1, mode="grid-wrap")
            near = near + np.float32(spongy * _FINGERS_MM) * grain.astype(np.float32)
        inner, _ = body.distance_mm(u, v, w)
        # Beyond the inside of the body the field grows so steeply that no threshold reaches it.
        beyond: Field = np.clip(inner + np.float32(_INSIDE_MM), 0.0, None)
        return near + np.float32(_WALL_STEEPNESS) * beyond

    return field


def _threshold_for(values: Field, volume_ml: float) -> float:
    count = round(volume_ml * 1000.0 / _STEP_MM**3)
    return float(np.partition(values.ravel(), count)[count])


def _rods_of(body: BodyShape, leak: LeakClass, radius_mm: float) -> tuple[Limb, ...]:
    """Return the way of one leak; where it lies in the body it is cement anyway."""
    back, top = body.half_depth_mm, body.landmarks.upper_mm[1]
    side = body.half_width_mm
    a = (radius_mm, radius_mm)
    across = (1.0, 0.0, 0.0)
    if leak is LeakClass.BASIVERTEBRAL:
        way = Limb((0.0, -2.0, 1.0), (0.0, back + 1.2, 1.0), across, (1.3, 1.3), (1.6, 1.6))
        sheet = Limb(
            (-0.6, back + 1.0, -5.0),
            (0.6, back + 1.0, 8.0),
            across,
            (2.6 * radius_mm, 1.2),
            (2.6 * radius_mm, 1.2),
        )
        return way, sheet
    if leak is LeakClass.SEGMENTAL:
        way = Limb((0.6 * side, 2.0, 0.0), (side + 2.0, 5.0, 0.0), (0.0, 0.0, 1.0), a, a)
        vein = Limb((side + 2.0, 5.0, 0.0), (side + 5.0, 24.0, -3.0), (0.0, 0.0, 1.0), a, a)
        return way, vein
    if leak is LeakClass.CORTICAL:
        way = Limb((0.3 * side, -0.8 * back, 2.0), (0.5 * side, -back - 4.0, 2.0), across, a, a)
        return (way,)
    way = Limb((4.0, -4.0, top - 5.0), (4.0, -4.0, top + 1.0), across, (1.6, 1.6), (1.6, 1.6))
    pool = Limb(
        (4.0, -4.0 - 0.8 * radius_mm, top + 2.0),
        (5.0, 0.8 * radius_mm, top + 2.2),
        across,
        (2.4 * radius_mm, 1.6),
        (1.9 * radius_mm, 1.5),
    )
    return way, pool


def _leak_of_volume(body: BodyShape, leak: LeakClass, volume_ml: float) -> tuple[Limb, ...]:
    """Return a leak of which a volume lies outside the place where cement stays in the body."""
    low_mm, high_mm = _LEAK_RADII_MM
    points = _rods_lattice(_rods_of(body, leak, high_mm)).coordinates(RigidTransform.identity())
    outside = body.distance_mm(*points)[0] > -_INSIDE_MM
    for _ in range(_HALVINGS):
        radius_mm = (low_mm + high_mm) / 2.0
        share = _share_in(_rods_of(body, leak, radius_mm), *points)
        if _volume_ml(share * outside) < volume_ml:
            low_mm = radius_mm
        else:
            high_mm = radius_mm
    return _rods_of(body, leak, (low_mm + high_mm) / 2.0)


def require_room(body: BodyShape, filled: Cement | Cavity) -> None:
    """Raise unless what stays in a body fits into it.

    Raises
    ------
    PlanProblem
        If there is more of it than the body has room for inside its walls.
    """
    points = _body_lattice(body).coordinates(RigidTransform.identity())
    room_ml = _volume_ml(coverage(body.distance_mm(*points)[0] + np.float32(_INSIDE_MM), _STEP_MM))
    leaked = filled.leak_share if isinstance(filled, Cement) and filled.leaks else 0.0
    if filled.volume_ml * (1.0 - leaked) > room_ml:
        raise PlanProblem(
            f"{filled.level.name} has room for {room_ml:.1f} ml, less than "
            f"{filled.volume_ml * (1.0 - leaked):.1f} ml.",
            hint="Ask for a smaller volume, or for a leak.",
        )


@functools.lru_cache(maxsize=16)
def cement_shape(body: BodyShape, cement: Cement, seed: int) -> FilledShape:
    """Return cement of exactly its volume: what leaked, and the rest in the body.

    The volume of the voxels of 0.4 mm inside differs from what was asked by less than 0.2 %.
    """
    rods: list[Limb] = []
    for leak in cement.leaks:
        share_ml = cement.volume_ml * cement.leak_share / len(cement.leaks)
        rods += _leak_of_volume(body, leak, share_ml)
    points = _body_lattice(body).coordinates(RigidTransform.identity())
    field = _main_field(body, cement.spongy, seed)
    in_rods = _share_in(rods, *points) > np.float32(0.5)
    # What the rods hold is cement already; the rest is poured around them.
    poured = np.where(in_rods, np.float32(1e6), field(*points))
    rods_ml = _rods_ml(rods)
    threshold = _threshold_for(poured, max(cement.volume_ml - rods_ml, 0.0))
    return FilledShape(field, threshold, tuple(rods))


def _rods_ml(rods: Sequence[Limb]) -> float:
    if not rods:
        return 0.0
    points = _rods_lattice(rods).coordinates(RigidTransform.identity())
    return _volume_ml(_share_in(rods, *points))


def _share_in(rods: Sequence[Limb], u: Field, v: Field, w: Field) -> Field:
    """Return how much of each voxel any of the rods fills: they are too thin for whole voxels."""
    nearest = np.full(u.shape, FAR_MM, np.float32)
    for rod in rods:
        np.minimum(nearest, rod.distance_mm(u, v, w), out=nearest)
    return coverage(nearest, _STEP_MM)


@functools.lru_cache(maxsize=16)
def cavity_shape(body: BodyShape, cavity: Cavity) -> FilledShape:
    """Return a cavity of exactly its volume."""
    points = _body_lattice(body).coordinates(RigidTransform.identity())
    field = _main_field(body, 0.0, 0)
    return FilledShape(field, _threshold_for(field(*points), cavity.volume_ml))
