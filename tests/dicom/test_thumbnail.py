"""A series is known by its picture: the middle image, in the patient's proportions."""

from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.scan_folder import scan_folder
from planner.dicom.thumbnail import thumbnail_of
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE


@pytest.fixture
def a_wide_volume() -> Volume:
    """Bone in the first columns of the middle slice; pixels twice as high as wide."""
    voxels = np.full((9, 40, 60), -1000, np.int16)
    voxels[4, :, :15] = 1000
    return Volume(voxels, GridGeometry.axis_aligned((60, 40, 9), (0, 0, 0), (1.0, 2.0, 3.0)))


def test_the_picture_is_the_middle_slice_in_the_patients_proportions(
    write, a_wide_volume: Volume, tmp_path: Path
) -> None:
    write(a_wide_volume)
    picture = thumbnail_of(scan_folder(tmp_path).series[0], 40)
    assert (picture.shape, picture.dtype) == ((40, 30), np.uint8)
    assert (picture[:, :7] == 255).all()
    assert (picture[:, 8:] == 0).all()


def test_a_picture_larger_than_the_image_repeats_its_pixels(
    write, a_wide_volume: Volume, tmp_path: Path
) -> None:
    write(a_wide_volume)
    picture = thumbnail_of(scan_folder(tmp_path).series[0], 160)
    assert picture.shape == (160, 120)
    assert set(np.unique(picture)) == {0, 255}


def test_grey_follows_the_window_of_the_spine(write, a_volume: Volume, tmp_path: Path) -> None:
    level = round(SPINE.level_hu)
    write(Volume(np.full(a_volume.voxels.shape, level, np.int16), a_volume.geometry))
    picture = thumbnail_of(scan_folder(tmp_path).series[0], 16)
    assert np.abs(picture.astype(int) - 127).max() <= 1


def test_images_set_aside_have_a_picture_too(write, tmp_path: Path) -> None:
    for path in write():
        image = pydicom.dcmread(path)
        colours = np.zeros((34, 36, 3), np.uint8)
        colours[:, 18:, 1] = 200
        image.SamplesPerPixel, image.PhotometricInterpretation = 3, "RGB"
        image.PlanarConfiguration = 0
        image.BitsAllocated, image.BitsStored, image.HighBit = 8, 8, 7
        image.PixelData = colours.tobytes()
        image.save_as(path)
    picture = thumbnail_of(scan_folder(tmp_path).series[0], 36)
    assert picture[20, 30] > picture[20, 3]


def test_an_image_that_cannot_be_read_is_black(write, tmp_path: Path) -> None:
    for path in write(compressed=True):
        path.write_bytes(path.read_bytes()[:-900])
    picture = thumbnail_of(scan_folder(tmp_path).series[0], 24)
    assert picture.shape == (24, 24)
    assert not picture.any()
