import itertools
import math

import pytest

from planner.devices.balloon_inflation import inflated_size
from planner.devices.catalog import device_catalog
from planner.devices.device_values import BalloonModel
from planner.foundation.errors import PlanProblem


@pytest.fixture
def a_balloon() -> BalloonModel:
    return device_catalog().balloon("kyphon-xpander-15-3")


@pytest.mark.parametrize("volume_ml", [0.5, 1.0, 1.7, 1.8, 2.5, 3.0, 4.0, 6.0])
def test_an_inflated_balloon_holds_the_volume_it_was_given(
    volume_ml: float, a_balloon: BalloonModel
) -> None:
    assert inflated_size(a_balloon, volume_ml).volume_ml == pytest.approx(volume_ml)


def test_a_capsule_of_20_mm_holds_2_ml_at_12_7_mm() -> None:
    size = inflated_size(device_catalog().balloon("kyphon-xpander-20-3"), 2.0)
    assert (size.length_mm, size.diameter_mm) == (20.0, pytest.approx(12.7, abs=0.05))


def test_an_empty_balloon_is_as_thin_as_when_deflated(a_balloon: BalloonModel) -> None:
    size = inflated_size(a_balloon, 0.0)
    assert size.diameter_mm == a_balloon.deflated_diameter_mm
    assert size.length_mm == a_balloon.working_length_mm


def test_a_balloon_grows_in_diameter_first_and_then_in_length(a_balloon: BalloonModel) -> None:
    sizes = [inflated_size(a_balloon, step / 20) for step in range(1, 120)]
    for smaller, larger in itertools.pairwise(sizes):
        assert larger.diameter_mm >= smaller.diameter_mm
        assert larger.length_mm >= smaller.length_mm
        assert larger.length_mm >= larger.diameter_mm
    assert sizes[0].length_mm == a_balloon.working_length_mm
    assert sizes[-1].diameter_mm == 18.0


def test_a_balloon_as_wide_as_it_is_long_is_a_sphere(a_balloon: BalloonModel) -> None:
    sphere_ml = math.pi / 6.0 * 15.0**3 / 1000.0
    size = inflated_size(a_balloon, sphere_ml)
    assert size.diameter_mm == pytest.approx(15.0)
    assert size.length_mm == pytest.approx(15.0)


def test_a_volume_below_zero_is_refused(a_balloon: BalloonModel) -> None:
    with pytest.raises(PlanProblem, match="below zero"):
        inflated_size(a_balloon, -0.1)
