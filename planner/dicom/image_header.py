"""What one image says of itself, without its pixels."""

from pathlib import Path

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.dicom.image_file import ImageFile
from planner.geometry.points import FloatArray, Triple

StoredArray = NDArray[np.integer]
"""Numbers as a file holds them, before any rescale."""


@attrs.frozen(eq=False)
class LookupTable:
    """A table from one kind of numbers to another, in place of a formula."""

    first: int
    """The number of the first entry; smaller ones get the first entry too."""
    values: FloatArray


@attrs.frozen
class PixelFormat:
    """How the numbers of an image are stored and become Hounsfield units."""

    transfer_syntax_uid: str
    bits_allocated: int
    bits_stored: int
    high_bit: int
    is_signed: bool
    slope: float | None
    intercept: float | None
    padding: int | None
    """The stored number that stands outside the scanner's field."""
    samples: int = 1
    """Numbers of one pixel: 3 in a picture in colour."""
    photometric: str = "MONOCHROME2"
    is_planar: bool = False
    modality_lut: LookupTable | None = attrs.field(default=None, eq=False)

    @property
    def stored_type(self) -> np.dtype[np.integer]:
        """The type of the stored numbers in memory."""
        width = max(1, self.bits_allocated // 8)
        return np.dtype(f"{'i' if self.is_signed else 'u'}{width}")


@attrs.frozen
class PartLabels:
    """What tells the parts of one series apart; None or empty where the image does not say."""

    stack: str = ""
    temporal_position: int | None = None
    phase_percent: float | None = None
    """Of the heart's cycle."""
    echo: int | None = None
    echo_time_ms: float | None = None
    b_value: float | None = None
    """How strongly the image is weighted by diffusion, s/mm2."""
    trigger_time_ms: float | None = None
    acquisition: int | None = None


_NO_LABELS = PartLabels()


@attrs.frozen
class ImageHeader:
    """One image: a file, or one frame of it. What the file does not say is None or empty."""

    file: ImageFile
    file_bytes: int
    sop_class_uid: str
    sop_instance_uid: str
    study_uid: str
    series_uid: str
    frame_of_reference_uid: str
    modality: str
    instance_number: int
    rows: int
    columns: int
    frames: int
    """How many images the file holds."""
    position_lps_mm: Triple | None
    """The centre of the first voxel."""
    orientation_lps: tuple[Triple, Triple] | None
    """Unit vectors along a row and along a column."""
    spacing_ij_mm: tuple[float, float] | None
    """Between columns, then between rows."""
    pixels: PixelFormat
    pixel_offset: int
    """Where the pixel element starts in the file as it is opened: inflated, if it was deflated."""
    image_type: tuple[str, ...] = ()
    series_number: str = ""
    has_detector_spacing: bool = False
    """Whether a radiograph says how large its pixels are on the detector."""
    labels: PartLabels = _NO_LABELS
    frame: int = 0
    """Which of the file's images this is, from 0."""

    @property
    def path(self) -> Path:
        """What the user knows the file by."""
        return self.file.path

    @property
    def is_placed(self) -> bool:
        """Whether the file says where the image lies and how large its pixels are."""
        parts = self.position_lps_mm, self.orientation_lps, self.spacing_ij_mm
        return all(part is not None for part in parts)

    @property
    def stored_shape(self) -> tuple[int, ...]:
        """The shape of its numbers: (rows, columns), or with samples last."""
        shape = self.rows, self.columns
        return shape if self.samples == 1 else (*shape, self.samples)

    @property
    def samples(self) -> int:
        """Numbers of one pixel."""
        return self.pixels.samples


@attrs.frozen
class SkippedFile:
    """A file that is not used, and why."""

    path: Path
    code: str
    text: str
