"""What a user can do to a plan: one pure function each, old plan in, new plan out."""

from collections.abc import Callable, Iterable, Mapping

import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import PlanProblem
from planner.geometry.measurement import Measurement
from planner.geometry.points import PointLike, as_triple, as_unit_vector
from planner.planning.plan import (
    AcceptedFinding,
    Approach,
    BalloonLimits,
    CementPhases,
    DeadVolume,
    Injector,
    KeptVariant,
    LevelPlan,
    Plan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)

_FROM_THE_HEAD = tuple(VertebraLevel)


def put_level(plan: Plan, level_plan: LevelPlan) -> Plan:
    """Return the plan with a level put in its place, instead of what was planned there."""
    others = [item for item in plan.levels if item.level is not level_plan.level]
    ordered = sorted([*others, level_plan], key=lambda item: _FROM_THE_HEAD.index(item.level))
    return attrs.evolve(plan, levels=tuple(ordered))


def remove_level(plan: Plan, level: VertebraLevel) -> Plan:
    """Return the plan without a level, its variants and what was accepted at it."""
    return attrs.evolve(
        plan,
        levels=tuple(item for item in plan.levels if item.level is not level),
        accepted=tuple(item for item in plan.accepted if item.level is not level),
        variants=tuple(item for item in plan.variants if item.level is not level),
    )


def rename_levels(plan: Plan, names: Mapping[VertebraLevel, VertebraLevel]) -> Plan:
    """Return the plan with levels called otherwise, wherever the plan names them."""

    def level(item: LevelPlan) -> LevelPlan:
        return attrs.evolve(item, level=names.get(item.level, item.level))

    def accepted(item: AcceptedFinding) -> AcceptedFinding:
        name = None if item.level is None else names.get(item.level, item.level)
        return attrs.evolve(item, level=name)

    def variant(item: KeptVariant) -> KeptVariant:
        kept = tuple(accepted(finding) for finding in item.accepted)
        return attrs.evolve(item, plan=level(item.plan), accepted=kept)

    return attrs.evolve(
        plan,
        levels=tuple(level(item) for item in plan.levels),
        accepted=tuple(accepted(item) for item in plan.accepted),
        variants=tuple(
            attrs.evolve(item, kept=tuple(variant(kept) for kept in item.kept))
            for item in plan.variants
        ),
    )


def put_measurement(plan: Plan, measurement: Measurement) -> Plan:
    """Return the plan with a measurement, instead of the one of the same id where there is one."""
    if plan.measurement(measurement.id) is None:
        return attrs.evolve(plan, measurements=(*plan.measurements, measurement))
    kept = (measurement if m.id == measurement.id else m for m in plan.measurements)
    return attrs.evolve(plan, measurements=tuple(kept))


def remove_measurement(plan: Plan, measurement_id: str) -> Plan:
    """Return the plan without a measurement."""
    kept = tuple(item for item in plan.measurements if item.id != measurement_id)
    return attrs.evolve(plan, measurements=kept)


def set_procedure(plan: Plan, level: VertebraLevel, procedure: Procedure) -> Plan:
    """Return the plan with another procedure; a vertebroplasty has no balloons."""
    item = plan.at(level) or LevelPlan(level, procedure)
    balloons = item.balloons if procedure is Procedure.KYPHOPLASTY else ()
    return put_level(plan, attrs.evolve(item, procedure=procedure, balloons=balloons))


def set_approach(plan: Plan, level: VertebraLevel, approach: Approach) -> Plan:
    """Return the plan without the needles and balloons that an approach has no place for."""
    item, routes = _level(plan, level), approach.routes
    return set_needles(plan, level, (n for n in item.needles if routes.get(n.side) is n.route))


def set_needles(plan: Plan, level: VertebraLevel, needles: Iterable[PlannedNeedle]) -> Plan:
    """Return the plan with these needles and no others, such as those of a proposal."""
    item, chosen = _level(plan, level), tuple(needles)
    sides = {needle.side for needle in chosen}
    balloons = tuple(balloon for balloon in item.balloons if balloon.side in sides)
    return put_level(plan, attrs.evolve(item, needles=chosen, balloons=balloons))


def put_needle(plan: Plan, level: VertebraLevel, needle: PlannedNeedle) -> Plan:
    """Return the plan with a needle on its side, instead of one that was there."""
    item = _level(plan, level)
    others = [n for n in item.needles if n.side is not needle.side]
    ordered = sorted([*others, needle], key=lambda n: tuple(Side).index(n.side))
    return put_level(plan, attrs.evolve(item, needles=tuple(ordered)))


