"""Instruments in the beam are as thick as their formulas, where perspective puts them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.geometry.planes import Plane
from planner.geometry.points import as_triple
from planner.geometry.shapes import Segment, capsule_between
from planner.simulation.attenuating_bodies import AttenuatingBody, Block, Rod, add_bodies
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of

UPRIGHT = Segment((0.0, 0.0, -20.0), (0.0, 0.0, 20.0))


def shot(*bodies: AttenuatingBody, orbital_deg: float = 0.0, pixels: int = 257) -> np.ndarray:
    view = view_of(mobile_c_arm(pixels), CArmPose((0.0, 0.0, 0.0), orbital_deg=orbital_deg))
    image = np.zeros((pixels, pixels), np.float32)
    add_bodies(image, bodies, view)
    return image


def test_a_bar_is_as_thick_as_its_diameter_and_a_bore_takes_its_part_away() -> None:
    solid = AttenuatingBody(Rod(UPRIGHT, 4.0), 30.0)
    bore = AttenuatingBody(Rod(UPRIGHT, 3.0), -30.0)
    assert shot(solid)[128, 128] == pytest.approx(8.0 * 30.0)
    assert shot(solid, bore)[128, 128] == pytest.approx(2.0 * 30.0, abs=1e-3)
    # A tube's wall, met along the edge, looks darker than its middle.
    row = shot(solid, bore)[128]
    assert row.max() > 2.0 * row[128]


def test_a_bar_ends_where_perspective_puts_its_ends() -> None:
    image = shot(AttenuatingBody(Rod(UPRIGHT, 4.0), 1.0))
    rows = np.flatnonzero(image[:, 128])
    half_px = 20.0 * 1020.0 / 530.0 / (298.0 / 257)
    assert rows[0] == pytest.approx(128 - half_px, abs=1.5)
    assert rows[-1] == pytest.approx(128 + half_px, abs=1.5)


def test_a_bar_along_the_beam_is_as_thick_as_it_is_long() -> None:
    along = Rod(Segment((0.0, -15.0, 0.0), (0.0, 15.0, 0.0)), 2.0)
    assert shot(AttenuatingBody(along, 1.0))[128, 128] == pytest.approx(30.0)


def test_a_bevel_takes_away_the_side_it_faces() -> None:
    bevel = Plane((0.0, 0.0, 10.0), (1.0, 0.0, 1.0))
    image = shot(AttenuatingBody(Rod(UPRIGHT, 4.0, (bevel,)), 1.0))
    # The patient's left is image left: there the bar is shorter.
    columns = np.flatnonzero(image[128])
    left, right = image[:, columns[1]], image[:, columns[-2]]
    assert np.flatnonzero(left)[0] > np.flatnonzero(right)[0] + 5


def test_a_balloon_hides_nothing_beyond_its_round_ends() -> None:
    balloon = capsule_between((0.0, 0.0, -5.0), (0.0, 0.0, 5.0), 7.0)
    image = shot(AttenuatingBody(balloon, 1.0))
    assert image[128, 128] == pytest.approx(14.0)
    rows = np.flatnonzero(image[:, 128])
    half_px = 12.0 * 1020.0 / 530.0 / (298.0 / 257)
    assert len(rows) == pytest.approx(2 * half_px, abs=3)
    sphere = capsule_between((0.0, 0.0, 0.0), (0.0, 0.0, 0.0), 7.0)
    assert shot(AttenuatingBody(sphere, 1.0))[128, 128] == pytest.approx(14.0)


def test_a_table_is_as_thick_as_it_is_and_thicker_when_met_obliquely() -> None:
    table = Block((0.0, -60.0, 0.0), tuple(map(as_triple, np.eye(3))), (500.0, 20.0, 1800.0))
    assert shot(AttenuatingBody(table, 1.0))[128, 128] == pytest.approx(20.0)
    oblique = shot(AttenuatingBody(table, 1.0), orbital_deg=60.0)
    assert oblique[128, 128] == pytest.approx(40.0)


_PLACES = st.tuples(*[st.floats(-40.0, 40.0)] * 3)


@settings(deadline=None, max_examples=25)
@given(_PLACES, _PLACES, st.floats(0.0, 180.0))
def test_the_chord_of_a_ray_is_what_small_steps_along_it_count(start, end, orbital_deg) -> None:
    capsule = capsule_between(start, end, 6.0)
    image = shot(AttenuatingBody(capsule, 1.0), orbital_deg=orbital_deg, pixels=9)
    view = view_of(mobile_c_arm(9), CArmPose((0.0, 0.0, 0.0), orbital_deg=orbital_deg))
    pixel = np.unravel_index(image.argmax(), image.shape)
    (direction,) = view.ray_directions_lps(np.array([pixel[::-1]], dtype=float))
    along_mm = np.arange(350.0, 720.0, 0.05)
    points = view.source_lps_mm + along_mm[:, np.newaxis] * direction
    counted_mm = 0.05 * np.count_nonzero(capsule.signed_distance_mm(points) <= 0.0)
    assert image[pixel] == pytest.approx(counted_mm, abs=0.15)


def test_a_body_behind_the_detector_is_not_seen() -> None:
    behind = capsule_between((0.0, 600.0, 0.0), (0.0, 600.0, 0.0), 20.0)
    assert not shot(AttenuatingBody(behind, 1.0)).any()
