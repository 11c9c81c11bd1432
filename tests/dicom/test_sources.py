"""Folders, archives, discs and single files give the same series; what leads astray is refused."""

import os
import shutil
import struct
import zipfile
from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.foundation.app_paths import cache_folder
from planner.foundation.errors import DicomProblem
from planner.imaging.volume import Volume


def _zip_of(folder: Path, path: Path) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                archive.write(file, Path("disc", "deep", file.relative_to(folder)))
    return path


def _archive(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("compressed", [False, True])
def test_an_archive_gives_what_its_folder_gives_and_leaves_nothing_behind(
    write, a_volume: Volume, tmp_path: Path, compressed: bool
) -> None:
    write(compressed=compressed)
    archive = _zip_of(tmp_path / "axial", tmp_path / "study.zip")
    before = sorted(tmp_path.rglob("*"))
    scan = scan_folder(archive)
    (series,) = scan.series
    loaded = load_volume(series)
    assert np.array_equal(loaded.voxels, a_volume.voxels)
    assert loaded.geometry == a_volume.geometry
    assert (scan.path, series.folder, series.images) == (archive, archive, 10)
    assert series.slices[0].path.is_relative_to(archive / "disc" / "deep")
    assert sorted(tmp_path.rglob("*")) == before
    assert list(cache_folder().iterdir()) == []


def test_members_that_lead_out_of_the_archive_are_skipped_each_with_a_reason(
    write, tmp_path: Path
) -> None:
    content = write()[0].read_bytes()
    names = ["../outside.dcm", "/absolute.dcm", "a\\..\\..\\outside.dcm"]
    archive = _archive(tmp_path / "odd.zip", dict.fromkeys(names, content) | {"ok": content})
    before = sorted(tmp_path.parent.rglob("*"))
    scan = scan_folder(archive)
    assert [file.code for file in scan.skipped] == ["outside"] * 3
    assert scan.series[0].images == 1
    assert sorted(tmp_path.parent.rglob("*")) == before


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    bomb = _archive(tmp_path / "bomb.zip", {"zeros": bytes(150_000_000)})
    with pytest.raises(DicomProblem, match=r"150 MB large from 0\.1 MB") as raised:
        scan_folder(bomb)
    assert raised.value.path == bomb
    assert raised.value.hint


def test_a_locked_member_says_so(write, tmp_path: Path) -> None:
    content = write()[0].read_bytes()
    archive = _archive(tmp_path / "locked.zip", {"a": content, "b": content + b"\0\0"})
    packed = bytearray(archive.read_bytes())
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 8] |= 1
    archive.write_bytes(packed)
    (skipped,) = scan_folder(archive).skipped
    assert (skipped.code, skipped.path) == ("locked", archive / "b")


@pytest.mark.parametrize("damage", ["cut", "empty"])
def test_an_archive_that_cannot_be_read_is_a_problem_in_words(
    write, tmp_path: Path, damage: str
) -> None:
    write()
    archive = _zip_of(tmp_path / "axial", tmp_path / "study.zip")
    if damage == "cut":
        archive.write_bytes(archive.read_bytes()[:5000])
    else:
        _archive(archive, {})
    with pytest.raises(DicomProblem) as raised:
        scan_folder(archive)
    assert raised.value.path == archive


def test_a_damaged_member_is_skipped_and_the_others_are_read(write, tmp_path: Path) -> None:
    write()
    archive = _zip_of(tmp_path / "axial", tmp_path / "study.zip")
    packed = bytearray(archive.read_bytes())
    (offset,) = struct.unpack_from("<L", packed, packed.rindex(b"PK\x01\x02") + 42)
    packed[offset + 60 : offset + 90] = bytes(30)
    archive.write_bytes(packed)
    scan = scan_folder(archive)
    assert sum(series.images for series in scan.series) + len(scan.skipped) == 10
    assert len(scan.skipped) == 1


def test_one_file_is_opened_by_itself(write) -> None:
    path = write()[3]
    (series,) = scan_folder(path).series
    assert (series.images, series.folder) == (1, path)


