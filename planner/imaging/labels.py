"""Numbers that say what each voxel is, as other programs make them."""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import BoolArray, HuArray, VoxelMask


def _as_layers(layers: Sequence[HuArray]) -> tuple[HuArray, ...]:
    return tuple(layers)


@attrs.frozen(eq=False)
class LabelMap:
    """Numbers ``voxels[k, j, i]`` on an orthogonal grid, 0 where nothing is labelled."""

    layers: tuple[HuArray, ...] = attrs.field(converter=_as_layers)
    """More than one where labels overlap."""
    geometry: GridGeometry
    names: Mapping[int, str]
    """What the file calls its numbers; empty where it names none."""
    frame_of_reference_uid: str | None = None
    """Of the images that it was made on; None where the file does not say."""

    def __attrs_post_init__(self) -> None:
        if not self.layers or any(n.shape != self.geometry.shape_kji for n in self.layers):
            raise GeometryProblem("A label map needs numbers that fill its grid.")

    @property
    def numbers(self) -> frozenset[int]:
        """The numbers that occur, without 0."""
        return frozenset(int(n) for layer in self.layers for n in np.unique(layer) if n)

    def where(self, numbers: frozenset[int]) -> VoxelMask:
        """Return the voxels that bear one of some numbers."""
        found: BoolArray = np.isin(self.layers[0], sorted(numbers))
        for layer in self.layers[1:]:
            found |= np.isin(layer, sorted(numbers))
        return VoxelMask(found, self.geometry)
