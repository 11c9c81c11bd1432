"""What a folder of files turns out to be, in words the user can act on."""

import shutil
from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import (
    SeriesKind,
    SeriesSummary,
    likely_planning_series,
)
from planner.foundation.errors import DicomProblem
from planner.foundation.progress import Cancelled
from planner.imaging.volume import Volume


def _edit(path: Path, **elements: object) -> None:
    dataset = pydicom.dcmread(path)
    for keyword, value in elements.items():
        setattr(dataset, keyword, value)
    dataset.save_as(path)


def _codes(folder: Path) -> list[str]:
    """What is said of the only series, but for the phantom's being smaller than a vertebra."""
    (series,) = scan_folder(folder).series
    return _codes_of(series)


def _codes_of(series: SeriesSummary) -> list[str]:
    return [warning.code for warning in series.warnings if warning.code != "small-field"]


def test_a_series_says_whose_and_what_it_is(write, tmp_path: Path) -> None:
    write()
    (study,) = scan_folder(tmp_path).studies
    (series,) = study.series
    assert (study.date, study.patient.name, study.patient.patient_id) == (
        "20260105",
        "PHANTOM^BOX",
        "P-1",
    )
    assert (series.modality, series.description, series.images) == ("CT", "axial", 10)
    assert (series.shape_kji, series.spacing_kji_mm) == ((10, 34, 36), (1.0, 0.5, 0.75))
    assert (series.loadable, series.usable_images, _codes_of(series)) == (True, 10, [])
    assert (series.kind, series.part, series.key) == (SeriesKind.CT, "", (series.series_uid, ""))
    assert (series.transfer_syntax, series.tube_voltage_kv) == ("Explicit VR Little Endian", 120.0)


def test_two_series_in_one_folder_are_kept_apart(write, tmp_path: Path) -> None:
    write(name="first")
    for path in write(name="second"):
        path.rename(tmp_path / "first" / f"b-{path.name}")
    first, second = scan_folder(tmp_path / "first").series
    assert (first.images, second.images) == (10, 10)
    assert {first.description, second.description} == {"first", "second"}


def test_every_file_is_in_one_series_or_skipped_with_a_reason(write, tmp_path: Path) -> None:
    paths = write()
    shutil.copy(paths[0], tmp_path / "axial" / "copy.dcm")
    (tmp_path / "notes.txt").write_text("no image")
    paths[1].write_bytes(paths[1].read_bytes()[:300])
    result = scan_folder(tmp_path)
    skipped = {file.path.name: file.code for file in result.skipped}
    assert result.series[0].images == 9
    assert skipped == {"copy.dcm": "duplicate", "notes.txt": "not-dicom", "0002.dcm": "no-image"}


def test_a_plain_image_cut_short_is_skipped_and_leaves_a_gap(write, tmp_path: Path) -> None:
    path = write()[2]
    path.write_bytes(path.read_bytes()[:-60])
    (skipped,) = scan_folder(tmp_path).skipped
    assert (skipped.path, skipped.code) == (path, "damaged")
    assert _codes(tmp_path) == ["gap"]


