"""Bright tubes that run along the spine: vessels full of contrast agent."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.canal import cheapest_line
from planner.anatomy.spine_crop import FloatVoxels

BoolVoxels = NDArray[np.bool_]

_BRIGHTEST_HU = 900.0
"""Metal and undiluted contrast agent lie above."""
_TISSUE_HU = 50.0
_WALL_MM = 1.5
_RADII_MM = (4.5, 17.0)
"""Of the free space around the middle of a great vessel, its own wall left out."""
_SHORTEST_MM = 40.0
_NOWHERE = 3.0
"""Cost of a place that is no vessel; a line ends where it must cross many of these."""
_SIZE_COST, _PLACE_COST = 1.2, 1.5
_SMOOTH_MM = 6.0
_REACH = 1.5
"""How far a lumen may reach from its middle, against its radius: it need not be round."""


@attrs.frozen(eq=False)
class VesselTube:
    """A vessel as its contrast agent shows it."""

    voxels: BoolVoxels
    """``[k, j, i]`` on the grid of the densities, its wall included."""
    layers: tuple[int, int]
    """The lowest and the highest layer that it runs through."""
    hu: float
    """Of its middle."""


def find_tube(
    hu: FloatVoxels, spacing_mm: float, unlikely: FloatVoxels, least_hu: float
) -> VesselTube | None:
    """Return the bright tube that runs along k where a great vessel is likely, None without one.

    Parameters
    ----------
    hu
        ``[k, j, i]`` on cubic voxels, k towards the head.
    spacing_mm
        Their edge.
    unlikely
        How unlikely each place is, from 0 to 1; infinite where no vessel can be.
    least_hu
        From where on blood is told from tissue.
    """
    smooth = ndimage.gaussian_filter(hu, 0.8)
    bright = (smooth > least_hu) & (smooth < _BRIGHTEST_HU) & np.isfinite(unlikely)
    radius_mm = np.array(
        [ndimage.distance_transform_edt(layer, sampling=spacing_mm) for layer in bright], np.float32
    )
    first, line = cheapest_line(_cost(radius_mm, unlikely), free_ends=True)
    if len(line) * spacing_mm < _SHORTEST_MM:
        return None
    layers = first + np.arange(len(line))
    middle_hu = float(np.median(smooth[layers, line[:, 0], line[:, 1]]))
    if middle_hu < least_hu:
        return None
    voxels = _lumen(smooth > (middle_hu + _TISSUE_HU) / 2, radius_mm, (layers, line), spacing_mm)
    wall = ndimage.distance_transform_edt(~voxels, sampling=spacing_mm) <= _WALL_MM
    wall[: layers[0]] = wall[layers[-1] + 1 :] = False
    return VesselTube(wall & np.isfinite(unlikely), (int(layers[0]), int(layers[-1])), middle_hu)


def _cost(radius_mm: FloatVoxels, unlikely: FloatVoxels) -> FloatVoxels:
    least, most = _RADII_MM
    too_narrow = np.clip((least - radius_mm) / least, 0.0, 1.0)
    too_wide = np.clip((radius_mm - most) / most, 0.0, 1.0)
    # Where all is wide enough, the middle of a vessel is cheaper than its rim.
    off_middle = np.clip(1.0 - radius_mm / most, 0.0, 1.0)
    cost = _NOWHERE * (too_narrow + too_wide) + _SIZE_COST * off_middle
    cost = cost + _PLACE_COST * np.where(np.isfinite(unlikely), unlikely, 0.0)
    found: FloatVoxels = np.where(radius_mm > 0.0, cost, 2.0 * _NOWHERE).astype(np.float32)
    return found


def _lumen(
    bright: BoolVoxels,
    radius_mm: FloatVoxels,
    path: tuple[NDArray[np.intp], NDArray[np.intp]],
    spacing_mm: float,
) -> BoolVoxels:
    """Return the bright voxels around a line in each layer, as far as a vessel is wide."""
    layers, line = path
    along = radius_mm[layers, line[:, 0], line[:, 1]]
    along = ndimage.median_filter(along, max(3, round(_SMOOTH_MM / spacing_mm)), mode="nearest")
    found = np.zeros(bright.shape, np.bool_)
    rows, columns = np.indices(bright.shape[1:])
    for k, (j, i), radius in zip(layers, line, along, strict=True):
        near = np.hypot(rows - j, columns - i) * spacing_mm <= _REACH * radius + spacing_mm
        parts, _ = ndimage.label(bright[k] & near)
        if parts[j, i]:
            found[k] = parts == parts[j, i]
    return found
