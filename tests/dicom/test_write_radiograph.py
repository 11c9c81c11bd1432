"""A picture as a digital X-ray: its grey values, its sides, and how it was taken."""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.write_radiograph import RadiographGeometry, RadiographView, write_radiograph
from planner.dicom.write_series import SeriesLabel
from planner.foundation.errors import DicomProblem

AP = RadiographGeometry(RadiographView.AP, 0.25, 1150.0, 1000.0)
LATERAL = RadiographGeometry(RadiographView.LATERAL, 0.25, 1150.0, 1000.0)


@pytest.fixture
def a_picture() -> np.ndarray:
    """Darker to the right, one bright spot in the upper right."""
    picture = np.tile(np.linspace(40.0, 10.0, 60, dtype=np.float32), (40, 1))
    picture[5, 50] = 90.0
    return picture


@pytest.mark.parametrize(
    ("geometry", "orientation", "view"),
    [(AP, ["L", "F"], "AP"), (LATERAL, ["P", "F"], "LL")],
    ids=["AP", "lateral"],
)
def test_the_sides_of_a_picture_are_written_beside_it(
    a_picture: np.ndarray,
    a_label: SeriesLabel,
    tmp_path: Path,
    geometry: RadiographGeometry,
    orientation: list[str],
    view: str,
) -> None:
    image = pydicom.dcmread(write_radiograph(tmp_path, a_picture, a_label, geometry))
    assert list(image.PatientOrientation) == orientation
    assert image.ViewPosition == view
    assert image.Modality == "DX"
    assert image.SeriesInstanceUID == a_label.series_uid


def test_pixels_keep_their_place_and_bone_is_bright(
    a_picture: np.ndarray, a_label: SeriesLabel, tmp_path: Path
) -> None:
    image = pydicom.dcmread(write_radiograph(tmp_path, a_picture, a_label, AP))
    pixels = image.pixel_array
    assert pixels.shape == (40, 60)
    assert np.unravel_index(pixels.argmax(), pixels.shape) == (5, 50)
    assert (pixels.min(), pixels.max()) == (0, 4095)
    assert image.PhotometricInterpretation == "MONOCHROME2"
    assert image.PresentationLUTShape == "IDENTITY"
    scaled = (a_picture - a_picture.min()) / np.ptp(a_picture) * 4095
    assert np.abs(pixels - scaled).max() <= 0.51


def test_sizes_are_those_on_the_detector_and_the_magnification_says_how_much_larger(
    a_picture: np.ndarray, a_label: SeriesLabel, tmp_path: Path
) -> None:
    image = pydicom.dcmread(write_radiograph(tmp_path, a_picture, a_label, AP))
    assert [float(v) for v in image.ImagerPixelSpacing] == [0.25, 0.25]
    assert float(image.EstimatedRadiographicMagnificationFactor) == pytest.approx(1.15)
    assert float(image.DistanceSourceToDetector) == 1150.0
    assert "PixelSpacing" not in image


def test_the_same_picture_gives_the_same_bytes(
    a_picture: np.ndarray, a_label: SeriesLabel, tmp_path: Path
) -> None:
    one, other = (write_radiograph(tmp_path / n, a_picture, a_label, AP) for n in "ab")
    assert one.read_bytes() == other.read_bytes()


def test_an_even_picture_can_be_written(a_label: SeriesLabel, tmp_path: Path) -> None:
    even = np.full((8, 8), 3.0, np.float32)
    image = pydicom.dcmread(write_radiograph(tmp_path, even, a_label, AP))
    assert not image.pixel_array.any()
    assert float(image.WindowWidth) >= 1.0


def test_a_folder_that_cannot_be_written_to_is_a_problem_in_words(
    a_picture: np.ndarray, a_label: SeriesLabel, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DicomProblem, match="cannot be written"):
        write_radiograph(tmp_path / "file", a_picture, a_label, AP)


@pytest.mark.peer
@pytest.mark.parametrize("geometry", [AP, LATERAL], ids=["AP", "lateral"])
def test_dciodvfy_finds_no_error(
    a_picture: np.ndarray, a_label: SeriesLabel, tmp_path: Path, geometry: RadiographGeometry
) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    path = write_radiograph(tmp_path, a_picture, a_label, geometry)
    run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    assert "DX" in run.stderr
    assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]
