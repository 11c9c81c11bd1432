"""Writer of the theatre card."""

import io
from collections.abc import Sequence
from pathlib import Path

from planner.export.file_names import plan_file_name
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanPart, WriteProblem, WriterInfo
from planner.foundation.progress import Progress
from planner_writer_pdf.writer import PdfReportWriter


class TheatreCardWriter:
    """Writes one A4 page for each level."""

    info = WriterInfo(
        id="card-pdf",
        title="Theatre card (PDF)",
        file_suffixes=(".pdf",),
        needs=frozenset({PlanPart.NEEDLES}),
        carries_identity=True,
    )

    def check(self, snapshot: PlanSnapshot) -> Sequence[WriteProblem]:
        """Return a problem for each picture that is none."""
        return PdfReportWriter().check(snapshot)

    def write(self, snapshot: PlanSnapshot, folder: Path, progress: Progress) -> Sequence[Path]:
        """Write the cards."""
        # Loading reportlab takes a quarter of a second, which the program's start cannot spare.
        from planner_writer_pdf.archival import archival  # noqa: PLC0415
        from planner_writer_pdf.theatre_card import write_theatre_cards  # noqa: PLC0415

        path = folder / plan_file_name(snapshot, "theatre-card", ".pdf")
        # In memory, because reportlab forgets its file where the disk takes no more.
        paper = io.BytesIO()
        write_theatre_cards(snapshot, paper, progress)
        path.write_bytes(archival(paper.getvalue(), snapshot.made_at))
        return (path,)

    def read_back(self, snapshot: PlanSnapshot, paths: Sequence[Path]) -> Sequence[WriteProblem]:
        """Return a problem unless the file is a PDF from its first to its last line."""
        return PdfReportWriter().read_back(snapshot, paths)
