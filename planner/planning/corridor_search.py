"""Proposed needles for a level: ranked, different from each other, each with its reasons."""

import itertools
import math
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import attrs

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress
from planner.planning.gauge_choice import ProposalRequest, gauges_to_try
from planner.planning.measures import NeedleMeasures
from planner.planning.mirrored_pedicle import mirrored_pedicle
from planner.planning.needle_checks import NeedleCheck
from planner.planning.needle_ranking import reasons_for, rising
from planner.planning.plan import Approach, NeedleRoute, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps
from planner.planning.side_search import (
    FoundNeedle,
    SideResult,
    SideSearch,
    warm_up_side_search,
)

_PER_SIDE = 8
_MOST_PROPOSALS = 6
_USES_OF_A_NEEDLE = 1
"""How often one needle may come back in proposals of two: each shows another way on both sides."""
_ASYMMETRY_WEIGHT = 6.0
_STEEPNESS_FULL_DEG = 30.0
_MOST_OF_A_KIND = 2
_PEDICLES_ONLY = {NeedleRoute.TRANSPEDICULAR}
"""Ways past a pedicle come after those through one: ribs, roots and lung lie beside them."""
_UNIPEDICULAR = (Approach.UNIPEDICULAR_LEFT, Approach.UNIPEDICULAR_RIGHT)
_WAYS_PAST = (
    *_UNIPEDICULAR,
    Approach.LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR,
    Approach.LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR,
    Approach.EXTRAPEDICULAR_BOTH,
    Approach.EXTRAPEDICULAR_LEFT,
    Approach.EXTRAPEDICULAR_RIGHT,
)
"""Where two needles through the pedicles break a limit."""
_TITLES = {
    Approach.EXTRAPEDICULAR_BOTH: "Extrapedicular, both sides",
    Approach.EXTRAPEDICULAR_LEFT: "Extrapedicular",
    Approach.EXTRAPEDICULAR_RIGHT: "Extrapedicular",
    Approach.LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR: "Left past, right through the pedicle",
    Approach.LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR: "Left through, right past the pedicle",
}


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
    place: str = ""
    """What sets it apart from the other proposals, such as ``widest pedicle margin``."""


def propose(
    maps: SafetyMaps,
    request: ProposalRequest,
    catalog: DeviceCatalog,
    progress: Progress = no_progress,
) -> tuple[Proposal, ...]:
    """Return needles for a level, the best first, each with its place among the others.

    Without an approach in the request, two needles through the pedicles are proposed where both
    let one pass, and one needle beside them as alternatives. A pedicle that lets none pass is
    gone past, and the least bad path through it comes last, marked as such. Where no path at all
    keeps every hard limit, the least bad one comes back alone with the limits it breaks.

    Raises
    ------
    PlanProblem
        If a pedicle that is asked for was not found, a gauge that is asked for does not fit, or
        no straight path leads in at all.
    """
    search = _LevelSearch(maps, request, catalog, progress)
    if request.approach is not None:
        found = search.admissible(request.approach) or search.least_bad(request.approach)
    else:
        found = _proposed_freely(search, maps.vertebra)
    progress(1.0, "")
    return placed_among_others(found)


def _proposed_freely(search: "_LevelSearch", vertebra: VertebraModel) -> list[Proposal]:
    sides = [side for side in Side if vertebra.pedicle(side) is not None]
    if not sides:
        raise PlanProblem(
            f"No pedicle was found at {vertebra.level.name}.",
            hint="Correct the level's outline, or place the needles by hand with E and T.",
        )
    both = search.admissible(Approach.BIPEDICULAR) if len(sides) == len(Side) else []
    if both:
        search.is_rough = True
        with ThreadPoolExecutor(len(_UNIPEDICULAR)) as pool:
            return both + [
                p for found in pool.map(search.admissible, _UNIPEDICULAR) for p in found[:1]
            ]
    others = [p for one in _WAYS_PAST for p in search.admissible(one)[:_MOST_OF_A_KIND]]
    others.sort(key=lambda one: (set(one.approach.routes.values()) != _PEDICLES_ONLY, -one.score))
    refused = [p for side in sides for p in search.least_bad_where_refused(side)]
    if others:
        return [*others[:_MOST_PROPOSALS], *refused]
    return sorted(refused, key=_goodness, reverse=True)


def _goodness(proposal: Proposal) -> tuple[int, float]:
    return -len(proposal.forbidden_by), proposal.score


def warm_up_search() -> None:
    """Compile the search, or load it compiled, on a problem of no size."""
    warm_up_side_search()


