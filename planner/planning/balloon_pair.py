"""Two balloons of a level that meet: each is flat where they touch and wider elsewhere."""

import functools

import attrs
import numpy as np

from planner.foundation.errors import PlanProblem
from planner.geometry.planes import Plane
from planner.geometry.points import FloatArray, as_triple
from planner.geometry.shapes import Capsule, CutCapsule
from planner.geometry.units import ml_from_mm3
from planner.planning.balloon_contact import volume_inside_mm3, walls_touched
from planner.planning.measures import BalloonMeasures
from planner.planning.safety_maps import SafetyMaps

_LATTICE_MM = 0.5
_WIDEST_SHARE = 1.35
"""A balloon pressed flat is at most this much wider: no more of its volume can be at stake."""
_AXIS_POINTS = 41
_KEPT = 8
"""Balloons stay as they are while anything else of the plan is dragged."""


@attrs.frozen
class FlattenedPair:
    """Two balloons on either side of the plane on which they touch."""

    touching: Plane
    """Its normal points from the first to the second."""
    first: Capsule
    """As wide as the part before the plane must be to hold the volume."""
    second: Capsule


@functools.lru_cache(maxsize=_KEPT)
def flattened_pair(first: Capsule, second: Capsule) -> FlattenedPair | None:
    """Return two balloons with the space that both need shared out; None where they do not meet.

    Equal pressure is taken for granted: the plane lies between their nearest points, as far
    inside one as inside the other. What each loses beyond it, it takes by growing wider.

    Raises
    ------
    PlanProblem
        If their axes cross: then one lies in the other, and no plane tells them apart.
    """
    one, other = _nearest_points(first, second)
    apart_mm = float(np.linalg.norm(other - one))
    if apart_mm >= first.radius_mm + second.radius_mm:
        return None
    if apart_mm < 1e-6:
        raise PlanProblem("The two balloons lie on top of each other.", hint="Move a needle.")
    normal = (other - one) / apart_mm
    along_mm = np.clip((apart_mm + first.radius_mm - second.radius_mm) / 2.0, 0.0, apart_mm)
    touching = Plane(as_triple(one + along_mm * normal), as_triple(normal))
    return FlattenedPair(touching, _grown(first, touching, -1.0), _grown(second, touching, 1.0))


def flattened_balloons(
    measured: tuple[BalloonMeasures, ...], maps: SafetyMaps
) -> tuple[BalloonMeasures, ...]:
    """Return a level's balloons as they lie once they flatten each other."""
    if len(measured) != 2 or min(m.shape.radius_mm for m in measured) == 0.0:
        return measured
    first, second = measured
    pair = flattened_pair(first.shape, second.shape)
    if pair is None:
        return measured
    touching = pair.touching
    back = Plane(touching.point_lps_mm, as_triple([-v for v in touching.normal_lps]))
    return (
        _pressed(first, pair.first, touching, maps),
        _pressed(second, pair.second, back, maps),
    )


def _pressed(
    measures: BalloonMeasures, shape: Capsule, flat: Plane, maps: SafetyMaps
) -> BalloonMeasures:
    grown_mm = shape.radius_mm - measures.shape.radius_mm
    return attrs.evolve(
        measures,
        shape=shape,
        flat=flat,
        contact_mm=measures.contact_mm - grown_mm,
        touched=walls_touched(shape, maps, flat),
        cavity_ml=ml_from_mm3(volume_inside_mm3(CutCapsule(shape, flat), maps)),
    )


def _nearest_points(first: Capsule, second: Capsule) -> tuple[FloatArray, FloatArray]:
    ones, others = _axis_points(first), _axis_points(second)
    apart = np.linalg.norm(ones[:, np.newaxis] - others, axis=2)
    a, b = np.unravel_index(int(apart.argmin()), apart.shape)
    return ones[a], others[b]


def _axis_points(shape: Capsule) -> FloatArray:
    points: FloatArray = np.linspace(shape.axis.start_lps_mm, shape.axis.end_lps_mm, _AXIS_POINTS)
    return points


def _grown(shape: Capsule, touching: Plane, side: float) -> Capsule:
    """Return a capsule about the same axis that holds its volume on one side of a plane."""
    reach_mm = _WIDEST_SHARE * shape.radius_mm
    ends = np.array([shape.axis.start_lps_mm, shape.axis.end_lps_mm])
    lower, upper = ends.min(axis=0) - reach_mm, ends.max(axis=0) + reach_mm
    axes = [np.arange(a, b, _LATTICE_MM) for a, b in zip(lower, upper, strict=True)]
    points = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    away_mm = shape.axis.distance_mm(points)
    own_mm = np.sort(away_mm[side * touching.signed_distance_mm(points) >= 0.0])
    # The radius within which as many points lie before the plane as lay on both sides: counted
    # on one lattice, so that what it gets wrong cancels.
    wanted = min(int(np.count_nonzero(away_mm <= shape.radius_mm)), len(own_mm)) - 1
    radius_mm = min(max(float(own_mm[wanted]), shape.radius_mm), reach_mm)
    return Capsule(shape.axis, radius_mm)
