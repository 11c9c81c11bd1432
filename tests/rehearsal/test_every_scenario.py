"""Every graded case: an expert passes it, the medial wall fails it, chance gets nowhere."""

import functools

import pytest
from scripted_runs import random_events, with_medial_needle

from planner.planning.cement_plan import cement_band
from planner.planning.plan import LevelPlan
from planner.rehearsal.expert_run import expert_run
from planner.rehearsal.limit_checks import limit_uses
from planner.rehearsal.run_file import decode_run, encode_run
from planner.rehearsal.scenario import scenario, scenarios
from planner.rehearsal.scoring import score_run
from planner.rehearsal.session import replayed
from planner.rehearsal.stage import RehearsalStage
from planner.workflow.rehearse import open_stage, proposed_plan

pytestmark = pytest.mark.slow
_SEEDS = range(4)


# One at a time: the cases follow each other, and a stage holds a whole CT.
@functools.lru_cache(maxsize=1)
def _stage_and_plan(scenario_id: str) -> tuple[RehearsalStage, LevelPlan]:
    stage = open_stage(scenario(scenario_id))
    return stage, proposed_plan(stage)


@pytest.fixture(params=[case.id for case in scenarios()], scope="module")
def a_case(request) -> tuple[RehearsalStage, LevelPlan]:
    return _stage_and_plan(request.param)


def test_an_expert_scores_95_or_more_and_a_replay_the_same_to_the_last_digit(a_case) -> None:
    stage, plan = a_case
    run = expert_run(plan, stage)
    state = replayed(run.events, stage)
    score = score_run(state, stage)
    assert score.total >= 95.0, [m.text for m in state.moments if not m.passed]
    assert score.passed
    assert state.fill.volume_ml > 0.0
    assert not [use for use in limit_uses(state, stage.scenario.limits) if use.is_over]
    again = score_run(replayed(decode_run(encode_run(run)).events, stage), stage)
    assert repr(again.total) == repr(score.total)
    assert again == score


def test_the_limit_of_cement_lies_between_the_bodys_reference_and_its_soft_cap(a_case) -> None:
    stage, _plan = a_case
    band = cement_band(stage.vertebra.body_volume_ml)
    assert band.reference_ml <= stage.scenario.limits.cement_ml <= band.soft_ml


def test_a_run_that_crosses_the_medial_wall_fails(a_case) -> None:
    stage, plan = a_case
    run = expert_run(with_medial_needle(plan, stage), stage)
    state = replayed(run.events, stage)
    score = score_run(state, stage)
    assert not score.passed
    codes = {m.code for m in state.moments if m.is_critical and not m.passed}
    assert "medial-wall" in codes
    assert score.failures


@pytest.mark.parametrize("seed", _SEEDS)
def test_a_random_run_scores_under_30_and_fails(a_case, seed) -> None:
    stage, _ = a_case
    score = score_run(replayed(tuple(random_events(seed, stage)), stage), stage)
    assert score.total < 30.0, score.parts
    assert not score.passed
