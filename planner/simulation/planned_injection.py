"""What a level's plan means to cement: where it comes out, through what, into which hollows."""

import attrs
import numpy as np

from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.geometry.points import Triple, as_triple
from planner.geometry.shapes import Capsule, CutCapsule, Segment
from planner.planning.level_balloons import level_balloons
from planner.planning.plan import LevelPlan, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.simulation.cement_fill import MOST_ML, CementInjection, CementSource


def planned_injection(
    level_plan: LevelPlan,
    maps: SafetyMaps,
    catalog: DeviceCatalog,
    volume_ml: float | None = None,
) -> CementInjection:
    """Return the injection that a level's plan describes.

    Cement comes out of each needle's tip, in equal shares; where a balloon has been, from the
    middle of the hollow it leaves.

    Parameters
    ----------
    level_plan, maps, catalog
        The plan, its vertebra, and the instruments it names.
    volume_ml
        Instead of the planned one.

    Raises
    ------
    PlanProblem
        If the level has no needle, or no volume is planned or given.
    """
    name = level_plan.level.name
    if not level_plan.needles:
        raise PlanProblem(f"{name} has no needle, so no cement can be pictured.")
    cement = level_plan.cement
    if volume_ml is None and cement is None:
        raise PlanProblem(f"No cement is planned at {name}.", hint="Give a volume.")
    wanted_ml = cement.volume_ml if volume_ml is None and cement is not None else volume_ml or 0.0
    if wanted_ml > MOST_ML:
        raise PlanProblem(
            f"{wanted_ml:.1f} ml at {name} is more than any body is given.",
            hint=f"Give at most {MOST_ML:.0f} ml.",
        )
    cavities: list[CutCapsule] = []
    sources = []
    measured = {m.side: m for m in level_balloons(level_plan, maps, catalog)}
    for needle in level_plan.needles:
        opening: Triple = needle.tip_lps_mm
        balloon = level_plan.balloon(needle.side)
        if balloon is not None and balloon.volume_ml > 0.0:
            cavity = measured[needle.side].pushed_open
            cavities.append(cavity)
            axis = cavity.capsule.axis
            opening = as_triple(np.add(axis.start_lps_mm, axis.end_lps_mm) / 2.0)
        radius_mm = catalog.needle(needle.model_id).outer_radius_mm
        sources.append(CementSource(opening, track=_track(needle, opening, radius_mm)))
    viscosity = "high" if cement is None else catalog.cement(cement.model_id).viscosity
    return CementInjection(tuple(sources), wanted_ml, viscosity, tuple(cavities))


def _track(needle: PlannedNeedle, opening: Triple, radius_mm: float) -> Capsule:
    """Return what the needle has cut, from where cement comes out back to the skin."""
    return Capsule(Segment(opening, needle.skin_lps_mm), radius_mm)


def with_tip(injection: CementInjection, number: int, tip_lps_mm: Triple) -> CementInjection:
    """Return an injection with one tip elsewhere, such as to compare two places."""
    sources = list(injection.sources)
    sources[number] = attrs.evolve(sources[number], tip_lps_mm=tip_lps_mm)
    return attrs.evolve(injection, sources=tuple(sources))
