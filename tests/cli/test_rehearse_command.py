"""`vertebroplan rehearse`: a recorded run is done again and marked."""

import pytest

from planner.rehearsal.expert_run import expert_run
from planner.rehearsal.run_file import encode_run
from planner.rehearsal.scenario import scenario
from planner.workflow.rehearse import open_stage, proposed_plan

SCENARIO = "thorax-t12-left"


@pytest.fixture(scope="module")
def a_recorded_run(tmp_path_factory):
    stage = open_stage(scenario(SCENARIO))
    path = tmp_path_factory.mktemp("run") / "run.json"
    path.write_text(encode_run(expert_run(proposed_plan(stage), stage)), "utf-8")
    return path


@pytest.mark.slow
def test_an_experts_run_on_a_real_ct_is_marked_the_same_each_time(
    vertebroplan, a_recorded_run
) -> None:
    words = ("rehearse", "--scenario", SCENARIO, "--replay", a_recorded_run, "--json")
    first, second = (vertebroplan(*words).document for _ in range(2))
    assert first["score"]["total"] >= 95.0
    assert first["score"]["passed"]
    assert first["score"] == second["score"]
    assert first["checkpoints"] == second["checkpoints"]
    assert {part["name"] for part in first["score"]["parts"]} == {
        "tip", "angle", "breach", "shots", "time", "sequence", "leak",
    }  # fmt: skip
    assert [limit["code"] for limit in first["limits"]] == [
        "limit-time", "limit-shots", "limit-dose", "limit-cement",
    ]  # fmt: skip
    assert not any(limit["over"] for limit in first["limits"])
    assert first["shots"][0]["panel"] == "ap"
    assert {"stage", "replay", "score"} == set(first["seconds"])


def test_a_run_of_another_scenario_is_refused(vertebroplan, tmp_path) -> None:
    run = tmp_path / "run.json"
    run.write_text('{"format": "vertebroplan-run-1", "scenario": "other", "events": []}')
    ended = vertebroplan("rehearse", "--scenario", SCENARIO, "--replay", run)
    assert ended.status == 1
    assert "other" in ended.stderr
    assert len(ended.stderr.strip().splitlines()) == 1


def test_a_scenario_that_is_not_there_is_refused(vertebroplan, tmp_path) -> None:
    ended = vertebroplan("rehearse", "--scenario", "nowhere", "--replay", tmp_path / "run.json")
    assert ended.status == 1
    assert SCENARIO in ended.stderr
