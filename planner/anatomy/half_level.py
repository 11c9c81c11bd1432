"""Where bone ends along a line: half way between its cortex and what lies outside.

A cortex thinner than the image can show is drawn too thick at half its level; how much is known
from the image's own sharpness.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.geometry.points import FloatArray

ALONG_MM = np.arange(-1.4, 3.21, 0.2)
"""Places along a line out of the bone, from the edge as it was found."""
_CORTEX_MM = (-1.4, 0.8)
_OUTSIDE_MM = (0.2, 3.2)
_FURTHEST_MM = 2.0
_THINNEST_MM = 0.7
"""Thickness of the thinnest cortex."""
_FAINT_HU, _CLEAR_HU = 40.0, 160.0
"""Contrast between cortex and outside from which a line counts, and counts in full."""


def _between(limits_mm: tuple[float, float]) -> slice:
    first, last = np.searchsorted(ALONG_MM, np.array(limits_mm) - 1e-6)
    return slice(int(first), int(last) + 1)


def _crossing(
    hu: FloatArray, level: FloatArray, peak: NDArray[np.intp]
) -> tuple[NDArray[np.intp], FloatArray]:
    """Return the last place above a level outwards from a peak, and the share of a step beyond.

    The first fall counts: behind a gap lies a neighbour or a rib.
    """
    places = np.arange(hu.shape[-1])
    fallen = (hu < level[..., np.newaxis]) & (places > peak[..., np.newaxis])
    fallen[..., -1] = True
    beyond = np.maximum(fallen.argmax(axis=-1), 1)
    outer, inner = (
        np.take_along_axis(hu, place[..., np.newaxis], axis=-1)[..., 0]
        for place in (beyond, beyond - 1)
    )
    share: FloatArray = np.clip((inner - level) / np.maximum(inner - outer, 1.0), 0.0, 1.0)
    return beyond - 1, share


def _widening_mm(half_width_mm: FloatArray, blur_mm: FloatArray) -> FloatArray:
    """Return how much of a cortex's outer half is blur."""
    half = np.maximum(half_width_mm, blur_mm / 2.0)
    true = np.sqrt(np.maximum(half**2 - (blur_mm / 2.0) ** 2, _THINNEST_MM**2 / 4.0))
    widening: FloatArray = half_width_mm - np.minimum(true, half_width_mm)
    return widening


def half_level_offset_mm(
    hu: FloatArray,
    blur_mm: FloatArray,
    smoothing: tuple[float, float],
    *,
    is_closed: bool = False,
) -> FloatArray:
    """Return how far outside a found edge the bone really ends.

    Parameters
    ----------
    hu
        Hounsfield units along a line for each column of a surface, shape (a, b, places), at
        `ALONG_MM`.
    blur_mm
        Width of the image's blur along each line, for shape (a, b).
    smoothing
        Spread along both axes of the surface, in columns; lines without contrast follow their
        neighbours.
    is_closed
        Whether the last column of the second axis lies next to the first, as angles do.

    Returns
    -------
    millimetres, shape (a, b)
    """
    inside = hu[..., _between(_CORTEX_MM)]
    first = _between(_CORTEX_MM).start
    cortex, peak = inside.max(axis=-1), inside.argmax(axis=-1) + first
    outside = np.percentile(hu[..., _between(_OUTSIDE_MM)], 20.0, axis=-1)
    last, share = _crossing(hu, (cortex + outside) / 2.0, peak)
    offset = ALONG_MM[last] + share * (ALONG_MM[1] - ALONG_MM[0])
    offset -= _widening_mm(offset - ALONG_MM[peak], blur_mm)
    weight = np.clip((cortex - outside - _FAINT_HU) / (_CLEAR_HU - _FAINT_HU), 0.01, 1.0)
    weight = np.where(offset > _FURTHEST_MM, 0.01, weight)
    drawn, share_of_all = (
        ndimage.gaussian_filter(
            part, smoothing, mode=("nearest", "wrap" if is_closed else "nearest")
        )
        for part in (offset * weight, weight)
    )
    found: FloatArray = drawn / share_of_all
    return found
