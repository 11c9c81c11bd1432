"""Choices of tip and volume that leak less in the model: ranked, never promised."""

from collections.abc import Callable, Iterator, Sequence

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.devices.device_values import DeviceCatalog
from planner.foundation.errors import PlanProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.points import Triple
from planner.planning.plan import LevelPlan
from planner.planning.safety_maps import SafetyMaps
from planner.simulation.cement_runs import FillStudy, study_fill
from planner.simulation.cement_space import CementSpace
from planner.simulation.planned_injection import planned_injection

SEARCH_RUNS = 40
_STEPS_MM = (-6.0, -4.0, -2.0, 2.0, 4.0)
"""How far tips are moved along their own needles, forwards positive."""
_CLEAR_MM = 3.0
"""A tip is moved no nearer to the surface of the body than this."""
_WORTHWHILE_SHARE = 0.1
"""A choice is told when this share of the runs leaks less."""
_VOLUME_STEP_ML = 0.1
_HALF = 0.5


@attrs.frozen
class TipMove:
    """Tips elsewhere on their own needles."""

    by_mm: float
    """Forwards positive."""
    tips: tuple[tuple[Side, Triple], ...]
    leak_share: float
    """Of the runs, with the tips there."""
    grave_share: float
    """Of the runs with cement in the canal, a foramen or a vein outside."""


@attrs.frozen
class LessCement:
    """A smaller volume, everything else as planned."""

    volume_ml: float
    leak_share: float


@attrs.frozen
class LeakAdvice:
    """What the model leaks less with; an illustration that ranks choices."""

    leak_share: float
    """As planned, in the runs of the search."""
    grave_share: float
    runs: int
    move: TipMove | None
    """None where no move lowers it by enough to tell."""
    volume: LessCement | None


def seek_less_leak(
    space: CementSpace,
    level_plan: LevelPlan,
    maps: SafetyMaps,
    catalog: DeviceCatalog,
    seed: int = 1,
    progress: Progress = no_progress,
) -> LeakAdvice:
    """Return the move of the tips, and the volume, that lower the modelled leak.

    Each choice is judged by the same seeds. Tips move along their needles only: the way through
    the pedicle stays.

    Raises
    ------
    PlanProblem
        If the level has no needle or no cement, or a tip lies outside the bone.
    Cancelled
        If the user has cancelled.
    """

    def studied(plan: LevelPlan, part: Progress) -> FillStudy:
        injection = planned_injection(plan, maps, catalog)
        return study_fill(space, injection, SEARCH_RUNS, seed, part)

    choices = list(_moved(level_plan, maps))
    steps = len(choices) + 1
    base = studied(level_plan, part_of(progress, 0.0, 1.0 / steps))
    leak, grave = 1.0 - base.leak_free_share, _grave_share(base)
    moves = list(_judged(choices, studied, progress)) if leak > 0.0 else []
    best = min(moves, key=lambda m: (m.leak_share + m.grave_share, abs(m.by_mm)), default=None)
    if best is not None and leak + grave - best.leak_share - best.grave_share < _WORTHWHILE_SHARE:
        best = None
    return LeakAdvice(leak, grave, SEARCH_RUNS, best, less_cement(base))


def _judged(
    choices: Sequence[tuple[float, LevelPlan]],
    studied: Callable[[LevelPlan, Progress], FillStudy],
    progress: Progress,
) -> Iterator[TipMove]:
    steps = len(choices) + 1
    for number, (by_mm, plan) in enumerate(choices, start=1):
        part = part_of(progress, number / steps, (number + 1) / steps)
        try:
            study = studied(plan, part)
        except PlanProblem:
            continue
        tips = tuple((needle.side, needle.tip_lps_mm) for needle in plan.needles)
        yield TipMove(by_mm, tips, 1.0 - study.leak_free_share, _grave_share(study))


def _moved(level_plan: LevelPlan, maps: SafetyMaps) -> Iterator[tuple[float, LevelPlan]]:
    """Yield plans whose tips lie elsewhere on their needles, all moved alike, still in the body."""
    for by_mm in _STEPS_MM:
        needles = tuple(
            attrs.evolve(needle, tip_lps_mm=needle.path.point_at(needle.path.length_mm + by_mm))
            for needle in level_plan.needles
        )
        depth_mm = maps.body.at(np.array([needle.tip_lps_mm for needle in needles]))
        if (depth_mm >= _CLEAR_MM).all():
            yield by_mm, attrs.evolve(level_plan, needles=needles)


def _grave_share(study: FillStudy) -> float:
    grave = sum(any(leak.destination.is_grave for leak in found) for found in study.by_run)
    return grave / study.runs if study.runs else 0.0


def less_cement(study: FillStudy) -> LessCement | None:
    """Return the largest volume at which at most half as many runs had leaked; None for none."""
    leak_share = 1.0 - study.leak_free_share
    if leak_share < _WORTHWHILE_SHARE:
        return None
    for step in range(int(study.volume_ml / _VOLUME_STEP_ML), 0, -1):
        volume_ml = round(step * _VOLUME_STEP_ML, 3)
        share = 1.0 - study.leak_free_share_at(volume_ml)
        if share <= _HALF * leak_share and volume_ml < study.volume_ml:
            return LessCement(volume_ml, share)
    return None
