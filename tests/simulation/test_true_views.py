"""A view is true when the vertebra lies straight in it, and each way off is told with its sign."""

import attrs
import numpy as np
import pytest
from phantom_vertebra import IN_PLACE, PhantomShape, phantom_vertebra

from planner.anatomy.levels import Side
from planner.foundation.errors import AnatomyProblem
from planner.geometry.planes import Plane
from planner.geometry.points import as_triple
from planner.geometry.transforms import RigidTransform
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.true_views import (
    ap_errors,
    barrel_error_deg,
    lateral_errors,
    pedicle_en_face,
    true_ap_angles,
    true_lateral_angles,
    view_landmarks,
)


def turned_about_z(angle_deg: float) -> RigidTransform:
    angle = np.radians(angle_deg)
    rotation = np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1.0]]
    )
    return RigidTransform(rotation, IN_PLACE.translation_mm)


@pytest.fixture(scope="module")
def marks():
    return view_landmarks(phantom_vertebra())


def the_view(marks, **angles: float):
    """Centred between the pedicles, where cone and centre ray agree."""
    centre = np.add(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm) / 2.0
    return view_of(mobile_c_arm(256), CArmPose(as_triple(centre), **angles))


def test_an_upright_vertebra_is_true_at_zero_and_at_ninety(marks) -> None:
    ap = ap_errors(the_view(marks), marks)
    assert ap.rotation_deg == pytest.approx(0.0, abs=0.6)
    assert ap.worst_deg < 1.5
    lateral = lateral_errors(the_view(marks, orbital_deg=90.0), marks)
    assert lateral.rotation_deg == pytest.approx(0.0, abs=1e-6)
    assert lateral.on_screen_deg == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("off_deg", [-20.0, -4.0, 7.0, 30.0])
def test_rotation_off_the_true_view_is_told_with_its_sign(marks, off_deg) -> None:
    straight = ap_errors(the_view(marks), marks).rotation_deg
    ap = ap_errors(the_view(marks, orbital_deg=off_deg), marks)
    assert ap.rotation_deg - straight == pytest.approx(off_deg, abs=0.01)
    lateral = lateral_errors(the_view(marks, orbital_deg=90.0 + off_deg), marks)
    assert lateral.rotation_deg == pytest.approx(off_deg, abs=0.01)


def test_a_lateral_from_the_right_is_as_good_as_one_from_the_left(marks) -> None:
    right = lateral_errors(the_view(marks, orbital_deg=-90.0), marks)
    assert right.rotation_deg == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize("angular_deg", [-15.0, 10.0])
def test_a_tilted_beam_opens_the_endplates_by_its_tilt(marks, angular_deg) -> None:
    flat = ap_errors(the_view(marks), marks)
    tilted = ap_errors(the_view(marks, angular_deg=angular_deg), marks)
    # A beam towards the head meets the upper endplate, whose normal looks up, from below. The
    # endplates lie in front of the isocentre, where the source swings a little further.
    opened = tilted.superior_endplate_deg - flat.superior_endplate_deg
    assert opened == pytest.approx(angular_deg, rel=0.05)
    opened = tilted.inferior_endplate_deg - flat.inferior_endplate_deg
    assert opened == pytest.approx(-angular_deg, rel=0.05)


def test_on_a_wedged_vertebra_one_flat_endplate_is_enough(marks) -> None:
    tilt = np.radians(12.0)
    upper = marks.superior_endplate
    wedged = attrs.evolve(
        marks,
        superior_endplate=Plane(upper.point_lps_mm, (0.0, -np.sin(tilt), np.cos(tilt))),
    )
    errors = ap_errors(the_view(marks), wedged)
    assert abs(errors.superior_endplate_deg) > 9.0
    assert errors.endplate_deg < 2.0


def test_the_true_angles_of_a_turned_vertebra_follow_it() -> None:
    shape = PhantomShape()
    straight = view_landmarks(phantom_vertebra(shape))
    # Turned by -15 about the long axis, its back looks 15 degrees towards the patient's left.
    turned = view_landmarks(phantom_vertebra(shape, turned_about_z(-15.0)))
    assert true_ap_angles(turned).orbital_deg - true_ap_angles(straight).orbital_deg == (
        pytest.approx(15.0, abs=0.4)
    )
    assert true_lateral_angles(turned).orbital_deg == pytest.approx(105.0, abs=0.1)
    for angles, errors in (
        (true_ap_angles(turned), ap_errors),
        (true_lateral_angles(turned), lateral_errors),
    ):
        view = the_view(turned, orbital_deg=angles.orbital_deg, angular_deg=angles.angular_deg)
        assert errors(view, turned).rotation_deg == pytest.approx(0.0, abs=0.01)


def test_a_turned_picture_is_not_level(marks) -> None:
    for orbital_deg, errors in ((0.0, ap_errors), (90.0, lateral_errors)):
        view = the_view(marks, orbital_deg=orbital_deg, image_rotation_deg=8.0)
        assert abs(errors(view, marks).on_screen_deg) == pytest.approx(8.0, abs=0.1)


@pytest.mark.parametrize("side", Side)
def test_the_en_face_angles_look_down_the_pedicle_of_their_side(a_phantom_vertebra, side) -> None:
    pedicle = a_phantom_vertebra.pedicle(side)
    angles = pedicle_en_face(pedicle)
    # The phantom's pedicles converge by ten degrees: the detector stands over the own side.
    assert angles.orbital_deg == pytest.approx(10.0 * side.sign, abs=1e-6)
    pose = CArmPose(
        pedicle.isthmus_lps_mm, orbital_deg=angles.orbital_deg, angular_deg=angles.angular_deg
    )
    assert barrel_error_deg(view_of(mobile_c_arm(64), pose), pedicle) == pytest.approx(0, abs=1e-4)
    other = attrs.evolve(pose, orbital_deg=-angles.orbital_deg)
    assert barrel_error_deg(view_of(mobile_c_arm(64), other), pedicle) == pytest.approx(20, abs=0.1)


def test_without_a_pedicle_no_view_is_judged(a_phantom_vertebra) -> None:
    with pytest.raises(AnatomyProblem, match="pedicle"):
        view_landmarks(attrs.evolve(a_phantom_vertebra, left_pedicle=None))
