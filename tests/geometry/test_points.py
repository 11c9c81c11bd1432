import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import (
    Triple,
    angle_deg,
    as_point_mm,
    as_triple,
    as_unit_vector,
    distance_mm,
)

_COORDINATE = st.floats(-1000, 1000)
_POINTS = st.tuples(_COORDINATE, _COORDINATE, _COORDINATE)
_NO_POINTS = [[1, 2], [1, 2, 3, 4], [[1, 2, 3]], [1, 2, math.nan], [1, math.inf, 3]]


@pytest.mark.parametrize("value", _NO_POINTS)
def test_what_is_no_point_is_refused(value: list[float]) -> None:
    for convert in (as_point_mm, as_unit_vector, as_triple):
        with pytest.raises(GeometryProblem, match="three finite numbers"):
            convert(value)


def test_a_direction_without_length_is_refused() -> None:
    with pytest.raises(GeometryProblem, match="length above zero"):
        as_unit_vector([0, 0, 0])


def test_a_point_is_a_copy_that_cannot_be_written_to() -> None:
    source = np.array([1.0, 2.0, 3.0])
    point = as_point_mm(source)
    source[0] = 9.0
    assert point[0] == 1.0
    with pytest.raises(ValueError, match="read-only"):
        point[0] = 5.0


@given(_POINTS)
def test_a_unit_vector_has_length_one_and_keeps_its_direction(value: Triple) -> None:
    assume(max(map(abs, value)) > 1e-3)
    unit = as_unit_vector(value)
    assert np.linalg.norm(unit) == pytest.approx(1.0)
    assert unit @ np.array(value) == pytest.approx(np.linalg.norm(value))


@given(_POINTS, _POINTS, _POINTS)
def test_distances_are_symmetric_and_never_longer_by_a_straight_way(
    a: Triple, b: Triple, c: Triple
) -> None:
    assert distance_mm(a, b) == distance_mm(b, a)
    assert distance_mm(a, c) <= distance_mm(a, b) + distance_mm(b, c) + 1e-9


@given(st.floats(0.0, 180.0))
def test_an_angle_is_found_to_a_millionth_of_a_degree_even_near_zero(angle: float) -> None:
    turned = [math.cos(math.radians(angle)), math.sin(math.radians(angle)), 0.0]
    assert angle_deg([2, 0, 0], turned) == pytest.approx(angle, abs=1e-6)
