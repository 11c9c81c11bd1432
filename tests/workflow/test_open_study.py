"""A series is opened to plan on by its UID and part, and known again by them."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.first_slice import FirstSlice
from planner.dicom.scan_folder import scan_folder
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, write_series
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Cancelled
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.workflow.open_study import load_companion, open_study


def _label(name: str) -> SeriesLabel:
    return SeriesLabel(
        patient=PatientIdentity("PHANTOM^PARTS", "P-2"),
        study_uid="1.2.3",
        series_uid="1.2.4",
        frame_of_reference_uid="1.2.5",
        study_date="20260105",
        study_description="Phantom",
        series_description=name,
    )


@pytest.fixture
def a_series_of_two_phases(tmp_path: Path) -> Path:
    """Two volumes under one UID: 100 in the phase of 30 %, 200 in that of 70 %."""
    grid = GridGeometry.axis_aligned((40, 40, 12), (0, 0, 0), (2.0, 2.0, 3.0))
    for value, percent in ((100, 30.0), (200, 70.0)):
        volume = Volume(np.full(grid.shape_kji, value, np.int16), grid)
        for path in write_series(tmp_path / f"{percent:.0f}", volume, _label("heart")):
            image = pydicom.dcmread(path)
            image.SOPInstanceUID = f"1.2.{value}.{image.InstanceNumber}"
            image.NominalPercentageOfCardiacPhase = percent
            image.save_as(path)
    return tmp_path


def test_the_part_that_is_asked_for_is_opened_and_remembered(a_series_of_two_phases: Path) -> None:
    opened = open_study(a_series_of_two_phases, series_key=("1.2.4", "phase 70 %"))
    assert (opened.volume.voxels == 200).all()
    assert (opened.study.series_uid, opened.study.part) == ("1.2.4", "phase 70 %")
    again = open_study(
        a_series_of_two_phases, series_key=(opened.study.series_uid, opened.study.part)
    )
    assert again.study == opened.study


def test_a_uid_without_a_part_opens_the_likeliest_part(a_series_of_two_phases: Path) -> None:
    assert open_study(a_series_of_two_phases, series_key=("1.2.4", "")).study.part == "phase 30 %"


def test_the_first_slice_is_shown_before_the_study_is_open(a_series_of_two_phases: Path) -> None:
    shown: list[FirstSlice] = []
    fractions: list[float] = []

    def note(fraction: float, message: str = "") -> None:
        assert message
        fractions.append(fraction)
        if fraction > 0.9:
            assert shown

    open_study(a_series_of_two_phases, note, first_slice=shown.append)
    assert fractions == sorted(fractions)
    assert isinstance(shown[0], FirstSlice)
    assert (shown[0].voxels == 100).all()


def test_an_mr_is_loaded_as_a_companion_and_not_planned_on(tmp_path: Path) -> None:
    grid = GridGeometry.axis_aligned((40, 40, 12), (0, 0, 0), (2.0, 2.0, 3.0))
    for path in write_series(
        tmp_path, Volume(np.ones(grid.shape_kji, np.int16), grid), _label("T1")
    ):
        image = pydicom.dcmread(path)
        image.Modality = "MR"
        image.save_as(path)
    (series,) = scan_folder(tmp_path).series
    assert load_companion(series).modality == "MR"
    with pytest.raises(DicomProblem, match="no CT series"):
        open_study(tmp_path)
    with pytest.raises(DicomProblem, match="is no CT"):
        open_study(tmp_path, series_key=series.key)


@pytest.mark.parametrize("at", [0.1, 0.5, 0.95])
def test_opening_stops_when_cancelled_at_any_time(a_series_of_two_phases: Path, at: float) -> None:
    def cancel(fraction: float, message: str = "") -> None:
        del message
        if fraction >= at:
            raise Cancelled

    with pytest.raises(Cancelled):
        open_study(a_series_of_two_phases, cancel)
