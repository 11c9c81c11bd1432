from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesSummary, likely_planning_series
from planner.dicom.study_reference import PatientIdentity
from planner.dicom.write_series import SeriesLabel, SliceLayout, derived_uid, write_series
from planner.export.read_source_images import source_images_of
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume


def written_series(folder: Path, layout: SliceLayout | None = None) -> SeriesSummary:
    grid = GridGeometry.axis_aligned((36, 34, 10), (-6.5, 20.0, -300.0), (0.75, 0.5, 1.0))
    volume = Volume(np.zeros(grid.shape_kji, np.int16), grid, derived_uid("frame"))
    label = SeriesLabel(
        patient=PatientIdentity("A^B", "P-1"),
        study_uid=derived_uid("study"),
        series_uid=derived_uid("series"),
        frame_of_reference_uid=derived_uid("frame"),
        study_date="20260105",
        study_description="Wirbelsäule",
        series_description="axial",
    )
    for path in write_series(folder, volume, label, layout=layout):
        dataset = pydicom.dcmread(path)
        dataset.AccessionNumber, dataset.StudyTime = "ACC-1", "101112.5"
        dataset.ReferringPhysicianName = "Ärztin^Eva"
        dataset.save_as(path)
    return likely_planning_series(scan_folder(folder))


def test_the_slices_and_the_header_are_those_of_the_files(tmp_path: Path) -> None:
    series = written_series(tmp_path)
    source = source_images_of(series)
    assert source is not None
    assert (source.columns, source.rows, source.spacing_ij_mm) == (36, 34, (0.75, 0.5))
    for number, image in enumerate(source.images):
        place = series.geometry.lps_of((0, 0, number))
        assert image.position_lps_mm == pytest.approx(place, abs=1e-6)
        assert source.lps_from_ij(number) @ (35, 33, 1) == pytest.approx(
            series.geometry.lps_of((35, 33, number)), abs=1e-6
        )
        assert image.frame is None
    assert len({image.sop_instance_uid for image in source.images}) == 10
    header = source.header
    assert (header.accession_number, header.study_time) == ("ACC-1", "101112.5")
    assert header.referring_physician == "Ärztin^Eva"
    assert header.study_description == "Wirbelsäule"


def test_slices_of_a_tilted_gantry_stay_where_they_were_scanned(tmp_path: Path) -> None:
    layout = SliceLayout((0.0, 0.25, 1.0), thickness_mm=1.0)
    source = source_images_of(written_series(tmp_path, layout))
    assert source is not None
    steps = np.diff([image.position_lps_mm for image in source.images], axis=0)
    assert np.abs(steps) == pytest.approx(np.tile([0.0, 0.25, 1.0], (9, 1)), abs=1e-6)


def test_a_header_that_is_gone_says_nothing(tmp_path: Path) -> None:
    series = written_series(tmp_path)
    for path in tmp_path.iterdir():
        path.unlink()
    source = source_images_of(series)
    assert source is not None
    assert source.header.accession_number == ""
    assert len(source.images) == 10


def test_no_series_has_no_source_images() -> None:
    assert source_images_of(None) is None
