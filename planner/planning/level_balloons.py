"""All balloons of a level as they lie together, and the hollow they leave."""

from planner.devices.device_values import DeviceCatalog
from planner.planning.balloon_pair import flattened_balloons
from planner.planning.balloon_placement import measure_balloon
from planner.planning.kept_measures import measured_once
from planner.planning.measures import BalloonMeasures
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps


def level_balloons(
    level_plan: LevelPlan, maps: SafetyMaps, catalog: DeviceCatalog
) -> tuple[BalloonMeasures, ...]:
    """Return each balloon of a level, in the plan's order; where two meet, both flattened.

    Raises
    ------
    PlanProblem
        If the catalogue has no such balloon.
    """
    measured = tuple(
        _measured(balloon, needle, maps, catalog)
        for balloon in level_plan.balloons
        if (needle := level_plan.needle(balloon.side)) is not None
    )
    return flattened_balloons(measured, maps)


def _measured(
    balloon: PlannedBalloon, needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog
) -> BalloonMeasures:
    return measured_once(
        maps,
        (balloon, needle, catalog.balloon(balloon.model_id)),
        lambda: measure_balloon(balloon, needle, maps, catalog),
    )


def hollow_ml(level_plan: LevelPlan, measured: tuple[BalloonMeasures, ...]) -> float:
    """Return what the inflated balloons of a level push open in its body."""
    inflated = {balloon.side for balloon in level_plan.balloons if balloon.volume_ml > 0.0}
    return sum(m.cavity_ml or 0.0 for m in measured if m.side in inflated)
