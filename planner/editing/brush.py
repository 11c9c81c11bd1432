"""The brush that parts are painted with."""

import attrs

from planner.editing.part_labels import Part

SMALLEST_MM, LARGEST_MM = 0.5, 12.0


@attrs.frozen
class Brush:
    """What a stroke paints, and where it may."""

    part: Part = Part.BODY
    radius_mm: float = attrs.field(
        default=3.0, validator=[attrs.validators.ge(SMALLEST_MM), attrs.validators.le(LARGEST_MM)]
    )
    erases: bool = False
    is_flat: bool = False
    """A disc in the slice that it is drawn in; otherwise a ball."""
    hu_range: tuple[float, float] | None = None
    """The densities that it takes; None: all of them."""
