"""The whole automatic plan of a study: images in, a case out."""

import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.segmenter import LevelAnchor
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import Triple
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import Plan
from planner.planning.propose_level import propose_level
from planner.storage.case import Case
from planner.workflow.find_levels import find_one_level, find_spine, known_anchor
from planner.workflow.level_request import LevelRequest
from planner.workflow.open_study import OpenStudy, open_study
from planner.workflow.planning_scene import PlanningScene, planning_scene

_SHARE_OF_LOADING = 0.2
_SHARE_OF_FINDING = 0.6


@attrs.frozen(eq=False)
class PlannedStudy:
    """A study with an automatic plan."""

    case: Case
    scene: PlanningScene
    seconds: dict[str, float]
    """Of loading, levels, trajectories, balloons and cement."""


@attrs.define
class _Stopwatch:
    """Adds up how long each stage of the work took."""

    seconds: dict[str, float] = attrs.field(factory=dict)
    _mark: float = attrs.field(factory=time.perf_counter)

    def lap(self, stage: str) -> None:
        """Count the time since the last lap to a stage."""
        now = time.perf_counter()
        self.seconds[stage] = self.seconds.get(stage, 0.0) + now - self._mark
        self._mark = now


def plan_study(
    path: Path, requests: Sequence[LevelRequest], progress: Progress = no_progress
) -> PlannedStudy:
    """Load a study, find the levels asked for and plan each of them.

    Raises
    ------
    DicomProblem
        If the images cannot be loaded.
    AnatomyProblem
        If a level cannot be found.
    PlanProblem
        If a level cannot be planned as asked.
    """
    watch = _Stopwatch()
    study = open_study(path, part_of(progress, 0.0, _SHARE_OF_LOADING))
    watch.lap("load")
    finding = part_of(progress, _SHARE_OF_LOADING, _SHARE_OF_FINDING)
    vertebrae = _vertebrae(study, requests, finding)
    scene = planning_scene(study, vertebrae, part_of(progress, _SHARE_OF_FINDING, 0.8))
    watch.lap("levels")
    planning = part_of(progress, 0.8, 1.0)
    levels = []
    for number, request in enumerate(requests):
        planning(number / len(requests), f"Planning {request.level.name}")
        wanted = ProposalRequest(request.procedure, request.approach, request.gauge)
        levels.append(propose_level(scene.maps[request.level], wanted, scene.catalog, watch.lap))
    progress(1.0, "Planned")
    order = list(VertebraLevel)
    levels.sort(key=lambda level_plan: order.index(level_plan.level))
    case = Case(study.study, vertebrae, Plan(tuple(levels)))
    return PlannedStudy(case, scene, watch.seconds)


def _vertebrae(
    study: OpenStudy, requests: Sequence[LevelRequest], progress: Progress
) -> tuple[VertebraModel, ...]:
    places = _places(study, requests, part_of(progress, 0.0, 0.3))
    outlining = part_of(progress, 0.3, 1.0)
    found = []
    for number, (level, at_lps_mm) in enumerate(places.items()):
        part = part_of(outlining, number / len(places), (number + 1) / len(places))
        found.append(find_one_level(study, at_lps_mm, level, part))
    order = list(VertebraLevel)
    return tuple(sorted(found, key=lambda vertebra: order.index(vertebra.level)))


def _places(
    study: OpenStudy, requests: Sequence[LevelRequest], progress: Progress
) -> dict[VertebraLevel, Triple]:
    """Return a point inside each level: as given, or found along the spine."""
    places = {r.level: r.at_lps_mm for r in requests if r.at_lps_mm is not None}
    anchor = next((LevelAnchor(level, at) for level, at in places.items()), known_anchor(study))
    if anchor is not None:
        places.setdefault(anchor.level, anchor.at_lps_mm)
    wanted = [request.level for request in requests]
    if any(level not in places for level in wanted):
        chain = find_spine(study, anchor, progress)
        for place in chain.levels:
            places.setdefault(place.level, place.centre_lps_mm)
    for level in wanted:
        if level not in places:
            raise AnatomyProblem(
                f"{level.name} was not found in this CT.",
                path=Path(study.study.path),
                hint=f"Give a point inside its body with --at X,Y,Z={level.name}.",
            )
    return {level: places[level] for level in wanted}
