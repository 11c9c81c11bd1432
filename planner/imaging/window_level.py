"""Which values are black and white."""

import functools

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.imaging.volume import HuArray, Volume

_VALUE_COUNT = 1 << 16
_SAMPLING = 4
"""Every fourth voxel along each axis tells the range of a volume well enough to show it."""
_DARKEST_PERCENT, _BRIGHTEST_PERCENT = 1.0, 99.5


@attrs.frozen
class WindowLevel:
    """Black at ``level - width / 2``, white at ``level + width / 2``.

    For CT these are Hounsfield units, for MR the signal as rescaled.
    """

    width_hu: float = attrs.field(validator=attrs.validators.ge(1.0))
    level_hu: float


BONE = WindowLevel(width_hu=1800.0, level_hu=400.0)
SPINE = WindowLevel(width_hu=680.0, level_hu=180.0)
SOFT_TISSUE = WindowLevel(width_hu=400.0, level_hu=40.0)
LUNG = WindowLevel(width_hu=1500.0, level_hu=-600.0)
_SIGNAL_SHARES = {BONE: 1.6, SPINE: 1.0, SOFT_TISSUE: 0.6, LUNG: 0.35}
"""How wide each preset is beside the window that suits a signal."""


def greys_of(values: HuArray, window_level: WindowLevel) -> NDArray[np.uint8]:
    """Return values as greys from 0, black, to 255, white; same shape."""
    greys: NDArray[np.uint8] = np.take(_grey_table(window_level), values.view(np.uint16))
    return greys


@functools.lru_cache(maxsize=8)
def _grey_table(window_level: WindowLevel) -> NDArray[np.uint8]:
    """Return the grey of each 16-bit value, by the value read as if it had no sign."""
    values = np.arange(_VALUE_COUNT, dtype=np.uint16).view(np.int16).astype(np.float64)
    black = window_level.level_hu - window_level.width_hu / 2.0
    shares = np.clip((values - black) / window_level.width_hu, 0.0, 1.0)
    return np.rint(255.0 * shares).astype(np.uint8)


def full_range(volume: Volume) -> WindowLevel:
    """Return the window from about the least to about the largest value of a volume."""
    values = _some_values(volume)
    low, high = float(values.min()), float(values.max())
    return WindowLevel(max(1.0, high - low), (low + high) / 2.0)


def window_for_signal(volume: Volume) -> WindowLevel:
    """Return the window that shows an MR well: its values have no unit and no usual range."""
    values = _some_values(volume)
    bright = values[values > values.min()]
    low, high = np.percentile(
        bright if bright.size else values, (_DARKEST_PERCENT, _BRIGHTEST_PERCENT)
    )
    return WindowLevel(max(1.0, float(high - low)), float(low + high) / 2.0)


def window_on(volume: Volume, preset: WindowLevel) -> WindowLevel:
    """Return a preset for a volume: as it is for CT, for a signal as wide beside its own window.

    A signal has no unit, so that nothing is bone in it: the presets are four widths from the
    darkest tissue up, wide for what is bright, narrow for what is dark.
    """
    if volume.modality == "CT":
        return preset
    window = window_for_signal(volume)
    width = max(1.0, window.width_hu * _SIGNAL_SHARES.get(preset, 1.0))
    darkest = window.level_hu - window.width_hu / 2.0
    return WindowLevel(width, darkest + width / 2.0)


def _some_values(volume: Volume) -> HuArray:
    values = volume.voxels[::_SAMPLING, ::_SAMPLING, ::_SAMPLING]
    seen = values[values != volume.padding_hu] if volume.padding_hu is not None else values.ravel()
    return seen if seen.size else values.ravel()
