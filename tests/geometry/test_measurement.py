import math

import pytest

from planner.foundation.errors import GeometryProblem
from planner.geometry.measurement import (
    MeasureKind,
    Measurement,
    angle_at_deg,
    angle_between_lines_deg,
    body_heights,
    ellipse_area,
)


def test_the_angle_at_the_middle_point_is_between_the_ways_to_the_others() -> None:
    assert angle_at_deg((10, 0, 0), (0, 0, 0), (0, 3, 0)) == pytest.approx(90.0)
    assert angle_at_deg((1, 0, 0), (0, 0, 0), (1, 1, 0)) == pytest.approx(45.0)


def test_an_angle_at_a_point_that_is_another_is_none() -> None:
    assert angle_at_deg((0, 0, 0), (0, 0, 0), (1, 1, 0)) == 0.0


@pytest.mark.parametrize("is_turned_round", [False, True])
def test_a_cobb_angle_does_not_depend_on_the_end_a_line_was_drawn_from(
    is_turned_round: bool,
) -> None:
    tilt = math.radians(18.0)
    lower = ((0.0, 0.0, -40.0), (30.0 * math.cos(tilt), 0.0, -40.0 - 30.0 * math.sin(tilt)))
    first, second = lower[::-1] if is_turned_round else lower
    angle = angle_between_lines_deg(((0, 0, 0), (30, 0, 0), first, second))
    assert angle == pytest.approx(18.0)


def test_the_heights_of_a_wedged_body_give_its_ratio_and_angle() -> None:
    # 30 mm deep, 20 mm high in front and 26 mm behind, the lower endplate level.
    found = body_heights(((0, 0, 20), (0, 0, 0), (0, 15, 22), (0, 15, 0), (0, 30, 26), (0, 30, 0)))
    assert (found.anterior, found.middle, found.posterior) == pytest.approx((20, 22, 26))
    assert found.wedge_ratio == pytest.approx(20 / 26)
    assert found.biconcave_ratio == pytest.approx(22 / 26)
    assert found.wedge_deg == pytest.approx(math.degrees(math.atan(6 / 30)))


def test_an_ellipse_has_the_area_of_its_formula() -> None:
    assert ellipse_area(20.0, -10.0) == pytest.approx(math.pi * 50.0)


def test_a_measurement_without_all_its_points_is_refused() -> None:
    with pytest.raises(GeometryProblem, match="3 points"):
        Measurement("a", MeasureKind.ANGLE, ((0, 0, 0), (1, 0, 0)), (1, 0, 0), (0, 1, 0))


def test_moving_a_point_leaves_the_others() -> None:
    before = Measurement("a", MeasureKind.DISTANCE, ((0, 0, 0), (1, 0, 0)), (1, 0, 0), (0, 1, 0))
    after = before.with_point(1, (5, 0, 0))
    assert after.points_lps_mm == ((0, 0, 0), (5, 0, 0))
    assert before.points_lps_mm == ((0, 0, 0), (1, 0, 0))
