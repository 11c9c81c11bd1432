"""The compiled part of painting oval stacks into an image."""

import math
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray

_Parameters = ParamSpec("_Parameters")
_Result = TypeVar("_Result")
_Floats = NDArray[np.float32]

_TILE_MM = 1.6
"""Between the points of the noise tile."""
_EDGE_STEPS_PER_MM = 2.0
_SWAY_MM = 1.8
"""How far an edge sways at most."""
_FAR_MM = 100_000.0
"""Makes every coordinate positive before it is cut to a whole number."""
_LEAST_NORM = 1e-3


def _compiled(
    *, parallel: bool = False
) -> Callable[[Callable[_Parameters, _Result]], Callable[_Parameters, _Result]]:
    def wrap(function: Callable[_Parameters, _Result]) -> Callable[_Parameters, _Result]:
        made = numba.njit(cache=True, nogil=True, fastmath=True, parallel=parallel)(function)
        return cast("Callable[_Parameters, _Result]", made)

    return wrap


@_compiled()
def _range_within(origin: float, step: float, half: float, count: int) -> tuple[int, int]:
    """Return the first place along a row that may lie within a half width, and one past the last.

    The coordinate is ``origin + step * place``.
    """
    if abs(step) < 1e-9:
        return (0, count) if abs(origin) <= half else (0, 0)
    a, b = (-half - origin) / step, (half - origin) / step
    return max(0, int(min(a, b))), max(0, min(count, int(max(a, b)) + 2))


@_compiled()
def _paint_row(
    values: _Floats,
    row: tuple[float, float, float, float, float],
    oval: tuple[float, float, float, float],
    look: tuple[float, float, float, float, float],
    noise: tuple[_Floats, _Floats, int],
) -> None:
    """Paint one oval into one row of voxels.

    row: x and y of the first voxel, their steps, and z. oval: centre x and y, half width, half
    depth. look: value, texture, squareness, voxel size, sway. noise: the plane of the tile, the
    edge's wave, and where the wave begins.
    """
    x0, y0, step_x, step_y, _ = row
    cx, cy, rx, ry = oval
    value, texture, squareness, voxel_mm, sway_share = look
    plane, wave, phase = noise
    sway = min(sway_share * min(rx, ry), _SWAY_MM)
    cx += sway * wave[(int(_EDGE_STEPS_PER_MM * y0 + _FAR_MM) + phase) % len(wave)]
    reach = 1.5 * voxel_mm + 2.5 * sway
    first_x, last_x = _range_within(x0 - cx, step_x, rx + reach, len(values))
    first_y, last_y = _range_within(y0 - cy, step_y, ry + reach, len(values))
    for i in range(max(first_x, first_y), min(last_x, last_y)):
        x, y = x0 + step_x * i, y0 + step_y * i
        bent = cy + sway * wave[(int(_EDGE_STEPS_PER_MM * x + _FAR_MM) + phase + 91) % len(wave)]
        p, q = (x - cx) / rx, (y - bent) / ry
        p, q = p * p, q * q
        norm = math.sqrt(math.sqrt(p * p + q * q)) if squareness > 3.0 else math.sqrt(p + q)
        norm = max(norm, _LEAST_NORM)
        away = math.hypot(x - cx, y - bent)
        cover = 0.5 - away * (1.0 - 1.0 / norm) / voxel_mm
        if cover > 0.0:
            tile_y = int(y / _TILE_MM + _FAR_MM) % len(plane)
            tile_x = int(x / _TILE_MM + _FAR_MM) % len(plane)
            seen = value + texture * plane[tile_y, tile_x]
            values[i] += np.float32(min(cover, 1.0) * (seen - values[i]))


@_compiled()
def _between(ovals: _Floats, low: int, share: float) -> tuple[float, float, float, float]:
    """Return the oval between two heights; no width where it is absent at one of them."""
    a, b = ovals[low], ovals[low + 1]
    if a[2] <= 0.0 or b[2] <= 0.0:
        return 0.0, 0.0, 0.0, 0.0
    return (
        a[0] + (b[0] - a[0]) * share,
        a[1] + (b[1] - a[1]) * share,
        a[2] + (b[2] - a[2]) * share,
        a[3] + (b[3] - a[3]) * share,
    )


@_compiled(parallel=True)
def paint_ovals(
    values: _Floats,
    lps_from_ijk: FloatArray,
    heights: tuple[_Floats, float],
    looks: FloatArray,
    noise: tuple[_Floats, _Floats],
) -> None:
    """Paint every structure over what is there, in order, each slice for itself.

    Parameters
    ----------
    values
        ``values[k, j, i]``; each row must lie at one height.
    lps_from_ijk
        4 x 4 matrix of the voxel centres.
    heights
        Ovals of every structure (structures, heights, 4), and the lowest height in mm; they
        are one millimetre apart.
    looks
        Value, texture, squareness, voxel size and sway of each structure, shape (structures, 5).
        The sway is how far an edge departs from its oval, as a share of the structure's size.
    noise
        A periodic tile for the texture, and a periodic wave for the edges.
    """
    ovals, bottom_mm = heights
    tile, wave = noise
    m = lps_from_ijk
    for k in numba.prange(len(values)):
        for j in range(values.shape[1]):
            z = m[2, 1] * j + m[2, 2] * k + m[2, 3]
            at = z - bottom_mm
            if at < 0.0 or at >= ovals.shape[1] - 1:
                continue
            low = int(at)
            x0, y0 = m[0, 1] * j + m[0, 2] * k + m[0, 3], m[1, 1] * j + m[1, 2] * k + m[1, 3]
            plane = tile[int(z / _TILE_MM + _FAR_MM) % len(tile)]
            for s in range(len(ovals)):
                oval = _between(ovals[s], low, at - low)
                if oval[2] > 0.0:
                    phase = 37 * s + int(z / 1.4 + _FAR_MM)
                    look = (looks[s, 0], looks[s, 1], looks[s, 2], looks[s, 3], looks[s, 4])
                    row = (x0, y0, m[0, 0], m[1, 0], z)
                    _paint_row(values[k, j], row, oval, look, (plane, wave, phase))