@attrs.define(eq=False)
class _LevelSearch:
    """What is looked for, by whichever ways in; no side is searched twice for the same."""

    maps: SafetyMaps
    request: ProposalRequest
    catalog: DeviceCatalog
    progress: Progress
    is_rough: bool = False
    """Whether what comes now is an alternative to better ways."""
    _known: dict[tuple[object, ...], SideResult] = attrs.field(factory=dict, init=False)

    def admissible(self, approach: Approach) -> list[Proposal]:
        """Return the admissible proposals of the first gauge that has any."""
        for models in self._gauges(approach):
            proposals = self._proposals(approach, models, is_strict=True)
            if proposals:
                return list(_different(proposals))
        return []

    def least_bad(self, approach: Approach) -> list[Proposal]:
        """Return the one proposal, of any gauge, that breaks the fewest limits."""
        found = [
            proposal
            for models in self._gauges(approach, is_asked=True)
            for proposal in self._proposals(approach, models, is_strict=False)[:1]
        ]
        if not found:
            side = approach.sides[0].value
            raise PlanProblem(
                f"No straight path leads through the {side} pedicle of "
                f"{self.maps.vertebra.level.name}.",
                hint="Check the level's outline, or place the needle by hand with E and T.",
            )
        return sorted(found, key=_goodness, reverse=True)[:1]

    def least_bad_where_refused(self, side: Side) -> list[Proposal]:
        """Return the least bad path through a pedicle that lets none pass; else nothing."""
        approach = Approach(f"unipedicular-{side.value}")
        try:
            return [] if self.admissible(approach) else self.least_bad(approach)
        except PlanProblem:
            return []

    def _gauges(
        self, approach: Approach, *, is_asked: bool = False
    ) -> tuple[tuple[NeedleModel, ...], ...]:
        through = [s for s, r in approach.routes.items() if r is NeedleRoute.TRANSPEDICULAR]
        is_asked = is_asked or self.request.approach is not None
        try:
            return gauges_to_try(self.maps.vertebra, self.request, through, self.catalog)
        except PlanProblem:
            if is_asked or self.request.gauge is not None or self.request.model_id is not None:
                raise
            return ()

    def _proposals(
        self, approach: Approach, models: Sequence[NeedleModel], *, is_strict: bool
    ) -> list[Proposal]:
        self.progress(0.1, f"Searching {self.maps.vertebra.level.name}: {approach.value}")
        is_pair = len(approach.sides) > 1

        def search(way: tuple[Side, NeedleRoute]) -> SideResult:
            return self._side(*way, models, is_pair=is_pair, is_strict=is_strict)

        with ThreadPoolExecutor(len(approach.sides)) as pool:
            results = list(pool.map(search, approach.routes.items()))
        tried = sum(result.tried for result in results)
        proposals = [
            _proposal(approach, needles, tried, self.catalog)
            for needles in itertools.product(*(result.found[:_PER_SIDE] for result in results))
        ]
        return sorted(proposals, key=_goodness, reverse=True)

    def _side(
        self,
        side: Side,
        route: NeedleRoute,
        models: Sequence[NeedleModel],
        *,
        is_pair: bool,
        is_strict: bool,
    ) -> SideResult:
        key = (side, route, models[0].gauge, is_pair, is_strict, self.is_rough)
        if key not in self._known:
            pedicle = self.maps.vertebra.pedicle(side)
            if pedicle is None and route is NeedleRoute.EXTRAPEDICULAR:
                pedicle = mirrored_pedicle(self.maps.vertebra, side)
            self._known[key] = (
                SideResult((), 0)
                if pedicle is None
                else SideSearch(
                    self.maps, pedicle, models, self.catalog, is_pair, route, self.is_rough
                ).run(is_strict=is_strict)
            )
        return self._known[key]


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
    way = _TITLES.get(approach, approach.value.split("-")[0].capitalize())
    return f"{way}, {gauge} G: {angles}"


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


def placed_among_others(proposals: Sequence[Proposal]) -> tuple[Proposal, ...]:
    """Return proposals, each with what sets it apart from the others in words."""
    good = [proposal for proposal in proposals if proposal.is_admissible]
    marks: dict[int, str] = {}
    for words, value in _DISTINCTIONS:
        ranked = sorted(good, key=value, reverse=True)
        if len(ranked) > 1 and value(ranked[0]) > value(ranked[1]) + _CLEARLY:
            marks.setdefault(id(ranked[0]), words)
    placed = []
    for proposal in proposals:
        place = marks.get(id(proposal), "")
        if not proposal.is_admissible:
            place = "least bad, breaks a limit"
        elif good and proposal.approach is not good[0].approach:
            place = _KINDS.get(proposal.approach, "") + (f", {place}" if place else "")
        elif not place:
            behind = good[0].score - proposal.score
            place = "nearly as good" if behind < _NEARLY_EQUAL else f"{behind:.0f} points behind"
            place = "best of all taken together" if proposal is good[0] else place
        placed.append(attrs.evolve(proposal, place=place))
    return tuple(placed)


def _least(proposal: Proposal, name: str) -> float:
    margins = [getattr(measures.margins, name) for measures in proposal.measures]
    return min((m.distance_mm for m in margins if m is not None), default=-math.inf)


_CLEARLY = 0.1
"""Millimetres by which a proposal has to lead before it is told."""
_NEARLY_EQUAL = 1.5
"""Points of the score that mean nothing, seen how far outlines may be off."""
_DISTINCTIONS: tuple[tuple[str, Callable[[Proposal], float]], ...] = (
    ("widest pedicle margin", lambda p: _least(p, "pedicle_wall")),
    ("furthest from the canal", lambda p: _least(p, "canal")),
    ("furthest from the roots", lambda p: _least(p, "foramen")),
    ("furthest from the endplates", lambda p: _least(p, "endplate")),
)
_KINDS = {
    Approach.UNIPEDICULAR_LEFT: "one needle, to the midline",
    Approach.UNIPEDICULAR_RIGHT: "one needle, to the midline",
    Approach.BIPEDICULAR: "two needles",
    **_TITLES,
}
