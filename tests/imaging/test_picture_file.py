import numpy as np
import pytest
import SimpleITK

from planner.foundation.errors import WriterProblem
from planner.imaging.picture_file import write_grey_png, write_raw_image


def test_a_raw_image_reads_back_with_its_rows_downwards_and_its_pixels_size(tmp_path) -> None:
    values = np.arange(6, dtype=np.float32).reshape(2, 3)
    write_raw_image(tmp_path / "image.mha", values, 0.5)
    image = SimpleITK.ReadImage(str(tmp_path / "image.mha"))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), values)
    assert image.GetSpacing() == (0.5, 0.5)


def test_a_picture_reads_back_with_its_grey_levels(tmp_path) -> None:
    grey = np.array([[0, 255], [10, 20]], np.uint8)
    write_grey_png(tmp_path / "image.png", grey, 0.5)
    image = SimpleITK.ReadImage(str(tmp_path / "image.png"))
    np.testing.assert_array_equal(SimpleITK.GetArrayFromImage(image), grey)


def test_another_ending_and_a_missing_folder_are_refused_in_one_sentence(tmp_path) -> None:
    with pytest.raises(WriterProblem, match=r"\.png"):
        write_grey_png(tmp_path / "image.jpg", np.zeros((2, 2), np.uint8), 0.5)
    with pytest.raises(WriterProblem, match="folder"):
        write_raw_image(tmp_path / "no" / "image.mha", np.zeros((2, 2), np.float32), 0.5)
