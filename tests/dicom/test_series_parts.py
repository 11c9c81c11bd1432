"""Several volumes under one series UID are told apart, and one volume is never torn apart."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pydicom
import pytest

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesKind
from planner.imaging.volume import Volume


def _several(
    write, volume: Volume, label: Callable[[pydicom.Dataset, int, int], None], count: int = 3
) -> None:
    """Write a volume several times under one UID; the n-th is brighter by 10 n."""
    for n in range(count):
        brighter = Volume(volume.voxels // 2 + np.int16(10 * n), volume.geometry)
        for k, path in enumerate(write(brighter, name=f"copy {n}")):
            image = pydicom.dcmread(path)
            image.SeriesInstanceUID = "1.2.3"
            image.SOPInstanceUID = f"1.2.3.{n}.{k}"
            label(image, n, k)
            image.save_as(path)


def _phase(image: pydicom.Dataset, n: int, k: int) -> None:
    del k
    image.NominalPercentageOfCardiacPhase = 30.0 + 20.0 * n


def _time(image: pydicom.Dataset, n: int, k: int) -> None:
    del k
    image.TemporalPositionIdentifier = n + 1


def _echo(image: pydicom.Dataset, n: int, k: int) -> None:
    del k
    image.EchoNumbers, image.EchoTime = n + 1, 20.0 * (n + 1)


def _acquisition(image: pydicom.Dataset, n: int, k: int) -> None:
    del k
    image.AcquisitionNumber = n + 1


def _kind(image: pydicom.Dataset, n: int, k: int) -> None:
    del k
    image.ImageType = ["ORIGINAL", "PRIMARY", ("WATER", "FAT", "IN_PHASE")[n]]


def _numbers_only(image: pydicom.Dataset, n: int, k: int) -> None:
    image.InstanceNumber = 10 * n + k + 1


@pytest.mark.parametrize(
    ("label", "names"),
    [
        (_phase, ["phase 30 %", "phase 50 %", "phase 70 %"]),
        (_time, ["time 1", "time 2", "time 3"]),
        (_echo, ["echo 1", "echo 2", "echo 3"]),
        (_acquisition, ["acquisition 1", "acquisition 2", "acquisition 3"]),
        (_kind, ["type FAT", "type IN_PHASE", "type WATER"]),
        (_numbers_only, ["repeat 1", "repeat 2", "repeat 3"]),
    ],
)
def test_what_images_at_one_place_differ_by_parts_them(
    write, a_volume: Volume, tmp_path: Path, label: Callable, names: list[str]
) -> None:
    _several(write, a_volume, label)
    parts = scan_folder(tmp_path).series
    assert [part.part for part in parts] == names
    assert [(part.images, part.usable_images) for part in parts] == [(10, 10)] * 3
    assert len({part.key for part in parts}) == 3
    assert {part.series_uid for part in parts} == {"1.2.3"}
    brightness = {round(float(load_volume(part).voxels.mean())) for part in parts}
    assert max(brightness) - min(brightness) == 20


def test_phases_of_several_echoes_are_parted_by_both(
    write, a_volume: Volume, tmp_path: Path
) -> None:
    def label(image: pydicom.Dataset, n: int, k: int) -> None:
        del k
        image.TemporalPositionIdentifier, image.EchoNumbers = n // 2 + 1, n % 2 + 1

    _several(write, a_volume, label, count=4)
    names = [part.part for part in scan_folder(tmp_path).series]
    assert names == ["time 1 echo 1", "time 1 echo 2", "time 2 echo 1", "time 2 echo 2"]


def test_a_number_that_changes_from_slice_to_slice_parts_nothing(write, tmp_path: Path) -> None:
    for k, path in enumerate(write()):
        image = pydicom.dcmread(path)
        image.AcquisitionNumber, image.TriggerTime = k + 1, 17.5 * k
        image.ImageType = ["ORIGINAL", "PRIMARY", "AXIAL", *(["ADD"] if k < 4 else [])]
        image.save_as(path)
    (series,) = scan_folder(tmp_path).series
    assert (series.part, series.usable_images) == ("", 10)


def test_stacks_of_different_directions_are_parts(write, a_volume: Volume, tmp_path: Path) -> None:
    for n, name in enumerate(("first", "second")):
        for path in write(name=name):
            image = pydicom.dcmread(path)
            image.SeriesInstanceUID = "1.2.3"
            tilt = np.radians(8.0 * n)
            image.ImageOrientationPatient = [1, 0, 0, 0, float(np.cos(tilt)), float(np.sin(tilt))]
            image.save_as(path)
    parts = scan_folder(tmp_path).series
    assert [part.part for part in parts] == ["stack 1", "stack 2"]
    assert sum(part.images for part in parts) == 2 * len(a_volume.voxels)


def test_localisers_and_captures_among_slices_are_parts_set_aside(write, tmp_path: Path) -> None:
    paths = write()
    for path, changes in (
        (paths[0], {"ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}),
        (paths[9], {"SOPClassUID": pydicom.uid.SecondaryCaptureImageStorage}),
    ):
        image = pydicom.dcmread(path)
        for keyword, value in changes.items():
            setattr(image, keyword, value)
        image.save_as(path)
    whole, localiser, captures = scan_folder(tmp_path).series
    assert (whole.part, whole.images, whole.usable_images) == ("", 8, 8)
    assert [part.kind for part in (localiser, captures)] == [SeriesKind.SET_ASIDE] * 2
    assert (localiser.part, captures.part) == ("localiser", "captures")
    assert [file.path for file in localiser.left_out] == [paths[0]]
    assert "set aside" in localiser.verdict.text


def test_mr_makes_a_volume_that_says_what_it_is(write, tmp_path: Path) -> None:
    for path in write():
        image = pydicom.dcmread(path)
        image.Modality = "MR"
        image.save_as(path)
    (series,) = scan_folder(tmp_path).series
    assert series.kind is SeriesKind.MR
    assert load_volume(series).modality == "MR"
