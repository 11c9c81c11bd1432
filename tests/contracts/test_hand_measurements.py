"""What was measured by hand, in the plan format, the structured report, the table and on paper."""

import csv
import json
import math
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import highdicom
import jsonschema
import numpy as np
import pydicom
import pypdf
import pytest
from measured_snapshot import (
    CAVEAT,
    IN_SLICES,
    MEASURED_RADIOGRAPH,
    ORIGIN,
    RADIOGRAPH_SERIES,
    measured_snapshot,
)
from phantom_snapshot import CENTRE, FINDINGS, SOURCE, STUDY

from planner.assessment.acceptance import accepted
from planner.export.deidentify import deidentified
from planner.export.registry import discover
from planner.export.run_export import run_export
from planner.export.snapshot import PlanSnapshot
from planner.foundation.resource_files import resource
from planner.planning.edits import accept_finding
from planner.planning.plan import Injector, NeedleRoute
from planner_writer_dicom.read_structured_report import read_structured_report
from planner_writer_json.read_plan import read_plan_json

SCHEMA = json.loads(resource("schemas", "plan-1.json").read_text("utf-8"))
_GROUP = ("125007", "DCM")
_TOLERANCE_MM = 1e-3


def written(writer_id: str, snapshot: PlanSnapshot, folder: Path) -> Path:
    receipt = run_export(snapshot, discover().named(writer_id), folder)
    assert receipt.problems == ()
    return receipt.files[0].path


@pytest.fixture
def rows(a_measured_snapshot: PlanSnapshot, tmp_path: Path) -> dict[str, dict[str, Any]]:
    document = json.loads(written("plan-json", a_measured_snapshot, tmp_path).read_text("utf-8"))
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    return {row["id"]: row for row in document["measurements"]}


def numbers_of(row: dict[str, Any]) -> dict[str, tuple[float, str]]:
    return {value["name"]: (value["value"], value["unit"]) for value in row["values"]}


# The open plan format


def test_every_kind_is_written_with_its_values_and_units(rows: dict[str, dict[str, Any]]) -> None:
    assert numbers_of(rows["ct-distance"]) == {"distance": (pytest.approx(50.0), "mm")}
    assert numbers_of(rows["ct-angle"]) == {"angle": (pytest.approx(90.0), "deg")}
    assert numbers_of(rows["ct-cobb"]) == {"cobb-angle": (pytest.approx(45.0), "deg")}
    region = numbers_of(rows["ct-region"])
    assert region["mean"] == (100.0, "HU"), "the left half of the patient, not the right"
    assert region["area"] == (pytest.approx(math.pi * 10.0 * 5.0), "mm2")
    heights = numbers_of(rows["ct-heights"])
    assert [heights[f"{name}-height"][0] for name in ("anterior", "middle", "posterior")] == (
        pytest.approx([18.0, 21.0, 24.0])
    )
    assert heights["wedge-ratio"] == (pytest.approx(0.75), "")


