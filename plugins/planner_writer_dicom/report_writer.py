"""Writer and reader of the plan as a DICOM structured report."""

from collections.abc import Sequence
from pathlib import Path

import attrs

from planner.export.file_names import plan_file_name
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import ExportedPlan, PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner.planning.plan import Plan
from planner_writer_dicom.what_is_missing import what_is_missing


class StructuredReportWriter:
    """Writes the whole plan as one Comprehensive 3D SR and reads it back from one."""

    info = WriterInfo(
        id="dicom-sr",
        title="DICOM structured report",
        file_suffixes=(".dcm",),
        needs=frozenset({PlanPart.NEEDLES, PlanPart.DICOM_IMAGES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return what the images lack."""
        return what_is_missing(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write one file."""
        progress(0.0, "Structured report")
        # highdicom takes a second or two to load, which the program's start cannot spare.
        from planner_writer_dicom.structured_report import write_structured_report  # noqa: PLC0415

        path = folder / plan_file_name(snapshot, "plan", ".dcm")
        write_structured_report(snapshot, path)
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem unless the file gives the very same plan, as far as it holds it."""
        if [self.read_plan(path).plan for path in paths] == [_reported(snapshot.plan)]:
            return ()
        return (WriteProblem("The plan reads back differently from how it was written."),)

    def recognises(self, path: Path) -> bool:
        """Return whether a file is a structured report with coordinates."""
        from planner_writer_dicom.read_structured_report import (  # noqa: PLC0415  as below
            is_structured_report,
        )

        return is_structured_report(path)

    def read_plan(self, path: Path) -> ExportedPlan:
        """Return the plan of a file.

        Raises
        ------
        PlanProblem
            If it holds none of ours.
        """
        # The standard's dictionary of codes takes half a second to load.
        from planner_writer_dicom.read_structured_report import (  # noqa: PLC0415
            read_structured_report,
        )

        return read_structured_report(path)


def _reported(plan: Plan) -> Plan:
    """Return what of a plan the report holds: no other variants."""
    return attrs.evolve(plan, variants=())
