import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import attrs
import pypdf
import pytest
from phantom_snapshot import FINDINGS, SKIN, TIP, png_picture

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.findings import Finding, Severity
from planner.assessment.numbers_used import NUMBERS_BEHIND, numbers_used
from planner.dicom.study_reference import PatientIdentity
from planner.export.run_export import run_export
from planner.export.snapshot import DISCLAIMER, PictureKind, PlanSnapshot
from planner.foundation.clinical_numbers import clinical_numbers
from planner.planning.measures import BreachGrade, Margin
from planner.planning.plan import NeedleRoute
from planner_writer_pdf import words
from planner_writer_pdf.needle_card import _grade_colour
from planner_writer_pdf.paper import SEVERITY_COLOURS
from planner_writer_pdf.theatre_writer import TheatreCardWriter
from planner_writer_pdf.writer import PdfReportWriter

A4_WIDTH_POINTS = 595.0


def pages_of(snapshot: PlanSnapshot, folder: Path) -> list[str]:
    (file,) = run_export(snapshot, PdfReportWriter(), folder).files
    return [page.extract_text() for page in pypdf.PdfReader(file.path).pages]


def with_patient(snapshot: PlanSnapshot, patient: PatientIdentity) -> PlanSnapshot:
    return attrs.evolve(snapshot, study=attrs.evolve(snapshot.study, patient=patient))


def on_the_right(snapshot: PlanSnapshot) -> PlanSnapshot:
    """Return the snapshot with its needle, balloon and findings named right."""
    (level,), (assessed,) = snapshot.plan.levels, snapshot.assessment.levels
    right = Side.RIGHT
    needle, balloon = level.needles[0], level.balloons[0]
    plan_level = attrs.evolve(
        level,
        needles=(attrs.evolve(needle, side=right),),
        balloons=(attrs.evolve(balloon, side=right),),
    )
    assessment_level = attrs.evolve(
        assessed,
        needles=(attrs.evolve(assessed.needles[0], side=right),),
        balloons=(attrs.evolve(assessed.balloons[0], side=right),),
    )
    return attrs.evolve(
        snapshot,
        plan=attrs.evolve(snapshot.plan, levels=(plan_level,)),
        assessment=attrs.evolve(snapshot.assessment, levels=(assessment_level,)),
    )


