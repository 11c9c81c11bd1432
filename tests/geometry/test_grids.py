import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry

_INDEX = st.floats(-50, 600)
_SPACING = st.floats(0.1, 5.0)
_MM = st.floats(-500, 500)
_ANGLE = st.floats(-3.0, 3.0)


def _grid(
    spacing: tuple[float, float, float], origin: tuple[float, float, float], turn: float
) -> GridGeometry:
    matrix = np.eye(4)
    cosine, sine = np.cos(turn), np.sin(turn)
    matrix[:3, :3] = np.array([[cosine, -sine, 0], [sine, cosine, 0], [0, 0, 1]]) * spacing
    matrix[:3, 3] = origin
    return GridGeometry((12, 10, 8), matrix)


_GRIDS = st.builds(_grid, st.tuples(_SPACING, _SPACING, _SPACING), st.tuples(_MM, _MM, _MM), _ANGLE)


@given(_GRIDS, st.tuples(_INDEX, _INDEX, _INDEX))
def test_an_index_comes_back_from_space_unchanged(
    grid: GridGeometry, ijk: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(grid.ijk_of(grid.lps_of(ijk)), ijk, rtol=0, atol=1e-7)


@given(_GRIDS)
def test_spacing_and_axes_make_the_matrix(grid: GridGeometry) -> None:
    rebuilt = grid.axes_lps * np.array(grid.spacing_ijk_mm)
    np.testing.assert_allclose(rebuilt, grid.lps_from_ijk[:3, :3], atol=1e-12)
    assert grid.voxel_mm3 == pytest.approx(abs(np.linalg.det(grid.lps_from_ijk[:3, :3])))


@given(_GRIDS, st.tuples(st.integers(0, 5), st.integers(0, 4), st.integers(0, 3)))
def test_a_crop_keeps_every_voxel_at_its_place(
    grid: GridGeometry, lower: tuple[int, int, int]
) -> None:
    cropped = grid.cropped(lower, grid.shape_ijk)
    assert cropped.shape_ijk == tuple(np.subtract(grid.shape_ijk, lower))
    np.testing.assert_allclose(
        cropped.lps_of((1, 1, 1)), grid.lps_of(np.add(lower, 1)), rtol=0, atol=1e-9
    )


def test_arrays_are_read_slice_first() -> None:
    grid = GridGeometry.axis_aligned((4, 3, 2), (10, 20, 30), (0.5, 1.0, 2.0))
    assert grid.shape_kji == (2, 3, 4)
    assert grid.lps_of((1, 0, 0)).tolist() == [10.5, 20.0, 30.0]
    assert grid.lps_of((0, 0, 1)).tolist() == [10.0, 20.0, 32.0]
    assert grid.centre_lps_mm.tolist() == [10.75, 21.0, 31.0]
    assert grid.corners_lps_mm().shape == (8, 3)
    assert grid.corners_lps_mm().max(axis=0).tolist() == [11.5, 22.0, 32.0]


def test_a_voxel_reaches_half_its_edge_around_its_centre() -> None:
    grid = GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 2))
    assert grid.contains((-0.49, 0, 0))
    assert not grid.contains((-0.51, 0, 0))
    assert grid.contains((3.49, 2.49, 2.99))
    assert not grid.contains((0, 0, 3.01))


def test_grids_are_equal_when_their_numbers_are() -> None:
    first = GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 2))
    assert first == GridGeometry.axis_aligned((4, 3, 2), (0, 0, 0), (1, 1, 2))
    assert first != GridGeometry.axis_aligned((4, 3, 2), (0, 0, 1), (1, 1, 2))


_SHEARED = np.eye(4)
_SHEARED[1, 2] = 0.01
_LAST_ROW = np.eye(4)
_LAST_ROW[3, 3] = 2.0


@pytest.mark.parametrize(
    "matrix",
    [
        _SHEARED,
        _LAST_ROW,
        np.diag([0.0, 1.0, 1.0, 1.0]),
        np.diag([np.nan, 1.0, 1.0, 1.0]),
        np.eye(3),
    ],
    ids=["tilted", "last row", "no spacing", "no number", "three by three"],
)
def test_what_is_no_orthogonal_grid_is_refused(matrix: NDArray[np.float64]) -> None:
    with pytest.raises(GeometryProblem):
        GridGeometry((4, 4, 4), matrix)


def test_a_grid_without_voxels_is_refused() -> None:
    with pytest.raises(GeometryProblem):
        GridGeometry.axis_aligned((4, 0, 4), (0, 0, 0), (1, 1, 1))
