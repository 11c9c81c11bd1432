import numpy as np
import pytest

from planner.rendering.blending import blended

BRIGHT, DARK = np.array([[255]], dtype=np.uint8), np.array([[0]], dtype=np.uint8)


def _channels(pixels: np.ndarray) -> tuple[int, int, int]:
    value = int(pixels[0, 0])
    return value >> 16 & 255, value >> 8 & 255, value & 255


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5])
def test_bright_bone_stays_white_under_the_overlay(share: float) -> None:
    assert _channels(blended(BRIGHT, BRIGHT, share)) == (255, 255, 255)
    assert _channels(blended(BRIGHT, DARK, share)) == (255, 255, 255)


def test_the_ends_of_the_slider_show_one_image_alone() -> None:
    grey = np.array([[120]], dtype=np.uint8)
    assert _channels(blended(grey, BRIGHT, 0.0)) == (120, 120, 120)
    assert blended(BRIGHT, grey, 1.0)[0, 0] == blended(DARK, grey, 1.0)[0, 0]


def test_the_overlay_has_a_colour_that_no_grey_has() -> None:
    red, _green, blue = _channels(blended(DARK, BRIGHT, 0.5))
    assert red > blue + 60
