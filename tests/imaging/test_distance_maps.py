"""Distances against shapes whose distances have a formula."""

import numpy as np
import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.distance_maps import DistanceMap, signed_distance_map
from planner.imaging.volume import VoxelMask


@pytest.fixture
def an_oblique_grid() -> GridGeometry:
    turn = np.deg2rad(20.0)
    matrix = np.eye(4)
    matrix[:3, 0] = np.array([np.cos(turn), np.sin(turn), 0]) * 0.8
    matrix[:3, 1] = np.array([-np.sin(turn), np.cos(turn), 0]) * 0.8
    matrix[:3, 2] = [0, 0, 1.5]
    matrix[:3, 3] = [-5, 7, 100]
    return GridGeometry((40, 42, 24), matrix)


def _ball(grid: GridGeometry, centre_lps_mm: np.ndarray, radius_mm: float) -> VoxelMask:
    ijk = np.stack(np.meshgrid(*[np.arange(n) for n in grid.shape_ijk], indexing="ij"), -1)
    distance = np.linalg.norm(grid.lps_of(ijk) - centre_lps_mm, axis=-1)
    return VoxelMask(np.ascontiguousarray((distance <= radius_mm).transpose(2, 1, 0)), grid)


def test_the_surface_lies_half_way_between_a_voxel_inside_and_one_outside() -> None:
    grid = GridGeometry.axis_aligned((10, 5, 5), (0, 0, 0), (2.0, 1.0, 1.0))
    voxels = np.zeros(grid.shape_kji, np.bool_)
    voxels[:, :, :4] = True
    distances = signed_distance_map(VoxelMask(voxels, grid))
    points = np.array([[6.0, 2, 2], [7.0, 2, 2], [8.0, 2, 2], [0.0, 2, 2], [18.0, 2, 2]])
    np.testing.assert_allclose(distances.at(points), [1.0, 0.0, -1.0, 7.0, -11.0], atol=1e-5)


def test_distances_to_a_ball_are_right_to_half_a_voxel_on_an_oblique_grid(
    an_oblique_grid: GridGeometry,
) -> None:
    centre = np.array(an_oblique_grid.centre_lps_mm)
    distances = signed_distance_map(_ball(an_oblique_grid, centre, 10.0))
    rng = np.random.default_rng(1)
    directions = rng.normal(size=(200, 3))
    directions /= np.linalg.norm(directions, axis=1, keepdims=True)
    radii_mm = rng.uniform(2.0, 14.0, 200)
    found_mm = distances.at(centre + directions * radii_mm[:, np.newaxis])
    error_mm = found_mm - (10.0 - radii_mm)
    # At the poles the mask itself is off by up to half a slice.
    assert np.abs(error_mm).max() < 0.75
    assert np.sqrt((error_mm**2).mean()) < 0.25
    inside = radii_mm < 10.0
    assert abs(error_mm[inside].mean()) < 0.3
    assert abs(error_mm[~inside].mean()) < 0.3


def test_a_point_outside_the_grid_gets_the_distance_of_the_nearest_point_of_the_grid() -> None:
    grid = GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 1))
    values = np.arange(24, dtype=np.float32).reshape(grid.shape_kji)
    distances = DistanceMap(values, grid)
    assert distances.at(np.array([[99.0, 1.0, -7.0]]))[0] == values[0, 1, 3]


@pytest.mark.parametrize("fill", [False, True])
def test_a_mask_without_a_surface_is_refused(fill: bool) -> None:
    grid = GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 1))
    with pytest.raises(GeometryProblem, match="surface"):
        signed_distance_map(VoxelMask(np.full(grid.shape_kji, fill), grid))


def test_a_distance_map_cannot_be_written_to() -> None:
    grid = GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 1))
    distances = DistanceMap(np.zeros(grid.shape_kji, np.float32), grid)
    with pytest.raises(ValueError, match="read-only"):
        distances.values[0, 0, 0] = 1.0
