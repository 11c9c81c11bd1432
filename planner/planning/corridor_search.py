"""Proposed needles for a level: ranked, different from each other, each with its reasons."""

import itertools
from collections import Counter
from collections.abc import Iterator, Sequence

import attrs

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.planning.gauge_choice import ProposalRequest, gauges_to_try
from planner.planning.measures import NeedleMeasures
from planner.planning.needle_checks import NeedleCheck
from planner.planning.needle_ranking import reasons_for, rising
from planner.planning.plan import Approach, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.planning.side_search import (
    FoundNeedle,
    SideResult,
    SideSearch,
    warm_up_side_search,
)

_PER_SIDE = 8
_MOST_PROPOSALS = 6
_USES_OF_A_NEEDLE = 3
"""How often one needle may come back in proposals of two, so that they differ."""
_ASYMMETRY_WEIGHT = 6.0
_STEEPNESS_FULL_DEG = 30.0
_ANY_APPROACH = (
    Approach.BIPEDICULAR,
    Approach.UNIPEDICULAR_LEFT,
    Approach.UNIPEDICULAR_RIGHT,
)


@attrs.frozen
class Proposal:
    """Needles for one level that the user may take, change or leave."""

    title: str
    approach: Approach
    needles: tuple[PlannedNeedle, ...]
    measures: tuple[NeedleMeasures, ...]
    score: float
    """0 to 100; ranks proposals of one level, nothing else."""
    reasons: tuple[str, ...]
    tried: int
    """How many straight paths were looked at to find it."""
    is_admissible: bool = True
    forbidden_by: tuple[str, ...] = ()
    """Codes of the hard limits it breaks: then it is the least bad path, not a good one."""


def propose(
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    progress: Progress = no_progress,
) -> tuple[Proposal, ...]:
    """Return needles for a level, the best first.

    Without an approach in the request, two needles are proposed where both pedicles let one
    pass, and otherwise one. Where no path keeps every hard limit, the least bad one comes back
    with `Proposal.is_admissible` false and the limits it breaks.

    Raises
    ------
    PlanProblem
        If a pedicle that is asked for was not found, a gauge that is asked for does not fit, or
        no straight path leads through the pedicle at all.
    """
    approaches = _possible(maps.vertebra) if request.approach is None else (request.approach,)
    search = _LevelSearch(maps, request, catalog)
    admissible: list[tuple[Proposal, ...]] = []
    for number, approach in enumerate(approaches):
        part = part_of(progress, number / len(approaches), (number + 1) / len(approaches))
        found = search.admissible(approach, part)
        if found and approach is Approach.BIPEDICULAR:
            return found
        admissible.extend([found] if found else [])
    if admissible:
        return max(admissible, key=lambda proposals: proposals[0].score)
    return max((search.least_bad(approach, progress) for approach in approaches), key=_goodness)


def _goodness(proposals: tuple[Proposal, ...]) -> tuple[int, float]:
    return -len(proposals[0].forbidden_by), proposals[0].score


def warm_up_search() -> None:
    """Compile the search, or load it compiled, on a problem of no size."""
    warm_up_side_search()


def _possible(vertebra: VertebraModel) -> tuple[Approach, ...]:
    possible = tuple(
        approach
        for approach in _ANY_APPROACH
        if all(vertebra.pedicle(side) is not None for side in approach.sides)
    )
    if not possible:
        raise PlanProblem(
            f"No pedicle was found at {vertebra.level.name}.",
            hint="Correct the level's outline, or place the needles by hand with E and T.",
        )
    return possible


