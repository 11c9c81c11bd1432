import json
from pathlib import Path
from typing import Any

import attrs
import jsonschema
import pytest
from phantom_snapshot import FINDINGS, SKIN, TIP

from planner.assessment.acceptance import accepted
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.foundation.errors import PlanProblem
from planner.foundation.resource_files import resource
from planner.planning.edits import accept_finding
from planner.planning.plan import BalloonLimits, CementPhases, DeadVolume, Injector, NeedleRoute
from planner_writer_json.read_plan import read_plan_json
from planner_writer_json.writer import JsonWriter

SCHEMA = json.loads(resource("schemas", "plan-1.json").read_text("utf-8"))


@pytest.fixture
def path(a_snapshot: PlanSnapshot, tmp_path: Path) -> Path:
    return run_export(a_snapshot, JsonWriter(), tmp_path).files[0].path


@pytest.fixture
def document(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


def test_the_file_follows_the_published_schema(document: dict[str, Any]) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_the_schema_refuses_keys_it_does_not_know_and_misses_none(
    document: dict[str, Any],
) -> None:
    validator = jsonschema.Draft202012Validator(SCHEMA)
    for key in set(document) - {"measurements"}:  # earlier files have none
        assert not validator.is_valid({k: v for k, v in document.items() if k != key})
    assert not validator.is_valid({**document, "extra": 1})
    assert not validator.is_valid({**document, "coordinate_system": {"name": "RAS"}})


def test_the_plan_reads_back_equal(path: Path, a_snapshot: PlanSnapshot) -> None:
    assert read_plan_json(path).plan == a_snapshot.plan


def test_the_needle_on_the_left_is_written_on_the_left(document: dict[str, Any]) -> None:
    assert document["coordinate_system"]["name"] == "LPS"
    (needle,) = document["levels"][0]["needles"]
    assert needle["side"] == "left"
    assert needle["entry_skin_lps_mm"] == list(SKIN)
    assert needle["tip_lps_mm"] == list(TIP)
    centre_x = document["levels"][0]["vertebra"]["lps_from_vertebra"][0][3]
    assert needle["entry_skin_lps_mm"][0] > centre_x, "LPS x grows to the patient's left"


def test_what_is_not_known_is_null_never_zero(document: dict[str, Any]) -> None:
    level = document["levels"][0]
    assert level["needles"][0]["measures"]["margin_mm"]["foramen"] is None
    assert level["vertebra"]["pedicles"]["right"] is None


def test_only_the_devices_of_the_plan_are_listed_with_their_sources(
    document: dict[str, Any],
) -> None:
    devices = document["devices"]
    assert [needle["id"] for needle in devices["needles"]] == ["n-11"]
    assert devices["needles"][0]["source"]["verified"] is True
    assert devices["needles"][0]["length_source"]["verified"] is False
    assert [cement["id"] for cement in devices["cements"]] == ["c-lv"]


def test_a_plan_without_cement_or_measures_reads_back_equal_and_fits_the_schema(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.plan.levels
    plan = attrs.evolve(a_snapshot.plan, levels=(attrs.evolve(level, cement=None),))
    assessment = attrs.evolve(a_snapshot.assessment, levels=())
    snapshot = attrs.evolve(a_snapshot, plan=plan, assessment=assessment)
    (path,) = JsonWriter().write(snapshot, tmp_path, lambda *_: None)
    assert read_plan_json(path).plan == plan
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_text("utf-8")))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "cannot be read as JSON"),
        ("[]", "not a Vertebroplan plan"),
        ('{"format": "vertebroplan-plan", "format_version": 7}', "has format 7"),
        ('{"format": "vertebroplan-plan", "format_version": 1}', "damaged or impossible"),
        (
            '{"format": "vertebroplan-plan", "format_version": 1, "levels": [{"level": "T99"}]}',
            "damaged or impossible",
        ),
    ],
)
def test_a_file_that_holds_no_plan_is_a_sentence(tmp_path: Path, text: str, sentence: str) -> None:
    path = tmp_path / "plan.json"
    path.write_text(text)
    with pytest.raises(PlanProblem, match=sentence):
        read_plan_json(path)


def test_what_the_user_has_entered_comes_back(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    (level,) = a_snapshot.plan.levels
    balloon = attrs.evolve(level.balloons[0], gauge_psi=180.0)
    plan = attrs.evolve(
        a_snapshot.plan,
        levels=(attrs.evolve(level, balloons=(balloon,), is_healed=True),),
        balloon_limits=(BalloonLimits("b-15", 4.0, 350.0, "leaflet, revision C"),),
        dead_volumes=(DeadVolume("access-8g-125", 0.8, "leaflet, revision C"),),
        injector=Injector(0.4, 1.2),
        cement_phases=CementPhases(3.0, 10.0, 13.0, "sheet at 20 degrees"),
    )
    entered = attrs.evolve(a_snapshot, plan=plan)
    path = run_export(entered, JsonWriter(), tmp_path).files[0].path
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(path.read_text("utf-8")))
    assert read_plan_json(path).plan == plan


def test_what_was_accepted_comes_back_and_stands_beside_its_finding(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    plan = accept_finding(a_snapshot.plan, accepted(FINDINGS[0], "Endplate is sclerotic"))
    path = run_export(attrs.evolve(a_snapshot, plan=plan), JsonWriter(), tmp_path).files[0].path
    written = json.loads(path.read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(written)
    assert read_plan_json(path).plan == plan
    found = written["levels"][0]["findings"]
    assert [f["acceptance"] for f in found] == ["accepted: Endplate is sclerotic", None]
    assert [f["severity"] for f in found] == ["caution", "safe"]


def test_a_file_written_before_findings_could_be_accepted_is_read(
    document: dict[str, Any], tmp_path: Path, a_snapshot: PlanSnapshot
) -> None:
    del document["entered"]["accepted"]
    for level in document["levels"]:
        for finding in level["findings"]:
            del finding["acceptance"]
    path = tmp_path / "older.json"
    path.write_text(json.dumps(document))
    assert read_plan_json(path).plan == a_snapshot.plan
    for finding in document["findings"]:
        del finding["acceptance"]
    jsonschema.Draft202012Validator(SCHEMA).validate(document)


def test_a_needle_past_the_pedicle_does_not_come_back_as_one_through_it(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.plan.levels
    beside = attrs.evolve(level.needles[0], route=NeedleRoute.EXTRAPEDICULAR)
    plan = attrs.evolve(a_snapshot.plan, levels=(attrs.evolve(level, needles=(beside,)),))
    path = run_export(attrs.evolve(a_snapshot, plan=plan), JsonWriter(), tmp_path).files[0].path
    assert read_plan_json(path).plan == plan
