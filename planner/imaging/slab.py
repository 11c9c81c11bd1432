"""How thick a slice is, and what is shown of what lies in it."""

import enum

import attrs


class SlabMode(enum.Enum):
    """What becomes of the values that lie behind one another."""

    THIN = "thin"
    MAXIMUM = "MIP"
    AVERAGE = "average"


@attrs.frozen
class Slab:
    """A slice of a thickness, half of it before the plane and half behind."""

    mode: SlabMode = SlabMode.THIN
    thickness_mm: float = attrs.field(
        default=10.0, validator=[attrs.validators.ge(1.0), attrs.validators.le(100.0)]
    )

    @property
    def is_thin(self) -> bool:
        """Whether the slice is one plane."""
        return self.mode is SlabMode.THIN

    @property
    def words(self) -> str:
        """What is written into a view; empty for a thin slice."""
        return "" if self.is_thin else f"{self.mode.value} {self.thickness_mm:.0f} mm"


THIN = Slab()
