"""What was accepted stands on paper beside its finding, which keeps its severity."""

from pathlib import Path

import attrs
import pypdf
import pytest
from phantom_snapshot import FINDINGS

from planner.assessment.acceptance import accepted
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.export.writer import PlanWriter
from planner.planning.edits import accept_finding
from planner_writer_pdf.theatre_writer import TheatreCardWriter
from planner_writer_pdf.writer import PdfReportWriter

CAUTION = FINDINGS[0]


def _text(snapshot: PlanSnapshot, writer: PlanWriter, folder: Path) -> str:
    receipt = run_export(snapshot, writer, folder)
    assert receipt.problems == ()
    pages = pypdf.PdfReader(receipt.files[0].path).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.mark.parametrize("writer", [PdfReportWriter(), TheatreCardWriter()])
def test_the_reason_stands_beside_the_finding(
    writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    plan = accept_finding(a_snapshot.plan, accepted(CAUTION, "Endplate <b>is</b> sclerotic"))
    text = _text(attrs.evolve(a_snapshot, plan=plan), writer, tmp_path)
    assert f"{CAUTION.message} accepted: Endplate <b>is</b> sclerotic" in text
    assert "caution" in text.lower()


@pytest.mark.parametrize("writer", [PdfReportWriter(), TheatreCardWriter()])
def test_an_acceptance_of_another_number_is_never_printed_as_one(
    writer: PlanWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    earlier = attrs.evolve(CAUTION, value=3.6)
    plan = accept_finding(a_snapshot.plan, accepted(earlier, "known"))
    text = _text(attrs.evolve(a_snapshot, plan=plan), writer, tmp_path)
    assert f"{CAUTION.message} no longer accepted: that was caution at 3.6 mm (known)" in text
    assert " accepted: known" not in text
