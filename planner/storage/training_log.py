"""Every run of one person in one SQLite file, which other machines' logs can be merged into."""

import contextlib
import datetime as dt
import hashlib
import json
import sqlite3
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from planner.foundation.errors import PlannerError
from planner.rehearsal.run_file import decode_run, encode_run
from planner.rehearsal.scoring import ScorePart
from planner.rehearsal.training_mode import TrainingMode
from planner.rehearsal.training_record import Rating, RunRecord

LOG_SUFFIX = ".vtrain"
_APPLICATION_ID = 0x56545231
"""The bytes VTR1."""
_SCHEMA = """
CREATE TABLE person (name TEXT NOT NULL);
CREATE TABLE runs (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, mode TEXT NOT NULL, finished_at TEXT NOT NULL,
    total REAL NOT NULL, passed INTEGER NOT NULL, parts TEXT NOT NULL, failures TEXT NOT NULL,
    seconds REAL NOT NULL, needle_s REAL NOT NULL, shots INTEGER NOT NULL, dose REAL NOT NULL,
    cement_ml REAL NOT NULL
) STRICT;
CREATE TABLE ratings (
    run_id TEXT NOT NULL, rater TEXT NOT NULL, given_at TEXT NOT NULL, marks TEXT NOT NULL,
    PRIMARY KEY (run_id, rater, given_at)
) STRICT;
"""
_BUSY_S = 5.0
_DIGEST_DIGITS = 6


class TrainingLogProblem(PlannerError):
    """A training log that cannot be read or written."""

    code = "training-log"


