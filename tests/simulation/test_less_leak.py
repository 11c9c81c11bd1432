"""What is advised leaks less in the model, proved by running the advice itself."""

import functools

import attrs
import pytest
from cement_scenes import LEVEL, cement_scene

from planner.anatomy.levels import Side
from planner.devices.catalog import device_catalog
from planner.planning.plan import LevelPlan, PlannedCement, PlannedNeedle, Procedure
from planner.simulation.cement_runs import study_fill
from planner.simulation.less_leak import SEARCH_RUNS, LeakAdvice, seek_less_leak
from planner.simulation.planned_injection import planned_injection

UNDER_THE_HOLE = ("hole in the upper endplate", (8.0, -6.0, 5.0), (16.0, 60.0, 6.0))
BESIDE_THE_HOLE = ("hole in the left wall", (13.0, -1.0, 0.0), (18.0, 60.0, 4.0))


def _plan(name: str, tip_mm, skin_mm, volume_ml: float) -> LevelPlan:
    frame = cement_scene(name).truth.model.lps_from_vertebra
    needle = PlannedNeedle(Side.LEFT, "access-11g-125", frame.point(skin_mm), frame.point(tip_mm))
    cement = PlannedCement("kyphon-hv-r", volume_ml)
    return LevelPlan(LEVEL, Procedure.VERTEBROPLASTY, (needle,), cement=cement)


@functools.cache
def _advised(case, volume_ml: float) -> LeakAdvice:
    scene = cement_scene(case[0])
    plan = _plan(*case, volume_ml)
    return seek_less_leak(scene.space, plan, scene.maps, device_catalog())


def _leak_share(case, plan: LevelPlan) -> float:
    scene = cement_scene(case[0])
    injection = planned_injection(plan, scene.maps, device_catalog())
    return 1.0 - study_fill(scene.space, injection, SEARCH_RUNS, seed=77).leak_free_share


@pytest.mark.parametrize("case", [UNDER_THE_HOLE, BESIDE_THE_HOLE], ids=["D", "C"])
def test_tips_moved_as_advised_leak_less_also_in_runs_that_the_search_did_not_see(case) -> None:
    advice = _advised(case, 0.6)
    assert advice.leak_share > 0.2
    assert advice.move is not None
    assert advice.move.leak_share <= advice.leak_share - 0.1
    plan = _plan(*case, 0.6)
    ((_, tip),) = advice.move.tips
    moved = attrs.evolve(plan, needles=(attrs.evolve(plan.needles[0], tip_lps_mm=tip),))
    assert _leak_share(case, moved) < _leak_share(case, plan)


def test_the_smaller_volume_that_is_advised_leaks_at_most_half_as_often() -> None:
    advice = _advised(UNDER_THE_HOLE, 2.0)
    assert advice.volume is not None
    assert 0.0 < advice.volume.volume_ml < 2.0
    assert advice.volume.leak_share <= advice.leak_share / 2.0


def test_where_nothing_leaks_nothing_is_advised() -> None:
    case = ("intact", (9.0, -8.0, 0.0), (16.0, 60.0, 4.0))
    advice = _advised(case, 1.5)
    assert advice.leak_share == 0.0
    assert advice.move is None
    assert advice.volume is None