def remove_needle(plan: Plan, level: VertebraLevel, side: Side) -> Plan:
    """Return the plan without the needle of a side and its balloon."""
    return set_needles(plan, level, (n for n in _level(plan, level).needles if n.side is not side))


def move_tip(plan: Plan, level: VertebraLevel, side: Side, tip_lps_mm: PointLike) -> Plan:
    """Return the plan with a needle's tip elsewhere, its entry where it was."""
    needle = _needle(plan, level, side)
    return put_needle(plan, level, attrs.evolve(needle, tip_lps_mm=as_triple(tip_lps_mm)))


def move_entry(plan: Plan, level: VertebraLevel, side: Side, skin_lps_mm: PointLike) -> Plan:
    """Return the plan with a needle's entry elsewhere, its tip where it was."""
    needle = _needle(plan, level, side)
    return put_needle(plan, level, attrs.evolve(needle, skin_lps_mm=as_triple(skin_lps_mm)))


def move_whole_needle(plan: Plan, level: VertebraLevel, side: Side, by_lps_mm: PointLike) -> Plan:
    """Return the plan with a needle moved sideways, its angles as they were."""
    needle, by = _needle(plan, level, side), np.asarray(by_lps_mm)
    moved = attrs.evolve(
        needle,
        skin_lps_mm=as_triple(np.asarray(needle.skin_lps_mm) + by),
        tip_lps_mm=as_triple(np.asarray(needle.tip_lps_mm) + by),
    )
    return put_needle(plan, level, moved)


def pivot_about_tip(
    plan: Plan, level: VertebraLevel, side: Side, towards_lps_mm: PointLike
) -> Plan:
    """Return the plan with a needle turned about its tip towards a point, as long as it was."""
    needle = _needle(plan, level, side)
    tip = np.asarray(needle.tip_lps_mm)
    outwards = as_unit_vector(np.asarray(towards_lps_mm) - tip)
    skin = as_triple(tip + needle.path.length_mm * outwards)
    return put_needle(plan, level, attrs.evolve(needle, skin_lps_mm=skin))


def set_needle_model(plan: Plan, level: VertebraLevel, side: Side, model_id: str) -> Plan:
    """Return the plan with another product for a needle."""
    needle = _needle(plan, level, side)
    return put_needle(plan, level, attrs.evolve(needle, model_id=model_id))


def mirror_needle(plan: Plan, level: VertebraLevel, side: Side, vertebra: VertebraModel) -> Plan:
    """Return the plan with a side's needle mirrored to the other side of the vertebra."""
    needle = _needle(plan, level, side)
    lps_from_vertebra = vertebra.lps_from_vertebra
    skin, tip = (
        lps_from_vertebra.point(lps_from_vertebra.inverse.point(point) * np.array([-1.0, 1.0, 1.0]))
        for point in (needle.skin_lps_mm, needle.tip_lps_mm)
    )
    mirrored = attrs.evolve(
        needle, side=side.opposite, skin_lps_mm=as_triple(skin), tip_lps_mm=as_triple(tip)
    )
    return put_needle(plan, level, mirrored)


def put_balloon(plan: Plan, level: VertebraLevel, balloon: PlannedBalloon) -> Plan:
    """Return the plan with a balloon on its side, instead of one that was there."""
    item = _level(plan, level)
    others = [b for b in item.balloons if b.side is not balloon.side]
    ordered = sorted([*others, balloon], key=lambda b: tuple(Side).index(b.side))
    return put_level(plan, attrs.evolve(item, balloons=tuple(ordered)))


def set_balloon_model(plan: Plan, level: VertebraLevel, side: Side, model_id: str) -> Plan:
    """Return the plan with another product for a balloon."""
    return _change_balloon(plan, level, side, lambda b: attrs.evolve(b, model_id=model_id))


def set_balloon_depth(
    plan: Plan, level: VertebraLevel, side: Side, front_beyond_tip_mm: float
) -> Plan:
    """Return the plan with a balloon slid along its needle."""
    return _change_balloon(
        plan, level, side, lambda b: attrs.evolve(b, front_beyond_tip_mm=front_beyond_tip_mm)
    )


def inflate_balloon(plan: Plan, level: VertebraLevel, side: Side, volume_ml: float) -> Plan:
    """Return the plan with a balloon inflated to a volume."""
    if volume_ml < 0.0:
        raise PlanProblem("A balloon's volume cannot be below zero.")
    return _change_balloon(plan, level, side, lambda b: attrs.evolve(b, volume_ml=volume_ml))


