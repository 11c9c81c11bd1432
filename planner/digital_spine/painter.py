"""An image being painted: parts by their signed distances, one over the other."""

from collections.abc import Callable
from typing import Protocol

import attrs
import numpy as np

from planner.digital_spine.distance_fields import coverage
from planner.digital_spine.lattice import Field, Lattice, Window
from planner.digital_spine.model_patient import Bone
from planner.digital_spine.tissues import LOOKS, MrContrast, Tissue

_MR_TEXTURE = 0.35
"""How much of a tissue's grain in HU an MR image shows, in signal."""


class Palette(Protocol):
    """What a tissue is worth in one kind of image."""

    def value(self, tissue: Tissue) -> float:
        """Return its mean."""
        ...

    def texture(self, tissue: Tissue) -> float:
        """Return its spread."""
        ...


@attrs.frozen
class CtPalette:
    """Hounsfield units."""

    bone: Bone
    has_contrast: bool

    def value(self, tissue: Tissue) -> float:
        """Return the mean in HU."""
        if tissue is Tissue.CORTEX:
            return self.bone.cortex_hu
        if tissue in {Tissue.MARROW, Tissue.OEDEMA}:
            return self.bone.trabecular_hu
        look = LOOKS[tissue]
        return look.contrast_hu if self.has_contrast else look.hu

    def texture(self, tissue: Tissue) -> float:
        """Return the spread in HU."""
        is_spongy = tissue in {Tissue.MARROW, Tissue.OEDEMA}
        return self.bone.texture_hu if is_spongy else LOOKS[tissue].texture_hu


@attrs.frozen
class MrPalette:
    """Signal, 0 to 1000."""

    contrast: MrContrast

    def value(self, tissue: Tissue) -> float:
        """Return the mean signal."""
        return LOOKS[tissue].mr(self.contrast)

    def texture(self, tissue: Tissue) -> float:
        """Return the spread of the signal."""
        return _MR_TEXTURE * LOOKS[tissue].texture_hu


@attrs.frozen(eq=False)
class Painter:
    """A lattice's values, and what paints them."""

    values: Field
    lattice: Lattice
    palette: Palette

    def cover(self, distance: Field) -> Field:
        """Return how much of each voxel a part fills."""
        return coverage(distance, self.lattice.spacing_mm)

    def paint(self, window: Window, share: Field, value: Field | float) -> None:
        """Let a share of each voxel take a value."""
        part = self.values[window]
        part += share * (np.float32(value) - part)

    def fill(self, window: Window, distance: Field, tissue: Tissue) -> None:
        """Paint a part in one tissue, without grain."""
        self.paint(window, self.cover(distance), self.palette.value(tissue))


PaintStep = Callable[[Painter], None]
