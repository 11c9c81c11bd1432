import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.resample import isotropic_crop_geometry, resample_mask, resample_volume
from planner.imaging.volume import Volume, VoxelMask


@pytest.fixture
def a_volume_with_a_marker_on_the_left() -> Volume:
    """Feet-first rows and columns: i runs to the right, k to the feet."""
    matrix = np.diag([-1.0, 1.0, -2.0, 1.0])
    matrix[:3, 3] = [20, -10, 80]
    grid = GridGeometry((40, 30, 20), matrix)
    voxels = np.zeros(grid.shape_kji, np.int16)
    voxels[10, 15, 5] = 1000  # LPS 15, 5, 60
    voxels[:, :, 39] = -2000
    return Volume(voxels, grid, "1.2.3", padding_hu=-2000)


def test_a_marker_stays_at_its_place_in_the_patient(
    a_volume_with_a_marker_on_the_left: Volume,
) -> None:
    target = GridGeometry.axis_aligned((11, 11, 11), (10.0, 0.0, 55.0), (1.0, 1.0, 1.0))
    found = resample_volume(a_volume_with_a_marker_on_the_left, target)
    k, j, i = np.argwhere(found.voxels == 1000)[0]
    assert found.geometry.lps_of((i, j, k)).tolist() == [15.0, 5.0, 60.0]
    assert found.frame_of_reference_uid == "1.2.3"


def test_values_between_voxels_are_rounded_and_not_cut_off() -> None:
    source = Volume(
        np.array([[[0, 1, -3]]], np.int16),
        GridGeometry.axis_aligned((3, 1, 1), (0, 0, 0), (1, 1, 1)),
    )
    target = GridGeometry.axis_aligned((2, 1, 1), (0.75, 0, 0), (0.5, 1, 1))
    assert resample_volume(source, target).voxels.ravel().tolist() == [1, 0]
    target = GridGeometry.axis_aligned((1, 1, 1), (1.9, 0, 0), (1, 1, 1))
    assert resample_volume(source, target).voxels.ravel().tolist() == [-3]


def test_outside_the_volume_and_in_padding_is_air(
    a_volume_with_a_marker_on_the_left: Volume,
) -> None:
    target = GridGeometry.axis_aligned((10, 1, 1), (-22.0, 0.0, 60.0), (1.0, 1.0, 1.0))
    found = resample_volume(a_volume_with_a_marker_on_the_left, target)
    assert found.voxels.ravel().tolist() == [-1000] * 4 + [0] * 6
    assert found.padding_hu is None


def test_a_grid_far_from_the_volume_holds_only_air(
    a_volume_with_a_marker_on_the_left: Volume,
) -> None:
    target = GridGeometry.axis_aligned((2, 2, 2), (500.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    assert (resample_volume(a_volume_with_a_marker_on_the_left, target).voxels == -1000).all()
    mask = VoxelMask(np.ones((20, 30, 40), np.bool_), a_volume_with_a_marker_on_the_left.geometry)
    assert resample_mask(mask, target).is_empty


def test_a_mask_goes_to_a_finer_grid_and_back_unchanged(
    a_volume_with_a_marker_on_the_left: Volume,
) -> None:
    grid = a_volume_with_a_marker_on_the_left.geometry
    mask = VoxelMask(np.random.default_rng(3).random(grid.shape_kji) > 0.5, grid)
    finer = GridGeometry.axis_aligned((120, 90, 120), (-19.4, -10.4, 41.0), (1 / 3, 1 / 3, 1 / 3))
    back = resample_mask(resample_mask(mask, finer), grid)
    assert np.array_equal(back.voxels, mask.voxels)


def test_a_crop_has_cubic_voxels_and_ends_where_the_volume_ends(
    a_volume_with_a_marker_on_the_left: Volume,
) -> None:
    grid = isotropic_crop_geometry(
        a_volume_with_a_marker_on_the_left.geometry, (10, 0, 50), (200, 5, 55.2), 0.5
    )
    assert grid.spacing_ijk_mm == (0.5, 0.5, 0.5)
    assert grid.shape_ijk == (21, 11, 11)
    assert grid.corners_lps_mm().max(axis=0).tolist() == [20.0, 5.0, 55.0]


@pytest.mark.parametrize(("x_mm", "spacing_mm"), [(300.0, 1.0), (0.0, 0.0), (0.0, -1.0)])
def test_a_crop_outside_the_volume_or_without_a_spacing_is_refused(
    a_volume_with_a_marker_on_the_left: Volume, x_mm: float, spacing_mm: float
) -> None:
    with pytest.raises(GeometryProblem):
        isotropic_crop_geometry(
            a_volume_with_a_marker_on_the_left.geometry,
            (x_mm, 0, 50),
            (x_mm + 10, 5, 55),
            spacing_mm,
        )
