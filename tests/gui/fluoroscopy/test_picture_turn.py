"""A turned or flipped picture keeps its letters and its pixels with it."""

import itertools

import numpy as np
import pytest

from planner.geometry.side_letters import SideLetters
from planner.gui.fluoroscopy.picture_turn import PictureTurn

PLAIN = SideLetters(left="L", right="R", top="S", bottom="I")
TURNS = [PictureTurn(q, f) for q, f in itertools.product(range(4), (False, True))]


def marked(pixels: int = 9):
    """Return a picture whose edges carry their letters' codes, and one odd pixel."""
    picture = np.zeros((pixels, pixels), np.uint8)
    picture[4, 0], picture[4, -1], picture[0, 4], picture[-1, 4] = (ord(c) for c in "LRSI")
    picture[2, 6] = 255
    return picture


@pytest.mark.parametrize("turn", TURNS)
def test_letters_stay_at_the_edge_they_name(turn) -> None:
    shown, letters = turn.shown(marked()), turn.letters(PLAIN)
    edges = (shown[4, 0], shown[4, -1], shown[0, 4], shown[-1, 4])
    named = (letters.left, letters.right, letters.top, letters.bottom)
    assert [chr(value) for value in edges] == list(named)


@pytest.mark.parametrize("turn", TURNS)
def test_a_place_on_the_screen_is_the_pixel_that_appears_there(turn) -> None:
    shown = turn.shown(marked())
    (row,), (column,) = np.nonzero(shown == 255)
    assert turn.pixel_of(float(column), float(row), 9) == (6.0, 2.0)
    assert turn.place_of(6.0, 2.0, 9) == (float(column), float(row))


@pytest.mark.parametrize("turn", TURNS)
def test_flip_exchanges_left_and_right_of_what_is_on_the_screen(turn) -> None:
    np.testing.assert_array_equal(turn.flipped().shown(marked()), np.fliplr(turn.shown(marked())))


@pytest.mark.parametrize("turn", TURNS)
def test_turning_goes_clockwise_on_the_screen_and_four_times_is_nothing(turn) -> None:
    np.testing.assert_array_equal(turn.turned().shown(marked()), np.rot90(turn.shown(marked()), -1))
    assert turn.turned().turned().turned().turned() == turn


def test_what_was_done_is_said() -> None:
    assert PictureTurn().words == ""
    assert PictureTurn(1, is_flipped=True).words == "flipped, turned 90°"
