"""The whole automatic plan of one level."""

import attrs

from planner.devices.device_values import DeviceCatalog
from planner.foundation.progress import Progress, no_progress, part_of
from planner.planning.balloon_placement import with_usual_balloons
from planner.planning.cement_plan import usual_cement
from planner.planning.corridor_search import Proposal, propose
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import LevelPlan, Procedure
from planner.planning.safety_maps import SafetyMaps


@attrs.frozen
class LevelProposal:
    """A level's plan with the needles that were proposed, the ones taken first."""

    level_plan: LevelPlan
    proposals: tuple[Proposal, ...]


def propose_level(
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    progress: Progress = no_progress,
) -> LevelProposal:
    """Return the plan of a level: the best needles, balloons for a kyphoplasty, cement.

    Needles that break a hard limit are planned too when nothing better was found; the proposal
    says so, and so does every assessment of the plan.

    Raises
    ------
    PlanProblem
        If no needle can be proposed.
    """
    proposals = propose(maps, request, catalog, part_of(progress, 0.0, 0.8))
    return LevelProposal(planned_with(proposals[0], maps, request, catalog), proposals)


def planned_with(
    proposal: Proposal, maps: SafetyMaps, request: ProposalRequest, catalog: DeviceCatalog
) -> LevelPlan:
    """Return the plan of a level with a proposal's needles, balloons and cement to match."""
    level_plan = LevelPlan(
        maps.vertebra.level,
        request.procedure,
        proposal.needles,
        cement=usual_cement(maps.vertebra),
    )
    if request.procedure is not Procedure.KYPHOPLASTY:
        return level_plan
    return with_usual_balloons(level_plan, maps, catalog)
