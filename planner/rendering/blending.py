"""Two images in one."""

import functools

import numpy as np
from numpy.typing import NDArray

_OPAQUE = 0xFF000000
_RAMP = ((0.0, (0, 0, 0)), (0.45, (120, 18, 90)), (0.8, (255, 70, 60)), (1.0, (255, 170, 40)))
"""From nothing over magenta to orange: bone stays white, fluid glows, and neither is hidden."""
_KEPT_SHARES = 16

Pixels = NDArray[np.uint8] | NDArray[np.uint32]
"""Greys, or colours as ``0xffRRGGBB``."""


def blended(below: NDArray[np.uint8], above: NDArray[np.uint8], share: float) -> NDArray[np.uint32]:
    """Return two images as ``0xffRRGGBB``, same shape; the upper one is coloured.

    Light adds up as from two projectors, so that bright bone stays bright under the overlay.
    Up to a share of a half the lower image is shown in full; from there on it goes.
    """
    table = _blend_table(round(share, 3))
    pairs = (below.astype(np.uint16) << np.uint16(8)) | above
    pixels: NDArray[np.uint32] = np.take(table, pairs)
    return pixels


@functools.lru_cache(maxsize=_KEPT_SHARES)
def _blend_table(share: float) -> NDArray[np.uint32]:
    """Return the colour of each pair of greys, the lower image's in the upper byte."""
    lower_weight = min(1.0, 2.0 * (1.0 - share))
    greys = np.arange(256) / 255.0
    places = [place for place, _ in _RAMP]
    table = np.full(256 * 256, _OPAQUE, dtype=np.uint32)
    for channel, shift in ((0, 16), (1, 8), (2, 0)):
        ramp = np.interp(greys, places, [colour[channel] / 255.0 for _, colour in _RAMP])
        dark = np.outer(1.0 - lower_weight * greys, 1.0 - share * ramp)
        light = np.rint(255.0 * (1.0 - dark)).astype(np.uint32)
        table |= light.ravel() << np.uint32(shift)
    return table