@attrs.frozen(eq=False)
class _LevelSearch:
    """What is looked for, through whichever pedicles."""

    maps: SafetyMaps
    request: ProposalRequest
    catalog: DeviceCatalog

    def admissible(self, approach: Approach, progress: Progress) -> tuple[Proposal, ...]:
        """Return the admissible proposals of the first gauge that has any."""
        gauges = gauges_to_try(self.maps.vertebra, self.request, approach.sides, self.catalog)
        for number, models in enumerate(gauges):
            part = part_of(progress, number / len(gauges), (number + 1) / len(gauges))
            proposals = self._proposals(approach, models, part, is_strict=True)
            admissible = [proposal for proposal in proposals if proposal.is_admissible]
            if admissible:
                return tuple(_different(admissible))
        return ()

    def least_bad(self, approach: Approach, progress: Progress) -> tuple[Proposal, ...]:
        """Return the one proposal, of any gauge, that breaks the fewest limits."""
        gauges = gauges_to_try(self.maps.vertebra, self.request, approach.sides, self.catalog)
        found = [
            tuple(self._proposals(approach, models, progress, is_strict=False)[:1])
            for models in gauges
        ]
        return max(found, key=_goodness)

    def _proposals(
        self,
        approach: Approach,
        models: Sequence[NeedleModel],
        progress: Progress,
        *,
        is_strict: bool,
    ) -> list[Proposal]:
        results = []
        for number, side in enumerate(approach.sides):
            progress(number / len(approach.sides), f"Searching the {side.value} pedicle")
            is_bipedicular = len(approach.sides) > 1
            results.append(
                self._side(side, models, is_bipedicular=is_bipedicular, is_strict=is_strict)
            )
        tried = sum(result.tried for result in results)
        proposals = [
            _proposal(approach, needles, tried, self.catalog)
            for needles in itertools.product(*(result.found[:_PER_SIDE] for result in results))
        ]
        return sorted(proposals, key=lambda p: (len(p.forbidden_by), -p.score))

    def _side(
        self, side: Side, models: Sequence[NeedleModel], *, is_bipedicular: bool, is_strict: bool
    ) -> SideResult:
        pedicle = self.maps.vertebra.pedicle(side)
        result = (
            SideResult((), 0)
            if pedicle is None
            else SideSearch(self.maps, pedicle, models, self.catalog, is_bipedicular).run(
                is_strict=is_strict
            )
        )
        if not result.found and not is_strict:
            raise PlanProblem(
                f"No straight path leads through the {side.value} pedicle of "
                f"{self.maps.vertebra.level.name}.",
                hint="Check the level's outline, or place the needle by hand with E and T.",
            )
        return result


def _proposal(
    approach: Approach, found: tuple[FoundNeedle, ...], tried: int, catalog: DeviceCatalog
) -> Proposal:
    broken = [check for item in found for check in item.broken]
    measures = tuple(item.measures for item in found)
    is_bipedicular = len(found) > 1
    reasons = [
        f"{item.needle.side.value}: {reason}" if is_bipedicular else reason
        for item in found
        for reason in reasons_for(item.measures, is_bipedicular=is_bipedicular)
    ]
    score = sum(item.score for item in found) / len(found)
    return Proposal(
        title=_title(approach, found, catalog),
        approach=approach,
        needles=tuple(item.needle for item in found),
        measures=measures,
        score=max(score - _ASYMMETRY_WEIGHT * _asymmetry(measures), 0.0),
        reasons=(*(_broken_words(check) for check in broken), *reasons),
        tried=tried,
        is_admissible=not broken,
        forbidden_by=tuple(dict.fromkeys(check.code for check in broken)),
    )


def _title(approach: Approach, found: Sequence[FoundNeedle], catalog: DeviceCatalog) -> str:
    angles = " and ".join(
        f"{item.needle.side.value} "
        f"{_turn_words(item.measures.transverse_deg, 'medial', 'lateral')}, "
        f"{_turn_words(item.measures.sagittal_deg, 'caudad', 'cephalad')}"
        for item in found
    )
    gauge = catalog.needle(found[0].needle.model_id).gauge
    return f"{approach.value.split('-')[0].capitalize()}, {gauge} G: {angles}"


def _turn_words(angle_deg: float, positive: str, negative: str) -> str:
    return f"{abs(angle_deg):.0f} degrees {positive if angle_deg >= 0.0 else negative}"


def _broken_words(check: NeedleCheck) -> str:
    if check.value is None:
        return f"forbidden: the distance {check.title} is not known"
    least = "at most" if check.is_upper_limit else "at least"
    return (
        f"forbidden: {check.value:.2f} {check.unit} {check.title}, "
        f"where it must be {least} {check.limit:.2f}"
    )


def _asymmetry(measures: Sequence[NeedleMeasures]) -> float:
    """Return 0 for needles that mirror each other, 1 for such as have nothing in common."""
    if len(measures) < 2:
        return 0.0
    one, other = measures
    depth = abs(one.tip_depth_share - other.tip_depth_share)
    lateral = abs((one.tip_lateral_share or 0.0) - (other.tip_lateral_share or 0.0))
    steepness = abs(one.sagittal_deg - other.sagittal_deg) / _STEEPNESS_FULL_DEG
    return rising(depth + lateral + steepness, 0.0, 1.0)


def _different(ranked: Sequence[Proposal]) -> Iterator[Proposal]:
    """Yield proposals from the best down, no needle more often than a few times."""
    uses: Counter[PlannedNeedle] = Counter()
    chosen = 0
    for proposal in ranked:
        if any(uses[needle] >= _USES_OF_A_NEEDLE for needle in proposal.needles):
            continue
        uses.update(proposal.needles)
        chosen += 1
        yield proposal
        if chosen == _MOST_PROPOSALS:
            return
