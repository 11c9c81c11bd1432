"""What each command prints, and that input it cannot use ends in one sentence."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from planner.samples.catalog import sample_folder, sample_study

Vertebroplan = Callable[..., "object"]


def only_sentence(ended) -> str:
    """The one line on stderr of a command that refused its input."""
    assert ended.status == 1
    lines = ended.stderr.strip().splitlines()
    assert len(lines) == 1, lines
    assert "Traceback" not in ended.stderr
    return lines[0]


@pytest.mark.slow
def test_the_samples_are_listed_where_they_lie_with_their_licence(vertebroplan) -> None:
    document = vertebroplan("samples", "--json").document
    rows = {row["id"]: row for row in document["samples"]}
    assert {"thorax", "wedge", "digital-healthy", "digital-crush"} <= set(rows)
    assert all(Path(row["path"]).is_dir() for row in rows.values())
    assert all("CC BY" in rows[real]["licence"] for real in ("thorax", "wedge"))
    assert all(case["id"] and case["title"] for case in document["scenarios"])


def test_a_place_that_is_not_there_opens_no_window(vertebroplan, tmp_path: Path) -> None:
    sentence = only_sentence(vertebroplan("open", tmp_path / "no such folder"))
    assert "no such folder" in sentence


def test_inspect_says_where_the_voxels_lie_and_what_they_hold(vertebroplan) -> None:
    x, y, z = sample_study("thorax").anchor_lps_mm
    document = vertebroplan(
        "inspect", sample_folder("thorax"), "--probe", f"{x},{y},{z}", "--json"
    ).document
    (series,) = document["studies"][0]["series"]
    assert series["images"] == series["usable_images"] == series["shape_kji"][0]
    assert series["spacing_mm_kji"][0] == pytest.approx(2.5)
    assert series["loadable"]
    matrix = np.array(series["lps_from_ijk"])
    assert np.linalg.norm(matrix[:3, 2]) == pytest.approx(2.5)
    # Trabecular bone of a vertebral body.
    assert 50 < document["probes"][0]["value"] < 300


@pytest.mark.slow
def test_a_plan_is_on_the_right_side_and_on_one_line(a_planned_case) -> None:
    _, document = a_planned_case
    (level,) = document["levels"]
    assert {needle["side"] for needle in level["needles"]} == {"left", "right"}
    midline_x = np.mean([needle["tip_lps_mm"][0] for needle in level["needles"]])
    for needle in level["needles"]:
        skin, bone, tip = (
            np.array(needle[key])
            for key in ("entry_skin_lps_mm", "entry_bone_lps_mm", "tip_lps_mm")
        )
        sign = 1 if needle["side"] == "left" else -1
        assert (bone[0] - midline_x) * sign > 0
        assert np.linalg.norm(np.cross(bone - skin, tip - skin)) < 0.1
        assert np.linalg.norm(tip - skin) == pytest.approx(needle["depth_from_skin_mm"], abs=0.01)
    assert level["cement"]["band_ml"]["reference"] <= level["cement"]["band_ml"]["soft"]


@pytest.mark.slow
def test_assessing_a_case_again_finds_the_same(vertebroplan, a_planned_case) -> None:
    case, planned = a_planned_case
    assessed = vertebroplan("assess", case, "--json").document
    assert assessed["levels"] == planned["levels"]


@pytest.mark.slow
def test_all_writers_write_a_case_and_none_has_a_problem(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    document = vertebroplan("export", case, "--to", "all", "--out", tmp_path, "--json").document
    listed = {row["id"] for row in vertebroplan("writers", "--json").document["writers"]}
    assert {receipt["writer"] for receipt in document["receipts"]} == listed
    for receipt in document["receipts"]:
        assert receipt["problems"] == []
        assert all(Path(file["path"]).stat().st_size == file["bytes"] for file in receipt["paths"])


@pytest.mark.slow
def test_a_deidentified_export_names_nobody(vertebroplan, a_planned_case, tmp_path: Path) -> None:
    case, _ = a_planned_case
    vertebroplan("export", case, "--to", "plan-json", "--out", tmp_path, "--deidentify")
    (file,) = tmp_path.glob("*.json")
    assert "SAMPLE" not in file.read_text()
    json.loads(file.read_text())


def test_a_folder_without_images_is_refused(vertebroplan, tmp_path: Path) -> None:
    assert str(tmp_path) in only_sentence(vertebroplan("levels", tmp_path, "--all"))


def test_a_folder_of_other_files_is_refused(vertebroplan, tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("no image")
    only_sentence(vertebroplan("levels", tmp_path, "--all"))


def test_a_missing_folder_is_refused(vertebroplan, tmp_path: Path) -> None:
    assert "nowhere" in only_sentence(vertebroplan("inspect", tmp_path / "nowhere"))


def test_one_slice_is_refused_for_planning(vertebroplan, tmp_path: Path) -> None:
    shutil.copy(next(sample_folder("thorax").glob("*.dcm")), tmp_path)
    only_sentence(vertebroplan("levels", tmp_path, "--all"))


def test_a_click_outside_bone_is_refused(vertebroplan) -> None:
    ended = vertebroplan("levels", sample_folder("thorax"), "--at", "100,60,-255=T12")
    assert "vertebral body" in only_sentence(ended)


@pytest.mark.slow
def test_a_needle_that_no_balloon_passes_is_refused_with_the_way_out(
    vertebroplan, tmp_path: Path
) -> None:
    case = tmp_path / "case.vplan"
    sentence = only_sentence(
        vertebroplan(
            "plan", sample_folder("thorax"), "--level", "T12", "--procedure", "kyphoplasty",
            "--gauge", "15", "--out", case,
        )
    )  # fmt: skip
    assert "15 G" in sentence
    assert not case.exists()


def test_a_problem_is_a_document_for_scripts(vertebroplan, tmp_path: Path) -> None:
    ended = vertebroplan("inspect", tmp_path / "nowhere", "--json")
    assert ended.status == 1
    error = ended.document["error"]
    assert set(error) == {"code", "message", "path", "hint"}
    assert error["path"].endswith("nowhere")


def test_a_truncated_case_is_refused(vertebroplan, a_planned_case, tmp_path: Path) -> None:
    case, _ = a_planned_case
    broken = tmp_path / "broken.vplan"
    broken.write_bytes(case.read_bytes()[:20_000])
    assert "broken.vplan" in only_sentence(vertebroplan("assess", broken))


def test_an_unknown_writer_is_refused_before_anything_is_written(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    only_sentence(vertebroplan("export", case, "--to", "papyrus", "--out", tmp_path / "out"))
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_made_is_told_for_each_writer(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    (tmp_path / "file").write_text("in the way")
    ended = vertebroplan("export", case, "--to", "plan-json", "--out", tmp_path / "file", "--json")
    (receipt,) = ended.document["receipts"]
    assert receipt["paths"] == []
    assert "cannot be written" in receipt["problems"][0]


def test_a_case_is_never_planned_over(vertebroplan, a_planned_case) -> None:
    case, _ = a_planned_case
    before = case.read_bytes()
    only_sentence(vertebroplan("plan", sample_folder("thorax"), "--level", "T12", "--out", case))
    assert case.read_bytes() == before


@pytest.mark.parametrize(
    "words",
    [("levels",), ("plan", "ct"), ("export", "case.vplan"), ("dance",), ("inspect", "--loud", ".")],
)
def test_wrong_usage_ends_with_status_2(vertebroplan, words: tuple[str, ...]) -> None:
    assert vertebroplan(*words).status == 2


def test_doctor_has_a_mend_for_each_check_that_can_fail(vertebroplan) -> None:
    checks = vertebroplan("doctor", "--json").document["checks"]
    assert {"Python", "3D graphics", "window system", "case folder"} <= {c["name"] for c in checks}
    assert all(check["ok"] or check["hint"] for check in checks)


def test_a_plan_comes_back_from_json_and_structured_report_as_it_was_planned(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, planned = a_planned_case
    ended = vertebroplan("export", case, "--to", "plan-json,dicom-sr", "--out", tmp_path, "--json")
    assert [receipt["problems"] for receipt in ended.document["receipts"]] == [[], []]
    paths = [row["path"] for receipt in ended.document["receipts"] for row in receipt["paths"]]
    json_plan, sr_plan = (vertebroplan("import-plan", path, "--json").document for path in paths)
    assert json_plan == sr_plan
    (before,), (after,) = planned["levels"], sr_plan["levels"]
    for one, other in zip(before["needles"], after["needles"], strict=True):
        assert one["side"] == other["side"]
        assert one["gauge"] == other["gauge"]
        assert one["tip_lps_mm"] == pytest.approx(other["tip_lps_mm"], abs=1e-3)
    assert after["cement"]["volume_ml"] == pytest.approx(before["cement"]["volume_ml"])


def test_a_file_that_holds_no_plan_is_a_sentence(vertebroplan, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("no plan")
    assert "no plan that can be read back" in only_sentence(vertebroplan("import-plan", path))


def test_an_export_replaces_files_of_the_same_name_only_when_told_to(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    words = ("export", case, "--to", "plan-json", "--out", tmp_path, "--json")
    (receipt,) = vertebroplan(*words).document["receipts"]
    path = Path(receipt["paths"][0]["path"])
    path.write_text("somebody's notes")
    (receipt,) = vertebroplan(*words).document["receipts"]
    assert "is there already" in receipt["problems"][0]
    assert path.read_text() == "somebody's notes"
    (receipt,) = vertebroplan(*words, "--replace").document["receipts"]
    assert receipt["problems"] == []
    assert path.read_text().startswith("{")
