"""A run is written and read whole, and what is no run is refused in a sentence."""

import json

import pytest

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlannerError
from planner.rehearsal.events import Finish, NameLevel
from planner.rehearsal.run_file import RecordedRun, RunProblem, decode_run, encode_run, read_run
from planner.rehearsal.scenario import scenario, scenarios
from planner.samples.catalog import sample_studies


def test_an_expert_run_reads_back_as_it_was(an_expert_run) -> None:
    assert decode_run(encode_run(an_expert_run)) == an_expert_run
    assert {event["do"] for event in json.loads(encode_run(an_expert_run))["events"]} >= {
        "move-arm", "take-shot", "name-level", "place-needle", "advance", "exchange", "inflate",
        "inject", "finish",
    }  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"format": "vertebroplan-run-9", "scenario": "x", "events": []}',
        '{"format": "vertebroplan-run-1", "scenario": "x", "events": [{"do": "dance"}]}',
        '{"format": "vertebroplan-run-1", "scenario": "x", "events": [{"do": "finish"}]}',
        '{"format": "vertebroplan-run-1", "scenario": "x",'
        ' "events": [{"do": "finish", "time_s": -1}]}',
        '{"format": "vertebroplan-run-1", "scenario": "x",'
        ' "events": [{"do": "finish", "time_s": 1, "who": "me"}]}',
    ],
)
def test_a_text_that_is_no_run_is_refused(text) -> None:
    with pytest.raises(RunProblem):
        decode_run(text)


def test_a_file_that_is_no_run_is_named(tmp_path) -> None:
    (tmp_path / "letter.json").write_text("no run")
    with pytest.raises(RunProblem, match=r"letter\.json"):
        read_run(tmp_path / "letter.json")
    with pytest.raises(RunProblem, match="nowhere"):
        read_run(tmp_path / "nowhere.json")


def test_actions_out_of_time_are_refused() -> None:
    with pytest.raises(PlannerError, match="time"):
        RecordedRun("x", (Finish(2.0), NameLevel(1.0, VertebraLevel.L1)))


def test_every_shipped_scenario_stands_on_a_shipped_study_and_says_its_task() -> None:
    known = {sample.id for sample in sample_studies()}
    assert len(scenarios()) >= 10
    for found in scenarios():
        assert found.study.case is not None or found.study.sample_id in known
        assert found.title
        assert found.task
        assert scenario(found.id) == found
    assert [s.grade for s in scenarios()] == sorted(s.grade for s in scenarios())


def test_a_scenario_that_is_not_there_is_refused_with_those_that_are() -> None:
    with pytest.raises(PlannerError, match=scenarios()[0].id):
        scenario("nowhere")
