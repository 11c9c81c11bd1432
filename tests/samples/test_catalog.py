"""The shipped studies as a user meets them."""

from pathlib import Path

import numpy as np
import pytest

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesSummary, likely_planning_series
from planner.foundation.app_paths import cache_folder
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Cancelled
from planner.foundation.resource_files import resource
from planner.imaging.volume import Volume
from planner.samples.catalog import (
    sample_folder,
    sample_of_series,
    sample_studies,
    sample_study,
)

_MOST_SHIPPED_BYTES = 20_000_000


def _series(folder: Path) -> SeriesSummary:
    scan = scan_folder(folder)
    assert not scan.skipped
    return likely_planning_series(scan)


@pytest.fixture(scope="module")
def the_base_study() -> Volume:
    return load_volume(_series(sample_folder("thorax")))


def test_studies_of_a_real_ct_carry_its_licence_and_attribution() -> None:
    real = [study for study in sample_studies() if not study.is_digital]
    assert [study.id for study in real] == ["thorax", "wedge"]
    for study in real:
        assert study.licence == "CC BY 3.0"
        assert "LIDC-IDRI-0001" in study.attribution
        assert "doi:10.7937/K9/TCIA.2015.LO9QL9SX" in study.attribution
    assert "fracture simulated" in sample_study("wedge").attribution
    assert sample_study("thorax").attribution.split("Changed")[0] in " ".join(
        resource("samples", "README.md").read_text("utf-8").split()
    )


def test_the_shipped_study_is_small_and_names_nobody() -> None:
    folder = sample_folder("thorax")
    assert sum(path.stat().st_size for path in folder.iterdir()) < _MOST_SHIPPED_BYTES
    series = _series(folder)
    assert (series.patient.name, series.patient.patient_id) == ("SAMPLE^THORAX", "SAMPLE-THORAX")
    assert (series.date, series.patient.birth_date) == ("20260112", "")
    assert not any(b"1.3.6.1.4.1.14519" in path.read_bytes() for path in folder.iterdir())


def test_the_shipped_study_knows_its_contrast_and_voltage() -> None:
    series = _series(sample_folder("thorax"))
    assert (series.contrast_agent, series.tube_voltage_kv) == (True, 120.0)
    assert series.frame_of_reference_uid


@pytest.mark.parametrize("sample_id", ["thorax", "wedge"])
def test_the_anchor_lies_in_spongy_bone(sample_id: str, the_base_study: Volume) -> None:
    anchor = sample_study(sample_id).anchor_lps_mm
    volume = (
        the_base_study if sample_id == "thorax" else load_volume(_series(sample_folder("wedge")))
    )
    i, j, k = np.rint(volume.geometry.ijk_of(anchor)).astype(int)
    around = volume.voxels[k - 1 : k + 2, j - 4 : j + 5, i - 4 : i + 5]
    assert 60 < around.mean() < 300


def test_the_fractured_study_is_one_of_its_own(the_base_study: Volume) -> None:
    whole, broken = _series(sample_folder("thorax")), _series(sample_folder("wedge"))
    assert broken.patient.name == "SAMPLE^WEDGE"
    assert whole.study_uid != broken.study_uid
    assert whole.series_uid != broken.series_uid
    assert "simulated" in broken.description
    assert broken.geometry == whole.geometry
    changed = (load_volume(broken).voxels != the_base_study.voxels).any(axis=(1, 2))
    assert 15 < np.count_nonzero(changed) < 40


def test_the_fractured_study_is_made_once_and_always_alike(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = sample_folder("wedge")
    stamps = {path.name: path.stat().st_mtime_ns for path in first.iterdir()}
    assert sample_folder("wedge") == first
    assert {path.name: path.stat().st_mtime_ns for path in first.iterdir()} == stamps
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "other"))
    second = sample_folder("wedge")
    assert second != first
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


def test_a_cancelled_study_leaves_nothing_behind() -> None:
    def cancel(fraction: float, message: str = "") -> None:
        del message
        if fraction > 0.7:
            raise Cancelled

    with pytest.raises(Cancelled):
        sample_folder("wedge", cancel)
    assert not list((cache_folder() / "samples").iterdir())


def test_a_model_study_says_that_it_is_no_patient() -> None:
    models = [study for study in sample_studies() if study.is_digital]
    assert len(models) >= 4
    for study in models:
        assert "not a patient" in study.attribution
        assert study.patient.startswith("Model")


def test_a_model_study_is_known_by_its_series_and_its_anchor_lies_in_the_body() -> None:
    sample = sample_study("digital-wedge")
    series = _series(sample_folder(sample.id))
    assert sample_of_series(series.series_uid) == sample
    assert sample_of_series("1.2.3") is None
    assert series.patient.name.startswith("MODEL^")
    ijk = np.rint(load_volume(series).geometry.ijk_of(sample.anchor_lps_mm)).astype(int)
    i, j, k = ijk
    around = load_volume(series).voxels[k - 3 : k + 4, j - 6 : j + 7, i - 6 : i + 7]
    assert 60 < around.mean() < 350


def test_an_unknown_study_is_refused_with_the_known_ones() -> None:
    with pytest.raises(PlannerError, match="No sample study is named 'head'") as raised:
        sample_folder("head")
    assert "thorax, wedge" in raised.value.hint
