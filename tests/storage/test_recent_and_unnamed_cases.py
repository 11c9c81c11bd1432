import datetime as dt
from pathlib import Path

import pytest

from planner.foundation.app_paths import config_folder
from planner.storage.recent_cases import forget_case, recent_cases, remember_case
from planner.storage.unnamed_cases import next_unnamed_path, unnamed_cases

NOON = dt.datetime(2026, 1, 2, 12, 0, tzinfo=dt.UTC)


def test_the_case_opened_last_comes_first_and_each_once(tmp_path: Path) -> None:
    for minute, name in enumerate(["a", "b", "a", "c"]):
        remember_case(tmp_path / f"{name}.vplan", NOON + dt.timedelta(minutes=minute))
    assert [case.path.stem for case in recent_cases()] == ["c", "a", "b"]
    assert recent_cases()[0].opened_at == NOON + dt.timedelta(minutes=3)


def test_a_case_that_is_gone_is_listed_as_not_there(tmp_path: Path) -> None:
    there = tmp_path / "there.vplan"
    there.touch()
    remember_case(there, NOON)
    remember_case(tmp_path / "gone.vplan", NOON)
    assert [case.is_there for case in recent_cases()] == [False, True]
    forget_case(tmp_path / "gone.vplan")
    assert [case.path for case in recent_cases()] == [there]


@pytest.mark.parametrize(
    "text", ["", "{", "7", '{"a": 1}', "[1, null]", '[{"path": "x", "opened_at": "soon"}]', "\x00"]
)
def test_a_damaged_list_counts_as_empty_and_is_written_anew(tmp_path: Path, text: str) -> None:
    (config_folder() / "recent-cases.json").write_text(text)
    assert recent_cases() == ()
    remember_case(tmp_path / "a.vplan", NOON)
    assert [case.path.stem for case in recent_cases()] == ["a"]


def test_the_list_stays_short(tmp_path: Path) -> None:
    for number in range(30):
        remember_case(tmp_path / f"{number}.vplan", NOON)
    assert len(recent_cases()) == 12


def test_unnamed_cases_never_share_a_path_and_the_newest_comes_first() -> None:
    paths = [next_unnamed_path(NOON + dt.timedelta(hours=hour)) for hour in range(3)]
    paths.append(next_unnamed_path(NOON))
    assert len(set(paths)) == 4
    for path in paths[:3]:
        path.touch()
    assert unnamed_cases() == (paths[2], paths[1], paths[0])
