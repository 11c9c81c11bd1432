"""A training log keeps every run, on every machine, and gives them to other programs."""

import csv
import datetime as dt
import json
import sqlite3

import attrs
import pytest

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlannerError
from planner.rehearsal.events import Finish, NameLevel
from planner.rehearsal.run_file import RecordedRun, decode_run
from planner.rehearsal.scoring import ScorePart
from planner.rehearsal.training_mode import TrainingMode
from planner.rehearsal.training_record import RATED_ITEMS, Rating, RunRecord
from planner.storage.training_export import write_csv, write_json
from planner.storage.training_log import (
    TrainingLog,
    TrainingLogProblem,
    class_logs,
    log_path,
    take_in,
)

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def a_record(minute: int = 0, total: float = 81.5) -> RunRecord:
    events = (NameLevel(1.0, VertebraLevel.T12), Finish(2.0 + minute))
    return RunRecord(
        run=RecordedRun("t12-wedge", events),
        mode=TrainingMode.EXAM,
        finished_at=NOON + dt.timedelta(minutes=minute),
        total=total,
        passed=True,
        parts=(ScorePart("tip", 20.0, 25.0, "off by 3.1, 4.0 mm"),),
        failures=(),
        seconds=240.0,
        needle_s=100.0,
        shots=9,
        dose=3.25,
        cement_ml=4.5,
    )


def a_rating(record: RunRecord, mark: int = 4) -> Rating:
    return Rating(record.id, "Teacher", NOON, dict.fromkeys(RATED_ITEMS, mark))


def test_a_run_is_read_back_as_it_was_after_the_log_was_closed(tmp_path) -> None:
    path = log_path(tmp_path, "Ada Lovelace")
    with TrainingLog.open(path, person="Ada Lovelace") as log:
        log.add(a_record(5))
        log.add(a_record(1))
        log.rate(a_rating(a_record(5)))
    with TrainingLog.open(path) as log:
        assert log.person == "Ada Lovelace"
        assert log.records() == (a_record(1), a_record(5))
        assert log.ratings() == (a_rating(a_record(5)),)


def test_merging_takes_in_what_is_new_and_nothing_twice(tmp_path) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    for folder, minutes in ((here, (0, 1)), (there, (1, 2, 3))):
        folder.mkdir()
        with TrainingLog.open(log_path(folder, "Ada"), person="Ada") as log:
            for minute in minutes:
                log.add(a_record(minute))
    with TrainingLog.open(log_path(there, "Ada")) as log:
        log.rate(a_rating(a_record(3)))
    assert take_in(log_path(there, "Ada"), here) == ("Ada", 2)
    assert take_in(log_path(there, "Ada"), here) == ("Ada", 0)
    with TrainingLog.open(log_path(here, "Ada")) as log:
        assert log.records() == tuple(a_record(minute) for minute in range(4))
        assert log.ratings() == (a_rating(a_record(3)),)


def test_a_person_new_to_a_class_gets_a_log_of_their_own(tmp_path) -> None:
    source = tmp_path / "stick.vtrain"
    with TrainingLog.open(source, person="Grace") as log:
        log.add(a_record())
    folder = tmp_path / "class"
    folder.mkdir()
    assert take_in(source, folder) == ("Grace", 1)
    assert class_logs(folder) == (log_path(folder, "Grace"),)


def test_one_persons_log_is_not_merged_into_anothers(tmp_path) -> None:
    with (
        TrainingLog.open(tmp_path / "a.vtrain", person="Ada") as ada,
        TrainingLog.open(tmp_path / "g.vtrain", person="Grace") as grace,
    ):
        grace.add(a_record())
        with pytest.raises(TrainingLogProblem, match="of Grace, not of Ada"):
            ada.merge(grace)
        assert ada.records() == ()


def test_people_whose_names_look_alike_in_plain_letters_share_no_log(tmp_path) -> None:
    names = ("José Núñez", "Jose Nunez", "jose nunez", "José  Núñez ")
    paths = [log_path(tmp_path, name) for name in names]
    assert len(set(paths)) == 3
    assert paths[0] == paths[3]
    with pytest.raises(TrainingLogProblem):
        log_path(tmp_path, "  ")


def test_what_is_no_log_gets_a_sentence_and_stays_as_it_is(tmp_path) -> None:
    text, other = tmp_path / "notes.vtrain", tmp_path / "other.vtrain"
    text.write_text("not a database, but long enough to be taken for one " * 40)
    sqlite3.connect(other).execute("CREATE TABLE t (x)").connection.close()
    for path in (text, other):
        before = path.read_bytes()
        with pytest.raises(TrainingLogProblem):
            TrainingLog.open(path, person="Ada")
        assert path.read_bytes() == before
    with pytest.raises(TrainingLogProblem):
        TrainingLog.open(tmp_path / "missing.vtrain")
    assert not (tmp_path / "missing.vtrain").exists()


def test_a_rating_marks_every_item_of_the_scale_from_1_to_5() -> None:
    record = a_record()
    assert a_rating(record, 4).mean == 4.0
    with pytest.raises(PlannerError):
        a_rating(record, 6)
    with pytest.raises(PlannerError):
        attrs.evolve(a_rating(record), marks={RATED_ITEMS[0]: 3})


def test_a_rating_of_a_run_that_is_not_there_is_refused(tmp_path) -> None:
    with TrainingLog.open(tmp_path / "a.vtrain", person="Ada") as log:
        with pytest.raises(TrainingLogProblem):
            log.rate(a_rating(a_record()))
        assert log.ratings() == ()


def test_the_table_has_one_line_a_run_with_points_and_ratings(tmp_path) -> None:
    with TrainingLog.open(tmp_path / "a.vtrain", person="Ada, Countess") as log:
        log.add(a_record(0))
        log.add(a_record(1, total=55.25))
        log.rate(a_rating(a_record(0), 4))
        log.rate(attrs.evolve(a_rating(a_record(0), 5), rater="Second"))
        write_csv([log], tmp_path / "runs.csv")
    rows = list(csv.DictReader((tmp_path / "runs.csv").read_text("utf-8").splitlines()))
    assert [row["person"] for row in rows] == ["Ada, Countess"] * 2
    assert [row["points"] for row in rows] == ["81.5", "55.2"]
    assert [row["rating_mean_1_to_5"] for row in rows] == ["4.50", ""]
    assert rows[0]["points_tip"] == "20.0"


def test_the_document_holds_every_action_so_that_a_run_can_be_done_again(tmp_path) -> None:
    with TrainingLog.open(tmp_path / "a.vtrain", person="Ada") as log:
        log.add(a_record())
        write_json([log], tmp_path / "runs.json")
    (person,) = json.loads((tmp_path / "runs.json").read_text("utf-8"))["people"]
    (run,) = person["runs"]
    assert decode_run(json.dumps(run["run"])) == a_record().run
    assert run["score"]["total"] == 81.5


def test_an_export_that_cannot_be_written_says_so(tmp_path) -> None:
    with (
        TrainingLog.open(tmp_path / "a.vtrain", person="Ada") as log,
        pytest.raises(TrainingLogProblem),
    ):
        write_csv([log], tmp_path / "no such folder" / "runs.csv")