class TrainingLog:
    """An open log. A run that was added is on the disk when `add` returns."""

    def __init__(self, path: Path, connection: sqlite3.Connection) -> None:
        self.path = path
        self._connection = connection
        (name,) = connection.execute("SELECT name FROM person").fetchone()
        self.person = str(name)

    @classmethod
    def open(cls, path: Path, *, person: str = "") -> Self:
        """Open a person's log; where there is none yet and a person is named, make it.

        Raises
        ------
        TrainingLogProblem
            If the file is no training log, or cannot be read or made.
        """
        is_new = not path.exists()
        if is_new and not person:
            raise TrainingLogProblem("There is no training log here.", path=path)
        with _in_words(path):
            connection = sqlite3.connect(path, timeout=_BUSY_S)
            try:
                if is_new:
                    _lay_out(connection, person)
                _check(connection, path)
                return cls(path, connection)
            except BaseException:
                connection.close()
                raise

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()

    def __enter__(self) -> Self:
        """Close it at the end of the block."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    def add(self, record: RunRecord) -> None:
        """Keep a run; one that is there already stays as it is."""
        with _in_words(self.path), self._connection:
            self._connection.execute(
                "INSERT OR IGNORE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)", _row_of(record)
            )

    def rate(self, rating: Rating) -> None:
        """Keep a teacher's rating of a run.

        Raises
        ------
        TrainingLogProblem
            If the log has no such run.
        """
        if rating.run_id not in {record.id for record in self.records()}:
            raise TrainingLogProblem("The run that was rated is not in this log.", path=self.path)
        with _in_words(self.path), self._connection:
            self._connection.execute("INSERT OR IGNORE INTO ratings VALUES (?,?,?,?)", _row(rating))

    def records(self) -> tuple[RunRecord, ...]:
        """Return every run, the oldest first."""
        with _in_words(self.path):
            rows = self._connection.execute(
                "SELECT * FROM runs ORDER BY finished_at, id"
            ).fetchall()
            return tuple(_record_of(row) for row in rows)

    def ratings(self) -> tuple[Rating, ...]:
        """Return every rating, the oldest first."""
        with _in_words(self.path):
            rows = self._connection.execute(
                "SELECT * FROM ratings ORDER BY given_at, run_id, rater"
            ).fetchall()
            return tuple(
                Rating(run_id, rater, dt.datetime.fromisoformat(given_at), json.loads(marks))
                for run_id, rater, given_at, marks in rows
            )

    def merge(self, other: "TrainingLog") -> int:
        """Take in the runs and ratings of the same person's log; return how many runs were new.

        Raises
        ------
        TrainingLogProblem
            If the other log is somebody else's.
        """
        if other.person != self.person:
            raise TrainingLogProblem(
                f"This is the training log of {other.person}, not of {self.person}.",
                path=other.path,
            )
        records, ratings = other.records(), other.ratings()
        with _in_words(self.path), self._connection:
            before = self._connection.total_changes
            self._connection.executemany(
                "INSERT OR IGNORE INTO runs VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?)",
                map(_row_of, records),
            )
            added = self._connection.total_changes - before
            self._connection.executemany(
                "INSERT OR IGNORE INTO ratings VALUES (?,?,?,?)", map(_row, ratings)
            )
        return added


def log_path(folder: Path, person: str) -> Path:
    """Return where a person's log lies in a folder of logs.

    Names that differ only in case, accents or signs share no file: a digest keeps them apart.

    Raises
    ------
    TrainingLogProblem
        If the name is empty.
    """
    name = " ".join(person.split())
    if not name:
        raise TrainingLogProblem("A training log needs the name of its person.")
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    stem = "".join(sign if sign.isalnum() else "-" for sign in plain.lower()).strip("-")
    digest = hashlib.sha256(name.encode()).hexdigest()[:_DIGEST_DIGITS]
    return folder / f"{stem or 'person'}-{digest}{LOG_SUFFIX}"


def class_logs(folder: Path) -> tuple[Path, ...]:
    """Return the logs of a folder, by name."""
    return tuple(sorted(folder.glob(f"*{LOG_SUFFIX}")))


def take_in(source: Path, folder: Path) -> tuple[str, int]:
    """Merge a log from another machine into a folder of logs.

    Returns
    -------
    The person and how many runs were new.

    Raises
    ------
    TrainingLogProblem
        If the file is no training log.
    """
    with TrainingLog.open(source) as other:
        target = log_path(folder, other.person)
        with TrainingLog.open(target, person=other.person) as own:
            return own.person, own.merge(other)


def _check(connection: sqlite3.Connection, path: Path) -> None:
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application != _APPLICATION_ID:
        raise TrainingLogProblem("This file is no training log.", path=path)


def _lay_out(connection: sqlite3.Connection, person: str) -> None:
    with connection:
        connection.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
        connection.executescript(_SCHEMA)
        connection.execute("INSERT INTO person VALUES (?)", (" ".join(person.split()),))


@contextlib.contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise TrainingLogProblem(
            "This training log cannot be used.",
            path=path,
            hint="Check that the file is a training log and that its folder can be written to.",
        ) from error
    except (ValueError, TypeError, KeyError) as error:
        raise TrainingLogProblem("This training log is damaged.", path=path) from error


def _row_of(record: RunRecord) -> tuple[Any, ...]:
    parts = [[p.name, p.points, p.most, p.text] for p in record.parts]
    return (
        record.id,
        encode_run(record.run),
        record.mode.value,
        record.finished_at.astimezone(dt.UTC).isoformat(),
        record.total,
        int(record.passed),
        json.dumps(parts),
        json.dumps(record.failures),
        record.seconds,
        record.needle_s,
        record.shots,
        record.dose,
        record.cement_ml,
    )


def _row(rating: Rating) -> tuple[str, ...]:
    given_at = rating.given_at.astimezone(dt.UTC).isoformat()
    return rating.run_id, rating.rater, given_at, json.dumps(dict(rating.marks), sort_keys=True)


def _record_of(row: tuple[Any, ...]) -> RunRecord:
    _id, run, mode, finished_at, total, passed, parts, failures, *numbers = row
    seconds, needle_s, shots, dose, cement_ml = numbers
    return RunRecord(
        run=decode_run(run),
        mode=TrainingMode(mode),
        finished_at=dt.datetime.fromisoformat(finished_at),
        total=total,
        passed=bool(passed),
        parts=tuple(ScorePart(*part) for part in json.loads(parts)),
        failures=tuple(json.loads(failures)),
        seconds=seconds,
        needle_s=needle_s,
        shots=shots,
        dose=dose,
        cement_ml=cement_ml,
    )
