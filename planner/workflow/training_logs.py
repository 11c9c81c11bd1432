"""The training logs of this machine: one folder, one file a person."""

from pathlib import Path

from planner.foundation.app_paths import data_folder
from planner.rehearsal.training_record import Rating, RunRecord
from planner.storage.training_export import write_csv, write_json
from planner.storage.training_log import TrainingLog, class_logs, log_path, take_in


def logs_folder() -> Path:
    """Return the folder of the logs, made if missing."""
    folder = data_folder() / "training"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def keep_run(person: str, record: RunRecord) -> None:
    """Add a run to a person's log.

    Raises
    ------
    TrainingLogProblem
        If it cannot be written.
    """
    with TrainingLog.open(log_path(logs_folder(), person), person=person) as log:
        log.add(record)


def keep_rating(person: str, rating: Rating) -> None:
    """Add a teacher's rating of a run to a person's log.

    Raises
    ------
    TrainingLogProblem
        If the run is not in it.
    """
    with TrainingLog.open(log_path(logs_folder(), person), person=person) as log:
        log.rate(rating)


def all_runs() -> dict[str, tuple[RunRecord, ...]]:
    """Return every person's runs, by name, the oldest first.

    Raises
    ------
    TrainingLogProblem
        If a log cannot be read.
    """
    found = {}
    for path in class_logs(logs_folder()):
        with TrainingLog.open(path) as log:
            found[log.person] = log.records()
    return dict(sorted(found.items()))


def import_log(source: Path) -> tuple[str, int]:
    """Take in a log from another machine; return whose it is and how many runs were new.

    Raises
    ------
    TrainingLogProblem
        If the file is no training log.
    """
    return take_in(source, logs_folder())


def export_runs(target: Path) -> None:
    """Write every run: a table where the name ends in .csv, else a JSON document.

    Raises
    ------
    TrainingLogProblem
        If a log cannot be read or the file not be written.
    """
    logs = [TrainingLog.open(path) for path in class_logs(logs_folder())]
    try:
        (write_csv if target.suffix.lower() == ".csv" else write_json)(logs, target)
    finally:
        for log in logs:
            log.close()
