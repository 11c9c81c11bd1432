"""Series of which some images are damaged."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.uid import RLELossless

from planner.dicom.load_sound import load_sound
from planner.dicom.load_volume import load_volume
from planner.dicom.read_slices import DamagedImages
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesSummary, VerdictLevel
from planner.imaging.volume import Volume
from planner.workflow.open_study import open_study


def _series(folder: Path) -> SeriesSummary:
    (series,) = scan_folder(folder).series
    return series


def _cut_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-60])


def _number_of(path: Path, a_volume: Volume) -> int:
    z_mm = pydicom.dcmread(path, specific_tags=["ImagePositionPatient"]).ImagePositionPatient[2]
    return int(np.rint(a_volume.geometry.ijk_of([(-6.5, 20.0, float(z_mm))])[0, 2]))


def test_one_damaged_compressed_image_is_left_out_and_named(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    paths = {_number_of(path, a_volume): path for path in write(compressed=True)}
    _cut_short(paths[2])
    volume, series = load_sound(_series(tmp_path))
    assert (volume.voxels == a_volume.voxels[3:]).all()
    centre = volume.geometry.lps_of((0, 0, 0))
    assert centre == pytest.approx(a_volume.geometry.lps_of((0, 0, 3)), abs=1e-3)
    assert series.verdict.level is VerdictLevel.CAUTION
    assert paths[2].name in series.warnings[0].text
    assert "7 of 9 slices" in " ".join(problem.text for problem in series.warnings)
    assert {skipped.path for skipped in series.left_out} == {paths[n] for n in (0, 1, 2)}


def test_every_damaged_image_is_told_of_at_once(write, a_volume: Volume, tmp_path: Path) -> None:
    paths = {_number_of(path, a_volume): path for path in write(compressed=True)}
    for number in (1, 5):
        _cut_short(paths[number])
    with pytest.raises(DamagedImages) as raised:
        load_volume(_series(tmp_path))
    assert {image.path for image in raised.value.images} == {paths[1], paths[5]}


def test_a_damaged_middle_slice_is_not_shown_early(write, a_volume: Volume, tmp_path: Path) -> None:
    paths = {_number_of(path, a_volume): path for path in write()}
    series = _series(tmp_path)
    paths[5].write_bytes(paths[5].read_bytes()[:-100])
    shown: list[object] = []
    volume, _ = load_sound(series, first_slice=shown.append)
    assert not shown
    assert (volume.voxels == a_volume.voxels[:5]).all()


def test_a_damaged_run_length_image_is_left_out_too(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    paths = {_number_of(path, a_volume): path for path in write()}
    for path in paths.values():
        image = pydicom.dcmread(path)
        image.compress(RLELossless)
        image.save_as(path)
    whole = paths[7].read_bytes()
    series = _series(tmp_path)
    paths[7].write_bytes(whole[: len(whole) // 2])
    volume, _ = load_sound(series)
    assert (volume.voxels == a_volume.voxels[:7]).all()


def test_a_series_of_damaged_images_alone_is_a_problem(write, tmp_path: Path) -> None:
    for path in write(compressed=True):
        _cut_short(path)
    with pytest.raises(DamagedImages, match="10 images"):
        load_sound(_series(tmp_path))


def test_a_case_opens_with_a_warning_and_again_on_the_same_images(write, tmp_path: Path) -> None:
    _cut_short(write(compressed=True)[4])
    study = open_study(tmp_path)
    assert "1 image is damaged" in study.warnings[0]
    assert open_study(tmp_path).study.voxel_sha256 == study.study.voxel_sha256
