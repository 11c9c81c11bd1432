"""The surface that follows the hand, against shapes of known size."""

import math

import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask
from planner.mesh.quick_surface import quick_surface
from planner.mesh.surface import surface_of_mask

EDGE_MM, RADIUS_MM = 0.8, 12.0
CENTRE = np.array([40.0, -20.0, -300.0])


def _ball() -> VoxelMask:
    grid = GridGeometry.axis_aligned((61, 60, 62), CENTRE - 24.0, (EDGE_MM,) * 3)
    k, j, i = np.indices(grid.shape_kji)
    away = np.linalg.norm(grid.lps_of(np.stack([i, j, k], axis=-1)) - CENTRE, axis=-1)
    return VoxelMask(away <= RADIUS_MM, grid)


def test_a_ball_lies_where_it_is_and_holds_its_volume() -> None:
    mesh = quick_surface(_ball())
    away = np.linalg.norm(mesh.vertices_lps_mm - CENTRE, axis=1)
    assert np.abs(away - RADIUS_MM).max() < EDGE_MM
    assert mesh.volume_mm3 == pytest.approx(4.0 / 3.0 * math.pi * RADIUS_MM**3, rel=0.04)
    assert mesh.centroid_lps_mm() == pytest.approx(CENTRE, abs=0.2)


def test_a_mask_at_the_edge_of_its_grid_is_closed_there() -> None:
    grid = GridGeometry.axis_aligned((20, 20, 20), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    mesh = quick_surface(VoxelMask(np.ones(grid.shape_kji, np.bool_), grid))
    assert mesh.volume_mm3 == pytest.approx(20.0**3, rel=0.1)


def test_it_has_a_quarter_of_the_triangles_of_the_surface_at_rest() -> None:
    quick, fine = quick_surface(_ball()), surface_of_mask(_ball())
    assert len(quick.faces) < len(fine.faces) / 3


def test_nothing_has_no_surface() -> None:
    empty = VoxelMask(np.zeros(_ball().voxels.shape, np.bool_), _ball().geometry)
    assert len(quick_surface(empty).faces) == 0
