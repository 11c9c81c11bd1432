"""Whether what was outlined is a vertebral body, by the spine around it."""

import attrs
import numpy as np

from planner.anatomy.body import BodyOutline, EndplateSurface
from planner.anatomy.canal import CanalLine
from planner.anatomy.disc_stack import arch_over_hole_hu, find_disc_stack, pedicle_hu
from planner.anatomy.spine_crop import SpineCrop
from planner.anatomy.spine_strip import SpineStrip, strip_along

_COLUMN_MM = 20.0
"""From the middle of the canal to a line that runs through every body."""
_INSIDE_LAYERS = 6.0
"""How far between the endplates a disc lies that must not be there."""

_MIDDLE_SHARE = 0.3
"""How far from the middle of an outline, against its height, a disc makes all of it a disc."""


@attrs.frozen
class BesideOutline:
    """What the spine shows beside and inside an outline."""

    is_disc: bool
    """A disc lies in its middle, and foramina where pedicles should spring."""
    holds_disc: bool
    """The spine's own stack of discs has one inside."""


def look_beside(outline: BodyOutline, crop: SpineCrop, line: CanalLine) -> BesideOutline:
    """Return what the spine around an outline shows."""
    strip = strip_along(crop, line)
    low, high = (_layer(strip, outline, plate) for plate in (outline.lower, outline.upper))
    if high <= low:
        return BesideOutline(is_disc=True, holds_disc=False)
    arch_hu = arch_over_hole_hu(pedicle_hu(strip), low, high)
    discs = [disc.layer for disc in find_disc_stack(strip)]
    in_middle = any(
        abs(layer - (low + high) / 2.0) <= _MIDDLE_SHARE * (high - low) for layer in discs
    )
    return BesideOutline(
        # Ribs fill foramina of the upper thorax: there the arch alone says nothing.
        is_disc=arch_hu < 0.0 and in_middle,
        holds_disc=any(low + _INSIDE_LAYERS < layer < high - _INSIDE_LAYERS for layer in discs),
    )


def _layer(strip: SpineStrip, outline: BodyOutline, plate: EndplateSurface) -> int:
    """Return the layer at the middle of an endplate."""
    zero = np.zeros(1)
    middle = outline.axes.lps_of(np.array([0.0, 0.0, float(plate.height_mm(zero, zero)[0])]))
    column = strip.canal_lps_mm - _COLUMN_MM * strip.back_lps
    return int(np.linalg.norm(column - middle, axis=1).argmin())
