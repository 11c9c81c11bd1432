"""The theatre card: one page for a level, with what is set, how deep, and what to lay out."""

import shutil
import subprocess
from pathlib import Path

import attrs
import pypdf
import pytest
from phantom_snapshot import FINDINGS, snapshot_of, three_level_plan

from planner.export.run_export import run_export
from planner.export.snapshot import DISCLAIMER, PlanSnapshot
from planner_writer_pdf.theatre_writer import TheatreCardWriter


def pages_of(snapshot: PlanSnapshot, folder: Path) -> list[str]:
    receipt = run_export(snapshot, TheatreCardWriter(), folder)
    assert receipt.problems == ()
    reader = pypdf.PdfReader(receipt.files[0].path)
    return [" ".join(page.extract_text().split()) for page in reader.pages]


def test_each_level_has_one_page_with_patient_disclaimer_and_number(tmp_path: Path) -> None:
    pages = pages_of(snapshot_of(three_level_plan()), tmp_path)
    for number, (page, level) in enumerate(zip(pages, ("T11", "T13", "L5"), strict=True), start=1):
        assert f"Theatre card {level}" in page
        assert DISCLAIMER in page
        assert "Müller-Lüdenscheidt, Änne" in page
        assert f"Page {number} of 3" in page


def test_angles_midline_and_c_arm_stand_there_with_their_direction(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (page,) = pages_of(a_snapshot, tmp_path)
    for part in (
        "Left needle Access needle 11 G, 125 mm Transpedicular: through the pedicle",
        "18.3° 5.0° 42 medial caudad mm from the midline",
        "orbital 18.3° to patient's left, angular 5.0° cranial",
        "No needle is planned on the patient's right.",
    ):  # fmt: skip
        assert part in page


def test_depths_at_each_landmark_run_from_bone_and_from_skin_with_a_line_to_write_on(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (page,) = pages_of(a_snapshot, tmp_path)
    # From (52, 55, -412) to (18, -48, -421) are 108.84 mm; 108.87 - 54.57 mm lie before the bone.
    assert "Meets bone 0.0 54.3 ____" in page
    assert "Needle tip 54.5 108.8 ____" in page
    for landmark in ("Pedicle isthmus", "Posterior wall", "Balloon, front marker"):
        assert landmark in page


def test_what_to_lay_out_is_counted(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    (page,) = pages_of(a_snapshot, tmp_path)
    for part in (
        "1 Access needle 11 G, 125 mm", "1 Working cannula with drill, passes 11 G",
        "1 Balloon Balloon 15/3", "1 Inflation syringe", "4.1 ml PMMA, low viscosity, drawn up",
        "Left balloon 2.5 ml", "Cement in the body 3.5 ml", "Hard warning 5.2 ml",
    ):  # fmt: skip
        assert part in page


def test_what_is_drawn_up_is_marked_until_the_user_has_read_the_cannulas(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (page,) = pages_of(a_snapshot, tmp_path / "tube")
    assert "drawn up†" in page
    level = a_snapshot.assessment.levels[0]
    assert level.cement is not None
    read = attrs.evolve(level, cement=attrs.evolve(level.cement, is_syringe_read=True))
    judged = attrs.evolve(a_snapshot.assessment, levels=(read,))
    (page,) = pages_of(attrs.evolve(a_snapshot, assessment=judged), tmp_path / "read")
    assert "drawn up" in page
    assert "drawn up†" not in page


def test_the_x_rays_are_on_the_card_and_not_in_the_report(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    from planner_writer_pdf.writer import PdfReportWriter

    (page,) = pages_of(a_snapshot, tmp_path)
    assert page.index("Down it") < page.index("X-ray AP")
    (report,) = run_export(a_snapshot, PdfReportWriter(), tmp_path).files
    assert "X-ray AP" not in "".join(p.extract_text() for p in pypdf.PdfReader(report.path).pages)


def test_a_level_with_very_much_to_say_still_has_one_page(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.assessment.levels
    many = tuple(attrs.evolve(FINDINGS[0], message=f"Caution {n}. " * 12) for n in range(40))
    wordy = attrs.evolve(level, findings=many)
    assessment = attrs.evolve(a_snapshot.assessment, levels=(wordy,))
    (page,) = pages_of(attrs.evolve(a_snapshot, assessment=assessment), tmp_path)
    assert "and 37 more: see the report" in page


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="pdftotext is not installed")
def test_the_text_can_be_selected(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    (file,) = run_export(a_snapshot, TheatreCardWriter(), tmp_path).files
    said = subprocess.run(
        ["pdftotext", str(file.path), "-"], capture_output=True, text=True, check=True
    ).stdout
    assert "Müller-Lüdenscheidt, Änne" in said
    assert "Needle tip" in said
