"""The first slice must not be mirrored, however the scanner stored it."""

import numpy as np
import pytest
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry
from planner.gui.upright_slice import upright_slice
from planner.imaging.window_level import WindowLevel
from planner.rendering.cameras import SliceOrientation, side_letters

_SHAPE_IJK = (5, 4, 3)


def _grid(i_lps: tuple[float, ...], j_lps: tuple[float, ...]) -> GridGeometry:
    matrix = np.eye(4)
    axes = np.array([i_lps, j_lps, np.cross(i_lps, j_lps)], np.float64).T
    matrix[:3, :3] = axes * (2.0, 3.0, 1.0)
    return GridGeometry(_SHAPE_IJK, matrix)


def _marked(grid: GridGeometry, towards_lps: tuple[float, ...]) -> NDArray[np.int16]:
    """Return a slice in which exactly the voxels furthest along a direction are bright."""
    i, j = np.meshgrid(range(5), range(4))
    lps_mm = grid.lps_of(np.stack([i, j, np.full_like(i, 1)], axis=-1))
    along = lps_mm @ np.asarray(towards_lps)
    return np.where(np.isclose(along, along.max()), 1000, 0).astype(np.int16)


_L, _P, _S = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
_R, _A, _I = (-1.0, 0.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0)
_AXIAL = [(_L, _P), (_R, _P), (_L, _A), (_R, _A), (_P, _L), (_A, _R), (_P, _R)]
_CORONAL = [(_L, _I), (_R, _I), (_L, _S), (_S, _R), (_I, _L)]
_SAGITTAL = [(_P, _I), (_A, _I), (_P, _S), (_S, _A), (_I, _P)]


@pytest.mark.parametrize(("i_lps", "j_lps"), _AXIAL)
def test_the_patients_left_is_on_the_right_of_an_axial_slice(
    i_lps: tuple[float, ...], j_lps: tuple[float, ...]
) -> None:
    grid = _grid(i_lps, j_lps)
    left = upright_slice(_marked(grid, _L), grid, 1)
    back = upright_slice(_marked(grid, _P), grid, 1)
    assert left.orientation is SliceOrientation.AXIAL
    assert (left.pixels[:, -1] == 1000).all()
    assert (left.pixels[:, :-1] == 0).all()
    assert (back.pixels[-1] == 1000).all()
    assert (back.pixels[:-1] == 0).all()
    assert side_letters(left.plane.right_lps) == "L"
    assert side_letters(left.plane.down_lps) == "P"


@pytest.mark.parametrize(("i_lps", "j_lps"), _CORONAL)
def test_the_patients_left_is_on_the_right_and_the_feet_below_in_a_coronal_slice(
    i_lps: tuple[float, ...], j_lps: tuple[float, ...]
) -> None:
    grid = _grid(i_lps, j_lps)
    assert (upright_slice(_marked(grid, _L), grid, 1).pixels[:, -1] == 1000).all()
    feet = upright_slice(_marked(grid, _I), grid, 1)
    assert (feet.pixels[-1] == 1000).all()
    assert feet.orientation is SliceOrientation.CORONAL


@pytest.mark.parametrize(("i_lps", "j_lps"), _SAGITTAL)
def test_the_front_is_on_the_left_and_the_feet_below_in_a_sagittal_slice(
    i_lps: tuple[float, ...], j_lps: tuple[float, ...]
) -> None:
    grid = _grid(i_lps, j_lps)
    assert (upright_slice(_marked(grid, _A), grid, 1).pixels[:, 0] == 1000).all()
    feet = upright_slice(_marked(grid, _I), grid, 1)
    assert (feet.pixels[-1] == 1000).all()
    assert feet.orientation is SliceOrientation.SAGITTAL


def test_rows_and_columns_keep_their_own_distances_when_they_change_places() -> None:
    as_stored = upright_slice(np.zeros((4, 5), np.int16), _grid(_L, _P), 1)
    turned = upright_slice(np.zeros((4, 5), np.int16), _grid(_P, _L), 1)
    assert (as_stored.row_mm, as_stored.column_mm, as_stored.pixels.shape) == (3.0, 2.0, (4, 5))
    assert (turned.row_mm, turned.column_mm, turned.pixels.shape) == (2.0, 3.0, (5, 4))


def test_the_window_ends_at_black_and_white() -> None:
    pixels = np.array([[-200, -100, 100, 300, 400]] * 4, np.int16)
    grey = upright_slice(pixels, _grid(_L, _P), 1).grey(WindowLevel(400.0, 100.0))
    assert grey[0].tolist() == [0, 0, 127, 255, 255]