def test_the_series_with_most_slices_is_the_likely_one(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    shorter = a_volume.geometry.cropped((0, 0, 0), (36, 34, 6))
    write(Volume(a_volume.voxels[:6], shorter), name="short")
    write(name="long")
    assert likely_planning_series(scan_folder(tmp_path)).description == "long"


def test_a_missing_slice_leaves_the_longest_run_and_is_told(write, tmp_path: Path) -> None:
    write()[3].unlink()
    (series,) = scan_folder(tmp_path).series
    assert _codes_of(series) == ["gap"]
    assert "missing between others: 1;" in series.warnings[0].text
    assert "6 of 9 slices" in series.warnings[0].text
    assert (series.images, series.usable_images, series.shape_kji) == (9, 6, (6, 34, 36))
    assert series.geometry is not None
    assert series.geometry.lps_from_ijk[2, 3] == -296.0


def test_two_images_at_one_place_are_told_and_the_first_is_used(write, tmp_path: Path) -> None:
    paths = write()
    other = tmp_path / "axial" / "other.dcm"
    shutil.copy(paths[4], other)
    _edit(other, SOPInstanceUID="1.2.3.4", InstanceNumber="99")
    (series,) = scan_folder(tmp_path).series
    assert _codes_of(series) == ["duplicate-position"]
    assert [(file.path, file.code) for file in series.left_out] == [(other, "duplicate-position")]
    assert (series.images, series.usable_images) == (11, 10)
    assert other not in {header.path for header in series.slices}


def test_one_slice_makes_no_volume(write, tmp_path: Path) -> None:
    for path in write()[1:]:
        path.unlink()
    scan = scan_folder(tmp_path)
    assert not scan.series[0].loadable
    with pytest.raises(DicomProblem, match="There is only one slice") as raised:
        likely_planning_series(scan)
    assert raised.value.path == tmp_path
    assert raised.value.hint


def test_slices_shifted_in_two_directions_are_refused(write, tmp_path: Path) -> None:
    for k, path in enumerate(write()):
        _edit(path, ImagePositionPatient=[-6.5 + 0.1 * k, 20.0 + 0.2679 * k, -300.0 + k])
    (series,) = scan_folder(tmp_path).series
    assert (series.loadable, series.usable_images) == (False, 0)
    assert series.warnings[-1].code == "tilt"


def test_images_of_another_direction_are_a_part_of_their_own(write, tmp_path: Path) -> None:
    _edit(write()[0], ImageOrientationPatient=[0, 1, 0, 0, 0, -1])
    most, other = scan_folder(tmp_path).series
    assert (most.part, most.images, most.usable_images) == ("stack 1", 9, 9)
    assert (other.part, other.images, other.loadable) == ("stack 2", 1, False)
    assert most.series_uid == other.series_uid


def test_uneven_steps_leave_the_longest_run_and_are_told(write, tmp_path: Path) -> None:
    paths = write()
    for k in (8, 9):
        _edit(paths[k], ImagePositionPatient=[-6.5, 20.0, -292.0 + 1.3 * (k - 7)])
    assert _codes(tmp_path) == ["uneven-steps"]
    assert scan_folder(tmp_path).series[0].usable_images == 8


@pytest.mark.parametrize(
    ("step_mm", "codes"),
    [
        (1.25, []),
        (1.3, ["slice-step-note"]),
        (2.5, ["slice-step-warning"]),
        (3.5, ["slice-step-no-grade"]),
    ],
)
def test_thick_slices_are_told_in_three_degrees(
    write, tmp_path: Path, step_mm: float, codes: list[str]
) -> None:
    for k, path in enumerate(write()):
        _edit(path, ImagePositionPatient=[-6.5, 20.0, -300.0 + step_mm * k])
    assert _codes(tmp_path) == codes


@pytest.mark.parametrize(
    ("elements", "code"),
    [
        ({"Modality": "US"}, "not-ct"),
        ({"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}, "localiser"),
        ({"SOPClassUID": pydicom.uid.SecondaryCaptureImageStorage}, "capture"),
        ({"SamplesPerPixel": 3, "Rows": 11}, "colour"),
        ({"PixelSpacing": ["0.000", "0.000"]}, "no-position"),
        ({"ImagePositionPatient": None}, "no-position"),
        ({"ImageOrientationPatient": [1, 0, 0, 0.5, 1, 0]}, "orientation"),
    ],
)
def test_images_that_make_no_volume_say_why(
    write, tmp_path: Path, elements: dict[str, object], code: str
) -> None:
    for path in write():
        _edit(path, **elements)
    (series,) = scan_folder(tmp_path).series
    assert not series.loadable
    assert series.images == 10
    assert series.warnings[-1].code == code
    with pytest.raises(DicomProblem, match="no CT series to plan on"):
        likely_planning_series(scan_folder(tmp_path))


def test_images_in_a_compression_that_cannot_be_read_say_its_name(write, tmp_path: Path) -> None:
    for path in write():
        dataset = pydicom.dcmread(path)
        dataset.file_meta.TransferSyntaxUID = pydicom.uid.UID("1.2.840.10008.1.2.4.55")
        dataset.PixelData = pydicom.encaps.encapsulate([b"\0\0"])
        dataset["PixelData"].is_undefined_length = True
        dataset.save_as(path)
    (series,) = scan_folder(tmp_path).series
    assert series.warnings[-1].code == "compression"
    assert "JPEG Full Progression" in series.warnings[-1].text
    assert "retired" in series.warnings[-1].text
    assert {file.code for file in series.left_out} == {"compression"}
    assert len(series.left_out) == 10


@pytest.mark.parametrize(("agent", "expected"), [("IV", True), ("NONE", False), ("", None)])
def test_contrast_is_known_only_where_the_images_say_so(
    write, tmp_path: Path, agent: str, expected: bool | None
) -> None:
    for path in write():
        _edit(path, ContrastBolusAgent=agent)
    assert scan_folder(tmp_path).series[0].contrast_agent is expected


def test_empty_uids_still_make_a_series(write, tmp_path: Path) -> None:
    for path in write():
        _edit(path, StudyInstanceUID="", SeriesInstanceUID="", SOPInstanceUID="")
    (series,) = scan_folder(tmp_path).series
    assert (series.images, series.usable_images) == (10, 10)


def test_a_folder_that_is_none_is_a_problem_in_words(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "a.txt").write_text("text")
    (tmp_path / "two").mkdir()
    for name in "ab":
        (tmp_path / "two" / name).write_text("text")
    for path, words in [
        (tmp_path / "missing", "no such folder"),
        (tmp_path / "other" / "a.txt", "not a DICOM file"),
        (tmp_path / "empty", "is empty"),
        (tmp_path / "two", "no DICOM files"),
    ]:
        with pytest.raises(DicomProblem, match=words) as raised:
            scan_folder(path)
        assert raised.value.path == path
        assert raised.value.hint


def test_a_scan_stops_when_cancelled(write, tmp_path: Path) -> None:
    write()

    def cancel(fraction: float, message: str = "") -> None:
        del message
        if fraction > 0.3:
            raise Cancelled

    with pytest.raises(Cancelled):
        scan_folder(tmp_path, cancel)


def test_the_file_dicomdir_stands_for_its_folder(write, tmp_path: Path) -> None:
    write()
    (tmp_path / "DICOMDIR").write_bytes(b"")
    scan = scan_folder(tmp_path / "DICOMDIR")
    assert (scan.path, scan.series[0].images) == (tmp_path, 10)


@pytest.mark.filterwarnings("ignore::UserWarning")  # pydicom's, on values of nonsense
def test_files_of_nonsense_never_end_a_scan(write, tmp_path: Path) -> None:
    rng = np.random.default_rng(11)
    paths = write(compressed=True)
    whole = paths[0].read_bytes()
    for n in range(60):
        bytes_ = bytearray(whole)
        for place in rng.integers(0, 1200, 8):
            bytes_[place] = int(rng.integers(0, 256))
        (tmp_path / f"nonsense-{n}").write_bytes(bytes_[: rng.integers(200, len(whole))])
    scan = scan_folder(tmp_path)
    assert sum(series.images for series in scan.series) + len(scan.skipped) == 70
