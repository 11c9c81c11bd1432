"""What a plan looks like in an X-ray: its needles, cannulas and balloons."""

from collections.abc import Iterator

from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog
from planner.geometry.shapes import Segment
from planner.planning.balloon_placement import cannula_end_mm, inflated_shape
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.instruments import access_needle, inflated_balloon, working_cannula


def bodies_of_level(
    level_plan: LevelPlan, vertebra: VertebraModel, catalog: DeviceCatalog
) -> tuple[AttenuatingBody, ...]:
    """Return the instruments of a level in the beam.

    Where a side has a balloon it lies inflated in front of its working cannula; elsewhere the
    access needle stands with its tip where it is planned.

    Raises
    ------
    PlanProblem
        If the catalogue lacks a needle or a balloon of the plan.
    """
    return tuple(_bodies(level_plan, vertebra, catalog))


def _bodies(
    level_plan: LevelPlan, vertebra: VertebraModel, catalog: DeviceCatalog
) -> Iterator[AttenuatingBody]:
    for needle in level_plan.needles:
        model = catalog.needle(needle.model_id)
        balloon = level_plan.balloon(needle.side)
        if balloon is None:
            yield from access_needle(model, needle.path)
            continue
        end_mm = cannula_end_mm(needle.path, vertebra)
        tube = Segment(needle.skin_lps_mm, needle.path.point_at(end_mm))
        yield from working_cannula(model, tube)
        yield from _balloon_bodies(balloon, needle, catalog)


def _balloon_bodies(
    balloon: PlannedBalloon, needle: PlannedNeedle, catalog: DeviceCatalog
) -> tuple[AttenuatingBody, ...]:
    model, path = catalog.balloon(balloon.model_id), needle.path
    front_mm = path.length_mm + balloon.front_beyond_tip_mm
    rear_mm = front_mm - model.working_length_mm
    shape = inflated_shape(path, (front_mm + rear_mm) / 2.0, model, balloon.volume_ml)
    front, rear = path.point_at(front_mm), path.point_at(rear_mm)
    return inflated_balloon(shape, Segment(needle.skin_lps_mm, front), (front, rear))