def test_the_report_is_two_or_three_pages_each_with_disclaimer_number_and_patient(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    pages = pages_of(a_snapshot, tmp_path)
    assert 2 <= len(pages) <= 3
    for number, page in enumerate(pages, start=1):
        assert DISCLAIMER in page
        assert f"Page {number} of {len(pages)}" in page
        assert "Müller-Lüdenscheidt, Änne" in page
        assert "PAT-4711" in page


def test_the_time_on_the_paper_is_the_snapshots(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    assert "2026-01-06 14:30 UTC" in pages_of(a_snapshot, tmp_path)[0]


def test_the_numbers_of_the_needle_are_there_with_unit_direction_and_uncertainty(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    page = " ".join(pages_of(a_snapshot, tmp_path)[0].split())
    for part in (
        "Left needle",
        "11 G, 3.05 mm, length 125 mm†",
        "18.3°",
        "medial",
        "5.0°",
        "caudad",
        "54.6",
        "mm to the tip",
        "Grade A",
        "2.9 ± 0.8 mm",
        "5.2 ± 0.8 mm",
        "orbital 18.3° to patient's left, angular 5.0° cranial",
        "Skin to tip (supine estimate) 108.9 mm",
        "not measured",
    ):
        assert part in page
    assert "Foramen 0.0" not in page


def test_a_needle_on_the_left_is_never_under_the_heading_right(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    left = pages_of(a_snapshot, tmp_path / "left")[0]
    right = pages_of(on_the_right(a_snapshot), tmp_path / "right")[0]
    assert "No needle is planned on the patient's right." in left
    assert "No needle is planned on the patient's left." not in left
    assert "No needle is planned on the patient's left." in right
    assert "unipedicular left" in left
    assert "unipedicular right" in right


def places_on_the_first_page(snapshot: PlanSnapshot, folder: Path) -> dict[str, float]:
    """Return how far from the left edge each piece of text begins, in points."""
    (file,) = run_export(snapshot, PdfReportWriter(), folder).files
    places: dict[str, float] = {}

    def note(text: str, page_from_text: list[float], *_rest: object) -> None:
        places[text.strip()] = page_from_text[4]

    pypdf.PdfReader(file.path).pages[0].extract_text(visitor_text=note)
    return places


def test_the_patients_left_is_printed_on_the_left_with_its_own_numbers(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    left = places_on_the_first_page(a_snapshot, tmp_path / "left")
    right = places_on_the_first_page(on_the_right(a_snapshot), tmp_path / "right")
    middle = A4_WIDTH_POINTS / 2
    for places in (left, right):
        assert places["Left needle"] < middle < places["Right needle"]
    assert left["18.3°"] < middle
    assert right["18.3°"] > middle


def test_findings_stand_there_in_words_with_their_severity(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    text = " ".join(" ".join(pages_of(a_snapshot, tmp_path)).split())
    for finding in FINDINGS:
        assert finding.message.replace("+/-", "±") in text
    assert "CAUTION" in text
    assert "Checks that are met The left needle stays 5.2 ± 0.8 mm" in text
    assert "1 caution, 1 note" in text


def test_a_plan_that_was_never_checked_does_not_look_safe(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.assessment.levels
    unchecked = attrs.evolve(
        a_snapshot.assessment, levels=(attrs.evolve(level, findings=()),), findings=()
    )
    page = pages_of(attrs.evolve(a_snapshot, assessment=unchecked), tmp_path)[0]
    assert "Nothing was checked" in page
    assert "SAFE" not in page


def test_a_plan_with_every_check_met_says_how_many_there_were(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.assessment.levels
    met = attrs.evolve(
        a_snapshot.assessment,
        levels=(attrs.evolve(level, findings=FINDINGS[1:] * 12),),
        findings=(),
    )
    page = pages_of(attrs.evolve(a_snapshot, assessment=met), tmp_path)[0]
    assert "SAFE" in page
    assert "12 checks, listed at the end of this report." in page


def test_the_worst_finding_stands_at_the_top(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    danger = Finding(Severity.DANGER, "canal-margin", "The needle is in the canal.")
    assessment = attrs.evolve(
        a_snapshot.assessment, findings=(*a_snapshot.assessment.findings, danger)
    )
    page = pages_of(attrs.evolve(a_snapshot, assessment=assessment), tmp_path)[0]
    assert page.index("DANGER") < page.index("Left needle")
    assert page.index("The needle is in the canal.") < page.index("Left needle")


def test_skin_values_and_unverified_numbers_are_marked(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    text = " ".join(" ".join(pages_of(a_snapshot, tmp_path)).split())
    assert "Skin entry from midline (supine estimate)" in text
    assert "PMMA, low viscosity†" in text
    assert "4.0 ml, 400 psi†" in text
    assert "Not read anywhere: check the product's sheet†" in text


def test_every_picture_is_in_the_report_with_its_title(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (file,) = run_export(a_snapshot, PdfReportWriter(), tmp_path).files
    reader = pypdf.PdfReader(file.path)
    names = [name for page in reader.pages for name in page.images.keys()]  # noqa: SIM118
    views = [picture for picture in a_snapshot.pictures if picture.kind is PictureKind.VIEW]
    assert len(names) == len(views)
    text = "".join(page.extract_text() for page in reader.pages)
    for picture in views:
        assert picture.title in text


def test_a_picture_that_is_none_is_a_problem(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    spoilt = attrs.evolve(a_snapshot.pictures[0], png=b"JFIF")
    receipt = run_export(attrs.evolve(a_snapshot, pictures=(spoilt,)), PdfReportWriter(), tmp_path)
    assert [p.message for p in receipt.problems] == [
        "The picture 'Axial' is no PNG: take the pictures again."
    ]


def test_markup_in_a_name_is_printed_not_obeyed(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    patient = PatientIdentity("<b>Bold</b> & Sons^</para>", "A&B<1>")
    text = "".join(pages_of(with_patient(a_snapshot, patient), tmp_path))
    assert "<b>Bold</b> & Sons, </para>" in text
    assert "A&B<1>" in text


@pytest.mark.parametrize(
    ("name", "is_printable"), [("Иванов^Пётр", True), ("Nguyễn^Thị", True), ("山田^太郎", False)]
)
def test_a_name_whose_letters_cannot_be_printed_says_so(
    a_snapshot: PlanSnapshot, tmp_path: Path, name: str, is_printable: bool
) -> None:
    page = pages_of(with_patient(a_snapshot, PatientIdentity(name, "PAT-1")), tmp_path)[0]
    assert ("cannot be printed here" not in page) is is_printable
    assert not is_printable or words.person(name) in page


def long_everything(snapshot: PlanSnapshot) -> PlanSnapshot:
    long = with_patient(
        snapshot,
        PatientIdentity("Wolfeschlegelstein" * 5 + "^Hubert Blaine " * 4, "ID-0123456789" * 5),
    )
    study = attrs.evolve(long.study, description="CT THORACOLUMBAR SPINE 0.625 MM " * 6)
    finding = attrs.evolve(FINDINGS[0], message="Donaudampfschifffahrtsgesellschaft" * 6)
    (level,) = snapshot.assessment.levels
    assessment = attrs.evolve(
        snapshot.assessment, levels=(attrs.evolve(level, findings=(finding,) * 40),)
    )
    pictures = tuple(
        attrs.evolve(p, title="A very long title of a view " * 8, png=png_picture(9, width_px=400))
        for p in snapshot.pictures
    )
    return attrs.evolve(long, study=study, assessment=assessment, pictures=pictures)


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler is not installed")
def test_the_longest_names_stay_inside_the_page(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    (file,) = run_export(long_everything(a_snapshot), PdfReportWriter(), tmp_path).files
    subprocess.run(["pdftotext", "-bbox", file.path, tmp_path / "boxes.html"], check=True)
    space = "{http://www.w3.org/1999/xhtml}"
    pages = list(ET.parse(tmp_path / "boxes.html").iter(f"{space}page"))  # noqa: S314
    assert len(pages) > 3
    for page in pages:
        for word in page.iter(f"{space}word"):
            assert float(word.attrib["xMin"]) >= 45.0 - 1.0, word.text
            assert float(word.attrib["xMax"]) <= float(page.attrib["width"]) - 45.0 + 1.0, word.text
            assert float(word.attrib["yMax"]) <= float(page.attrib["height"]), word.text


def test_a_level_without_measures_balloons_cement_or_pictures_is_still_a_report(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,), (assessed,) = a_snapshot.plan.levels, a_snapshot.assessment.levels
    measures = attrs.evolve(
        assessed.needles[0],
        bone_entry_lps_mm=None,
        depth_from_bone_mm=None,
        pedicle_fill_share=None,
        grade=None,
    )
    snapshot = attrs.evolve(
        a_snapshot,
        plan=attrs.evolve(a_snapshot.plan, levels=(attrs.evolve(level, balloons=(), cement=None),)),
        assessment=attrs.evolve(
            a_snapshot.assessment,
            levels=(
                attrs.evolve(assessed, needles=(measures,), balloons=(), cement=None, findings=()),
            ),
        ),
        pictures=(),
    )
    page = pages_of(snapshot, tmp_path)[0]
    assert "Not graded" in page
    assert words.NOT_KNOWN in page


def test_reportlab_is_not_loaded_before_a_report_is_written() -> None:
    code = "import sys, planner_writer_pdf.writer; print('reportlab' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_numbers_have_a_true_minus_and_zero_has_none() -> None:
    assert words.number(-1.25) == "\N{MINUS SIGN}1.2"
    assert words.number(-0.04) == "0.0"
    assert words.margin(Margin(-0.5, 0.8)) == "\N{MINUS SIGN}0.5 ± 0.8 mm"
    assert words.margin(None) == "not measured"
    assert words.millimetres(None) == words.NOT_KNOWN


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [(1.25, "mm", "1.25 mm"), (4.0, "mm", "4 mm"), (0.24, "share", "24 %"), (0.0, "mm", "0 mm"),
     (-1.234, "mm", "\N{MINUS SIGN}1.23 mm"), (3.0, "levels", "3 levels"), (6.5, "ml", "6.5 ml")],
)  # fmt: skip
def test_quantities_show_their_unit(value: float, unit: str, shown: str) -> None:
    assert words.quantity(value, unit) == shown


@pytest.mark.parametrize(
    ("dicom_name", "shown"),
    [
        ("Doe^Jane", "Doe, Jane"),
        ("Doe^Jane^M^Dr", "Doe, Jane M Dr"),
        ("Doe", "Doe"),
        ("", "Name not given"),
        ("Yamada^Tarou=山田^太郎", "Yamada, Tarou"),
    ],
)
def test_dicom_names_are_shown_family_name_first(dicom_name: str, shown: str) -> None:
    assert words.person(dicom_name) == shown


def test_directions_are_words_that_follow_the_sign() -> None:
    assert words.transverse_direction(12.0) == "medial"
    assert words.transverse_direction(-3.0) == "lateral"
    assert words.sagittal_direction(5.0) == "caudad"
    assert words.sagittal_direction(-5.0) == "cephalad"
    assert SKIN[0] > TIP[0], "the left needle runs medially: towards smaller x"


@pytest.mark.parametrize(
    ("grade", "judged", "expected"),
    [
        (BreachGrade.A, Severity.SAFE, Severity.SAFE),
        (BreachGrade.A, Severity.CAUTION, Severity.CAUTION),
        (BreachGrade.A, None, Severity.NOTE),
        (BreachGrade.B, Severity.SAFE, Severity.CAUTION),
        (BreachGrade.C, Severity.CAUTION, Severity.DANGER),
    ],
)
def test_a_grade_is_green_only_where_the_wall_is_clear_with_its_uncertainty(
    grade: BreachGrade, judged: Severity | None, expected: Severity
) -> None:
    assert _grade_colour(grade, judged) == SEVERITY_COLOURS[expected]


def past_the_pedicle(snapshot: PlanSnapshot) -> PlanSnapshot:
    """Return the snapshot with its left needle past the pedicle, near a rib and a lung."""
    (level,), (assessed,) = snapshot.plan.levels, snapshot.assessment.levels
    route = NeedleRoute.EXTRAPEDICULAR
    measures = attrs.evolve(
        assessed.needles[0],
        route=route,
        grade=None,
        walls=None,
        margins=attrs.evolve(assessed.needles[0].margins, pedicle_wall=None),
        neighbour_bone=Margin(1.7, 0.6),
        lung=Margin(3.4, 0.9),
    )
    needles = (attrs.evolve(level.needles[0], route=route),)
    return attrs.evolve(
        snapshot,
        plan=attrs.evolve(snapshot.plan, levels=(attrs.evolve(level, needles=needles),)),
        assessment=attrs.evolve(
            snapshot.assessment, levels=(attrs.evolve(assessed, needles=(measures,)),)
        ),
    )


@pytest.mark.parametrize("writer", [PdfReportWriter(), TheatreCardWriter()])
def test_paper_names_the_way_past_the_pedicle_and_what_lies_in_it_with_its_limits(
    writer: PdfReportWriter | TheatreCardWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (file,) = run_export(past_the_pedicle(a_snapshot), writer, tmp_path).files
    page = " ".join(pypdf.PdfReader(file.path).pages[0].extract_text().split())
    numbers = clinical_numbers()
    for part in (
        "Balloon kyphoplasty, extrapedicular left",
        "Extrapedicular: past the pedicle",
        "1.7 ± 0.6 mm",
        "3.4 ± 0.9 mm",
        "Rib, next bone",
        "Lung, bowel air",
    ):
        assert part in page
    for number_id in ("lung-margin-limit", "pedicle-wall-limit"):
        limit = f"{numbers[number_id].value:g} mm"
        assert f"at least {limit}" in page or f"\N{GREATER-THAN OR EQUAL TO} {limit}" in page
    for wrong in ("unipedicular", "Transpedicular", "Pedicle wall"):
        assert wrong not in page


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
@pytest.mark.parametrize("writer", [PdfReportWriter(), TheatreCardWriter()])
def test_another_reader_finds_the_way_past_the_pedicle_beside_the_lungs_number(
    writer: PdfReportWriter | TheatreCardWriter, a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (file,) = run_export(past_the_pedicle(a_snapshot), writer, tmp_path).files
    command = ["pdftotext", "-layout", str(file.path), "-"]
    lines = subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()
    assert any("Extrapedicular: past the pedicle" in line for line in lines)
    # The card's other column may have pushed the value onto the next line.
    lung = next(n for n, line in enumerate(lines) if "Lung, bowel air" in line)
    assert "3.4 ± 0.9 mm" in " ".join(lines[lung - 1 : lung + 2])


def test_a_lung_that_is_not_near_is_said_to_be_so(a_snapshot: PlanSnapshot, tmp_path: Path) -> None:
    snapshot = past_the_pedicle(a_snapshot)
    (assessed,) = snapshot.assessment.levels
    needle = attrs.evolve(assessed.needles[0], lung=None)
    levels = (attrs.evolve(assessed, needles=(needle,)),)
    page = pages_of(
        attrs.evolve(snapshot, assessment=attrs.evolve(snapshot.assessment, levels=levels)),
        tmp_path,
    )[0]
    assert "none near" in page


def test_the_last_page_lists_the_numbers_this_plan_was_judged_by_and_no_others(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    finding = Finding(
        Severity.SAFE, "endplate", "Left needle: far enough.", VertebraLevel.T12, Side.LEFT, 4.0
    )
    (assessed,) = a_snapshot.assessment.levels
    levels = (attrs.evolve(assessed, findings=(finding,)),)
    snapshot = attrs.evolve(
        a_snapshot, assessment=attrs.evolve(a_snapshot.assessment, levels=levels, findings=())
    )
    text = " ".join("\n".join(pages_of(snapshot, tmp_path)).split())
    numbers = clinical_numbers()
    assert numbers["endplate-limit"].title in text
    assert numbers["breach-grade-b-below"].title in text
    for number_id in ("score-points-tip", "novice-shots", "xray-steel", "levels-embolism"):
        assert numbers[number_id].title not in text
    assert len(numbers_used(snapshot.assessment)) < 10


def test_every_finding_that_is_held_to_a_limit_of_the_data_file_says_which() -> None:
    known = clinical_numbers()
    assert {i for ids in NUMBERS_BEHIND.values() for i in ids} <= known.keys()
