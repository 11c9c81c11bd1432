"""The open plan format: everything of a plan in one JSON file with a published schema."""

import json
from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.export.file_names import plan_file_name
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import ExportedPlan, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_json.plan_document import plan_document
from planner_writer_json.read_plan import read_plan_json

_HEAD_BYTES = 64


class JsonWriter:
    """Writes one lossless JSON file and reads the plan back from it."""

    info = WriterInfo(
        id="plan-json", title="Plan (JSON)", file_suffixes=(".json",), carries_identity=True
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return a problem when there is no plan."""
        if snapshot.plan.levels:
            return ()
        return (WriteProblem("The plan is empty: find a level and place a needle first."),)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the plan with everything measured on it."""
        progress(0.0, "Plan")
        path = folder / plan_file_name(snapshot, "plan", ".json")
        text = json.dumps(plan_document(snapshot), indent=2, ensure_ascii=False, allow_nan=False)
        path.write_text(text + "\n", "utf-8")
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem unless the file gives the very same plan.

        The variants that are set aside stay in the case.
        """
        written = attrs.evolve(snapshot.plan, variants=())
        if [read_plan_json(path).plan for path in paths] == [written]:
            return ()
        return (WriteProblem("The plan reads back differently from how it was written."),)

    def recognises(self, path: Path) -> bool:
        """Return whether a file begins as JSON does."""
        try:
            with path.open("rb") as file:
                return file.read(_HEAD_BYTES).lstrip().startswith(b"{")
        except OSError:
            return False

    def read_plan(self, path: Path) -> ExportedPlan:
        """Return the plan of a file.

        Raises
        ------
        PlanProblem
            If it holds none of a version this program knows.
        """
        return read_plan_json(path)
