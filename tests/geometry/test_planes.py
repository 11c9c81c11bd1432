import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.foundation.errors import GeometryProblem
from planner.geometry.planes import Plane, fit_plane
from planner.geometry.points import Triple

_MM = st.floats(-100, 100)
_POINTS = st.tuples(_MM, _MM, _MM)
_DIRECTIONS = _POINTS.filter(lambda p: np.linalg.norm(p) > 1.0)


@given(_POINTS, _DIRECTIONS, st.floats(-50, 50))
def test_a_step_along_the_normal_is_the_signed_distance(
    point: Triple, normal: Triple, step_mm: float
) -> None:
    plane = Plane(point, normal)
    away = np.array(point) + step_mm * np.array(plane.normal_lps)
    assert plane.signed_distance_mm(away[np.newaxis])[0] == pytest.approx(step_mm, abs=1e-9)


@given(_POINTS, _DIRECTIONS, _POINTS, _DIRECTIONS)
def test_a_line_crosses_on_the_plane_and_on_itself(
    point: Triple, normal: Triple, start: Triple, direction: Triple
) -> None:
    plane = Plane(point, normal)
    unit = np.array(direction) / np.linalg.norm(direction)
    if abs(unit @ np.array(plane.normal_lps)) < 0.01:
        return
    crossing = plane.crossed_by_line(start, direction)
    assert plane.signed_distance_mm(crossing[np.newaxis])[0] == pytest.approx(0.0, abs=1e-6)
    assert np.linalg.norm(np.cross(crossing - start, unit)) == pytest.approx(0.0, abs=1e-6)


def test_a_parallel_line_never_crosses() -> None:
    with pytest.raises(GeometryProblem, match="parallel"):
        Plane((0, 0, 0), (0, 0, 1)).crossed_by_line((0, 0, 5), (1, 1, 0))


@pytest.mark.parametrize("towards", [(0, 0, 1), (0, 0, -1)])
def test_a_fitted_plane_faces_the_side_asked_for(towards: Triple) -> None:
    rng = np.random.default_rng(4)
    xy = rng.uniform(-20, 20, (50, 2))
    points = np.column_stack([xy, 7 + 0.1 * xy[:, 0] + rng.normal(0, 0.05, 50)])
    plane = fit_plane(points, towards)
    expected = np.array([-0.1, 0, 1.0]) / np.hypot(0.1, 1.0) * towards[2]
    np.testing.assert_allclose(plane.normal_lps, expected, atol=0.01)
    assert np.abs(plane.signed_distance_mm(points)).max() < 0.25


def test_two_points_fit_no_plane() -> None:
    with pytest.raises(GeometryProblem, match="three points"):
        fit_plane(np.zeros((2, 3)), (0, 0, 1))
