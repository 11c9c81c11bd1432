import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.transforms import RigidTransform

_UNIT = st.floats(-1, 1)
_MM = st.floats(-500, 500)


def _rotation(quaternion: tuple[float, float, float, float]) -> NDArray[np.float64]:
    w, x, y, z = np.array(quaternion) / np.linalg.norm(quaternion)
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


_QUATERNIONS = st.tuples(_UNIT, _UNIT, _UNIT, _UNIT).filter(lambda q: np.linalg.norm(q) > 0.1)
_POINTS = st.tuples(_MM, _MM, _MM)
_TRANSFORMS = st.builds(lambda q, t: RigidTransform(_rotation(q), t), _QUATERNIONS, _POINTS)


@given(_TRANSFORMS, _POINTS)
def test_there_and_back_is_where_one_was(
    transform: RigidTransform, point: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose(
        transform.inverse.point(transform.point(point)), point, rtol=0, atol=1e-9
    )


@given(_TRANSFORMS, _TRANSFORMS, _POINTS)
def test_a_product_applies_its_right_factor_first(
    a: RigidTransform, b: RigidTransform, point: tuple[float, float, float]
) -> None:
    np.testing.assert_allclose((a @ b).point(point), a.point(b.point(point)), rtol=0, atol=1e-9)


@given(_TRANSFORMS, _POINTS, _POINTS)
def test_distances_and_directions_survive(
    transform: RigidTransform, a: tuple[float, float, float], b: tuple[float, float, float]
) -> None:
    moved = transform.point(b) - transform.point(a)
    difference = np.subtract(b, a)
    np.testing.assert_allclose(moved, transform.vector(difference), rtol=0, atol=1e-9)
    assert np.linalg.norm(moved) == pytest.approx(np.linalg.norm(difference), abs=1e-9)


@given(_TRANSFORMS)
def test_a_matrix_gives_the_transform_it_came_from(transform: RigidTransform) -> None:
    assert RigidTransform.from_matrix(transform.matrix) == transform
    points = np.arange(12.0).reshape(4, 3)
    expected = [transform.point(point) for point in points]
    np.testing.assert_allclose(transform.points(points), expected, rtol=0, atol=1e-9)


def test_a_vertebra_frame_takes_its_left_to_the_patients_left() -> None:
    lps_from_vertebra = RigidTransform.from_axes([10, 20, 30], [0, 1, 0], [-1, 0, 0], [0, 0, 1])
    assert lps_from_vertebra.point([1, 0, 0]).tolist() == [10, 21, 30]
    assert lps_from_vertebra.point([0, 1, 0]).tolist() == [9, 20, 30]


@pytest.mark.parametrize(
    "rotation",
    [
        np.diag([1.0, 1.0, -1.0]),
        np.diag([1.0, 1.0, 1.001]),
        np.array([[1, 0.01, 0], [0, 1, 0], [0, 0, 1.0]]),
        np.eye(2),
        np.full((3, 3), np.nan),
    ],
    ids=["mirrored", "stretched", "sheared", "of two axes", "of no numbers"],
)
def test_what_is_no_rotation_is_refused(rotation: NDArray[np.float64]) -> None:
    with pytest.raises(GeometryProblem):
        RigidTransform(rotation, [0, 0, 0])


def test_a_matrix_that_is_not_rigid_is_refused() -> None:
    matrix = np.eye(4)
    matrix[3, 0] = 0.5
    with pytest.raises(GeometryProblem):
        RigidTransform.from_matrix(matrix)
    with pytest.raises(GeometryProblem):
        RigidTransform.from_matrix(np.eye(3))


def test_a_transform_cannot_be_written_to() -> None:
    transform = RigidTransform.identity()
    with pytest.raises(ValueError, match="read-only"):
        transform.rotation[0, 0] = 0.0
