"""A linear field is read back exactly along any lattice; what lies beyond the grid is said."""

import numpy as np
import pytest

from planner.imaging.linear_lattice import read_lattice

TURN = np.array([[0.36, -0.48, 0.8], [0.8, 0.6, 0.0], [-0.48, 0.64, 0.6]])


def a_field(ijk: np.ndarray) -> np.ndarray:
    """Return a value that tells the three axes apart."""
    return 100.0 + ijk @ np.array([1.0, 20.0, -7.0])


@pytest.fixture
def the_values() -> np.ndarray:
    k, j, i = np.meshgrid(np.arange(9), np.arange(11), np.arange(13), indexing="ij")
    return a_field(np.stack([i, j, k], axis=-1)).astype(np.float32)


def test_a_turned_lattice_reads_the_field_at_its_points(the_values: np.ndarray) -> None:
    steps, start, shape = TURN * 0.7, np.array([5.0, 4.0, 3.0]), (3, 4, 5)
    c, b, a = np.meshgrid(*(np.arange(n) for n in shape), indexing="ij")
    wanted = a_field(start + np.stack([a, b, c], axis=-1) @ steps.T)
    assert np.allclose(read_lattice(the_values, steps, start, shape), wanted, atol=1e-4)


def test_the_last_voxel_is_read_itself(the_values: np.ndarray) -> None:
    read = read_lattice(the_values, np.eye(3), np.array([12.0, 10.0, 8.0]), (1, 1, 1), beyond=-9.0)
    assert read[0, 0, 0] == the_values[-1, -1, -1]


def test_beyond_the_grid_the_nearest_voxel_is_read(the_values: np.ndarray) -> None:
    read = read_lattice(the_values, np.eye(3), np.array([-2.0, 4.0, 3.0]), (1, 1, 3))
    assert read.ravel().tolist() == [the_values[3, 4, 0]] * 3


def test_beyond_the_grid_a_value_may_stand(the_values: np.ndarray) -> None:
    read = read_lattice(the_values, np.eye(3), np.array([11.0, 4.0, 3.0]), (1, 1, 3), beyond=-5.0)
    assert read.ravel().tolist() == [the_values[3, 4, 11], the_values[3, 4, 12], -5.0]


def test_a_mask_is_read_as_shares() -> None:
    mask = np.zeros((1, 1, 4), np.bool_)
    mask[0, 0, 2] = True
    read = read_lattice(mask, np.eye(3), np.array([1.25, 0.0, 0.0]), (1, 1, 2))
    assert read.ravel().tolist() == [0.25, 0.75]
