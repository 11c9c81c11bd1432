"""Voxels and places as in the files, whatever the order and the form they come in."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from planner.dicom.load_volume import load_volume, study_reference_of
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesSummary
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Cancelled
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume


def _only_series(folder: Path) -> SeriesSummary:
    (series,) = scan_folder(folder).series
    return series


@pytest.mark.parametrize("compressed", [False, True])
def test_a_written_series_reads_back_exactly(
    write, a_volume: Volume, tmp_path: Path, compressed: bool
) -> None:
    write(compressed=compressed)
    loaded = load_volume(_only_series(tmp_path))
    assert np.array_equal(loaded.voxels, a_volume.voxels)
    assert loaded.geometry == a_volume.geometry
    assert loaded.frame_of_reference_uid == a_volume.frame_of_reference_uid


def test_the_order_of_files_does_not_matter(write, a_volume: Volume, tmp_path: Path) -> None:
    for path, number in zip(write(), [7, 0, 9, 3, 1, 8, 2, 6, 4, 5], strict=True):
        path.rename(path.parent / str(number))
    assert np.array_equal(load_volume(_only_series(tmp_path)).voxels, a_volume.voxels)


def test_a_feet_first_series_keeps_every_voxel_at_its_place(write, tmp_path: Path) -> None:
    matrix = np.diag([-0.7, 0.7, -1.0, 1.0])
    matrix[:3, 3] = [60.0, -40.0, 15.0]
    voxels = np.zeros((5, 6, 7), np.int16)
    voxels[1, 2, 3] = 1234
    source = Volume(voxels, GridGeometry((7, 6, 5), matrix))
    write(source)
    loaded = load_volume(_only_series(tmp_path))
    ((k, j, i),) = np.argwhere(loaded.voxels == 1234)
    np.testing.assert_allclose(
        loaded.geometry.lps_of((i, j, k)), source.geometry.lps_of((3, 2, 1)), atol=1e-9
    )


def test_rows_that_run_to_the_patients_right_are_not_mirrored(write, tmp_path: Path) -> None:
    matrix = np.diag([-0.7, 0.7, 1.0, 1.0])
    voxels = np.zeros((5, 6, 7), np.int16)
    voxels[1, 2, 3] = 1234
    source = Volume(voxels, GridGeometry((7, 6, 5), matrix))
    write(source)
    loaded = load_volume(_only_series(tmp_path))
    ((k, j, i),) = np.argwhere(loaded.voxels == 1234)
    np.testing.assert_allclose(
        loaded.geometry.lps_of((i, j, k)), source.geometry.lps_of((3, 2, 1)), atol=1e-9
    )
    assert np.linalg.det(loaded.geometry.axes_lps) == pytest.approx(1.0)


def _decoded(dataset: pydicom.FileDataset) -> pydicom.Dataset:
    """Return the elements without the memory of how they were encoded."""
    fresh = pydicom.Dataset()
    fresh.file_meta = dataset.file_meta
    for element in dataset:
        fresh.add(element)
    return fresh


@pytest.mark.parametrize(
    "syntax",
    [
        ImplicitVRLittleEndian,
        ExplicitVRBigEndian,
        DeflatedExplicitVRLittleEndian,
        RLELossless,
        JPEGLSLossless,
        JPEG2000Lossless,
    ],
    ids=lambda uid: uid.name,
)
def test_every_lossless_form_gives_the_same_voxels(
    write, a_volume: Volume, tmp_path: Path, syntax: pydicom.uid.UID
) -> None:
    for path in write():
        dataset = pydicom.dcmread(path)
        if syntax.is_compressed and syntax != DeflatedExplicitVRLittleEndian:
            dataset.compress(syntax, generate_instance_uid=False)
        elif syntax == ExplicitVRBigEndian:
            dataset = _decoded(dataset)
            dataset.PixelData = np.frombuffer(dataset.PixelData, "<u2").astype(">u2").tobytes()
        dataset.file_meta.TransferSyntaxUID = syntax
        dataset.save_as(path, enforce_file_format=True)
    loaded = load_volume(_only_series(tmp_path))
    assert np.array_equal(loaded.voxels, a_volume.voxels)


def _store(path: Path, stored: np.ndarray, **elements: object) -> None:
    dataset = pydicom.dcmread(path)
    dataset.PixelData = stored.tobytes()
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def test_signed_numbers_and_a_rescale_of_each_slice_are_followed(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    for k, path in enumerate(write()):
        stored = (a_volume.voxels[k] - 10 * k).astype(np.int16)
        _store(
            path,
            stored,
            PixelRepresentation=1,
            BitsStored=16,
            HighBit=15,
            RescaleIntercept=str(10 * k),
        )
    assert np.array_equal(load_volume(_only_series(tmp_path)).voxels, a_volume.voxels)


def test_a_slope_is_applied_and_rounded_to_whole_units(write, tmp_path: Path) -> None:
    stored = np.arange(1224, dtype=np.uint16).reshape(34, 36)
    for path in write():
        _store(path, stored, RescaleSlope="0.5", RescaleIntercept="-3.2")
    loaded = load_volume(_only_series(tmp_path))
    assert np.array_equal(loaded.voxels[0], np.rint(stored * 0.5 - 3.2))


def test_bits_that_hold_no_number_are_ignored(write, a_volume: Volume, tmp_path: Path) -> None:
    for k, path in enumerate(write()):
        stored = (a_volume.voxels[k].astype(np.int32) + 1024).astype(np.uint16) | 0xF000
        _store(path, np.asarray(stored, np.uint16), BitsStored=12, HighBit=11)
    loaded = load_volume(_only_series(tmp_path))
    expected = ((a_volume.voxels.astype(np.int32) + 1024) & 0x0FFF) - 1024
    assert np.array_equal(loaded.voxels, expected)


def test_numbers_beyond_sixteen_bits_are_cut_off_and_do_not_wrap_round(
    write, tmp_path: Path
) -> None:
    stored = np.full((34, 36), 65535, np.uint16)
    for path in write():
        _store(path, stored, BitsStored=16, HighBit=15)
    assert (load_volume(_only_series(tmp_path)).voxels == 32767).all()


def test_what_lies_outside_the_scanners_field_keeps_its_value_and_is_known(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    voxels = np.array(a_volume.voxels)
    voxels[:, :2] = -2000
    write(Volume(voxels, a_volume.geometry, padding_hu=-2000))
    loaded = load_volume(_only_series(tmp_path))
    assert loaded.padding_hu == -2000
    assert np.array_equal(loaded.voxels, voxels)


def test_corners_thinner_than_air_are_known_as_padding_without_a_word_in_the_file(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    voxels = np.array(a_volume.voxels)
    voxels[:, [0, -1]] = -2048
    write(Volume(voxels, a_volume.geometry))
    assert load_volume(_only_series(tmp_path)).padding_hu == -2048


def test_a_file_cut_short_after_the_scan_is_a_problem_with_its_path(write, tmp_path: Path) -> None:
    path = write()[4]
    series = _only_series(tmp_path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(DicomProblem, match="ends early") as raised:
        load_volume(series)
    assert raised.value.path == path
    path.unlink()
    with pytest.raises(DicomProblem):
        load_volume(series)


def test_a_damaged_compressed_image_is_a_problem_with_its_path(write, tmp_path: Path) -> None:
    path = write(compressed=True)[2]
    path.write_bytes(path.read_bytes()[:-60])
    with pytest.raises(DicomProblem) as raised:
        load_volume(_only_series(tmp_path))
    assert raised.value.path == path


def test_a_series_that_makes_no_volume_is_not_loaded(write, tmp_path: Path) -> None:
    for path in write()[1:]:
        path.unlink()
    with pytest.raises(DicomProblem, match="only one slice"):
        load_volume(_only_series(tmp_path))


def test_loading_stops_when_cancelled(write, tmp_path: Path) -> None:
    write()
    seen: list[float] = []

    def cancel(fraction: float, message: str = "") -> None:
        assert message
        seen.append(fraction)
        if fraction >= 0.5:
            raise Cancelled

    with pytest.raises(Cancelled):
        load_volume(_only_series(tmp_path), cancel)
    assert 0.5 <= max(seen) < 0.7


def test_a_case_knows_its_images_by_their_voxels(write, tmp_path: Path) -> None:
    write()
    series = _only_series(tmp_path)
    volume = load_volume(series)
    reference = study_reference_of(series, volume)
    changed = np.array(volume.voxels)
    changed[0, 0, 0] += 1
    other = study_reference_of(series, Volume(changed, volume.geometry))
    assert reference.voxel_sha256 != other.voxel_sha256
    assert reference == study_reference_of(series, load_volume(series))
    assert (reference.path, reference.shape_kji) == (str(tmp_path), (10, 34, 36))
    assert (reference.spacing_kji_mm, reference.tube_voltage_kv) == ((1.0, 0.5, 0.75), 120.0)
    assert reference.patient.patient_id == "P-1"


@pytest.mark.slow
def test_the_thorax_ct_reads_as_with_simpleitk(the_thorax_ct_folder: Path) -> None:
    series = _only_series(the_thorax_ct_folder)
    volume = load_volume(series)
    reader = SimpleITK.ImageSeriesReader()
    reader.SetFileNames([str(header.path) for header in series.slices])
    image = reader.Execute()
    assert np.array_equal(SimpleITK.GetArrayViewFromImage(image), volume.voxels)
    last = np.array(volume.geometry.shape_ijk) - 1
    for corner in np.ndindex(2, 2, 2):
        ijk = [int(v) for v in np.array(corner) * last]
        np.testing.assert_allclose(
            volume.geometry.lps_of(ijk), image.TransformIndexToPhysicalPoint(ijk), atol=1e-3
        )
    assert volume.padding_hu == -2048
    assert series.contrast_agent is True
