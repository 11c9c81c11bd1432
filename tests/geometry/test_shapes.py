import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import Triple
from planner.geometry.shapes import Capsule, Segment, capsule_between

_MM = st.floats(-100, 100)
_POINTS = st.tuples(_MM, _MM, _MM)


@given(_POINTS, _POINTS, _POINTS)
def test_the_distance_to_a_segment_is_the_least_to_any_of_its_points(
    start: Triple, end: Triple, point: Triple
) -> None:
    segment = Segment(start, end)
    found_mm = segment.distance_mm(np.array([point]))[0]
    along = np.linspace(start, end, 2001)
    nearest_mm = np.linalg.norm(along - point, axis=1).min()
    assert found_mm <= nearest_mm + 1e-6
    assert nearest_mm - found_mm <= segment.length_mm / 2000


def test_a_point_beyond_the_end_lies_on_the_line() -> None:
    segment = Segment((0, 0, 0), (0, 3, 4))
    assert segment.length_mm == 5.0
    assert segment.point_at(10.0) == pytest.approx((0, 6, 8))
    assert segment.point_at(-5.0) == pytest.approx((0, -3, -4))


def test_a_segment_of_one_point_has_no_direction_but_a_distance() -> None:
    segment = Segment((1, 1, 1), (1, 1, 1))
    assert segment.distance_mm(np.array([[1, 1, 3]])).tolist() == [2.0]
    with pytest.raises(GeometryProblem, match="two different points"):
        _ = segment.direction_lps


def test_the_volume_of_a_capsule_is_that_of_its_cylinder_and_its_ball() -> None:
    ball = capsule_between((0, 0, 0), (0, 0, 0), 3.0)
    assert ball.volume_mm3 == pytest.approx(36 * math.pi)
    longer = capsule_between((0, 0, 0), (0, 0, 10), 3.0)
    assert longer.volume_mm3 - ball.volume_mm3 == pytest.approx(90 * math.pi)


def test_a_capsule_counts_the_points_inside_it_as_its_volume() -> None:
    capsule = capsule_between((0, 0, -4), (0, 0, 4), 3.0)
    axis = np.arange(-7.93, 8, 0.17)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), -1).reshape(-1, 3)
    inside_mm3 = np.count_nonzero(capsule.signed_distance_mm(points) < 0) * 0.17**3
    assert inside_mm3 == pytest.approx(capsule.volume_mm3, rel=0.01)


def test_a_capsule_with_a_negative_radius_is_refused() -> None:
    with pytest.raises(ValueError, match="radius_mm"):
        Capsule(Segment((0, 0, 0), (1, 0, 0)), -1.0)
