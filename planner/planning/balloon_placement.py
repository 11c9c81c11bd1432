"""Balloons on the axis of their needle: where they lie, how large they are, what they touch."""

import bisect
import contextlib

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.devices.balloon_inflation import inflated_size
from planner.devices.device_values import BalloonModel, DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlanProblem
from planner.geometry.points import Triple
from planner.geometry.shapes import Capsule, Segment, capsule_between
from planner.geometry.units import ml_from_mm3
from planner.planning.balloon_contact import volume_inside_mm3, walls_touched
from planner.planning.measures import BalloonMeasures
from planner.planning.needle_path import first_in_mask_mm, outward_lps, posterior_wall_mm
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps

_STEP_ML = 0.1
_AXIS_POINTS = 25
_FRONTS_BEYOND_TIP_MM = (4.0, 2.0, 0.0, -2.0, -4.0, -6.0)
"""Depths tried for a balloon: a drill may go on from the tip, a wall too near asks for less."""
_LEAST_ML = 0.5
"""A balloon that can take less has no room to do anything."""
_ROOMY_SHARE = 0.75
"""A balloon has room when it takes this share of what the roomiest one takes; the longest of
these is chosen, since it lifts the endplates over the longest stretch."""


def measure_balloon(
    balloon: PlannedBalloon, needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog
) -> BalloonMeasures:
    """Return where a balloon lies, its inflated shape, what it is nearest to and presses on.

    Parameters
    ----------
    balloon
        On the side of `needle`.
    needle
        Whose axis carries the balloon.
    maps
        Of the vertebra.

    Raises
    ------
    PlanProblem
        If the catalogue has no such balloon.
    """
    placed = _placed(balloon, needle, maps, catalog)
    return attrs.evolve(
        placed,
        touched=walls_touched(placed.shape, maps),
        cavity_ml=ml_from_mm3(volume_inside_mm3(placed.pushed_open, maps)),
    )


def _placed(
    balloon: PlannedBalloon, needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog
) -> BalloonMeasures:
    """Return a balloon's measures without what it presses on, which takes longer."""
    model = catalog.balloon(balloon.model_id)
    path = needle.path
    front_mm = path.length_mm + balloon.front_beyond_tip_mm
    rear_mm = front_mm - model.working_length_mm
    shape = inflated_shape(path, (front_mm + rear_mm) / 2.0, model, balloon.volume_ml)
    contact_mm, place = _contact(shape, maps)
    return BalloonMeasures(
        side=balloon.side,
        shape=shape,
        contact_mm=contact_mm,
        nearest_wall=_wall_name(place, maps),
        rear_marker_beyond_cannula_mm=rear_mm - cannula_end_mm(path, maps.vertebra),
        front_marker_lps_mm=path.point_at(front_mm),
        rear_marker_lps_mm=path.point_at(rear_mm),
    )


def cannula_end_mm(path: Segment, vertebra: VertebraModel) -> float:
    """Return where the working cannula ends, from the skin: a little past the posterior wall.

    A needle past the pedicle crosses the plane of that wall before it meets the body: its cannula
    ends as far inside the bone. Where the line runs beside the plane it ends at the tip.
    """
    wall_mm = posterior_wall_mm(path, vertebra)
    if wall_mm is None:
        return path.length_mm
    bone_mm = first_in_mask_mm(path, vertebra.whole)
    behind_mm = wall_mm if bone_mm is None else max(wall_mm, bone_mm)
    return behind_mm + clinical_number("cannula-past-posterior-wall")


def usual_balloon(
    needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog
) -> PlannedBalloon:
    """Return the balloon that a needle and its body take, inflated until it nears bone.

    Of the balloons that pass the needle and have room with both markers past the cannula's end
    and the least distance to the cortex kept, the longest. The distance is kept whatever its
    uncertainty, or, where that leaves no room, by its number alone.

    Raises
    ------
    PlanProblem
        If no balloon passes the needle or none has room.
    """
    gauge = catalog.needle(needle.model_id).gauge
    passing = [model for model in catalog.balloons if model.minimum_gauge >= gauge]
    if not passing:
        raise PlanProblem(
            f"No balloon of the catalogue passes a cannula of {gauge} G.",
            hint="Choose a wider needle, or a vertebroplasty.",
        )
    limit_mm = clinical_number("balloon-cortex-limit")
    for keep_mm in (limit_mm + maps.vertebra.boundary_uncertainty_mm, limit_mm):
        placed = [
            _inflated_until_near_bone(model, needle, front_mm, keep_mm, maps, catalog)
            for model in passing
            for front_mm in _FRONTS_BEYOND_TIP_MM
        ]
        fitting = [balloon for balloon in placed if balloon.volume_ml >= _LEAST_ML]
        if fitting:
            return _longest_roomy(fitting, catalog)
    raise PlanProblem(
        f"No balloon has room on the {needle.side.value} needle of {maps.vertebra.level.name}.",
        hint="Move the tip forward or away from the walls, or choose a vertebroplasty.",
    )


