"""A made case is made once, whole or not at all, and lies where cases lie."""

from pathlib import Path

import pytest

from planner.anatomy.levels import VertebraLevel
from planner.dicom.scan_folder import scan_folder
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.scan_settings import ScanSettings
from planner.foundation.app_paths import data_folder
from planner.foundation.progress import Cancelled
from planner.workflow.made_cases import made_case_folder

pytestmark = pytest.mark.slow


def _spec(seed: int = 1) -> CaseSpec:
    return CaseSpec(
        "Small",
        seed=seed,
        first_level=VertebraLevel.L1,
        last_level=VertebraLevel.L2,
        focus_level=VertebraLevel.L1,
        field_mm=80.0,
        scan=ScanSettings(spacing_mm=2.0, step_mm=2.5),
    )


def _files() -> list[Path]:
    return sorted(path for path in data_folder().rglob("*") if path.is_file())


def test_the_same_spec_is_made_once_and_another_one_elsewhere() -> None:
    first = made_case_folder(_spec())
    made_at = {path: path.stat().st_mtime_ns for path in _files()}
    assert made_case_folder(_spec()) == first
    assert {path: path.stat().st_mtime_ns for path in _files()} == made_at
    assert made_case_folder(_spec(seed=2)) != first


def test_a_made_case_is_one_ct_series_with_its_truth_beside_it() -> None:
    folder = made_case_folder(_spec())
    scan = scan_folder(folder)
    (series,) = scan.series
    assert series.loadable
    assert series.patient.name.startswith("MODEL")
    assert {path.parent.name for path in (file.path for file in scan.skipped)} == {"truth"}


def test_a_cancelled_case_leaves_nothing_behind() -> None:
    def cancel(fraction: float, _message: str = "") -> None:
        if fraction > 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        made_case_folder(_spec(seed=3), cancel)
    assert _files() == []
