"""Picture the cement of a case: each planned level, many runs."""

import contextlib
import time
from pathlib import Path

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.planning.plan import LevelPlan, Plan
from planner.simulation.cement_fill import MOST_ML, picture_fill, prepare_injection
from planner.simulation.cement_march import Grain, Ways, march_front, workspace_for
from planner.simulation.cement_runs import USUAL_RUNS, FillStudy, study_fill
from planner.simulation.cement_space import build_cement_space
from planner.simulation.cement_zones import Zone
from planner.simulation.fill_arrival import ArrivalMap, arrival_map
from planner.simulation.planned_injection import planned_injection
from planner.workflow.open_case import open_case
from planner.workflow.planning_scene import PlanningScene, planning_scene

_SHARE_OF_LOADING = 0.4
_FURTHER = 1.5


@attrs.frozen(eq=False)
class LevelFill:
    """One level's study."""

    level: VertebraLevel
    volume_ml: float
    study: FillStudy


@attrs.frozen(eq=False)
class CaseFills:
    """Every level with a needle and a volume."""

    fills: tuple[LevelFill, ...]
    seconds: dict[str, float]
    """Of load, warm, prepare and fill."""


def warm_up_fill() -> None:
    """Have the loops compiled, or loaded, on a tiny problem."""
    zones = np.zeros((4, 4, 4), np.uint8)
    zones[1:-1, 1:-1, 1:-1] = Zone.BONE
    flat = zones.ravel()
    ways = Ways(
        flat,
        np.full(flat.size, 1e-4, np.float32),
        np.zeros(flat.size, np.float32),
        np.zeros(flat.size, np.uint8),
        4,
        16,
    )
    coarse = np.zeros((3, 3, 3), np.float32)
    grain = Grain(1, coarse, 4.0, 0.1, 1.0, 1.0)
    tips = np.array([21], np.int32)
    march_front(ways, workspace_for(flat.size, 1), tips, np.ones(1), grain, 1e-3)


def fill_of_level(
    level_plan: LevelPlan,
    scene: PlanningScene,
    volume_ml: float | None = None,
    runs: int = USUAL_RUNS,
    seed: int = 1,
    progress: Progress = no_progress,
) -> LevelFill:
    """Return the study of one level.

    Raises
    ------
    PlanProblem
        If the level has no needle or no volume, or a tip lies outside the bone.
    """
    maps = scene.maps[level_plan.level]
    injection = planned_injection(level_plan, maps, scene.catalog, volume_ml)
    space = build_cement_space(maps, part_of(progress, 0.0, 0.2))
    study = study_fill(space, injection, runs, seed, part_of(progress, 0.2, 1.0))
    return LevelFill(level_plan.level, injection.volume_ml, study)


def arrival_of_level(level_plan: LevelPlan, scene: PlanningScene) -> ArrivalMap | None:
    """Return when cement comes to each place, bone as the CT shows it; None where none can come.

    Marched on beyond the planned volume, so that as many voxels as it has are reached.
    """
    cement = level_plan.cement
    if cement is None or level_plan.level not in scene.maps:
        return None
    maps = scene.maps[level_plan.level]
    aimed_ml = min(_FURTHER * cement.volume_ml, MOST_ML)
    try:
        injection = planned_injection(level_plan, maps, scene.catalog, aimed_ml)
        prepared = prepare_injection(build_cement_space(maps), injection)
    except PlanProblem:
        return None
    return arrival_map(picture_fill(prepared, 0))


def fills_of_plan(plan: Plan, scene: PlanningScene, runs: int) -> dict[VertebraLevel, LevelFill]:
    """Return the study of each level that can be pictured, without a word about the others."""
    fills = {}
    for item in plan.levels:
        with contextlib.suppress(PlanProblem):
            fills[item.level] = fill_of_level(item, scene, runs=runs)
    return fills


def picture_cement(
    case_path: Path,
    volume_ml: float | None = None,
    runs: int = USUAL_RUNS,
    seed: int = 1,
    progress: Progress = no_progress,
) -> CaseFills:
    """Return the study of every level of a case.

    Parameters
    ----------
    case_path
        A case file; it is only read.
    volume_ml
        For each level, instead of the planned one.
    runs, seed
        How many runs, and what they are drawn from: the same seed gives the same study.
    progress
        Told of each step.

    Raises
    ------
    CaseFileProblem
        If the case or its images cannot be read.
    PlanProblem
        If nothing of it can be pictured.
    """
    started = time.perf_counter()
    warm_up_fill()
    warm = time.perf_counter()
    opened = open_case(case_path, part_of(progress, 0.0, _SHARE_OF_LOADING / 2.0))
    loaded = time.perf_counter()
    scene = planning_scene(
        opened.study,
        opened.case.vertebrae,
        part_of(progress, _SHARE_OF_LOADING / 2.0, _SHARE_OF_LOADING),
    )
    prepared = time.perf_counter()
    planned = [
        item
        for item in opened.case.plan.levels
        if item.level in scene.maps
        and item.needles
        and (item.cement is not None or volume_ml is not None)
    ]
    if not planned:
        raise PlanProblem(
            "No level of this case has both a needle and cement.",
            path=case_path,
            hint="Plan them, or give --volume.",
        )
    filling = part_of(progress, _SHARE_OF_LOADING, 1.0)
    fills = []
    for number, item in enumerate(planned):
        part = part_of(filling, number / len(planned), (number + 1) / len(planned))
        fills.append(fill_of_level(item, scene, volume_ml, runs, seed, part))
    seconds = {
        "load": loaded - warm,
        "warm": warm - started,
        "prepare": prepared - loaded,
        "fill": time.perf_counter() - prepared,
    }
    return CaseFills(tuple(fills), seconds)