def _longest_roomy(fitting: list[PlannedBalloon], catalog: DeviceCatalog) -> PlannedBalloon:
    roomy_ml = _ROOMY_SHARE * max(balloon.volume_ml for balloon in fitting)
    return max(
        (balloon for balloon in fitting if balloon.volume_ml >= roomy_ml),
        key=lambda b: (
            catalog.balloon(b.model_id).working_length_mm,
            b.volume_ml,
            b.front_beyond_tip_mm,
        ),
    )


def with_usual_balloons(
    level_plan: LevelPlan, maps: SafetyMaps, catalog: DeviceCatalog
) -> LevelPlan:
    """Return a level with the usual balloon on each needle that has room for one.

    A needle without room stays without: every assessment of the plan says so.
    """
    balloons: list[PlannedBalloon] = []
    for needle in level_plan.needles:
        with contextlib.suppress(PlanProblem):
            balloons.append(usual_balloon(needle, maps, catalog))
    return attrs.evolve(level_plan, balloons=tuple(balloons))


def balloons_touch(shapes: tuple[Capsule, ...]) -> bool:
    """Return whether two inflated balloons of a level need the same space."""
    for number, one in enumerate(shapes):
        for other in shapes[number + 1 :]:
            points = _axis_points(one)
            apart_mm = float(other.axis.distance_mm(points).min())
            if apart_mm < one.radius_mm + other.radius_mm:
                return True
    return False


def _inflated_until_near_bone(
    model: BalloonModel,
    needle: PlannedNeedle,
    front_beyond_tip_mm: float,
    keep_mm: float,
    maps: SafetyMaps,
    catalog: DeviceCatalog,
) -> PlannedBalloon:
    """Return a balloon as full as it may be at a depth; empty where there is no room at all."""

    def inflated(step: int) -> PlannedBalloon:
        return PlannedBalloon(needle.side, model.id, front_beyond_tip_mm, round(step * _STEP_ML, 3))

    def has_no_room(step: int) -> bool:
        measures = _placed(inflated(step), needle, maps, catalog)
        return measures.rear_marker_beyond_cannula_mm < 0.0 or measures.contact_mm < keep_mm

    steps = range(1, round(model.maximum_volume_ml / _STEP_ML) + 1)
    roomy = bisect.bisect_left(steps, x=True, key=has_no_room)
    return inflated(roomy)


def inflated_shape(
    path: Segment, middle_mm: float, model: BalloonModel, volume_ml: float
) -> Capsule:
    """Return an inflated balloon whose middle lies at a place of its needle's path."""
    size = inflated_size(model, volume_ml)
    half_axis_mm = (size.length_mm - size.diameter_mm) / 2.0
    return capsule_between(
        path.point_at(middle_mm - half_axis_mm),
        path.point_at(middle_mm + half_axis_mm),
        size.diameter_mm / 2.0,
    )


def _axis_points(shape: Capsule) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.linspace(shape.axis.start_lps_mm, shape.axis.end_lps_mm, _AXIS_POINTS)


def _contact(shape: Capsule, maps: SafetyMaps) -> tuple[float, Triple]:
    """Return the distance from a balloon to the body's surface, and the nearest axis point."""
    points = _axis_points(shape)
    depth_mm = maps.body.at(points)
    place = int(depth_mm.argmin())
    x, y, z = (float(v) for v in points[place])
    return float(depth_mm[place]) - shape.radius_mm, (x, y, z)


def _wall_name(place_lps_mm: Triple, maps: SafetyMaps) -> str:
    x, y, z = maps.vertebra.lps_from_vertebra.inverse.vector(outward_lps(place_lps_mm, maps.body))
    if abs(z) >= max(abs(x), abs(y)):
        return "superior endplate" if z > 0 else "inferior endplate"
    if abs(y) >= abs(x):
        return "posterior wall" if y > 0 else "anterior wall"
    return "lateral wall"
