import shutil
import subprocess
from pathlib import Path

import attrs
import numpy as np
import pydicom
import pytest
from pydicom.uid import MRImageStorage

from planner.dicom.write_series import (
    MrWeighting,
    SeriesLabel,
    SliceLayout,
    derived_uid,
    write_series,
)
from planner.foundation.errors import DicomProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume


@pytest.mark.parametrize("compressed", [False, True])
def test_the_same_volume_gives_the_same_bytes(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path, compressed: bool
) -> None:
    first, second = (
        write_series(tmp_path / name, a_volume, a_label, compressed=compressed) for name in "ab"
    )
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_derived_uids_are_valid_and_differ_by_what_they_are_of() -> None:
    uids = {derived_uid("a", "b"), derived_uid("ab"), derived_uid("a", "c")}
    assert len(uids) == 3
    assert all(pydicom.uid.UID(uid).is_valid for uid in uids)


def test_a_folder_that_cannot_be_written_to_is_a_problem_in_words(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(DicomProblem, match="cannot be written"):
        write_series(tmp_path / "file", a_volume, a_label)


@pytest.mark.peer
@pytest.mark.parametrize("compressed", [False, True])
def test_dciodvfy_finds_no_error(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path, compressed: bool
) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    path = write_series(tmp_path, a_volume, a_label, compressed=compressed)[0]
    run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    assert "CTImage" in run.stderr
    assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]


def tilted_layout(grid: GridGeometry) -> tuple[GridGeometry, SliceLayout]:
    """The same voxels behind a gantry that leans by 12 degrees; the table moves along z."""
    turn = np.radians(12.0)
    i_mm, j_mm, k_mm = grid.spacing_ijk_mm
    matrix = np.array(grid.lps_from_ijk)
    row, column = np.array([1.0, 0.0, 0.0]), np.array([0.0, np.cos(turn), np.sin(turn)])
    matrix[:3, 0], matrix[:3, 1] = row * i_mm, column * j_mm
    matrix[:3, 2] = np.cross(row, column) * k_mm * np.cos(turn)
    return GridGeometry(grid.shape_ijk, matrix), SliceLayout((0.0, 0.0, k_mm), 2.5, 12.0)


def test_slices_of_a_tilted_gantry_step_along_the_table(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path
) -> None:
    grid, layout = tilted_layout(a_volume.geometry)
    volume = Volume(a_volume.voxels, grid, a_volume.frame_of_reference_uid)
    images = [pydicom.dcmread(p) for p in write_series(tmp_path, volume, a_label, layout=layout)]
    origins = np.array([i.ImagePositionPatient for i in images], float)
    assert np.diff(origins, axis=0) == pytest.approx(np.tile([0.0, 0.0, 1.0], (9, 1)), abs=1e-6)
    for image in images:
        assert float(image.GantryDetectorTilt) == pytest.approx(12.0)
        assert float(image.SliceThickness) == pytest.approx(2.5)
        assert image.ImageOrientationPatient[5] == pytest.approx(np.sin(np.radians(12.0)))
        assert "SpacingBetweenSlices" not in image
    assert np.array_equal(
        images[7].pixel_array.astype(np.int32) + int(images[7].RescaleIntercept), a_volume.voxels[7]
    )


def test_slices_thicker_than_their_steps_keep_their_places(
    a_volume: Volume, a_label: SeriesLabel, tmp_path: Path
) -> None:
    layout = SliceLayout((0.0, 0.0, 1.0), 4.0)
    paths = write_series(tmp_path, a_volume, a_label, layout=layout)
    images = [pydicom.dcmread(p) for p in paths]
    assert {float(i.SliceThickness) for i in images} == {4.0}
    assert "GantryDetectorTilt" not in images[0]
    plain = write_series(tmp_path / "plain", a_volume, a_label)
    for image, path in zip(images, plain, strict=True):
        assert image.ImagePositionPatient == pydicom.dcmread(path).ImagePositionPatient


@pytest.fixture
def an_mr_volume(a_volume: Volume) -> Volume:
    return Volume(
        np.clip(a_volume.voxels, 0, 900).astype(np.int16), a_volume.geometry, modality="MR"
    )


@pytest.mark.parametrize("inversion_ms", [None, 160.0])
def test_an_mr_series_keeps_its_signals_and_says_how_it_was_weighted(
    an_mr_volume: Volume, a_label: SeriesLabel, tmp_path: Path, inversion_ms: float | None
) -> None:
    label = attrs.evolve(a_label, mr=MrWeighting("STIR", 3500.0, 55.0, inversion_ms))
    image = pydicom.dcmread(write_series(tmp_path, an_mr_volume, label)[4])
    assert image.Modality == "MR"
    assert image.SOPClassUID == image.file_meta.MediaStorageSOPClassUID == MRImageStorage
    assert (float(image.RepetitionTime), float(image.EchoTime)) == (3500.0, 55.0)
    assert image.ScanningSequence == ("SE" if inversion_ms is None else "IR")
    assert ("InversionTime" in image) is (inversion_ms is not None)
    assert "KVP" not in image
    assert "RescaleType" not in image
    assert np.array_equal(image.pixel_array, an_mr_volume.voxels[4])


@pytest.mark.peer
@pytest.mark.parametrize("kind", ["tilted", "T1", "STIR"])
def test_dciodvfy_finds_no_error_in_tilted_and_mr_series(
    a_volume: Volume, an_mr_volume: Volume, a_label: SeriesLabel, tmp_path: Path, kind: str
) -> None:
    program = shutil.which("dciodvfy")
    if program is None:
        pytest.skip("dciodvfy is not installed (Debian package dicom3tools)")
    if kind == "tilted":
        grid, layout = tilted_layout(a_volume.geometry)
        volume = Volume(a_volume.voxels, grid, a_volume.frame_of_reference_uid)
        path = write_series(tmp_path, volume, a_label, layout=layout)[0]
    else:
        weighting = MrWeighting(kind, 3500.0, 55.0, 160.0 if kind == "STIR" else None)
        label = attrs.evolve(a_label, mr=weighting)
        path = write_series(tmp_path, an_mr_volume, label)[0]
    run = subprocess.run([program, str(path)], capture_output=True, text=True, check=False)
    assert "Image" in run.stderr
    assert not [line for line in run.stderr.splitlines() if line.startswith("Error")]
