"""Voxels and where they lie."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry

HuArray = NDArray[np.int16]
BoolArray = NDArray[np.bool_]


def _read_only(voxels: NDArray[np.generic]) -> NDArray[np.generic]:
    voxels = voxels.view()
    voxels.flags.writeable = False
    return voxels


@attrs.frozen(eq=False)
class Volume:
    """A volume: ``voxels[k, j, i]`` on an orthogonal grid.

    The voxels of CT are Hounsfield units, those of other modalities the rescaled signal. Voxels
    outside the scanner's field keep the value the scanner gave them (`padding_hu`), so that a
    voxel always reads as in the file.
    """

    voxels: HuArray = attrs.field(converter=_read_only)
    geometry: GridGeometry
    frame_of_reference_uid: str | None = None
    padding_hu: int | None = None
    modality: str = "CT"
    """As in DICOM; empty where nothing says."""

    def __attrs_post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape_kji or self.voxels.dtype != np.int16:
            raise GeometryProblem("A volume needs 16-bit voxels that fill its grid.")


@attrs.frozen(eq=False)
class VoxelMask:
    """A set of voxels: ``voxels[k, j, i]`` true where it is, on an orthogonal grid."""

    voxels: BoolArray = attrs.field(converter=_read_only)
    geometry: GridGeometry

    def __attrs_post_init__(self) -> None:
        if self.voxels.shape != self.geometry.shape_kji or self.voxels.dtype != np.bool_:
            raise GeometryProblem("A mask needs boolean voxels that fill its grid.")

    @property
    def volume_mm3(self) -> float:
        """How much space the set fills."""
        return float(np.count_nonzero(self.voxels)) * self.geometry.voxel_mm3

    @property
    def is_empty(self) -> bool:
        """Whether the set holds no voxel."""
        return not self.voxels.any()
