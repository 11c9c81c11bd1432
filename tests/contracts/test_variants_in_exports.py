"""Exports carry the active variant, say which it is, and that there are others."""

import csv
import json
from importlib.resources import files
from pathlib import Path

import attrs
import jsonschema
import pydicom
import pypdf
import pytest
from phantom_snapshot import FINDINGS

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.acceptance import accepted
from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.planning import edits
from planner.planning.variants import keep_variant, rename_variant
from planner_writer_json.read_plan import read_plan_json

T12 = VertebraLevel.T12
OTHER_TIP_MM = (33.0, -47.0, -399.0)


@pytest.fixture
def a_snapshot_of_b(a_snapshot: PlanSnapshot) -> PlanSnapshot:
    """The snapshot's plan as variant B, beside an A whose tip lies elsewhere."""
    plan = edits.move_tip(a_snapshot.plan, T12, Side.LEFT, OTHER_TIP_MM)
    plan = rename_variant(keep_variant(plan, T12), T12, "A", "first thought of Dr. Weber")
    plan = edits.put_level(rename_variant(plan, T12, "B", "steeper"), a_snapshot.plan.levels[0])
    return attrs.evolve(a_snapshot, plan=plan)


def files_of(writer_id: str, snapshot: PlanSnapshot, folder: Path) -> list[Path]:
    receipt = run_export(snapshot, discover().named(writer_id), folder)
    assert receipt.problems == ()
    return [file.path for file in receipt.files]


def text_of_pdf(path: Path) -> str:
    return " ".join(" ".join(p.extract_text().split()) for p in pypdf.PdfReader(path).pages)


@pytest.mark.parametrize("writer_id", ["report-pdf", "card-pdf"])
def test_paper_says_which_variant_it_is_and_which_others_the_case_keeps(
    writer_id: str, a_snapshot: PlanSnapshot, a_snapshot_of_b: PlanSnapshot, tmp_path: Path
) -> None:
    (path,) = files_of(writer_id, a_snapshot_of_b, tmp_path)
    words = "Variant B, steeper; not written here: variant A, first thought of Dr. Weber"
    assert words in text_of_pdf(path)
    (alone,) = files_of(writer_id, a_snapshot, tmp_path)
    assert "ariant" not in text_of_pdf(alone)


def test_the_open_format_names_the_variant_and_reads_back_as_the_active_plan(
    a_snapshot_of_b: PlanSnapshot, tmp_path: Path
) -> None:
    (path,) = files_of("plan-json", a_snapshot_of_b, tmp_path)
    document = json.loads(path.read_text("utf-8"))
    schema = json.loads(files("planner.resources").joinpath("schemas/plan-1.json").read_text())
    jsonschema.validate(document, schema)
    others = [{"letter": "A", "name": "first thought of Dr. Weber"}]
    assert document["levels"][0]["variant"] == {
        "letter": "B",
        "name": "steeper",
        "others_in_case": others,
    }
    assert read_plan_json(path).plan.levels == a_snapshot_of_b.plan.levels


def test_the_table_and_the_structured_report_name_the_variant(
    a_snapshot_of_b: PlanSnapshot, tmp_path: Path
) -> None:
    (table,) = files_of("table-csv", a_snapshot_of_b, tmp_path)
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row[3] == "variant"]
    assert [(row[0], row[7][:18]) for row in rows] == [("T12", "variant B, steeper")]
    (report,) = files_of("dicom-sr", a_snapshot_of_b, tmp_path)
    texts = [e.value for e in pydicom.dcmread(report).iterall() if e.keyword == "TextValue"]
    assert any(text.startswith("T12: variant B, steeper; not written") for text in texts)


@pytest.mark.parametrize("writer_id", ["plan-json", "dicom-sr"])
def test_what_stays_in_the_case_is_no_difference_to_what_was_written(
    writer_id: str, a_snapshot_of_b: PlanSnapshot, tmp_path: Path
) -> None:
    plan = edits.accept_finding(a_snapshot_of_b.plan, accepted(FINDINGS[0], "seen on MR"))
    assert files_of(writer_id, attrs.evolve(a_snapshot_of_b, plan=plan), tmp_path)


@pytest.mark.parametrize("writer_id", sorted(w.info.id for w in discover().writers))
def test_the_files_of_two_variants_never_share_a_name(
    writer_id: str, a_snapshot: PlanSnapshot, a_snapshot_of_b: PlanSnapshot, tmp_path: Path
) -> None:
    alone = {path.name for path in files_of(writer_id, a_snapshot, tmp_path / "a")}
    of_b = {path.name for path in files_of(writer_id, a_snapshot_of_b, tmp_path / "b")}
    top = {path.name for path in (tmp_path / "b").iterdir()}
    is_folder = any((tmp_path / "b" / name).is_dir() for name in top)
    assert (is_folder and all("T12B" in name for name in top)) or not alone & of_b


def test_what_a_variant_is_called_does_not_leave_with_a_deidentified_plan(
    a_snapshot_of_b: PlanSnapshot,
) -> None:
    (variants,) = deidentified(a_snapshot_of_b).plan.variants
    assert [label.words for label in variants.labels] == ["variant A", "variant B"]
    assert variants.kept[0].plan == a_snapshot_of_b.plan.variants[0].kept[0].plan
