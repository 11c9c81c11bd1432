"""The frames of an enhanced multi-frame image, each with its own place and rescale."""

from collections.abc import Sequence

import attrs

from planner.dicom.element_values import ElementValues
from planner.dicom.image_header import ImageHeader, PartLabels

_SHARED = 0x5200_9229
_PER_FRAME = 0x5200_9230
FUNCTIONAL_GROUPS = [_SHARED, _PER_FRAME]

_PLANE_POSITION, _POSITION = 0x0020_9113, 0x0020_0032
_PLANE_ORIENTATION, _ORIENTATION = 0x0020_9116, 0x0020_0037
_PIXEL_MEASURES, _SPACING = 0x0028_9110, 0x0028_0030
_TRANSFORMATION, _INTERCEPT, _SLOPE = 0x0028_9145, 0x0028_1052, 0x0028_1053
_FRAME_CONTENT = 0x0020_9111
_STACK, _TEMPORAL_INDEX, _ACQUISITION = 0x0020_9056, 0x0020_9128, 0x0020_9156
_MR_ECHO, _ECHO_TIME = 0x0018_9114, 0x0018_9082
_MR_DIFFUSION, _B_VALUE = 0x0018_9117, 0x0018_9087
_CARDIAC, _PHASE_PERCENT, _TRIGGER_DELAY = 0x0018_9118, 0x0020_9241, 0x0020_9153

_MOST_FRAMES = 20_000


class _Groups:
    """What is said of one frame, by itself or together with all others."""

    def __init__(self, own: ElementValues | None, shared: ElementValues | None) -> None:
        self._sources = [source for source in (own, shared) if source is not None]

    def group(self, tag: int) -> ElementValues | None:
        """Return a functional group of the frame."""
        items = (source.item(tag) for source in self._sources)
        return next((item for item in items if item is not None), None)


def frame_headers(header: ImageHeader, groups: ElementValues) -> tuple[ImageHeader, ...]:
    """Return one header for each frame of a file.

    Parameters
    ----------
    header
        What the file says of itself as a whole.
    groups
        Its functional groups; a file without them has frames without places.
    """
    shared, own = groups.item(_SHARED), groups.items(_PER_FRAME)
    count = min(max(header.frames, 1), _MOST_FRAMES)
    return tuple(_frame(header, n, _Groups(_at(own, n), shared)) for n in range(count))


def _at(items: Sequence[ElementValues], n: int) -> ElementValues | None:
    return items[n] if n < len(items) else None


def _frame(header: ImageHeader, number: int, groups: _Groups) -> ImageHeader:
    position = groups.group(_PLANE_POSITION)
    orientation = groups.group(_PLANE_ORIENTATION)
    measures = groups.group(_PIXEL_MEASURES)
    rescale = groups.group(_TRANSFORMATION)
    pixels = header.pixels
    if rescale is not None:
        slope, intercept = rescale.number(_SLOPE), rescale.number(_INTERCEPT)
        pixels = attrs.evolve(pixels, slope=slope, intercept=intercept)
    return attrs.evolve(
        header,
        frame=number,
        position_lps_mm=header.position_lps_mm
        if position is None
        else position.position(_POSITION),
        orientation_lps=header.orientation_lps
        if orientation is None
        else orientation.directions(_ORIENTATION),
        spacing_ij_mm=header.spacing_ij_mm
        if measures is None
        else measures.spacing_ij_mm(_SPACING),
        pixels=pixels,
        labels=_labels(header.labels, groups),
    )


def _labels(whole: PartLabels, groups: _Groups) -> PartLabels:
    labels = whole
    if content := groups.group(_FRAME_CONTENT):
        labels = attrs.evolve(
            labels,
            stack=content.text(_STACK),
            temporal_position=content.binary(_TEMPORAL_INDEX),
            acquisition=content.binary(_ACQUISITION),
        )
    if echo := groups.group(_MR_ECHO):
        labels = attrs.evolve(labels, echo_time_ms=echo.real(_ECHO_TIME))
    if diffusion := groups.group(_MR_DIFFUSION):
        labels = attrs.evolve(labels, b_value=diffusion.real(_B_VALUE))
    if cardiac := groups.group(_CARDIAC):
        labels = attrs.evolve(
            labels,
            phase_percent=cardiac.real(_PHASE_PERCENT),
            trigger_time_ms=cardiac.real(_TRIGGER_DELAY),
        )
    return labels
