"""The slice that is on screen while the others are still read."""

from collections.abc import Callable

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.grids import GridGeometry


def _frozen_copy(voxels: NDArray[np.int16]) -> NDArray[np.int16]:
    # A copy: what is still being filled must not be shown as if it were whole.
    voxels = voxels.copy()
    voxels.flags.writeable = False
    return voxels


@attrs.frozen(eq=False)
class FirstSlice:
    """The middle slice of a volume, shown while the others are read."""

    k: int
    voxels: NDArray[np.int16] = attrs.field(converter=_frozen_copy)
    """``voxels[j, i]``, read-only."""
    geometry: GridGeometry
    """Of the whole volume."""


FirstSliceShown = Callable[[FirstSlice], None]
