"""From line integrals to the picture on the screen: what a fluoroscope's detector adds."""

import functools

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import FloatArray
from planner.simulation.plane_stack import FloatImage

GreyImage = NDArray[np.uint8]

_PHOTONS_A_MM2 = 2600.0
"""On the detector at dose 1, where the automatic exposure control holds the picture's mean."""
_SCATTER_REACH_MM = 45.0
"""Standard deviation of the veil on the detector."""
_SCATTER_SHARE = 0.35
"""Of scattered to direct light behind the grid."""
_EDGE_REACH_MM, _EDGE_GAIN = 0.8, 0.7
_EVENING_REACH_MM, _EVENING_SHARE = 28.0, 0.75
"""How much of differences wider than this the display's processing takes away."""
_SPREAD_PERCENT = (3.0, 97.0)
_WINDOW_SPREADS, _DARK_SHARE = 1.15, 0.56
"""The grey scale is this many times as wide as the picture's spread, so much of it below the
median: instruments, a few hundredths of the picture, become black without moving it."""
_SHOULDER = 0.7
"""Grey from which the scale bends so that lung and air never quite become white."""
_VIGNETTE = 0.18
_RIM_SHARE = 0.985
"""Radius of the round picture, in half its width."""
_FAINTEST = 1e-6
_COARSE_CELLS = 64
"""Edge, in cells, of the grid on which wide blurs are made."""


@attrs.frozen
class DetectorSettings:
    """What the detector and the display add; each can be switched off."""

    dose: float = attrs.field(default=1.0, validator=attrs.validators.gt(0.0))
    """Relative to a usual low-dose shot; grain grows as the dose falls."""
    seed: int = 0
    """Of the grain: the same shot is the same picture."""
    grain: bool = True
    scatter: bool = True
    logarithm: bool = True
    edges: bool = True
    """Sharpened edges and evened-out wide differences, as the display's processing does."""
    vignette: bool = True
    collimator: bool = True
    """A round field, black outside."""
    opening: float = attrs.field(
        default=1.0, validator=[attrs.validators.gt(0.0), attrs.validators.le(1.0)]
    )
    """How far the collimator's blades are open, as a share of the field."""
    bone_is_dark: bool = True


def detector_image(
    water_mm: FloatImage, pixel_mm: float, settings: DetectorSettings | None = None
) -> GreyImage:
    """Return the picture of line integrals.

    Parameters
    ----------
    water_mm
        Millimetres of water along each ray, square, rows downwards.
    pixel_mm
        Edge of a pixel on the detector.
    settings
        What is switched on.

    Returns
    -------
    Grey levels, the same shape.
    """
    settings = settings or DetectorSettings()
    light = np.exp(np.float32(-clinical_number("xray-water-per-mm")) * water_mm)
    if settings.scatter:
        light += np.float32(_SCATTER_SHARE) * _blurred(light, _SCATTER_REACH_MM / pixel_mm)
    field = _field(len(light), settings.opening, is_round=settings.collimator)
    light /= max(float(light[field].mean()), _FAINTEST)
    if settings.grain:
        _add_grain(light, settings, pixel_mm)
    np.maximum(light, _FAINTEST, out=light)
    signal = np.log(light) if settings.logarithm else light
    if settings.edges:
        signal = _processed(signal, pixel_mm)
    grey = _windowed(signal, field)
    if not settings.bone_is_dark:
        grey = 1.0 - grey
    if settings.vignette:
        grey *= _vignette(len(grey))
    grey *= field
    picture: GreyImage = np.rint(grey * 255.0).astype(np.uint8)
    return picture


def _add_grain(light: FloatImage, settings: DetectorSettings, pixel_mm: float) -> None:
    photons = _PHOTONS_A_MM2 * pixel_mm**2 * settings.dose
    grain = np.random.default_rng(settings.seed).standard_normal(light.shape, dtype=np.float32)
    light += grain * np.sqrt(light / np.float32(photons))


def _processed(signal: FloatImage, pixel_mm: float) -> FloatImage:
    sharp = signal - ndimage.gaussian_filter(signal, _EDGE_REACH_MM / pixel_mm, truncate=2.0)
    wide = _blurred(signal, _EVENING_REACH_MM / pixel_mm)
    processed: FloatImage = (
        signal + np.float32(_EDGE_GAIN) * sharp - np.float32(_EVENING_SHARE) * wide
    )
    return processed


def _windowed(signal: FloatImage, field: NDArray[np.bool_]) -> FloatImage:
    """Return the signal on a grey scale from 0 to 1 set by the picture inside the field."""
    low, median, high = np.percentile(signal[field][::5], (*_SPREAD_PERCENT, 50.0))[[0, 2, 1]]
    width = max(float(high - low) * _WINDOW_SPREADS, _FAINTEST)
    black = np.float32(median - _DARK_SHARE * width)
    grey = np.maximum((signal - black) / np.float32(width), np.float32(0.0))
    over = np.maximum(grey - np.float32(_SHOULDER), np.float32(0.0))
    room = np.float32(1.0 - _SHOULDER)
    shouldered: FloatImage = np.minimum(grey, np.float32(_SHOULDER)) + room * (
        1.0 - np.exp(-over / room)
    )
    return shouldered


@functools.lru_cache(maxsize=8)
def _field(pixels: int, opening: float, *, is_round: bool) -> NDArray[np.bool_]:
    """Return which pixels the collimator leaves open."""
    place = np.abs(np.arange(pixels) - (pixels - 1) / 2.0) / (pixels / 2.0)
    blades: NDArray[np.bool_] = (place <= opening) & (place[:, np.newaxis] <= opening)
    if is_round:
        blades &= place**2 + place[:, np.newaxis] ** 2 <= _RIM_SHARE**2
    return blades


@functools.lru_cache(maxsize=4)
def _vignette(pixels: int) -> FloatImage:
    place = (np.arange(pixels) - (pixels - 1) / 2.0) / (pixels / 2.0)
    fall = 1.0 - _VIGNETTE * (place**2 + place[:, np.newaxis] ** 2) ** 2
    return np.maximum(fall, 0.0).astype(np.float32)


def _blurred(image: FloatImage, sigma_px: float) -> FloatImage:
    """Return a wide Gaussian blur, made on a coarse grid and laid back on the fine one."""
    pixels = len(image)
    cells = min(_COARSE_CELLS, pixels)
    edges = np.arange(cells) * pixels // cells
    width = np.diff(edges, append=pixels).astype(np.float32)
    sums = np.add.reduceat(np.add.reduceat(image, edges, axis=0), edges, axis=1)
    coarse = ndimage.gaussian_filter(
        sums / (width * width[:, np.newaxis]), sigma_px * cells / pixels, mode="nearest"
    )
    return _laid_back(
        _laid_back(coarse, edges + width / 2.0, pixels).T, edges + width / 2.0, pixels
    ).T


def _laid_back(cells: FloatImage, centres_px: FloatArray, pixels: int) -> FloatImage:
    """Return rows of cells as rows of pixels, linear between the cells' centres."""
    last = len(centres_px) - 1
    places = np.arange(pixels) + 0.5
    place = np.interp(places, centres_px, np.arange(last + 1))
    low = np.minimum(place.astype(np.intp), max(last - 1, 0))
    share = (place - low).astype(np.float32)[:, np.newaxis]
    near = cells[low]
    laid: FloatImage = near + (cells[np.minimum(low + 1, last)] - near) * share
    return laid
