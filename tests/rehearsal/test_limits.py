"""A task's limits: read with care, told when passed, and paid for in the score."""

import attrs
import pytest

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlannerError
from planner.rehearsal.events import Panel, TakeShot
from planner.rehearsal.limit_checks import CEMENT, DOSE, SHOTS, TIME, limit_uses
from planner.rehearsal.run_limits import RunLimits, limits_of, usual_limits
from planner.rehearsal.scenario import scenarios
from planner.rehearsal.scoring import score_run
from planner.rehearsal.session import replayed

TABLE = {"needle_minutes": 12.5, "needle_shots": 20, "needle_dose": 6.0, "cement_ml": 4.0}


def under(stage, **limits):
    limits = attrs.evolve(stage.scenario.limits, **limits)
    return attrs.evolve(stage, scenario=attrs.evolve(stage.scenario, limits=limits))


def points(score):
    return {part.name: part.points for part in score.parts}


def over(state):
    return [moment.code for moment in state.moments if moment.code.startswith("limit")]


def test_a_table_of_limits_is_read_in_its_units() -> None:
    limits = limits_of(TABLE)
    assert limits == RunLimits(12.5, 20, 6.0, 4.0)
    assert limits.needle_s == 750.0
    assert limits.words == (
        "With the needle at most 12.5 minutes, 20 shots and a relative dose of 6; "
        "at most 4 ml of cement."
    )


@pytest.mark.parametrize(
    "table",
    [
        None,
        [],
        {},
        {**TABLE, "shots": 9},
        {name: value for name, value in TABLE.items() if name != "cement_ml"},
        {**TABLE, "needle_shots": 20.5},
        {**TABLE, "needle_shots": True},
        {**TABLE, "needle_shots": 0},
        {**TABLE, "needle_minutes": "12"},
        {**TABLE, "needle_minutes": float("nan")},
        {**TABLE, "needle_dose": float("inf")},
        {**TABLE, "needle_dose": -1.0},
        {**TABLE, "cement_ml": 7.1},
    ],
)
def test_impossible_limits_are_refused(table) -> None:
    with pytest.raises(PlannerError):
        limits_of(table)


def test_every_case_has_limits_and_no_case_allows_more_cement_than_the_hard_warning() -> None:
    for case in scenarios():
        needles = len(case.approach.sides)
        usual = usual_limits(needles)
        assert clinical_number("expert-shots") * needles <= case.limits.needle_shots
        assert case.limits.needle_shots <= usual.needle_shots
        assert clinical_number("expert-needle-time") * needles <= case.limits.needle_s
        assert case.limits.needle_s <= usual.needle_s
        assert case.limits.needle_dose <= usual.needle_dose
        assert case.limits.cement_ml < clinical_number("cement-hard-volume")


def test_a_task_without_limits_of_its_own_ends_where_a_novices_points_do(a_stage) -> None:
    limits = a_stage.scenario.limits
    assert limits.needle_s == 2.0 * clinical_number("novice-needle-time")
    assert limits.needle_shots == 2.0 * clinical_number("novice-shots")


def test_what_is_used_is_counted_with_the_needle_only(a_stage, an_expert_run) -> None:
    state = replayed(an_expert_run.events, a_stage)
    uses = {use.code: use for use in limit_uses(state, a_stage.scenario.limits)}
    counted = [shot for shot in state.shots if shot.in_needle_phase]
    assert len(counted) < len(state.shots)
    assert uses[SHOTS].used == len(counted)
    assert uses[DOSE].used == pytest.approx(sum(shot.dose for shot in counted))
    assert uses[TIME].used == state.needle_s < state.time_s
    assert uses[CEMENT].used == state.fill.volume_ml
    assert over(state) == []
    late = limit_uses(state, a_stage.scenario.limits, extra_needle_s=61.0)
    assert late[0].used == state.needle_s + 61.0


@pytest.mark.parametrize(
    ("limit", "value", "code", "part"),
    [
        ("needle_shots", 3, SHOTS, "shots"),
        ("needle_dose", 0.5, DOSE, "shots"),
        ("needle_minutes", 0.2, TIME, "time"),
        ("cement_ml", 0.3, CEMENT, "leak"),
    ],
)
def test_a_limit_that_is_passed_is_told_once_and_takes_its_parts_points(
    a_stage, an_expert_run, limit, value, code, part
) -> None:
    strict = under(a_stage, **{limit: value})
    usual, state = replayed(an_expert_run.events, a_stage), replayed(an_expert_run.events, strict)
    assert over(state) == [code]
    (told,) = [moment for moment in state.moments if moment.code == code]
    assert "Over the limit" in told.text
    assert not told.passed
    assert not told.is_critical
    before, after = score_run(usual, a_stage), score_run(state, strict)
    assert points(before)[part] > 0.0
    assert points(after) == {**points(before), part: 0.0}
    assert "over the limit" in next(p.text for p in after.parts if p.name == part)


def test_a_limit_is_told_at_the_shot_that_passes_it_and_not_before(a_stage, an_expert_run) -> None:
    limits = under(a_stage, needle_shots=4)
    state = replayed(an_expert_run.events, limits)
    fifth = [shot for shot in state.shots if shot.in_needle_phase][4]
    (told,) = [moment for moment in state.moments if moment.code == SHOTS]
    assert told.time_s == fifth.time_s


def test_exactly_the_limit_is_allowed(a_stage, an_expert_run) -> None:
    state = replayed(an_expert_run.events, a_stage)
    used = {use.code: use.used for use in limit_uses(state, a_stage.scenario.limits)}
    just = under(
        a_stage,
        needle_shots=int(used[SHOTS]),
        needle_minutes=used[TIME] / 60.0,
        needle_dose=used[DOSE],
        cement_ml=used[CEMENT],
    )
    assert over(replayed(an_expert_run.events, just)) == []


def test_live_beam_cannot_go_round_the_limits(a_stage, an_expert_run) -> None:
    events, live = [], 0
    for event in an_expert_run.events:
        events.append(event)
        if isinstance(event, TakeShot) and event.panel is Panel.LATERAL:
            events += [attrs.evolve(event, is_live=True, beam_s=1.0)] * 3
            live += 3
    assert live
    limits = under(a_stage, needle_dose=2.0 * a_stage.scenario.limits.needle_dose / 3.0)
    plain, state = replayed(an_expert_run.events, limits), replayed(tuple(events), limits)
    assert DOSE not in over(plain)
    assert DOSE in over(state)
    assert points(score_run(state, limits))["shots"] == 0.0
