"""Modelled cement over a slice: ivory in bone, red outside it, its rim always in sight."""

import functools

import numpy as np
from numpy.typing import NDArray

from planner.imaging.volume import HuArray
from planner.rendering.blending import Pixels
from planner.rendering.fill_picture import NEVER, OUTSIDE_BONE, CementPicture, FillPicture
from planner.rendering.palette import CEMENT, LEAK, Colour

_OPACITY, _LEAK_OPACITY = 0.6, 0.75
_RIM_OPACITY = 0.95
_LEAST_SHARE, _MOST_SHARE = 0.15, 0.85
"""Opacity of a place that cement came to in one run of a thousand, and in all."""
_OPAQUE = np.uint32(0xFF000000)
_SHIFTS = (16, 8, 0)
_GREY = np.uint32(0x010101)


def with_cement(pixels: Pixels, steps: HuArray, picture: CementPicture) -> NDArray[np.uint32]:
    """Return a slice with cement laid over it, as ``0xffRRGGBB``.

    Parameters
    ----------
    pixels
        Of the slice: greys or colours, shape (height, width).
    steps
        What the picture's `steps` hold at the same pixels; beside their block below zero.
    picture
        What is drawn.
    """
    wide: NDArray[np.uint32] = pixels.astype(np.uint32)
    colours = wide if pixels.dtype == np.uint32 else _OPAQUE | wide * _GREY
    box = _box_of((steps >= 0) & (steps != NEVER))
    if box is None:
        return colours
    inside = colours[box]
    if isinstance(picture.fill, FillPicture):
        _paint_fill(inside, steps[box], picture)
    else:
        _paint_shares(inside, steps[box])
    return colours


def _box_of(where: NDArray[np.bool_]) -> tuple[slice, slice] | None:
    """Return the rows and columns that hold all of some pixels; None without any."""
    rows, columns = (np.flatnonzero(where.any(axis=axis)) for axis in (1, 0))
    if not len(rows):
        return None
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _paint_fill(colours: NDArray[np.uint32], steps: HuArray, picture: CementPicture) -> None:
    """Paint the cement that is in by now over pixels, in place."""
    is_full = (steps >= 0) & (steps != NEVER)
    is_outside = is_full & (steps >= OUTSIDE_BONE)
    is_full &= (steps - np.where(is_outside, OUTSIDE_BONE, 0)) <= picture.last_step
    _paint(colours, is_full & ~is_outside, CEMENT, _OPACITY)
    _paint(colours, is_full & is_outside, LEAK, _LEAK_OPACITY)
    rim = _rim_of(is_full)
    _paint(colours, rim & ~is_outside, CEMENT, _RIM_OPACITY)
    _paint(colours, rim & is_outside, LEAK, _RIM_OPACITY)


def _paint_shares(colours: NDArray[np.uint32], steps: HuArray) -> None:
    """Paint the map of shares over pixels, in place: the more runs, the denser and the lighter."""
    ramp = _share_ramp()
    for number, (colour, opacity) in enumerate(ramp):
        low, high = (round(10_000 * n / len(ramp)) for n in (number, number + 1))
        here = (steps > low) & (steps <= high)
        _paint(colours, here, colour, opacity)


@functools.cache
def _share_ramp() -> tuple[tuple[Colour, float], ...]:
    """Return colour and opacity of ten stretches of the share, from few runs to all."""
    few, all_runs = np.array((0.45, 0.25, 0.62)), np.array(CEMENT)
    shares = np.linspace(0.0, 1.0, 10)
    return tuple(
        (
            (float(red), float(green), float(blue)),
            _LEAST_SHARE + share * (_MOST_SHARE - _LEAST_SHARE),
        )
        for share in shares
        for red, green, blue in [few + share * (all_runs - few)]
    )


def _rim_of(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    core = mask.copy()
    core[1:] &= mask[:-1]
    core[:-1] &= mask[1:]
    core[:, 1:] &= mask[:, :-1]
    core[:, :-1] &= mask[:, 1:]
    return mask & ~core


def _paint(
    pixels: NDArray[np.uint32], where: NDArray[np.bool_], colour: Colour, opacity: float
) -> None:
    """Paint a colour over some pixels, in place."""
    below = pixels[where]
    mixed = np.full(below.shape, _OPAQUE, np.uint32)
    for share, shift in zip(colour, _SHIFTS, strict=True):
        channel = (below >> np.uint32(shift)) & np.uint32(255)
        blend = (1.0 - opacity) * channel + opacity * 255.0 * share
        mixed |= np.rint(blend).astype(np.uint32) << np.uint32(shift)
    pixels[where] = mixed
