"""A picture says which side is which."""

import numpy as np
import pytest

from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.side_letters import SideLetters, side_letters, with_letters


def a_view(**angles: float):
    return view_of(mobile_c_arm(256), CArmPose((0.0, 0.0, 0.0), **angles))


@pytest.mark.parametrize(
    ("angles", "expected"),
    [
        ({}, SideLetters("L", "R", "S", "I")),
        ({"orbital_deg": 90.0}, SideLetters("A", "P", "S", "I")),
        ({"orbital_deg": -90.0}, SideLetters("P", "A", "S", "I")),
        ({"orbital_deg": 180.0}, SideLetters("R", "L", "S", "I")),
        ({"image_rotation_deg": 90.0}, SideLetters("I", "S", "L", "R")),
        ({"image_rotation_deg": 180.0}, SideLetters("R", "L", "I", "S")),
    ],
)
def test_the_letters_follow_the_arm_and_the_turned_picture(angles, expected) -> None:
    assert side_letters(a_view(**angles)) == expected


def test_letters_are_drawn_at_the_edges_and_the_picture_stays_as_it_was() -> None:
    picture = np.full((256, 256), 90, np.uint8)
    lettered = with_letters(picture, a_view())
    assert (picture == 90).all()
    changed = lettered != 90
    assert not changed[60:196, 60:196].any()
    for part in (changed[100:156, :40], changed[100:156, 216:], changed[:40], changed[216:]):
        assert part.sum() > 20
    # An L has its foot at the bottom and its stem on the left; the letters are not mirrored.
    rows, columns = np.nonzero(lettered[100:156, :40] == 255)
    stem, foot = columns.min(), rows.max()
    assert (columns == stem).sum() > (columns == columns.max()).sum()
    assert (rows == foot).sum() > (rows == rows.min()).sum()


def test_a_picture_too_small_for_letters_goes_without() -> None:
    picture = np.zeros((4, 4), np.uint8)
    np.testing.assert_array_equal(with_letters(picture, a_view()), picture)
