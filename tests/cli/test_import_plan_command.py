"""A plan goes out as a file and comes onto the images again: elsewhere, later, equal."""

import json
import shutil
from pathlib import Path

import pytest

from planner.samples.catalog import sample_folder
from planner.storage.case_file import CaseFile

pytestmark = pytest.mark.slow


def exported(vertebroplan, case: Path, folder: Path, *words: str) -> list[Path]:
    ended = vertebroplan(
        "export", case, "--to", "plan-json,dicom-sr", "--out", folder, "--json", *words
    )
    assert ended.status == 0, ended.stderr
    return [Path(file["path"]) for r in ended.document["receipts"] for file in r["paths"]]


def plan_of(path: Path):
    with CaseFile.open(path, read_only=True) as file:
        return file.load().plan


@pytest.mark.parametrize("words", [(), ("--deidentify",)], ids=["named", "deidentified"])
def test_json_and_report_give_an_equal_plan_on_a_copy_of_the_images_elsewhere(
    vertebroplan, a_planned_case, tmp_path: Path, words: tuple[str, ...]
) -> None:
    case, _ = a_planned_case
    images = shutil.copytree(sample_folder("thorax"), tmp_path / "another-machine")
    for number, path in enumerate(exported(vertebroplan, case, tmp_path / "out", *words)):
        again = tmp_path / f"again-{number}.vplan"
        ended = vertebroplan("import-plan", path, "--onto", images, "--out", again, "--json")
        assert ended.status == 0, ended.stderr
        assert ended.document["case"] == str(again)
        assert plan_of(again) == plan_of(case)


def test_a_case_takes_the_plan_as_its_next_revision(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    path, _ = exported(vertebroplan, case, tmp_path / "out")
    other = tmp_path / "other.vplan"
    vertebroplan(
        "plan", sample_folder("thorax"), "--level", "T12", "--approach", "unipedicular-left",
        "--out", other,
    )  # fmt: skip
    assert plan_of(other) != plan_of(case)
    assert vertebroplan("import-plan", path, "--onto", other).status == 0
    assert plan_of(other) == plan_of(case)
    with CaseFile.open(other, read_only=True) as file:
        assert file.revisions()[-1].description == "Import plan"
        assert file.verify_chain().intact


def test_a_plan_of_other_images_is_refused_and_no_case_is_made(
    vertebroplan, a_planned_case, tmp_path: Path
) -> None:
    case, _ = a_planned_case
    path, _ = exported(vertebroplan, case, tmp_path / "out")
    document = json.loads(path.read_text("utf-8"))
    document["study"]["study_uid"] = "1.2.3"
    path.write_text(json.dumps(document))
    again = tmp_path / "again.vplan"
    ended = vertebroplan("import-plan", path, "--onto", sample_folder("thorax"), "--out", again)
    assert ended.status == 1
    assert "made on another study than these images" in ended.stderr
    assert not again.exists()


@pytest.mark.parametrize("words", [("--onto", "images"), ("--onto", "a.vplan", "--out", "b.vplan")])
def test_where_the_plan_goes_must_be_clear(
    vertebroplan, a_planned_case, tmp_path: Path, words: tuple[str, ...]
) -> None:
    case, _ = a_planned_case
    path, _ = exported(vertebroplan, case, tmp_path)
    assert vertebroplan("import-plan", path, *words).status == 2
