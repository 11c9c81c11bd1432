"""The whole automatic plan of one level."""

from collections.abc import Callable

import attrs

from planner.devices.device_values import DeviceCatalog
from planner.planning.balloon_placement import with_usual_balloons
from planner.planning.cement_plan import usual_cement
from planner.planning.corridor_search import Proposal, propose
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import LevelPlan, Procedure
from planner.planning.safety_maps import SafetyMaps

StageDone = Callable[[str], None]
"""Told the name of each stage when it is done: trajectories, balloons, cement."""


def _tell_nobody(stage: str) -> None:
    del stage


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
    best = propose(maps, request, catalog)[0]
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
    level_plan = attrs.evolve(level_plan, cement=usual_cement(maps.vertebra))
    stage_done("cement")
    return level_plan
