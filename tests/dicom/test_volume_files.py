"""NIfTI and NRRD volumes lie where SimpleITK says, and what they do not say is told."""

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import SimpleITK

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesKind, SeriesSummary, VerdictLevel, likely_volume
from planner.dicom.thumbnail import thumbnail_of
from planner.foundation.errors import DicomProblem
from planner.imaging.hounsfield import sample_voxels

if TYPE_CHECKING:
    from planner.dicom.first_slice import FirstSlice

_NAMES = ["volume.nii", "volume.nii.gz", "volume.nrrd"]
_OBLIQUE = (0.8, 0.0, 0.6, 0.36, 0.8, -0.48, -0.48, 0.6, 0.64)


def _image(values: np.ndarray | None = None, direction: tuple = _OBLIQUE) -> SimpleITK.Image:
    if values is None:
        values = np.random.default_rng(4).integers(-1000, 1500, (40, 30, 35)).astype(np.int16)
    image = SimpleITK.GetImageFromArray(values)
    image.SetSpacing((2.5, 3.0, 2.0))
    image.SetOrigin((-31.0, 12.5, 240.0))
    image.SetDirection(direction)
    return image


def _written(image: SimpleITK.Image, path: Path) -> SeriesSummary:
    SimpleITK.WriteImage(image, str(path))
    (series,) = scan_folder(path).series
    return series


@pytest.mark.parametrize("name", _NAMES)
@pytest.mark.parametrize(
    "direction", [_OBLIQUE, (-1, 0, 0, 0, -1, 0, 0, 0, 1), (1, 0, 0, 0, 1, 0, 0, 0, -1)]
)
def test_an_oblique_or_mirrored_volume_lies_where_simpleitk_says(
    tmp_path: Path, name: str, direction: tuple
) -> None:
    image = _image(direction=direction)
    series = _written(image, tmp_path / name)
    volume = load_volume(series)
    assert np.array_equal(volume.voxels, SimpleITK.GetArrayViewFromImage(image))
    for ijk in np.ndindex(2, 2, 2):
        corner = [int(v) for v in np.array(ijk) * (34, 29, 39)]
        np.testing.assert_allclose(
            volume.geometry.lps_of(corner), image.TransformIndexToPhysicalPoint(corner), atol=0.01
        )
    points = volume.geometry.lps_of(np.random.default_rng(1).random((50, 3)) * (34, 29, 39))
    read = SimpleITK.ReadImage(str(tmp_path / name), SimpleITK.sitkFloat64)
    theirs = [read.EvaluateAtPhysicalPoint(p.tolist(), SimpleITK.sitkLinear) for p in points]
    np.testing.assert_allclose(sample_voxels(volume, points), theirs, atol=0.05)


def test_numbers_like_hounsfield_units_are_taken_for_them_and_that_is_told(tmp_path: Path) -> None:
    series = _written(_image(), tmp_path / "volume.nii.gz")
    assert (series.kind, series.modality) == (SeriesKind.CT, "CT")
    assert series.verdict.level is VerdictLevel.CAUTION
    assert "assumed-hu" in {warning.code for warning in series.warnings}


def test_other_numbers_are_shown_and_not_planned_on(tmp_path: Path) -> None:
    values = np.random.default_rng(4).random((20, 30, 35)).astype(np.float32) * 300
    series = _written(_image(values), tmp_path / "volume.nii.gz")
    assert series.kind is SeriesKind.MR
    assert "not Hounsfield units" in series.verdict.text
    assert np.array_equal(load_volume(series).voxels, np.rint(values))
    scan = scan_folder(tmp_path / "volume.nii.gz")
    assert likely_volume(scan).key == series.key


def test_a_series_of_volumes_is_refused_in_words(tmp_path: Path) -> None:
    volumes = [_image() for _ in range(3)]
    path = tmp_path / "time.nii.gz"
    SimpleITK.WriteImage(SimpleITK.JoinSeries(volumes), str(path))
    with pytest.raises(DicomProblem, match="volumes over time") as raised:
        scan_folder(path)
    assert raised.value.path == path


def test_a_file_that_does_not_say_its_sides_is_told(tmp_path: Path) -> None:
    path = tmp_path / "volume.nii"
    SimpleITK.WriteImage(_image(direction=(1, 0, 0, 0, 1, 0, 0, 0, 1)), str(path))
    content = bytearray(path.read_bytes())
    content[252:256] = bytes(4)  # qform_code and sform_code of the NIfTI-1 header
    path.write_bytes(content)
    (series,) = scan_folder(path).series
    assert "sides not stated" in series.verdict.text


def test_a_header_that_names_another_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "volume.nrrd"
    path.write_text(
        "NRRD0004\ntype: short\ndimension: 3\nsizes: 4 4 4\nencoding: raw\nendian: little\n"
        "data file: ../secret.raw\n\n"
    )
    with pytest.raises(DicomProblem, match="names another file"):
        scan_folder(path)


def test_a_header_that_claims_more_than_the_file_can_hold_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "volume.nii"
    SimpleITK.WriteImage(_image(), str(path))
    content = bytearray(path.read_bytes())
    content[42:48] = np.array([30000, 30000, 30000], "<i2").tobytes()
    path.write_bytes(content)
    with pytest.raises(DicomProblem, match="it cannot"):
        scan_folder(path)


def test_a_folder_of_volumes_says_how_they_are_opened(tmp_path: Path) -> None:
    SimpleITK.WriteImage(_image(), str(tmp_path / "a.nii.gz"))
    (tmp_path / "b.txt").write_text("text")
    with pytest.raises(DicomProblem) as raised:
        scan_folder(tmp_path)
    assert "a.nii.gz" in raised.value.hint


def test_a_volume_cut_short_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "volume.nii.gz"
    SimpleITK.WriteImage(_image(), str(path))
    path.write_bytes(path.read_bytes()[:9000])
    with pytest.raises(DicomProblem) as raised:
        load_volume(scan_folder(path).series[0])
    assert raised.value.path == path


def test_a_volume_file_has_a_picture(tmp_path: Path) -> None:
    picture = thumbnail_of(_written(_image(), tmp_path / "volume.nrrd"), 64)
    assert max(picture.shape) == 64
    assert picture.std() > 10


@pytest.mark.parametrize("name", _NAMES)
def test_the_middle_slice_is_shown_before_the_rest_is_read(tmp_path: Path, name: str) -> None:
    series = _written(_image(), tmp_path / name)
    shown: list[FirstSlice] = []
    volume = load_volume(series, first_slice=shown.append)
    (first,) = shown
    assert first.geometry == volume.geometry
    assert np.array_equal(first.voxels, volume.voxels[first.k])
    assert not np.array_equal(first.voxels, volume.voxels[first.k + 1])
