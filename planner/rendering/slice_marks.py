"""What is drawn over a slice: lines and areas in patient space, whoever draws them."""

import attrs
import numpy as np

from planner.geometry.points import FloatArray
from planner.rendering.palette import Colour


@attrs.frozen(eq=False)
class Strokes:
    """Straight pieces of line with one colour and width."""

    segments_lps_mm: FloatArray
    """Shape (n, 2, 3)."""
    colour: Colour
    width_px: float
    """In the user's pixels: as wide to the eye on a dense screen."""
    opacity: float = 1.0


@attrs.frozen(eq=False)
class Fill:
    """The insides of convex outlines."""

    outlines_lps_mm: tuple[FloatArray, ...]
    """Each of shape (n, 3), its last point followed by its first."""
    colour: Colour
    opacity: float


SliceMark = Strokes | Fill


def dashed(start_lps_mm: FloatArray, end_lps_mm: FloatArray, dash_mm: float) -> FloatArray:
    """Return the dashes of a straight line, as long as the gaps between them, shape (n, 2, 3)."""
    length_mm = float(np.linalg.norm(end_lps_mm - start_lps_mm))
    if length_mm < dash_mm:
        return np.zeros((0, 2, 3))
    starts = np.arange(0.0, length_mm, 2.0 * dash_mm)
    ends = np.minimum(starts + dash_mm, length_mm)
    along = (end_lps_mm - start_lps_mm) / length_mm
    reach = np.stack([starts, ends], axis=1)[:, :, np.newaxis]
    segments: FloatArray = start_lps_mm + reach * along
    return segments
