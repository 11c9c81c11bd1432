"""Every voxel lies where the scanner put it, whatever the orientation of its slices.

The phantoms hold a linear field of LPS: what is read at a point is known, and a mirrored, turned
or shifted volume gives another number.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import attrs
import numpy as np
import pydicom
import pytest

from planner.dicom.load_volume import load_volume
from planner.dicom.scan_folder import scan_folder
from planner.dicom.scan_result import SeriesSummary, VerdictLevel
from planner.geometry.grids import GridGeometry
from planner.imaging.hounsfield import sample_hu, sample_voxels
from planner.imaging.volume import Volume

if TYPE_CHECKING:
    from planner.dicom.first_slice import FirstSlice

_HU_PER_MM_LPS = np.array([3.0, 5.0, 7.0])
_HU_AT_ORIGIN = 40.0
_SHAPE_IJK = (36, 34, 20)
_SPACING_IJK_MM = np.array([2.0, 2.5, 3.0])


def _field_hu(points_lps_mm: np.ndarray) -> np.ndarray:
    return points_lps_mm @ _HU_PER_MM_LPS + _HU_AT_ORIGIN


def _grid(row_lps: tuple, column_lps: tuple) -> GridGeometry:
    row, column = np.array(row_lps, float), np.array(column_lps, float)
    matrix = np.eye(4)
    matrix[:3, :3] = np.array([row, column, np.cross(row, column)]).T * _SPACING_IJK_MM
    matrix[:3, 3] = -matrix[:3, :3] @ (np.array(_SHAPE_IJK) / 2) + [4.0, -6.0, 11.0]
    return GridGeometry(_SHAPE_IJK, matrix)


def _voxel_places(grid: GridGeometry, shear_lps_mm: np.ndarray) -> np.ndarray:
    """Where each voxel of slices lies that are shifted against each other, (k, j, i, 3)."""
    k, j, i = np.meshgrid(*map(np.arange, grid.shape_kji), indexing="ij")
    return grid.lps_of(np.stack([i, j, k], axis=-1)) + k[..., np.newaxis] * shear_lps_mm


def _write_field(write, grid: GridGeometry, shear_lps_mm: np.ndarray) -> tuple[Path, ...]:
    places = _voxel_places(grid, shear_lps_mm)
    paths = write(Volume(np.rint(_field_hu(places)).astype(np.int16), grid))
    for k, path in enumerate(paths):
        image = pydicom.dcmread(path)
        image.ImagePositionPatient = [f"{v:.9g}" for v in places[k, 0, 0]]
        image.save_as(path)
    return paths


def _only_series(folder: Path) -> SeriesSummary:
    (series,) = scan_folder(folder).series
    return series


def _largest_error_hu(volume: Volume, grid: GridGeometry, shear_lps_mm: np.ndarray) -> float:
    """Against the field, at 50 points between the voxels of the middle half."""
    rng = np.random.default_rng(7)
    ijk = (0.25 + 0.5 * rng.random((50, 3))) * (np.array(_SHAPE_IJK) - 1)
    points = grid.lps_of(ijk) + ijk[:, 2:] * shear_lps_mm
    return float(np.abs(sample_hu(volume, points) - _field_hu(points)).max())


_SLANT = np.radians(25.0)
_ORIENTATIONS = {
    "axial, head first": ((1, 0, 0), (0, 1, 0)),
    "axial, feet first": ((-1, 0, 0), (0, 1, 0)),
    "axial, prone": ((-1, 0, 0), (0, -1, 0)),
    "axial, rows upside down": ((1, 0, 0), (0, -1, 0)),
    "coronal": ((1, 0, 0), (0, 0, -1)),
    "sagittal": ((0, 1, 0), (0, 0, -1)),
    "oblique": (
        (np.cos(_SLANT), np.sin(_SLANT), 0),
        (-np.sin(_SLANT) * np.cos(_SLANT), np.cos(_SLANT) ** 2, np.sin(_SLANT)),
    ),
}


@pytest.mark.parametrize("name", _ORIENTATIONS)
def test_slices_of_any_orientation_lie_where_they_were_taken(
    write, tmp_path: Path, name: str
) -> None:
    grid = _grid(*_ORIENTATIONS[name])
    _write_field(write, grid, np.zeros(3))
    series = _only_series(tmp_path)
    volume = load_volume(series)
    np.testing.assert_allclose(volume.geometry.lps_from_ijk, grid.lps_from_ijk, atol=1e-5)
    assert _largest_error_hu(volume, grid, np.zeros(3)) <= 0.51
    assert series.shear is None


def _tilted(tilt_deg: float) -> tuple[GridGeometry, np.ndarray]:
    """Slices tilted about the patient's left-right axis, stacked along the table."""
    tilt = np.radians(tilt_deg)
    grid = _grid((1, 0, 0), (0, np.cos(tilt), np.sin(tilt)))
    normal_step = grid.lps_from_ijk[:3, 2]
    step_mm = _SPACING_IJK_MM[2]
    return grid, np.array([0.0, 0.0, step_mm]) - normal_step


