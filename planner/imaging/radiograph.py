"""A radiograph: one projection of the patient, not a slice."""

from enum import Enum

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.side_letters import SideLetters
from planner.imaging.window_level import WindowLevel


class SpacingKind(Enum):
    """Where a distance between pixels was measured."""

    DETECTOR = "detector"
    """On the detector: the patient is shown larger than life."""
    CALIBRATED = "calibrated"
    """Corrected for the magnification, by geometry or by an object of known size."""


@attrs.frozen
class PixelSpacing:
    """How far apart the pixels of a radiograph are, and how far that can be trusted."""

    row_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    """Between rows, downwards."""
    column_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    """Between columns, to the right."""
    kind: SpacingKind
    caveat: str
    """One sentence that stands beside every length measured with it."""


@attrs.frozen
class RadiographOrigin:
    """Which image a radiograph was, as DICOM objects refer to it; empty where nothing says."""

    study_uid: str = ""
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    frame: int | None = None
    """Which frame of a multi-frame image, from 1; None in an image of one frame."""
    description: str = ""
    date: str = ""
    """As in DICOM: YYYYMMDD."""


_NO_ORIGIN = RadiographOrigin()


def _read_only(pixels: NDArray[np.float32]) -> NDArray[np.float32]:
    pixels = pixels.view()
    pixels.flags.writeable = False
    return pixels


@attrs.frozen(eq=False)
class Radiograph:
    """One X-ray picture, ``pixels[row, column]``: bone is large, air is small."""

    pixels: NDArray[np.float32] = attrs.field(converter=_read_only)
    spacing: PixelSpacing | None
    """None where the file gives no size: angles and ratios can be measured, lengths cannot."""
    modality: str
    """CR, DX, RF or XA."""
    view: str
    """Such as AP or LL, as the file says; empty where it does not."""
    laterality: str
    """R, L, B or U, as the file says; empty where it does not."""
    window: WindowLevel | None = None
    """How the file asks to be shown, in the units of the pixels."""
    origin: RadiographOrigin = _NO_ORIGIN
    sides: SideLetters | None = None
    """Of the patient, at each edge, as the file says; None where it does not."""

    def __attrs_post_init__(self) -> None:
        if self.pixels.ndim != 2 or self.pixels.dtype != np.float32 or 0 in self.pixels.shape:
            raise GeometryProblem("A radiograph needs rows and columns of 32-bit numbers.")
