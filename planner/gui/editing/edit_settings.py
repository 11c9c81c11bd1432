"""What the hand does to an outline at the moment: tool, part, size and density range."""

import enum

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.editing.brush import LARGEST_MM, SMALLEST_MM, Brush
from planner.editing.part_labels import Part

_STEP = 1.25
DEFAULT_HU = (120.0, 3000.0)
"""Trabecular bone of old people and denser; the user narrows it."""


class EditTool(enum.Enum):
    """What the left button does while an outline is edited."""

    PAINT = "paint"
    ERASE = "erase"
    GROW = "grow"
    CUT = "cut"
    SPLIT_LINE = "split-line"
    SPLIT_CLICK = "split-click"

    @property
    def has_brush(self) -> bool:
        """Whether it has a size."""
        return self in {EditTool.PAINT, EditTool.ERASE}


@attrs.frozen
class EditSettings:
    """How the outline is edited next."""

    tool: EditTool = EditTool.PAINT
    part: Part = Part.BODY
    radius_mm: float = 3.0
    is_flat: bool = False
    is_bound: bool = False
    """Whether brush and eraser take only densities of `hu_range`; growing always does."""
    hu_range: tuple[float, float] = DEFAULT_HU

    def brush(self, *, reversed_: bool = False) -> Brush:
        """Return the brush, or the eraser; each is the other where reversed."""
        return Brush(
            part=self.part,
            radius_mm=self.radius_mm,
            erases=(self.tool is EditTool.ERASE) != reversed_,
            is_flat=self.is_flat,
            hu_range=self.hu_range if self.is_bound else None,
        )

    def resized(self, steps: int) -> "EditSettings":
        """Return a larger or smaller brush."""
        radius_mm = self.radius_mm * _STEP**steps
        return attrs.evolve(self, radius_mm=min(max(radius_mm, SMALLEST_MM), LARGEST_MM))


@attrs.frozen
class EditState:
    """What is being edited at one moment."""

    settings: EditSettings = attrs.field(factory=EditSettings)
    level: VertebraLevel | None = None
    is_pending: bool = False
    """Whether an outline is drawn that nothing was measured of yet: no measure is current."""
    is_busy: bool = False
