"""Two balloons that meet: a flat face between them, and no volume lost."""

import math

import numpy as np
import pytest

from planner.geometry.planes import Plane
from planner.geometry.shapes import Capsule, capsule_between
from planner.planning.balloon_pair import flattened_pair

STEP_MM = 0.25


def _volume_before_mm3(shape: Capsule, flat: Plane, side: float) -> float:
    axis = np.arange(-30.0, 30.0, STEP_MM)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1).reshape(-1, 3)
    inside = shape.signed_distance_mm(points) <= 0.0
    return float(np.sum(inside & (side * flat.signed_distance_mm(points) >= 0.0))) * STEP_MM**3


def _balloon(x_mm: float, radius_mm: float = 7.0) -> Capsule:
    return capsule_between((x_mm, -4.0, 0.0), (x_mm, 4.0, 0.0), radius_mm)


def test_balloons_that_do_not_meet_stay_as_they_are() -> None:
    assert flattened_pair(_balloon(-7.5), _balloon(7.5)) is None


@pytest.mark.parametrize("radius_mm", [7.0, 5.5])
def test_balloons_that_meet_hold_their_volumes_on_their_own_sides(radius_mm: float) -> None:
    left, right = _balloon(6.0), _balloon(-6.0, radius_mm)
    pair = flattened_pair(left, right)
    assert pair is not None
    for before, grown, side in ((left, pair.first, -1.0), (right, pair.second, 1.0)):
        held = _volume_before_mm3(grown, pair.touching, side)
        assert held == pytest.approx(before.volume_mm3, rel=0.01)
        assert grown.radius_mm >= before.radius_mm


def test_equal_balloons_meet_half_way_and_the_larger_one_takes_more_room() -> None:
    even = flattened_pair(_balloon(6.0), _balloon(-6.0))
    assert even is not None
    assert even.touching.point_lps_mm[0] == pytest.approx(0.0, abs=1e-9)
    assert even.touching.normal_lps[0] == pytest.approx(-1.0)
    uneven = flattened_pair(_balloon(6.0, 8.0), _balloon(-6.0, 5.0))
    assert uneven is not None
    assert uneven.touching.point_lps_mm[0] == pytest.approx(-1.5)


def test_the_growth_is_that_of_a_capsule_cut_by_a_plane_along_its_axis() -> None:
    # Only slices of a sphere's cap and a cylinder's segment are known in closed form.
    sphere = capsule_between((6.0, -1e-6, 0.0), (6.0, 1e-6, 0.0), 7.0)
    other = capsule_between((-6.0, -1e-6, 0.0), (-6.0, 1e-6, 0.0), 7.0)
    pair = flattened_pair(sphere, other)
    assert pair is not None
    radius, depth = pair.first.radius_mm, pair.first.radius_mm - 6.0
    cap = math.pi * depth**2 * (3.0 * radius - depth) / 3.0
    held = 4.0 / 3.0 * math.pi * radius**3 - cap
    assert held == pytest.approx(sphere.volume_mm3, rel=0.01)
