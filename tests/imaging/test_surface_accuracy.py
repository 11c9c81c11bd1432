"""Signed distances between voxels: against formulas on a fine grid and on the usual one."""

from collections.abc import Callable

import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.distance_maps import signed_distance_map
from planner.imaging.volume import VoxelMask

Depth = Callable[[FloatArray], FloatArray]
"""Signed distance to a surface, positive inside, of points (..., 3)."""
CENTRE_MM = np.array([14.13, 13.71, 14.4])
SIZE_MM = 28.0


def ball(radius_mm: float) -> Depth:
    return lambda points: radius_mm - np.linalg.norm(points - CENTRE_MM, axis=-1)


def bar(radius_mm: float, along: tuple[float, float, float]) -> Depth:
    """A round bar as thick as a pedicle."""
    axis = np.array(along) / np.linalg.norm(along)
    return lambda points: radius_mm - np.linalg.norm(np.cross(points - CENTRE_MM, axis), axis=-1)


def wall(normal: tuple[float, float, float]) -> Depth:
    out = np.array(normal) / np.linalg.norm(normal)
    return lambda points: (points - CENTRE_MM) @ -out


SHAPES = {
    "ball": ball(8.0),
    "hole": lambda points: -ball(8.0)(points),
    "thin bar": bar(2.5, (0.1, 1.0, 0.25)),
    "bar": bar(3.5, (0.2, 1.0, -0.1)),
    "bar along the grid": bar(3.5, (0.0, 1.0, 0.0)),
    "wall": wall((1.0, 0.3, 0.2)),
}


def errors_mm(depth: Depth, edge_mm: float) -> FloatArray:
    """Return how far distances are off at points up to 3 mm from a surface."""
    count = round(SIZE_MM / edge_mm)
    grid = GridGeometry.axis_aligned((count,) * 3, (0.0, 0.0, 0.0), (edge_mm,) * 3)
    k, j, i = np.indices(grid.shape_kji)
    mask = VoxelMask(depth(grid.lps_of(np.stack([i, j, k], axis=-1))) >= 0.0, grid)
    points = np.random.default_rng(1).uniform(6.0, SIZE_MM - 6.0, (40_000, 3))
    true_mm = depth(points)
    # Half way through a bar a map has a ridge, which no needle's surface reaches.
    near = (true_mm > -3.0) & (true_mm < 1.5)
    return signed_distance_map(mask).at(points[near]) - true_mm[near]


@pytest.mark.parametrize("name", SHAPES)
def test_on_a_fine_grid_distances_are_those_of_the_formula_to_a_tenth_of_a_millimetre(
    name: str,
) -> None:
    assert np.quantile(np.abs(errors_mm(SHAPES[name], 0.25)), 0.999) < 0.1


@pytest.mark.parametrize("name", SHAPES)
def test_on_the_usual_grid_the_voxels_steps_leave_less_than_a_third_of_a_millimetre(
    name: str,
) -> None:
    off_mm = errors_mm(SHAPES[name], 0.8)
    assert abs(off_mm.mean()) < 0.1
    assert np.quantile(np.abs(off_mm), 0.99) < 0.33
    assert np.sqrt((off_mm**2).mean()) < 0.14


def test_a_bar_as_thick_as_a_pedicle_does_not_shrink() -> None:
    assert abs(errors_mm(bar(3.0, (0.1, 1.0, 0.25)), 0.8).mean()) < 0.05


def test_turned_by_a_quarter_or_mirrored_a_map_is_the_same_number_for_number() -> None:
    depth = bar(3.5, (0.2, 1.0, -0.1))
    grid = GridGeometry.axis_aligned((35,) * 3, (0.0, 0.0, 0.0), (0.8,) * 3)
    k, j, i = np.indices(grid.shape_kji)
    voxels = depth(grid.lps_of(np.stack([i, j, k], axis=-1))) >= 0.0
    here = signed_distance_map(VoxelMask(voxels, grid)).values
    for there in (lambda v: v[:, :, ::-1], np.rot90, lambda v: v.transpose(2, 0, 1)):
        moved = VoxelMask(np.ascontiguousarray(there(voxels)), grid)
        off_mm = np.abs(signed_distance_map(moved).values - there(here))
        # Half way between two patches either may be taken for the nearest; far away that is more.
        assert off_mm[np.abs(there(here)) < 2.0].max() < 0.02
        assert off_mm.max() < 0.2
