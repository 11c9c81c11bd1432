"""Take a plan out of an exported file."""

from pathlib import Path

from planner.export.registry import Writers, plugin_errors_as_sentences
from planner.export.writer import ExportedPlan, ReadsPlan
from planner.foundation.errors import PlanProblem


def import_plan(path: Path, writers: Writers) -> ExportedPlan:
    """Return the plan of a file that one of the writers wrote, equal to the one exported.

    Raises
    ------
    PlanProblem
        If there is no such file, none of the writers knows its kind, or it holds no whole plan.
    """
    if not path.is_file():
        raise PlanProblem("There is no such file.", path=path, hint="Choose an exported plan.")
    for installed in writers.writers:
        writer = installed.writer
        if not isinstance(writer, ReadsPlan):
            continue
        with plugin_errors_as_sentences(installed.info.id):
            if writer.recognises(path):
                return writer.read_plan(path)
    readers = [w.info.title for w in writers.writers if isinstance(w.writer, ReadsPlan)]
    raise PlanProblem(
        "The file is no plan that can be read back.",
        path=path,
        hint=f"Choose a file written as {' or '.join(readers)}.",
    )