def test_the_index_of_a_disc_opens_all_of_it_and_is_told(write, tmp_path: Path) -> None:
    write()
    index = pydicom.dcmread(write()[0])
    index.file_meta.MediaStorageSOPClassUID = pydicom.uid.MediaStorageDirectoryStorage
    for keyword in ("SOPClassUID", "Rows", "Columns", "PixelData"):
        delattr(index, keyword)
    index.save_as(tmp_path / "DICOMDIR")
    scan = scan_folder(tmp_path / "DICOMDIR")
    assert scan.series[0].images == 10
    assert [(file.path.name, file.code) for file in scan.skipped] == [("DICOMDIR", "index")]


def test_names_say_nothing_and_depth_does_not_matter(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    for number, path in enumerate(write()):
        deep = tmp_path / "axial" / Path(*"abcdefgh"[: number + 1])
        deep.mkdir(parents=True, exist_ok=True)
        path.rename(deep / os.fsdecode(bytes([0xFF, 0x41 + number])))
    (series,) = scan_folder(tmp_path).series
    assert np.array_equal(load_volume(series).voxels, a_volume.voxels)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes among its files")
def test_links_in_a_circle_and_pipes_are_told_and_not_followed(write, tmp_path: Path) -> None:
    write()
    (tmp_path / "circle").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    os.mkfifo(tmp_path / "pipe")
    scan = scan_folder(tmp_path)
    found = {file.path.name: file.code for file in scan.skipped}
    assert found == {"circle": "link", "self": "unreadable", "pipe": "not-a-file"}
    assert scan.series[0].images == 10


def test_a_file_without_the_standards_head_is_read(write, a_volume: Volume, tmp_path: Path) -> None:
    for path in write():
        image = pydicom.dcmread(path)
        bare = pydicom.Dataset(image)
        bare.save_as(path, implicit_vr=True, little_endian=True, enforce_file_format=False)
        assert path.read_bytes()[128:132] != b"DICM"
    (series,) = scan_folder(tmp_path).series
    assert np.array_equal(load_volume(series).voxels, a_volume.voxels)


def test_files_of_other_kinds_in_a_folder_say_how_they_are_opened(write, tmp_path: Path) -> None:
    path = write()[0]
    _archive(tmp_path / "inner.zip", {"image": path.read_bytes()})
    (tmp_path / "volume.nii.gz").write_bytes(b"anything")
    report = pydicom.dcmread(path)
    report.SOPClassUID = pydicom.uid.BasicTextSRStorage
    for keyword in ("Rows", "Columns", "PixelData"):
        delattr(report, keyword)
    report.save_as(tmp_path / "report")
    found = {file.path.name: file for file in scan_folder(tmp_path).skipped}
    assert {name: file.code for name, file in found.items()} == {
        "inner.zip": "archive",
        "volume.nii.gz": "volume-file",
        "report": "no-image",
    }
    assert "Basic Text SR" in found["report"].text


def test_a_deflated_bomb_is_skipped_without_filling_the_memory(write, tmp_path: Path) -> None:
    path = write()[0]
    image = pydicom.dcmread(path)
    image.file_meta.TransferSyntaxUID = pydicom.uid.DeflatedExplicitVRLittleEndian
    image.ImageComments = "x"
    image.add_new(0x0009_1001, "OB", bytes(150_000_000))
    image.save_as(path, enforce_file_format=True)
    assert path.stat().st_size < 1_000_000
    found = {file.path: file.code for file in scan_folder(tmp_path).skipped}
    assert found == {path: "too-large"}


def test_two_series_without_uids_in_two_folders_are_kept_apart(write, tmp_path: Path) -> None:
    write(name="first")
    shutil.copytree(tmp_path / "first", tmp_path / "second")
    for number, path in enumerate(sorted(tmp_path.rglob("*.dcm"))):
        image = pydicom.dcmread(path)
        image.StudyInstanceUID = image.SeriesInstanceUID = image.SOPInstanceUID = ""
        image.ImageComments = str(number)
        image.save_as(path)
    first, second = scan_folder(tmp_path).series
    assert (first.usable_images, second.usable_images) == (10, 10)
    assert first.key != second.key
