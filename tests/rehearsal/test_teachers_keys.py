"""A teacher's key is kept on the machine, marks from then on, and goes again."""

import json

import attrs
import pytest

from planner.foundation.app_paths import config_folder
from planner.foundation.errors import PlannerError
from planner.rehearsal.scenario import TeachersKey, scenarios
from planner.rehearsal.teachers_keys import keep_key, with_kept_key

WEIGHTS = {**TeachersKey().weights, "tip": 30.0, "angle": 15.0}


@pytest.fixture(autouse=True)
def no_keys():
    path = config_folder() / "teachers-keys.json"
    path.unlink(missing_ok=True)
    yield path
    path.unlink(missing_ok=True)


def test_a_key_marks_its_own_case_from_then_on_and_no_other() -> None:
    first, second = scenarios()[:2]
    assert with_kept_key(first) is first
    key = TeachersKey(WEIGHTS, 82.0)
    keep_key(first, key)
    assert with_kept_key(first) == attrs.evolve(first, key=key)
    assert with_kept_key(second) is second


def test_the_cases_own_key_takes_the_teachers_away_again(no_keys) -> None:
    first = scenarios()[0]
    keep_key(first, TeachersKey(WEIGHTS, 82.0))
    keep_key(first, first.key)
    assert with_kept_key(first) is first
    assert no_keys.read_text("utf-8").strip() == "{}"


def test_a_teachers_limits_hold_from_then_on_beside_the_cases_own_key() -> None:
    first = scenarios()[0]
    limits = attrs.evolve(first.limits, needle_shots=9, cement_ml=1.5)
    keep_key(first, first.key, limits)
    assert with_kept_key(first) == attrs.evolve(first, limits=limits)
    keep_key(first, first.key, first.limits)
    assert with_kept_key(first) is first


def test_a_key_kept_before_there_were_limits_leaves_the_cases_own(no_keys) -> None:
    first = scenarios()[0]
    row = {"weights": WEIGHTS, "pass_mark": 82.0}
    no_keys.write_text(json.dumps({first.id: row}), "utf-8")
    assert with_kept_key(first).limits == first.limits
    assert with_kept_key(first).key.pass_mark == 82.0


def test_impossible_limits_in_the_file_are_told(no_keys) -> None:
    first = scenarios()[0]
    keep_key(first, first.key, attrs.evolve(first.limits, needle_shots=9))
    damaged = no_keys.read_text("utf-8").replace('"needle_shots": 9', '"needle_shots": -9')
    no_keys.write_text(damaged, "utf-8")
    with pytest.raises(PlannerError, match="shots"):
        with_kept_key(first)


@pytest.mark.parametrize(
    "text", ["{", '{"t12-healthy": {"weights": {"tip": 100}, "pass_mark": 60}}', "[]"]
)
def test_a_damaged_file_is_told_and_nothing_is_marked_by_it(no_keys, text) -> None:
    no_keys.write_text(text, "utf-8")
    with pytest.raises(PlannerError):
        with_kept_key(scenarios()[0])
