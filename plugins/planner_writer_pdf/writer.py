"""The surgical report: a page or two for the theatre, the rest to look things up."""

import io
from collections.abc import Sequence
from pathlib import Path

from planner.export.file_names import plan_file_name
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress

_PNG_MAGIC = b"\x89PNG\r\n\x1a\n"


class PdfReportWriter:
    """Writes one PDF on A4 paper."""

    info = WriterInfo(
        id="report-pdf",
        title="Surgical report (PDF)",
        file_suffixes=(".pdf",),
        needs=frozenset({PlanPart.NEEDLES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return a problem for each picture that is none."""
        return tuple(
            WriteProblem(f"The picture {picture.title!r} is no PNG: take the pictures again.")
            for picture in snapshot.pictures
            if not picture.png.startswith(_PNG_MAGIC)
        )

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the report."""
        # Loading reportlab takes a quarter of a second, which the program's start cannot spare.
        from planner_writer_pdf.archival import archival  # noqa: PLC0415
        from planner_writer_pdf.report import write_report  # noqa: PLC0415

        path = folder / plan_file_name(snapshot, "report", ".pdf")
        # In memory, because reportlab forgets its file where the disk takes no more.
        paper = io.BytesIO()
        write_report(snapshot, paper, progress)
        path.write_bytes(archival(paper.getvalue(), snapshot.made_at))
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem unless the file is a PDF from its first to its last line."""
        del snapshot
        return tuple(
            WriteProblem(f"{path.name} is not a whole PDF.")
            for path in paths
            if not _is_whole(path.read_bytes())
        )


def _is_whole(data: bytes) -> bool:
    return data.startswith(b"%PDF-") and data.rstrip().endswith(b"%%EOF")
