"""A made case knows the level it is about; nothing else takes its word."""

import json
from pathlib import Path

import attrs
import pytest
from phantom_snapshot import STUDY

from planner.anatomy.levels import VertebraLevel
from planner.dicom.study_reference import PatientIdentity, StudyReference
from planner.digital_spine.case_truth import SCHEMA
from planner.digital_spine.read_truth import known_level

CENTRES = {"T12": (1.0, 2.0, 30.0), "L1": (2.0, 3.0, 0.0), "L2": (3.0, 4.0, -30.0)}


@pytest.fixture
def a_case_folder(tmp_path: Path) -> Path:
    rows = [
        {"label": name, "landmarks_lps_mm": {"body_centre": centre}}
        for name, centre in CENTRES.items()
    ]
    healed = {"kind": "Fracture", "level": "T12", "is_healed": True}
    fresh = {"kind": "Fracture", "level": "L2", "is_healed": False}
    document = {
        "schema": SCHEMA, "title": "Fresh L2 beside a healed T12", "levels": rows,
        "pathologies": [healed, fresh],
    }  # fmt: skip
    (tmp_path / "truth").mkdir()
    (tmp_path / "truth" / "truth.json").write_text(json.dumps(document))
    return tmp_path


def _study(path: Path, name: str = "MODEL^FRESH L2 BESIDE A HEALED T12") -> StudyReference:
    return attrs.evolve(STUDY, path=str(path), patient=PatientIdentity(name))


def test_a_made_case_names_its_fresh_fracture_where_it_lies(a_case_folder: Path) -> None:
    for opened in (a_case_folder, a_case_folder / "ct"):
        assert known_level(_study(opened)) == (VertebraLevel.L2, CENTRES["L2"])


def test_images_of_another_patient_beside_a_truth_are_not_named_by_it(
    a_case_folder: Path,
) -> None:
    assert known_level(_study(a_case_folder, "DOE^JANE")) is None
    assert known_level(_study(a_case_folder, "MODEL^ANOTHER CASE")) is None


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"schema": "x"}', "\x00"])
def test_a_truth_that_cannot_be_read_names_nothing(a_case_folder: Path, text: str) -> None:
    (a_case_folder / "truth" / "truth.json").write_text(text)
    assert known_level(_study(a_case_folder)) is None
