"""An expert's run scores high, a dangerous one fails, a random one scores low, and a replay the
same."""

import attrs
import numpy as np
import pytest
from phantom_vertebra import PhantomShape
from rehearsal_stages import stage_of
from scripted_runs import medial_needle, random_events, with_medial_needle

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import PlannerError
from planner.geometry.points import as_triple
from planner.planning.plan import PlannedNeedle
from planner.rehearsal.events import (
    Advance,
    Finish,
    NameLevel,
    Panel,
    PlaceNeedle,
    TakeShot,
    aim_deg,
)
from planner.rehearsal.expert_run import expert_run
from planner.rehearsal.run_file import decode_run, encode_run
from planner.rehearsal.scenario import TeachersKey
from planner.rehearsal.scoring import needle_results, score_run
from planner.rehearsal.session import replayed


def part(score, name: str):
    return next(p for p in score.parts if p.name == name)


def test_a_scripted_expert_run_scores_95_or_more(a_stage, an_expert_run) -> None:
    state = replayed(an_expert_run.events, a_stage)
    score = score_run(state, a_stage)
    assert score.total >= 95.0, [m for m in state.moments if not m.passed]
    assert score.failures == ()
    assert score.passed
    assert sum(p.most for p in score.parts) == pytest.approx(100.0)
    assert score.total == sum(p.points for p in score.parts)


def test_a_replay_from_its_file_gives_the_same_score_to_the_last_digit(
    a_stage, an_expert_run
) -> None:
    first = score_run(replayed(an_expert_run.events, a_stage), a_stage)
    again = decode_run(encode_run(an_expert_run))
    assert again == an_expert_run
    second = score_run(replayed(again.events, a_stage), a_stage)
    assert second == first
    assert repr(second.total) == repr(first.total)


def test_a_run_that_crosses_the_medial_wall_fails(a_stage, a_plan) -> None:
    crossing = with_medial_needle(a_plan, a_stage)
    assert crossing.needles[0].side is Side.LEFT
    state = replayed(expert_run(crossing, a_stage).events, a_stage)
    score = score_run(state, a_stage)
    assert not score.passed
    broken = {m.code for m in state.moments if m.is_critical and not m.passed}
    assert {"medial-wall", "canal"} <= broken
    assert all(m.side is Side.LEFT for m in state.moments if m.code == "canal")
    assert any("medial border" in sentence for sentence in score.failures)


@pytest.mark.parametrize("seed", range(12))
def test_a_random_run_scores_under_30_and_fails(a_stage, seed) -> None:
    score = score_run(replayed(tuple(random_events(seed, a_stage)), a_stage), a_stage)
    assert score.total < 30.0, score.parts
    assert not score.passed


def test_a_mirrored_patient_and_a_mirrored_run_score_the_same() -> None:
    shape = PhantomShape()
    plain, mirrored = stage_of(shape), stage_of(shape.mirrored())
    for side in Side:
        needle = medial_needle(plain, side)
        other = medial_needle(mirrored, side.opposite)
        first, second = (
            replayed(tuple(one_needle(n)), stage)
            for n, stage in ((needle, plain), (other, mirrored))
        )
        assert [(m.code, m.passed) for m in first.moments] == [
            (m.code, m.passed) for m in second.moments
        ]


def one_needle(needle: PlannedNeedle):
    yield NameLevel(1.0, VertebraLevel.L1)
    yield PlaceNeedle(
        2.0,
        needle.side,
        needle.model_id,
        needle.skin_lps_mm,
        *aim_deg(needle.path.direction_lps, needle.side),
    )
    yield Advance(3.0, needle.side, needle.path.length_mm)


def test_a_needle_moved_beside_its_corridor_loses_points_by_how_far(a_stage, a_plan) -> None:
    def errors(shift_mm: float):
        needle = a_plan.needle(Side.LEFT)
        up = np.array([0.0, 0.0, shift_mm])
        moved = attrs.evolve(
            needle,
            skin_lps_mm=as_triple(up + needle.skin_lps_mm),
            tip_lps_mm=as_triple(up + needle.tip_lps_mm),
        )
        plan = attrs.evolve(a_plan, needles=(moved,), balloons=())
        (result,) = needle_results(replayed(expert_run(plan, a_stage).events, a_stage), a_stage)
        return result

    assert (errors(0.0).tip_error_mm, errors(0.0).angle_error_deg) == (0.0, 0.0)
    assert errors(9.0).tip_error_mm > 3.0
    assert errors(9.0).tip_error_mm < errors(10.5).tip_error_mm


def test_a_breach_counts_even_when_the_needle_was_drawn_out_and_set_anew(a_stage, a_plan) -> None:
    bad, good = medial_needle(a_stage, Side.LEFT), a_plan.needle(Side.LEFT)
    events = [
        *one_needle(bad),
        Advance(4.0, Side.LEFT, -bad.path.length_mm),
        PlaceNeedle(
            5.0,
            Side.LEFT,
            good.model_id,
            good.skin_lps_mm,
            *aim_deg(good.path.direction_lps, Side.LEFT),
        ),
        Advance(6.0, Side.LEFT, good.path.length_mm),
        Finish(7.0),
    ]
    state = replayed(events, a_stage)
    (result,) = needle_results(state, a_stage)
    assert result.tip_error_mm == 0.0
    assert result.grade.value in "CDE"
    assert any("breached" in sentence for sentence in score_run(state, a_stage).failures)


def test_shots_before_the_needle_cost_nothing_and_shots_with_it_do(a_stage, an_expert_run) -> None:
    first = an_expert_run.events
    placed = next(n for n, event in enumerate(first) if isinstance(event, PlaceNeedle))

    def with_shots(at: int) -> float:
        time_s = first[at].time_s
        more = tuple(TakeShot(time_s, Panel.AP) for _ in range(20))
        events = (*first[: at + 1], *more, *first[at + 1 :])
        return part(score_run(replayed(events, a_stage), a_stage), "shots").points

    assert with_shots(placed - 1) == 10.0
    assert with_shots(placed) < 6.0


def test_the_teachers_key_sets_the_points_and_the_pass_mark(a_stage, an_expert_run) -> None:
    weights = {**TeachersKey().weights, "tip": 35.0, "shots": 0.0}
    stage = attrs.evolve(
        a_stage, scenario=attrs.evolve(a_stage.scenario, key=TeachersKey(weights, 100.0))
    )
    score = score_run(replayed(an_expert_run.events, stage), stage)
    assert part(score, "tip").points == 35.0
    assert part(score, "shots").points == 0.0
    assert score.passed == (score.total >= 100.0)


def test_a_key_whose_points_are_not_a_hundred_is_refused() -> None:
    with pytest.raises(PlannerError, match="100"):
        TeachersKey({**TeachersKey().weights, "tip": 26.0})
    with pytest.raises(PlannerError, match="points for each"):
        TeachersKey({"tip": 100.0})


def test_a_run_that_is_not_finished_has_not_passed(a_stage, an_expert_run) -> None:
    score = score_run(replayed(an_expert_run.events[:-1], a_stage), a_stage)
    assert not score.passed
