"""A case never opens on other images than its own."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from planner.foundation.errors import CaseFileProblem, DicomProblem
from planner.samples.catalog import sample_folder
from planner.storage.case import Case
from planner.storage.case_file import CaseFile
from planner.workflow.find_levels import known_anchor
from planner.workflow.open_case import open_case
from planner.workflow.open_study import OpenStudy, open_study

SLICES = 12


@pytest.fixture(scope="module")
def an_images_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("study") / "images"
    folder.mkdir()
    for file in sorted(sample_folder("thorax").glob("*.dcm"))[:SLICES]:
        shutil.copy(file, folder)
    return folder


@pytest.fixture(scope="module")
def a_study(an_images_folder: Path) -> OpenStudy:
    return open_study(an_images_folder)


@pytest.fixture
def a_case_file(a_study: OpenStudy, tmp_path: Path) -> Path:
    path = tmp_path / "case.vplan"
    CaseFile.create(path, Case(a_study.study)).close()
    return path


def test_a_case_opens_on_the_images_it_was_made_on(a_case_file: Path, a_study: OpenStudy) -> None:
    opened = open_case(a_case_file)
    assert opened.study.study == a_study.study
    assert np.array_equal(opened.study.volume.voxels, a_study.volume.voxels)


def test_opening_a_case_leaves_its_file_as_it_was(a_case_file: Path) -> None:
    before = a_case_file.read_bytes()
    open_case(a_case_file)
    assert a_case_file.read_bytes() == before


def test_images_that_moved_beside_the_case_are_found(
    an_images_folder: Path, tmp_path: Path
) -> None:
    moving = tmp_path / "elsewhere" / "images"
    shutil.copytree(an_images_folder, moving)
    case = tmp_path / "case.vplan"
    CaseFile.create(case, Case(open_study(moving).study)).close()
    shutil.move(moving, tmp_path / "images")
    assert open_case(case).study.volume.voxels.shape[0] == SLICES


def test_a_case_without_its_images_says_where_they_were(tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere" / "images"
    folder.mkdir(parents=True)
    for file in sorted(sample_folder("thorax").glob("*.dcm"))[:SLICES]:
        shutil.copy(file, folder)
    case = tmp_path / "case.vplan"
    CaseFile.create(case, Case(open_study(folder).study)).close()
    shutil.rmtree(folder)
    with pytest.raises(CaseFileProblem, match="not where they were") as told:
        open_case(case)
    assert told.value.path == folder


def test_other_voxels_in_the_place_of_the_images_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    files = sorted(sample_folder("thorax").glob("*.dcm"))
    for file in files[:SLICES]:
        shutil.copy(file, folder)
    case = tmp_path / "case.vplan"
    CaseFile.create(case, Case(open_study(folder).study)).close()
    shutil.copy(files[SLICES], folder)
    with pytest.raises(CaseFileProblem, match="Other images"):
        open_case(case)


def test_a_series_is_chosen_by_its_uid(an_images_folder: Path, a_study: OpenStudy) -> None:
    chosen = open_study(an_images_folder, series_key=(a_study.study.series_uid, ""))
    assert chosen.study.series_uid == a_study.study.series_uid
    with pytest.raises(DicomProblem, match=r"1\.2\.3"):
        open_study(an_images_folder, series_key=("1.2.3", ""))


def test_a_sample_is_known_by_its_series_and_names_its_level(a_study: OpenStudy) -> None:
    anchor = known_anchor(a_study)
    assert anchor is not None
    assert anchor.level.name == "T12"
