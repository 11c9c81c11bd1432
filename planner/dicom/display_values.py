"""One image in the numbers it is shown by: bone bright, and windowed as its file asks."""

from collections.abc import Callable

import attrs
import numpy as np

from planner.dicom.element_values import ElementValues, read_elements
from planner.dicom.frame_pixels import read_frame
from planner.dicom.image_header import ImageHeader, LookupTable, StoredArray
from planner.dicom.open_files import OpenFiles
from planner.dicom.pixel_format import lookup_table
from planner.dicom.rescale import looked_up, rescaled
from planner.foundation.time_limit import no_beat
from planner.geometry.points import FloatArray
from planner.imaging.window_level import WindowLevel

_LUMINANCE = np.array([0.299, 0.587, 0.114])
"""Share of red, green and blue in brightness (ITU-R BT.601)."""

_INTENSITY_SIGN = 0x0028_1041
_WINDOW_CENTRE = 0x0028_1050
_WINDOW_WIDTH = 0x0028_1051
_VOI_LUT = 0x0028_3010
_LESS_BEAM_IS_LESS = 1
"""Of the intensity sign: bone, which lets less of the beam through, has the smaller numbers."""


@attrs.frozen
class _Wish:
    """How a file asks to be shown."""

    is_inverted: bool
    table: LookupTable | None
    window: WindowLevel | None


@attrs.frozen(eq=False)
class DisplayedImage:
    """An image ready to be shown."""

    values: FloatArray
    """(rows, columns), large where it is bright."""
    window: WindowLevel | None
    """How the file asks to be shown, in the units of the values."""


def displayed_image(
    header: ImageHeader, files: OpenFiles, beat: Callable[[], None] = no_beat
) -> DisplayedImage:
    """Return an image with its modality table or rescale and its VOI table applied.

    Where the file says whether bone is large or small, or is MONOCHROME1, the numbers are turned
    round so that bone is large. While the image is decoded `beat` is called, which may stop it by
    raising.

    Raises
    ------
    DicomProblem
        If the image cannot be read.
    """
    stored = read_frame(header, files, beat)
    if stored.ndim == 3:
        return DisplayedImage(_brightness(stored, header), None)
    wish = _wish_of(header, files)
    values = rescaled(stored, header.pixels)
    window = wish.window
    if wish.table is not None:
        values = looked_up(values.astype(np.int64), wish.table)
        window = None
    if wish.is_inverted:
        ends = float(values.max()) + float(values.min())
        values = ends - values
        window = window and attrs.evolve(window, level_hu=ends - window.level_hu)
    return DisplayedImage(values, window)


def _wish_of(header: ImageHeader, files: OpenFiles) -> _Wish:
    tags = [_INTENSITY_SIGN, _WINDOW_CENTRE, _WINDOW_WIDTH, _VOI_LUT]
    elements = read_elements(header.file, files, tags)
    sign = elements.binary(_INTENSITY_SIGN, is_signed=True)
    is_inverted = header.pixels.photometric == "MONOCHROME1"
    if sign in {-1, 1}:
        is_inverted = sign == _LESS_BEAM_IS_LESS
    item = elements.item(_VOI_LUT)
    table = None if item is None else lookup_table(item, is_signed=header.pixels.is_signed)
    return _Wish(is_inverted, table, _window(elements))


def _window(elements: ElementValues) -> WindowLevel | None:
    centre, width = elements.number(_WINDOW_CENTRE), elements.number(_WINDOW_WIDTH)
    return None if centre is None or width is None or width < 1.0 else WindowLevel(width, centre)


def _brightness(stored: StoredArray, header: ImageHeader) -> FloatArray:
    values = stored[..., :3].astype(np.float64)
    if header.pixels.photometric.startswith("YBR"):
        return values[..., 0]
    brightness: FloatArray = values @ _LUMINANCE[: values.shape[-1]]
    return brightness
