"""The whole automatic plan of one level."""

import functools
from collections.abc import Callable, Iterator

import attrs

from planner.anatomy.levels import Side
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress
from planner.planning.balloon_placement import usual_balloon, with_usual_balloons
from planner.planning.cement_plan import usual_cement
from planner.planning.corridor_search import Proposal, placed_among_others, propose
from planner.planning.gauge_choice import ProposalRequest, gauges_to_try
from planner.planning.level_balloons import hollow_ml, level_balloons
from planner.planning.plan import Approach, LevelPlan, PlannedNeedle, Procedure
from planner.planning.safety_maps import SafetyMaps

StageDone = Callable[[str], None]
"""Told the name of each stage when it is done: trajectories, balloons, cement."""


def _tell_nobody(stage: str) -> None:
    del stage


def propose_for_level(
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    progress: Progress = no_progress,
) -> tuple[Proposal, ...]:
    """Return proposed needles, the best first.

    For a kyphoplasty the first is the best one whose every needle has room for a balloon, where
    there is such a one. Two thinner needles with room go before a single one of the usual gauge.

    Raises
    ------
    PlanProblem
        If no needle can be proposed.
    """
    proposals = propose(maps, request, catalog, progress)
    if request.procedure is not Procedure.KYPHOPLASTY:
        return proposals

    @functools.cache
    def has_room(needle: PlannedNeedle) -> bool:
        try:
            usual_balloon(needle, maps, catalog)
        except PlanProblem:
            return False
        return True

    def is_roomy(proposal: Proposal) -> bool:
        return proposal.is_admissible and all(map(has_room, proposal.needles))

    pairs = [p for p in proposals if p.is_admissible and p.approach is Approach.BIPEDICULAR]
    if pairs and not any(map(is_roomy, pairs)):
        thinner = filter(is_roomy, _thinner_pairs(pairs[0], maps, request, catalog))
        proposals = placed_among_others((*thinner, *proposals))
    first = next(filter(is_roomy, proposals), proposals[0])
    return (first, *(proposal for proposal in proposals if proposal is not first))


def _thinner_pairs(
    pair: Proposal, maps: SafetyMaps, request: ProposalRequest, catalog: DeviceCatalog
) -> Iterator[Proposal]:
    """Yield pairs of needles thinner than those of a pair; none where a gauge was asked for."""
    tried = catalog.needle(pair.needles[0].model_id).gauge
    for models in gauges_to_try(maps.vertebra, request, tuple(Side), catalog):
        gauge = models[0].gauge
        if gauge > tried and request.gauge is None and request.model_id is None:
            both = attrs.evolve(request, approach=Approach.BIPEDICULAR, gauge=gauge)
            yield from propose(maps, both, catalog)


def propose_level(
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    stage_done: StageDone = _tell_nobody,
) -> LevelPlan:
    """Return the plan of a level: the best needles, balloons for a kyphoplasty, cement.

    Needles that break a hard limit are planned too when nothing better was found; every
    assessment of the plan says so.

    Raises
    ------
    PlanProblem
        If no needle can be proposed, or no balloon fits a kyphoplasty.
    """
    best = propose_for_level(maps, request, catalog)[0]
    stage_done("trajectories")
    return planned_with(best, maps, request, catalog, stage_done)


def planned_with(
    proposal: Proposal,
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    stage_done: StageDone = _tell_nobody,
) -> LevelPlan:
    """Return the plan of a level with a proposal's needles, balloons and cement to match.

    Raises
    ------
    PlanProblem
        If no balloon fits a kyphoplasty.
    """
    level_plan = LevelPlan(maps.vertebra.level, request.procedure, proposal.needles)
    if request.procedure is Procedure.KYPHOPLASTY:
        level_plan = with_usual_balloons(level_plan, maps, catalog)
    stage_done("balloons")
    hollow = hollow_ml(level_plan, level_balloons(level_plan, maps, catalog))
    level_plan = attrs.evolve(level_plan, cement=usual_cement(maps.vertebra, hollow))
    stage_done("cement")
    return level_plan