def test_where_it_was_measured_is_said_with_the_patients_own_sides(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert rows["ct-distance"]["where"] == "T12, axial slice 5 mm above its middle"
    assert rows["ct-cobb"]["where"] == "T12, sagittal slice 7 mm to the left of its middle"
    assert rows["ct-distance"]["level"] == "T12"
    assert rows["xr-distance"]["level"] is None


def test_the_very_slice_is_named_where_one_holds_every_point(
    rows: dict[str, dict[str, Any]],
) -> None:
    image = rows["ct-distance"]["image"]
    assert image["sop_instance_uid"] == SOURCE.images[14].sop_instance_uid
    assert image["place"] == "image 15 of 24"
    across = rows["ct-cobb"]["image"]
    assert (across["series_uid"], across["sop_instance_uid"]) == (STUDY.series_uid, "")


def test_a_radiographs_lengths_stand_beside_what_they_are_worth(
    rows: dict[str, dict[str, Any]],
) -> None:
    row = rows["xr-distance"]
    assert numbers_of(row) == {"distance": (pytest.approx(30.0), "mm")}
    assert row["caveat"] == CAVEAT
    assert row["pixel_spacing"] == {"row_mm": 0.2, "column_mm": 0.1, "kind": "detector"}
    assert row["image"]["sop_instance_uid"] == ORIGIN.sop_instance_uid
    assert row["points_px"] == [[100.0, 50.0], [400.0, 50.0]]
    assert row["points_lps_mm"] is None
    assert numbers_of(rows["xr-region"])["mean"] == (812.0, "")


def test_slices_far_apart_are_told_beside_what_was_measured_in_them(
    rows: dict[str, dict[str, Any]],
) -> None:
    assert "2.5 mm apart" in rows["ct-heights"]["caveat"]


def test_without_a_pixel_size_nothing_is_in_millimetres(tmp_path: Path) -> None:
    bare = attrs.evolve(MEASURED_RADIOGRAPH, spacing=None)
    for picture, words in (
        (bare, "no pixel size"),
        (attrs.evolve(bare, origin=None), "earlier version"),
    ):
        folder = tmp_path / words
        path = written("plan-json", measured_snapshot(picture), folder)
        document = json.loads(path.read_text("utf-8"))
        jsonschema.Draft202012Validator(SCHEMA).validate(document)
        rows = [row for row in document["measurements"] if row["points_px"]]
        assert len(rows) == 3
        assert not {v["unit"] for row in rows for v in row["values"]} & {"mm", "mm2"}
        assert all(words in row["caveat"] for row in rows)


def test_what_was_measured_in_slices_comes_back_to_the_last_bit(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    third = attrs.evolve(IN_SLICES[0], points_lps_mm=((1 / 3, 0.1, 0.7), (2 / 3, -5.1, 0.7)))
    others = IN_SLICES[1:]
    measured = tuple(
        attrs.evolve(item, in_slice=third) if item.id == third.id else item
        for item in a_measured_snapshot.measured
    )
    plan = attrs.evolve(a_measured_snapshot.plan, measurements=(third, *others))
    snapshot = attrs.evolve(a_measured_snapshot, plan=plan, measured=measured)
    for writer_id, read in (("plan-json", read_plan_json), ("dicom-sr", read_structured_report)):
        path = written(writer_id, snapshot, tmp_path / writer_id)
        assert read(path).plan == plan


def test_a_file_written_before_measurements_were_handed_on_is_read(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    path = written("plan-json", a_measured_snapshot, tmp_path)
    document = json.loads(path.read_text("utf-8"))
    del document["measurements"]
    jsonschema.Draft202012Validator(SCHEMA).validate(document)
    path.write_text(json.dumps(document))
    assert read_plan_json(path).plan == attrs.evolve(a_measured_snapshot.plan, measurements=())


def test_measurements_of_another_state_of_the_plan_are_not_handed_on(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    later = attrs.evolve(a_measured_snapshot.plan, measurements=IN_SLICES[1:])
    stale = attrs.evolve(a_measured_snapshot, plan=later)
    receipt = run_export(stale, discover().named("table-csv"), tmp_path)
    assert receipt.files == ()
    assert "not those of this plan" in receipt.problems[0].message


# The structured report


@pytest.fixture
def report(a_measured_snapshot: PlanSnapshot, tmp_path: Path) -> Path:
    return written("dicom-sr", a_measured_snapshot, tmp_path)


def groups_of(path: Path) -> dict[str, pydicom.Dataset]:
    found = {}
    document = pydicom.dcmread(path)
    for container in document.ContentSequence:
        for item in container.get("ContentSequence", ()):
            if _code(item) == _GROUP:
                (name,) = [i.TextValue for i in item.ContentSequence if _code(i)[0] == "112039"]
                found[name] = item
    return found


def _code(item: pydicom.Dataset) -> tuple[str, str]:
    code = item.ConceptNameCodeSequence[0]
    return code.get("CodeValue") or code.LongCodeValue, code.CodingSchemeDesignator


def number_in(group: pydicom.Dataset, code: tuple[str, str]) -> pydicom.Dataset:
    (found,) = [i for i in group.ContentSequence if i.ValueType == "NUM" and _code(i) == code]
    return found


def drawn_in(number: pydicom.Dataset, kind: str) -> list[np.ndarray]:
    width = 3 if kind == "SCOORD3D" else 2
    return [
        np.reshape(child.GraphicData, (-1, width))
        for child in number.ContentSequence
        if child.ValueType == kind
    ]


def test_lengths_and_angles_have_the_standards_codes_and_lie_where_they_were_measured(
    report: Path,
) -> None:
    groups = groups_of(report)
    distance = number_in(groups["ct-distance"], ("121206", "DCM"))
    assert distance.MeasuredValueSequence[0].FloatingPointValue == pytest.approx(50.0)
    (line,) = drawn_in(distance, "SCOORD3D")
    assert line == pytest.approx(np.array(IN_SLICES[0].points_lps_mm), abs=_TOLERANCE_MM)
    assert (line[:, 0] > CENTRE[0]).all(), "to the patient's left"
    cobb = number_in(groups["ct-cobb"], ("285285000", "SCT"))
    assert cobb.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0].CodeValue == "deg"
    assert len(drawn_in(cobb, "SCOORD3D")) == 2, "two lines that do not touch"


def test_a_region_is_an_ellipse_with_area_mean_and_deviation(report: Path) -> None:
    group = groups_of(report)["ct-region"]
    area = number_in(group, ("42798000", "SCT"))
    (ends,) = drawn_in(area, "SCOORD3D")
    longer, shorter = ends[1] - ends[0], ends[3] - ends[2]
    assert (np.linalg.norm(longer), np.linalg.norm(shorter)) == pytest.approx((20.0, 10.0))
    assert longer @ shorter == pytest.approx(0.0)
    values = [i for i in group.ContentSequence if i.ValueType == "NUM" and _code(i)[0] == "112031"]
    derived = {
        child.ConceptCodeSequence[0].CodeMeaning: item.MeasuredValueSequence[0]
        for item in values
        for child in item.ContentSequence
        if _code(child)[0] == "121401"
    }
    assert set(derived) == {"Mean", "Standard Deviation"}
    assert derived["Mean"].FloatingPointValue == 100.0
    assert derived["Mean"].MeasurementUnitsCodeSequence[0].CodeValue == "[hnsf'U]"


def test_a_radiographs_line_is_in_pixels_of_the_image_and_the_image_is_among_the_evidence(
    report: Path,
) -> None:
    distance = number_in(groups_of(report)["xr-distance"], ("121206", "DCM"))
    (line,) = drawn_in(distance, "SCOORD")
    # The middle of the first pixel is 0.5 in DICOM and 0 here.
    assert line == pytest.approx(np.array([[100.5, 50.5], [400.5, 50.5]]))
    (drawn,) = [child for child in distance.ContentSequence if child.ValueType == "SCOORD"]
    named = drawn.ContentSequence[0].ReferencedSOPSequence[0]
    assert named.ReferencedSOPInstanceUID == ORIGIN.sop_instance_uid
    (other,) = pydicom.dcmread(report).PertinentOtherEvidenceSequence
    assert other.StudyInstanceUID == ORIGIN.study_uid
    (series,) = other.ReferencedSeriesSequence
    assert series.SeriesInstanceUID == RADIOGRAPH_SERIES


def test_the_reports_own_series_stays_that_of_the_ct(report: Path) -> None:
    assert read_structured_report(report).series_uid == STUDY.series_uid


def test_each_group_says_where_and_what_to_mind(report: Path) -> None:
    groups = groups_of(report)

    def words(name: str) -> list[str]:
        return [i.TextValue for i in groups[name].ContentSequence if i.ValueType == "TEXT"]

    assert "T12, sagittal slice 7 mm to the left of its middle" in words("ct-cobb")
    assert CAVEAT in words("xr-distance")


def test_highdicom_finds_every_measurement_as_a_group_of_the_template(report: Path) -> None:
    content = highdicom.sr.srread(report).content
    names = [group.tracking_identifier for group in content.get_image_measurement_groups()]
    assert names[:3] == ["T12 plan", "T12 left needle", "T12 left balloon"]
    assert names[3:] == [
        "ct-distance", "ct-angle", "ct-region", "ct-cobb", "ct-heights",
        "xr-distance", "xr-cobb", "xr-region",
    ]  # fmt: skip


@pytest.mark.peer
@pytest.mark.parametrize("removed", [False, True], ids=["identified", "deidentified"])
@pytest.mark.skipif(shutil.which("dciodvfy") is None, reason="dciodvfy is not installed")
def test_dciodvfy_finds_no_error(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path, removed: bool
) -> None:
    snapshot = deidentified(a_measured_snapshot) if removed else a_measured_snapshot
    path = written("dicom-sr", snapshot, tmp_path)
    said = subprocess.run(["dciodvfy", str(path)], check=False, capture_output=True, text=True)
    assert [line for line in said.stderr.splitlines() if line.startswith("Error")] == []


@pytest.mark.peer
@pytest.mark.skipif(shutil.which("dsrdump") is None, reason="dsrdump is not installed")
def test_dsrdump_prints_lines_of_slices_and_of_radiographs(report: Path) -> None:
    said = subprocess.run(
        ["dsrdump", "+Pl", str(report)], capture_output=True, text=True, check=True
    ).stdout
    assert '"Distance")="50.0" (mm,UCUM' in said
    assert "100.5/50.5,400.5/50.5" in said


@pytest.mark.peer
def test_dcmqi_reads_the_distance(report: Path, tmp_path: Path) -> None:
    found = shutil.which("tid1500reader", path=str(Path(sys.executable).parent))
    if found is None:
        pytest.skip("dcmqi is not installed")
    into = tmp_path / "report.json"
    words = [found, "--inputDICOM", str(report), "--outputMetadata", str(into)]
    said = subprocess.run(words, capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    groups = {g["TrackingIdentifier"]: g for g in json.loads(into.read_text())["Measurements"]}
    values = {
        m["quantity"]["CodeMeaning"]: (float(m["value"]), m["units"]["CodeValue"])
        for m in groups["ct-distance"]["measurementItems"]
    }
    assert values["Distance"] == (pytest.approx(50.0), "mm")


def test_healed_bone_route_gauge_and_accepted_findings_are_in_the_report(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    (level,) = a_snapshot.plan.levels
    changed = attrs.evolve(
        level,
        is_healed=True,
        needles=(attrs.evolve(level.needles[0], route=NeedleRoute.EXTRAPEDICULAR),),
        balloons=(attrs.evolve(level.balloons[0], gauge_psi=180.5),),
    )
    plan = attrs.evolve(a_snapshot.plan, levels=(changed,), injector=Injector(0.4, 1.2))
    plan = accept_finding(plan, accepted(FINDINGS[0], "Endplate is sclerotic"))
    path = written("dicom-sr", attrs.evolve(a_snapshot, plan=plan), tmp_path)
    assert read_structured_report(path).plan.levels == (changed,)
    assert b"(accepted: Endplate is sclerotic)" in path.read_bytes()


# Table and paper


def test_the_table_has_each_value_in_a_row_with_what_to_mind(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    path = written("table-csv", a_measured_snapshot, tmp_path)
    rows = list(csv.DictReader(path.read_text("utf-8").splitlines()))
    (cobb,) = [
        row for row in rows if row["quantity"] == "Cobb angle" and "sagittal" in row["remark"]
    ]
    assert (float(cobb["value"]), cobb["unit"], cobb["level"]) == (
        pytest.approx(45.0), "deg", "T12",
    )  # fmt: skip
    (length,) = [
        row for row in rows if row["quantity"] == "Distance" and "radiograph" in row["remark"]
    ]
    assert CAVEAT in length["remark"]


def test_the_report_lists_values_place_image_and_caveat(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    reader = pypdf.PdfReader(written("report-pdf", a_measured_snapshot, tmp_path))
    text = " ".join(" ".join(page.extract_text().split()) for page in reader.pages)
    for words in (
        "Measured by hand",
        "T12, sagittal slice 7 mm to the left of its middle",
        "50.0 mm",
        "45.0\N{DEGREE SIGN}",
        "Anterior height 18.0 mm",
        "Mean 100 HU",
        "image 15 of 24",
        "LWS seitlich",
        CAVEAT,
    ):
        assert words in text


def test_the_report_of_a_plan_without_measurements_has_no_such_table(
    a_snapshot: PlanSnapshot, tmp_path: Path
) -> None:
    reader = pypdf.PdfReader(written("report-pdf", a_snapshot, tmp_path))
    assert "Measured by hand" not in "".join(page.extract_text() for page in reader.pages)


@pytest.mark.parametrize("writer_id", ["plan-json", "dicom-sr", "table-csv", "report-pdf"])
def test_deidentified_measurements_name_no_image_of_the_patient(
    a_measured_snapshot: PlanSnapshot, tmp_path: Path, writer_id: str
) -> None:
    path = written(writer_id, deidentified(a_measured_snapshot), tmp_path)
    if path.suffix == ".pdf":
        text = "".join(page.extract_text() for page in pypdf.PdfReader(path).pages)
    else:
        text = path.read_bytes().decode("latin-1")
    for word in (
        "LWS seitlich", ORIGIN.study_uid, ORIGIN.sop_instance_uid, RADIOGRAPH_SERIES,
        STUDY.series_uid, "20260104",
    ):  # fmt: skip
        assert word not in text
