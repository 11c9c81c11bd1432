"""A radiograph's pixels as greys, at once whatever its size."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.imaging.radiograph import Radiograph
from planner.imaging.window_level import WindowLevel

_LEVELS = 1 << 16
_DARKEST_PERCENT, _BRIGHTEST_PERCENT = 1.0, 99.5
_SAMPLING = 8
_COARSER = (1, 2, 4, 8)
_LEAST_EDGE_PX = 64


@attrs.frozen(eq=False)
class RadiographGreys:
    """The picture in several sizes, each as 16-bit steps between its least and largest value.

    A window is then a look into a table; a picture shown small is averaged, not thinned.
    """

    sizes: tuple[tuple[int, NDArray[np.uint16]], ...]
    """How many times coarser, and the steps, ``steps[row, column]``; the finest first."""
    least: float
    largest: float
    first_window: WindowLevel

    def at_zoom(self, device_px_per_px: float) -> tuple[int, NDArray[np.uint16]]:
        """Return the coarsest size that has as many pixels as the screen shows."""
        wanted = 1.0 / max(device_px_per_px, 1e-6)
        fitting = [size for size in self.sizes if size[0] <= max(wanted, 1.0)]
        return fitting[-1]

    def greys(self, steps: NDArray[np.uint16], window: WindowLevel) -> NDArray[np.uint8]:
        """Return steps as greys from 0, black, to 255, white."""
        values = np.linspace(self.least, self.largest, _LEVELS)
        black = window.level_hu - window.width_hu / 2.0
        shares = np.clip((values - black) / window.width_hu, 0.0, 1.0)
        table = np.rint(255.0 * shares).astype(np.uint8)
        greys: NDArray[np.uint8] = np.take(table, steps)
        return greys


def radiograph_greys(radiograph: Radiograph) -> RadiographGreys:
    """Return a radiograph ready to be shown; may take a moment, in a job."""
    pixels = radiograph.pixels
    least, largest = float(pixels.min()), float(pixels.max())
    scale = (_LEVELS - 1) / max(largest - least, 1e-6)
    steps = np.rint((pixels - np.float32(least)) * np.float32(scale)).astype(np.uint16)
    sizes = [(1, np.ascontiguousarray(steps))]
    for times in _COARSER[1:]:
        if min(pixels.shape) // times < _LEAST_EDGE_PX:
            break
        sizes.append((times, _binned(steps, times)))
    return RadiographGreys(tuple(sizes), least, largest, radiograph.window or _window_of(pixels))


def _binned(steps: NDArray[np.uint16], times: int) -> NDArray[np.uint16]:
    rows, columns = (n // times for n in steps.shape)
    cut = steps[: rows * times, : columns * times].reshape(rows, times, columns, times)
    return np.ascontiguousarray(cut.mean(axis=(1, 3), dtype=np.float32).astype(np.uint16))


def _window_of(pixels: NDArray[np.float32]) -> WindowLevel:
    some = pixels[::_SAMPLING, ::_SAMPLING]
    low, high = np.percentile(some, (_DARKEST_PERCENT, _BRIGHTEST_PERCENT))
    return WindowLevel(max(1.0, float(high - low)), float(low + high) / 2.0)