@pytest.mark.parametrize("tilt_deg", [-18.5, 4.0, 16.5, 30.0])
def test_a_tilted_gantry_is_straightened_onto_the_table(
    write, tmp_path: Path, tilt_deg: float
) -> None:
    grid, shear_lps_mm = _tilted(tilt_deg)
    _write_field(write, grid, shear_lps_mm)
    series = _only_series(tmp_path)
    volume = load_volume(series)
    np.testing.assert_allclose(volume.geometry.axes_lps, np.eye(3), atol=1e-6)
    assert volume.geometry.spacing_ijk_mm == pytest.approx(
        (2.0, 2.5 * np.cos(np.radians(tilt_deg)), 3.0)
    )
    # Rounding to whole units twice, and between them.
    assert _largest_error_hu(volume, grid, shear_lps_mm) <= 1.1
    tilt = next(warning for warning in series.warnings if warning.code == "tilt")
    assert f"{abs(tilt_deg):.1f} degrees" in tilt.text
    assert f"gantry tilt {abs(tilt_deg):.1f} degrees, will be straightened" in series.verdict.text
    assert series.verdict.level is VerdictLevel.CAUTION


def test_all_slices_of_a_tilted_gantry_are_in_the_straightened_volume(
    write, tmp_path: Path
) -> None:
    grid, shear_lps_mm = _tilted(20.0)
    _write_field(write, grid, shear_lps_mm)
    volume = load_volume(_only_series(tmp_path))
    places = _voxel_places(grid, shear_lps_mm).reshape(-1, 3)
    assert all(volume.geometry.contains(place) for place in places[:: len(places) // 997])


def test_beside_the_slices_of_a_tilted_gantry_nothing_is_known(write, tmp_path: Path) -> None:
    grid, shear_lps_mm = _tilted(20.0)
    _write_field(write, grid, shear_lps_mm)
    volume = load_volume(_only_series(tmp_path))
    columns, rows, slices = volume.geometry.shape_ijk
    above_the_first_row = volume.geometry.lps_of([[columns // 2, 0, slices - 1]])
    assert np.isnan(sample_hu(volume, above_the_first_row)).all()
    assert volume.padding_hu == sample_voxels(volume, above_the_first_row)[0]
    assert rows == 34


def test_a_tilted_edge_stays_straight_to_half_a_voxel(write, tmp_path: Path) -> None:
    grid, shear_lps_mm = _tilted(18.5)
    places = _voxel_places(grid, shear_lps_mm)
    # A wall across the table at 20 degrees to it, each voxel the mean over its slice's thickness.
    share = np.clip((places[..., 2] - 0.36 * places[..., 1]) / _SPACING_IJK_MM[2] + 0.5, 0.0, 1.0)
    paths = write(Volume(np.rint(1000.0 * share).astype(np.int16), grid))
    for k, path in enumerate(paths):
        image = pydicom.dcmread(path)
        image.ImagePositionPatient = [f"{v:.9g}" for v in places[k, 0, 0]]
        image.save_as(path)
    volume = load_volume(_only_series(tmp_path))
    j, crossings = [], []
    for row in range(6, 28):
        column = volume.voxels[:, row, 18].astype(float)
        seen = np.flatnonzero(column != volume.padding_hu)
        values = column[seen]
        after = int(np.argmax(values >= 500.0))
        if after == 0:
            continue
        j.append(row)
        low, high = values[after - 1], values[after]
        crossings.append(seen[after - 1] + (500.0 - low) / (high - low))
    assert len(j) > 15
    line = np.polyval(np.polyfit(j, crossings, 1), j)
    assert np.abs(line - crossings).max() < 0.5
    slope_mm = np.polyfit(j, crossings, 1)[0] * 3.0 / volume.geometry.spacing_ijk_mm[1]
    assert slope_mm == pytest.approx(0.36, abs=0.02)


def test_slices_shifted_along_their_rows_are_straightened_too(write, tmp_path: Path) -> None:
    tilt = np.radians(12.0)
    grid = _grid((np.cos(tilt), 0, np.sin(tilt)), (0, 1, 0))
    shear_lps_mm = np.array([0.0, 0.0, 3.0]) - grid.lps_from_ijk[:3, 2]
    _write_field(write, grid, shear_lps_mm)
    volume = load_volume(_only_series(tmp_path))
    np.testing.assert_allclose(volume.geometry.axes_lps, np.eye(3), atol=1e-6)
    assert _largest_error_hu(volume, grid, shear_lps_mm) <= 1.1


@pytest.mark.parametrize("tilt_deg", [0.0, 18.5])
@pytest.mark.parametrize("compressed", [False, True])
def test_the_middle_slice_comes_first_and_is_that_of_the_volume(
    write, tmp_path: Path, tilt_deg: float, compressed: bool
) -> None:
    grid, shear_lps_mm = _tilted(tilt_deg)
    _write_field(write, grid, shear_lps_mm)
    if compressed:
        for path in (tmp_path / "axial").iterdir():
            image = pydicom.dcmread(path)
            image.compress(pydicom.uid.JPEGLSLossless, generate_instance_uid=False)
            image.save_as(path)
    shown: list[FirstSlice] = []
    volume = load_volume(_only_series(tmp_path), first_slice=shown.append)
    (first,) = shown
    assert first.k == volume.geometry.shape_kji[0] // 2
    assert first.geometry == volume.geometry
    known = first.voxels != volume.padding_hu
    assert np.array_equal(first.voxels[known], volume.voxels[first.k][known])
    assert not first.voxels.flags.writeable


def test_positions_written_with_one_decimal_are_one_regular_run(write, tmp_path: Path) -> None:
    grid = attrs.evolve(_grid((1, 0, 0), (0, 1, 0)))
    for k, path in enumerate(write(Volume(np.zeros(grid.shape_kji, np.int16), grid))):
        image = pydicom.dcmread(path)
        image.ImagePositionPatient = [0, 0, f"{0.625 * k:.1f}"]
        image.save_as(path)
    series = _only_series(tmp_path)
    assert series.usable_images == 20
    assert series.spacing_kji_mm is not None
    assert series.spacing_kji_mm[0] == pytest.approx(0.625, abs=0.01)
