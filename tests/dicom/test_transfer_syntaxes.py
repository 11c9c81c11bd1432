"""One CT slice in every transfer syntax of DICOM (MIT licence), against SimpleITK."""

from pathlib import Path

import numpy as np
import pydicom
import pytest
import SimpleITK

from planner.dicom.image_file import ImageFile
from planner.dicom.load_volume import load_volume
from planner.dicom.read_header import read_image_headers
from planner.dicom.scan_folder import scan_folder

_RETIRED = ("1.2.840.10008.1.2.4.53", "1.2.840.10008.1.2.4.55")
_STEP_MM = 5.0


@pytest.fixture(scope="session")
def the_slices(shared_data: Path) -> dict[str, Path]:
    """A file of each transfer syntax by the UID in its name."""
    folder = shared_data / "awkward-dicom" / "transfer-syntaxes"
    return {path.stem.rpartition("_")[2]: path for path in folder.glob("CTImage.dcm_*")}


def _as_series(path: Path, folder: Path) -> None:
    """Put one slice to three places."""
    folder.mkdir()
    for k in range(3):
        image = pydicom.dcmread(path)
        x, y, z = image.ImagePositionPatient
        image.ImagePositionPatient = [x, y, z + _STEP_MM * k]
        image.SOPInstanceUID = f"{image.SOPInstanceUID}.{k}"
        image.save_as(folder / str(k))


@pytest.mark.parametrize(
    "uid",
    [
        "1.2.840.10008.1.2",
        "1.2.840.10008.1.2.1",
        "1.2.840.10008.1.2.1.99",
        "1.2.840.10008.1.2.2",
        *(f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91)),
        "1.2.840.10008.1.2.5",
    ],
)
def test_a_slice_in_any_transfer_syntax_reads_as_with_simpleitk(
    the_slices: dict[str, Path], tmp_path: Path, uid: str
) -> None:
    path = the_slices[uid]
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))[0]
    _as_series(path, tmp_path / "series")
    (series,) = scan_folder(tmp_path / "series").series
    volume = load_volume(series)
    assert volume.voxels.shape == (3, 512, 512)
    for slice_hu in volume.voxels:
        assert np.array_equal(slice_hu, np.rint(theirs))
    assert series.transfer_syntax == pydicom.uid.UID(uid).name


def test_retired_transfer_syntaxes_are_told_by_name_for_each_file(
    the_slices: dict[str, Path], tmp_path: Path
) -> None:
    for uid in _RETIRED:
        _as_series(the_slices[uid], tmp_path / uid)
    (series,) = scan_folder(tmp_path).series
    assert not series.loadable
    assert {file.path.parent.name for file in series.left_out} == set(_RETIRED)
    for file in series.left_out:
        assert pydicom.uid.UID(file.path.parent.name).name in file.text
        assert "retired" in file.text


def test_a_file_in_a_retired_form_among_others_is_left_out_alone(
    the_slices: dict[str, Path], tmp_path: Path
) -> None:
    _as_series(the_slices["1.2.840.10008.1.2.1"], tmp_path / "whole")
    _as_series(the_slices[_RETIRED[0]], tmp_path / "retired")
    (series,) = scan_folder(tmp_path).series
    assert (series.images, series.usable_images) == (6, 3)
    assert {file.path.parent.name for file in series.left_out} == {"retired"}


def test_fragments_without_an_offset_table_make_whole_frames(shared_data: Path) -> None:
    folder = shared_data / "awkward-dicom" / "transfer-syntaxes"
    path = folder / "CT0012.fragmented_no_bot_jpeg_baseline.51.dcm"
    series = next(s for s in scan_folder(path).series if s.loadable)
    theirs = SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))
    voxels = load_volume(series).voxels
    in_file_order = [voxels[series.slices.index(h)] for h in sorted(series.slices, key=_frame)]
    assert np.array_equal(np.array(in_file_order), theirs)


def _frame(header: object) -> int:
    return header.frame  # type: ignore[attr-defined]


def test_every_codec_is_there() -> None:
    from planner.dicom.transfer_syntaxes import why_unreadable

    read = [f"1.2.840.10008.1.2.4.{n}" for n in (50, 51, 57, 70, 80, 81, 90, 91, 201, 202, 203)]
    assert [uid for uid in read if why_unreadable(uid)] == []
    assert "retired" in why_unreadable("1.2.840.10008.1.2.4.53")
    assert "JPIP" in why_unreadable("1.2.840.10008.1.2.4.94")


def test_a_header_is_read_without_its_pixels(the_slices: dict[str, Path]) -> None:
    from planner.dicom.open_files import OpenFiles

    path = the_slices["1.2.840.10008.1.2.4.90"]
    found = read_image_headers(ImageFile(path), OpenFiles())
    assert isinstance(found, tuple)
    assert (found[0].rows, found[0].frames, found[0].modality) == (512, 1, "CT")
