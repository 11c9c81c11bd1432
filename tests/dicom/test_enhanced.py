"""Enhanced multi-frame images: each frame has its own place, rescale and part."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.uid import EnhancedCTImageStorage, EnhancedMRImageStorage, ExplicitVRLittleEndian

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesKind

_ROWS, _COLUMNS = 24, 30


def _sequence(**elements: object) -> list[Dataset]:
    item = Dataset()
    for keyword, value in elements.items():
        setattr(item, keyword, value)
    return [item]


def _frame(z_mm: float, intercept: float = 0.0, **content: object) -> Dataset:
    group = Dataset()
    group.PlanePositionSequence = _sequence(ImagePositionPatient=[-30.0, -20.0, z_mm])
    group.FrameContentSequence = _sequence(**content)
    group.PixelValueTransformationSequence = _sequence(
        RescaleSlope=1, RescaleIntercept=intercept, RescaleType="HU"
    )
    return group


def _write_enhanced(
    path: Path, stored: np.ndarray, frames: list[Dataset], modality: str = "CT"
) -> pydicom.Dataset:
    image = Dataset()
    sop_class = EnhancedCTImageStorage if modality == "CT" else EnhancedMRImageStorage
    image.file_meta = FileMetaDataset()
    image.file_meta.MediaStorageSOPClassUID = sop_class
    image.file_meta.MediaStorageSOPInstanceUID = "1.2.3.4"
    image.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    image.SOPClassUID, image.SOPInstanceUID = sop_class, "1.2.3.4"
    image.StudyInstanceUID, image.SeriesInstanceUID, image.FrameOfReferenceUID = "1.2", "1.3", "1.4"
    image.Modality, image.PatientName, image.StudyDate = modality, "MULTI^FRAME", "20260101"
    image.Rows, image.Columns, image.NumberOfFrames = _ROWS, _COLUMNS, len(frames)
    image.SamplesPerPixel, image.PhotometricInterpretation = 1, "MONOCHROME2"
    image.BitsAllocated, image.BitsStored, image.HighBit, image.PixelRepresentation = 16, 16, 15, 1
    shared = Dataset()
    shared.PixelMeasuresSequence = _sequence(PixelSpacing=[3.0, 2.5])
    shared.PlaneOrientationSequence = _sequence(ImageOrientationPatient=[1, 0, 0, 0, 1, 0])
    image.SharedFunctionalGroupsSequence = [shared]
    image.PerFrameFunctionalGroupsSequence = frames
    image.PixelData = stored.astype("<i2").tobytes()
    image["PixelData"].VR = "OW"
    image.save_as(path, enforce_file_format=True)
    return image


def _numbers(count: int) -> np.ndarray:
    rng = np.random.default_rng(2)
    return rng.integers(-1000, 2000, (count, _ROWS, _COLUMNS)).astype(np.int16)


@pytest.mark.parametrize("compressed", [False, True])
def test_frames_are_sorted_by_their_places_and_rescaled_each_by_itself(
    tmp_path: Path, compressed: bool
) -> None:
    order = [3, 0, 7, 1, 9, 2, 8, 4, 6, 5]
    stored = _numbers(10)
    frames = [_frame(4.0 * place, intercept=100.0 * place) for place in order]
    image = _write_enhanced(tmp_path / "MF", stored, frames)
    if compressed:
        image.compress(pydicom.uid.JPEGLSLossless, generate_instance_uid=False)
        image.save_as(tmp_path / "MF", enforce_file_format=True)
    (series,) = scan_folder(tmp_path).series
    assert (series.images, series.usable_images, series.kind) == (1, 10, SeriesKind.CT)
    volume = load_volume(series)
    for frame, place in enumerate(order):
        assert np.array_equal(volume.voxels[place], stored[frame] + 100 * place)
    assert volume.geometry.spacing_ijk_mm == pytest.approx((2.5, 3.0, 4.0))
    np.testing.assert_allclose(volume.geometry.lps_of((0, 0, 0)), [-30.0, -20.0, 0.0])


def test_stacks_of_one_file_are_parts_and_the_file_counts_once(tmp_path: Path) -> None:
    frames = [_frame(5.0 * (n % 5) + 200.0 * (n // 5), StackID=str(n // 5 + 1)) for n in range(10)]
    stored = _numbers(10)
    _write_enhanced(tmp_path / "MF", stored, frames)
    first, second = scan_folder(tmp_path).series
    assert (first.part, second.part) == ("stack 1", "stack 2")
    assert (first.images, second.images) == (1, 0)
    assert np.array_equal(load_volume(second).voxels, stored[5:])


def test_times_of_one_file_are_parts(tmp_path: Path) -> None:
    frames = [_frame(5.0 * (n // 2), TemporalPositionIndex=n % 2 + 1) for n in range(10)]
    stored = _numbers(10)
    _write_enhanced(tmp_path / "MF", stored, frames, modality="MR")
    early, late = scan_folder(tmp_path).series
    assert (early.part, late.part, early.kind) == ("time 1", "time 2", SeriesKind.MR)
    assert np.array_equal(load_volume(late).voxels, stored[1::2])


def test_frames_without_places_are_refused_in_words(tmp_path: Path) -> None:
    _write_enhanced(tmp_path / "MF", _numbers(3), [Dataset() for _ in range(3)])
    (series,) = scan_folder(tmp_path).series
    assert not series.loadable
    assert "do not say where they lie" in series.verdict.text


def test_a_file_that_claims_more_frames_than_it_holds_is_skipped(tmp_path: Path) -> None:
    image = _write_enhanced(tmp_path / "MF", _numbers(3), [_frame(4.0 * n) for n in range(3)])
    image.NumberOfFrames = 4000
    image.save_as(tmp_path / "MF")
    (tmp_path / "other").write_text("text")
    _write_enhanced(tmp_path / "whole", _numbers(3), [_frame(4.0 * n) for n in range(3)])
    skipped = {file.path.name: file.code for file in scan_folder(tmp_path).skipped}
    assert skipped == {"MF": "damaged", "other": "not-dicom"}
