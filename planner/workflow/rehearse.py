"""Set the stage of a scenario and mark recorded runs on it."""

import itertools
import time
from pathlib import Path

import attrs

from planner.devices.catalog import device_catalog
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import Triple
from planner.planning.gauge_choice import ProposalRequest
from planner.planning.plan import LevelPlan
from planner.planning.propose_level import propose_level
from planner.rehearsal.limit_checks import LimitUse, limit_uses
from planner.rehearsal.run_file import RunProblem, read_run
from planner.rehearsal.run_state import RunState
from planner.rehearsal.scenario import Scenario, scenario
from planner.rehearsal.scenario_study import level_place_lps_mm, study_folder
from planner.rehearsal.scoring import Score, score_run
from planner.rehearsal.session import replayed
from planner.rehearsal.stage import RehearsalStage, set_stage
from planner.rehearsal.teachers_keys import with_kept_key
from planner.workflow.find_levels import find_one_level, find_spine, known_anchor
from planner.workflow.open_study import OpenStudy, open_study
from planner.workflow.planning_scene import planning_scene

_SHARE_OF_MAKING = 0.8
_SHARES = (0.0, 0.4, 0.8, 1.0)
"""Where loading, finding the level and measuring begin and end, for the progress bar."""


@attrs.frozen(eq=False)
class MarkedRun:
    """A run done again, its score, and how long each part of the work took."""

    state: RunState
    score: Score
    limit_uses: tuple[LimitUse, ...]
    seconds: dict[str, float]
    """Of stage, replay and score."""


def open_stage(chosen: Scenario, progress: Progress = no_progress) -> RehearsalStage:
    """Return the stage of a scenario: its study loaded, its level found and measured.

    Raises
    ------
    PlannerError
        If the scenario's study cannot be made or its level not be found.
    """
    loading, finding, measuring = (
        part_of(progress, start, end) for start, end in itertools.pairwise(_SHARES)
    )
    making = part_of(loading, 0.0, _SHARE_OF_MAKING)
    study = open_study(study_folder(chosen, making), part_of(loading, _SHARE_OF_MAKING, 1.0))
    vertebra = find_one_level(study, _place_of(chosen, study), chosen.level, finding)
    scene = planning_scene(study, (vertebra,), measuring)
    return set_stage(chosen, study.volume, scene.maps[chosen.level], scene.catalog)


def _place_of(chosen: Scenario, study: OpenStudy) -> Triple:
    """Return a point inside the body of the scenario's level."""
    place = level_place_lps_mm(chosen)
    if place is not None:
        return place
    for found in find_spine(study, known_anchor(study)).levels:
        if found.level is chosen.level:
            return found.centre_lps_mm
    raise RunProblem(f"{chosen.level.name} was not found in the study of this scenario.")


def proposed_plan(stage: RehearsalStage) -> LevelPlan:
    """Return the program's own plan of a stage's task, which an expert's run carries out.

    Raises
    ------
    PlanProblem
        If the level cannot be planned as the task asks.
    """
    task = stage.scenario
    request = ProposalRequest(task.procedure, task.approach)
    return propose_level(stage.maps, request, device_catalog())


def mark_run(scenario_id: str, run_path: Path, progress: Progress = no_progress) -> MarkedRun:
    """Do a recorded run again and mark it.

    Raises
    ------
    RunProblem
        If the file holds no run, or one of another scenario.
    PlannerError
        If there is no such scenario or its stage cannot be set.
    """
    chosen = with_kept_key(scenario(scenario_id))
    run = read_run(run_path)
    if run.scenario_id != chosen.id:
        raise RunProblem(
            f"This run is of the scenario {run.scenario_id!r}, not of {chosen.id!r}.",
            path=run_path,
            hint=f"Mark it with --scenario {run.scenario_id}.",
        )
    marks = [time.perf_counter()]
    stage = open_stage(chosen, progress)
    marks.append(time.perf_counter())
    state = replayed(run.events, stage)
    marks.append(time.perf_counter())
    score = score_run(state, stage)
    marks.append(time.perf_counter())
    spent = [after - before for before, after in itertools.pairwise(marks)]
    uses = limit_uses(state, chosen.limits)
    return MarkedRun(
        state, score, uses, dict(zip(("stage", "replay", "score"), spent, strict=True))
    )
