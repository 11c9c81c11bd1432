"""Runs as a table or a document that other programs read."""

import csv
import json
from collections.abc import Callable, Iterable
from pathlib import Path

from planner.rehearsal.run_file import encode_run
from planner.rehearsal.training_record import Rating, RunRecord
from planner.storage.place_file import part_file_beside, place_over
from planner.storage.training_log import TrainingLog, TrainingLogProblem

_FORMAT = "vertebroplan-training-1"


def write_csv(logs: Iterable[TrainingLog], path: Path) -> None:
    """Write one line a run, of all the logs.

    Raises
    ------
    TrainingLogProblem
        If the file cannot be written.
    """
    rows = [_line(log.person, record, log.ratings()) for log in logs for record in log.records()]
    names = list(dict.fromkeys(name for row in rows for name in row)) or ["person"]

    def write(part: Path) -> None:
        with part.open("w", encoding="utf-8", newline="") as file:
            table = csv.DictWriter(file, names, restval="")
            table.writeheader()
            table.writerows(rows)

    _write(path, write)


def write_json(logs: Iterable[TrainingLog], path: Path) -> None:
    """Write every run with all that was done in it, enough to do it again.

    Raises
    ------
    TrainingLogProblem
        If the file cannot be written.
    """
    people = [
        {
            "person": log.person,
            "runs": [_document(record, log.ratings()) for record in log.records()],
        }
        for log in logs
    ]
    text = json.dumps({"format": _FORMAT, "people": people}, indent=1, allow_nan=False)
    _write(path, lambda part: part.write_text(text, "utf-8"))


def _write(path: Path, write: Callable[[Path], object]) -> None:
    try:
        with part_file_beside(path) as part:
            write(part)
            place_over(part, path)
    except OSError as error:
        raise TrainingLogProblem(
            f"The runs cannot be written: {error.strerror}.", path=path
        ) from error


def _line(person: str, record: RunRecord, ratings: tuple[Rating, ...]) -> dict[str, object]:
    given = [rating.mean for rating in ratings if rating.run_id == record.id]
    return {
        "person": person,
        "run": record.id,
        "finished_at_utc": record.finished_at.isoformat(timespec="seconds"),
        "scenario": record.run.scenario_id,
        "mode": record.mode.value,
        "points": f"{record.total:.1f}",
        "passed": "yes" if record.passed else "no",
        **{f"points_{part.name}": f"{part.points:.1f}" for part in record.parts},
        "seconds": f"{record.seconds:.0f}",
        "needle_seconds": f"{record.needle_s:.0f}",
        "shots": record.shots,
        "relative_dose": f"{record.dose:.2f}",
        "cement_ml": f"{record.cement_ml:.2f}",
        "rating_mean_1_to_5": f"{sum(given) / len(given):.2f}" if given else "",
        "failures": " ".join(record.failures),
    }


def _document(record: RunRecord, ratings: tuple[Rating, ...]) -> dict[str, object]:
    return {
        "id": record.id,
        "finished_at": record.finished_at.isoformat(),
        "mode": record.mode.value,
        "score": {
            "total": record.total,
            "passed": record.passed,
            "parts": [
                {"name": p.name, "points": p.points, "of": p.most, "text": p.text}
                for p in record.parts
            ],
            "failures": list(record.failures),
        },
        "seconds": record.seconds,
        "needle_seconds": record.needle_s,
        "shots": record.shots,
        "relative_dose": record.dose,
        "cement_ml": record.cement_ml,
        "ratings": [
            {"rater": r.rater, "given_at": r.given_at.isoformat(), "marks": dict(r.marks)}
            for r in ratings
            if r.run_id == record.id
        ],
        "run": json.loads(encode_run(record.run)),
    }