def remove_balloon(plan: Plan, level: VertebraLevel, side: Side) -> Plan:
    """Return the plan without the balloon of a side."""
    item = _level(plan, level)
    left = tuple(balloon for balloon in item.balloons if balloon.side is not side)
    return put_level(plan, attrs.evolve(item, balloons=left))


def set_cement(plan: Plan, level: VertebraLevel, cement: PlannedCement | None) -> Plan:
    """Return the plan with this cement at a level, or with none."""
    return put_level(plan, attrs.evolve(_level(plan, level), cement=cement))


def set_cement_volume(plan: Plan, level: VertebraLevel, volume_ml: float) -> Plan:
    """Return the plan with another volume of its cement."""
    if volume_ml < 0.0:
        raise PlanProblem("A volume of cement cannot be below zero.")
    return set_cement(plan, level, attrs.evolve(_cement(plan, level), volume_ml=volume_ml))


def set_cement_model(plan: Plan, level: VertebraLevel, model_id: str) -> Plan:
    """Return the plan with another cement."""
    return set_cement(plan, level, attrs.evolve(_cement(plan, level), model_id=model_id))


def set_healed(plan: Plan, level: VertebraLevel, *, is_healed: bool) -> Plan:
    """Return the plan with the user's word on whether the fracture has healed."""
    return put_level(plan, attrs.evolve(_level(plan, level), is_healed=is_healed))


def set_gauge_reading(
    plan: Plan, level: VertebraLevel, side: Side, gauge_psi: float | None
) -> Plan:
    """Return the plan with what the user read on a balloon's gauge; None takes it out."""
    return _change_balloon(plan, level, side, lambda b: attrs.evolve(b, gauge_psi=gauge_psi))


def set_balloon_limits(plan: Plan, limits: BalloonLimits) -> Plan:
    """Return the plan with limits the user has read, instead of earlier ones of that balloon."""
    others = tuple(item for item in plan.balloon_limits if item.model_id != limits.model_id)
    return attrs.evolve(plan, balloon_limits=(*others, limits))


def set_dead_volume(plan: Plan, read: DeadVolume) -> Plan:
    """Return the plan with a lumen's volume the user has read, instead of an earlier one."""
    others = tuple(item for item in plan.dead_volumes if item.model_id != read.model_id)
    return attrs.evolve(plan, dead_volumes=(*others, read))


def set_injector(plan: Plan, injector: Injector | None) -> Plan:
    """Return the plan with the user's own device."""
    return attrs.evolve(plan, injector=injector)


def set_cement_phases(plan: Plan, phases: CementPhases | None) -> Plan:
    """Return the plan with when the user's product may be injected."""
    return attrs.evolve(plan, cement_phases=phases)


def accept_finding(plan: Plan, acceptance: AcceptedFinding) -> Plan:
    """Return the plan with a finding accepted, instead of an earlier acceptance of that rule."""
    others = tuple(item for item in plan.accepted if item.rule != acceptance.rule)
    return attrs.evolve(plan, accepted=(*others, acceptance))


def withdraw_acceptance(plan: Plan, acceptance: AcceptedFinding) -> Plan:
    """Return the plan without an acceptance."""
    kept = tuple(item for item in plan.accepted if item != acceptance)
    return attrs.evolve(plan, accepted=kept)


def _level(plan: Plan, level: VertebraLevel) -> LevelPlan:
    item = plan.at(level)
    if item is None:
        raise PlanProblem(
            f"Nothing is planned at {level.name}.", hint="Choose a procedure for it first."
        )
    return item


def _needle(plan: Plan, level: VertebraLevel, side: Side) -> PlannedNeedle:
    needle = _level(plan, level).needle(side)
    if needle is None:
        raise PlanProblem(
            f"{level.name} has no {side.value} needle.", hint="Place one with E and T."
        )
    return needle


def _cement(plan: Plan, level: VertebraLevel) -> PlannedCement:
    cement = _level(plan, level).cement
    if cement is None:
        raise PlanProblem(f"No cement is planned at {level.name}.", hint="Choose a cement first.")
    return cement


def _change_balloon(
    plan: Plan,
    level: VertebraLevel,
    side: Side,
    change: Callable[[PlannedBalloon], PlannedBalloon],
) -> Plan:
    balloon = _level(plan, level).balloon(side)
    if balloon is None:
        raise PlanProblem(
            f"{level.name} has no {side.value} balloon.", hint="Choose a balloon first."
        )
    return put_balloon(plan, level, change(balloon))
