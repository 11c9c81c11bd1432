"""The C-arm stands where its angles say, and its picture is never mirrored."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import as_triple
from planner.geometry.shapes import Segment
from planner.planning.needle_path import en_face_angles
from planner.simulation.c_arm import CArmGeometry, CArmPose, mobile_c_arm, view_of

ARM = CArmGeometry(
    source_isocentre_mm=530.0, source_detector_mm=1020.0, detector_mm=298.0, pixels=512
)
ISOCENTRE = (12.0, -35.0, -410.0)
LEFT, BACK, UP = np.eye(3)
ANGLES = st.floats(-180.0, 180.0)


def posed(**angles: float):
    return view_of(ARM, CArmPose(ISOCENTRE, **angles))


def test_the_mobile_arm_has_the_geometry_of_its_source() -> None:
    arm = mobile_c_arm(pixels=512)
    assert arm == ARM
    assert arm.pixel_mm == pytest.approx(298.0 / 512)
    assert arm.magnification == pytest.approx(1020.0 / 530.0)


def test_at_zero_the_source_is_in_front_of_the_patient_and_the_detector_behind() -> None:
    view = posed()
    np.testing.assert_allclose(view.source_lps_mm, np.array(ISOCENTRE) - 530.0 * BACK)
    np.testing.assert_allclose(view.detector_centre_lps_mm, np.array(ISOCENTRE) + 490.0 * BACK)
    np.testing.assert_allclose(view.right_lps, -LEFT, atol=1e-12)
    np.testing.assert_allclose(view.down_lps, -UP, atol=1e-12)


def test_at_orbital_90_the_detector_is_on_the_patients_left_and_the_front_on_image_left() -> None:
    view = posed(orbital_deg=90.0)
    np.testing.assert_allclose(view.detector_centre_lps_mm, np.array(ISOCENTRE) + 490.0 * LEFT)
    np.testing.assert_allclose(view.right_lps, BACK, atol=1e-12)
    np.testing.assert_allclose(view.down_lps, -UP, atol=1e-12)


def test_angular_tilts_the_detector_towards_the_head() -> None:
    view = posed(angular_deg=30.0)
    towards = np.array([0.0, math.cos(math.radians(30.0)), 0.5])
    np.testing.assert_allclose(view.towards_viewer_lps, towards, atol=1e-12)
    np.testing.assert_allclose(view.right_lps, -LEFT, atol=1e-12)


def test_angular_acts_in_the_arms_frame_after_orbital() -> None:
    view = posed(orbital_deg=90.0, angular_deg=20.0)
    expected = math.cos(math.radians(20.0)) * LEFT + math.sin(math.radians(20.0)) * UP
    np.testing.assert_allclose(view.towards_viewer_lps, expected, atol=1e-12)
    np.testing.assert_allclose(view.right_lps, BACK, atol=1e-12)


def test_wig_wag_swivels_the_arm_about_the_vertical_of_the_room() -> None:
    lateral = posed(orbital_deg=90.0, wig_wag_deg=10.0)
    expected = math.cos(math.radians(10.0)) * LEFT + math.sin(math.radians(10.0)) * UP
    np.testing.assert_allclose(lateral.towards_viewer_lps, expected, atol=1e-12)
    # From above the swivel only turns the picture.
    above = posed(wig_wag_deg=10.0)
    np.testing.assert_allclose(above.towards_viewer_lps, BACK, atol=1e-12)
    assert above.right_lps[2] != 0.0


def test_turning_the_picture_clockwise_brings_its_top_to_the_right() -> None:
    plain, turned = posed(orbital_deg=30.0), posed(orbital_deg=30.0, image_rotation_deg=90.0)
    np.testing.assert_allclose(turned.right_lps, -np.array(plain.down_lps), atol=1e-12)
    np.testing.assert_allclose(turned.down_lps, plain.right_lps, atol=1e-12)
    assert turned.source_lps_mm == plain.source_lps_mm


@given(ANGLES, ANGLES, ANGLES, ANGLES)
def test_no_pose_mirrors_the_picture(orbital, angular, wig_wag, rotation) -> None:
    view = posed(
        orbital_deg=orbital,
        angular_deg=angular,
        wig_wag_deg=wig_wag,
        image_rotation_deg=rotation,
    )
    ray = np.subtract(view.detector_centre_lps_mm, view.source_lps_mm) / 1020.0
    # Seen from behind the detector: right, down and into the screen are right-handed.
    np.testing.assert_allclose(np.cross(view.right_lps, view.down_lps), -ray, atol=1e-9)


@given(ANGLES, ANGLES, st.tuples(*[st.floats(-80.0, 80.0)] * 3))
def test_a_point_falls_where_the_line_from_the_source_meets_the_detector(
    orbital, angular, offset_mm
) -> None:
    view = posed(orbital_deg=orbital, angular_deg=angular)
    point = np.add(ISOCENTRE, offset_mm)
    (pixel,) = view.pixels_of(point[np.newaxis])
    (on_detector,) = view.detector_points_lps_mm(pixel[np.newaxis])
    (direction,) = view.ray_directions_lps(pixel[np.newaxis])
    to_point = point - view.source_lps_mm
    np.testing.assert_allclose(direction, to_point / np.linalg.norm(to_point), atol=1e-9)
    gap = on_detector - view.detector_centre_lps_mm
    assert gap @ view.towards_viewer_lps == pytest.approx(0.0, abs=1e-6)


def test_a_point_beside_the_isocentre_is_magnified_by_the_formula() -> None:
    # 10 mm to the left and 5 mm up at the isocentre's depth: left of and above the middle.
    ((column, row),) = posed().pixels_of(np.array([np.add(ISOCENTRE, (10.0, 0.0, 5.0))]))
    scale = 1020.0 / 530.0 / (298.0 / 512)
    assert (column, row) == pytest.approx((255.5 - 10.0 * scale, 255.5 - 5.0 * scale))
    # Nearer to the detector a thing is drawn smaller.
    ((nearer, _),) = posed().pixels_of(np.array([np.add(ISOCENTRE, (10.0, 100.0, 0.0))]))
    assert nearer == pytest.approx(255.5 - 10.0 * 1020.0 / 630.0 / (298.0 / 512))


def test_a_point_behind_the_source_has_no_place_on_the_picture() -> None:
    assert np.isnan(posed().pixels_of(np.array([np.add(ISOCENTRE, (0.0, -600.0, 0.0))]))).all()


def test_the_en_face_angles_of_a_needle_look_down_it() -> None:
    needle = Segment(ISOCENTRE, as_triple(np.add(ISOCENTRE, (-14.0, -40.0, -9.0))))
    angles = en_face_angles(needle)
    view = posed(orbital_deg=angles.orbital_deg, angular_deg=angles.angular_deg)
    np.testing.assert_allclose(view.towards_viewer_lps, -np.array(needle.direction_lps), atol=1e-12)


def test_an_isocentre_behind_the_detector_is_refused() -> None:
    with pytest.raises(GeometryProblem):
        CArmGeometry(1020.0, 530.0, 298.0, 512)


def test_an_angle_that_is_no_number_is_refused() -> None:
    with pytest.raises(GeometryProblem):
        CArmPose(ISOCENTRE, orbital_deg=math.nan)
