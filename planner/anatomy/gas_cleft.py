"""Gas inside a vertebral body: a cleft that a CT shows."""

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import Triple, as_triple
from planner.geometry.units import ml_from_mm3
from planner.imaging.volume import HuArray, VoxelMask

_RIM_MM = 1.5
"""Air of the disc or lung that an outline just touches is none of the body's."""
_LEAST_ML = 0.02


@attrs.frozen(eq=False)
class GasCleft:
    """The gas in a body."""

    gas: VoxelMask
    centre_lps_mm: Triple

    @property
    def volume_ml(self) -> float:
        """How much gas there is."""
        return ml_from_mm3(self.gas.volume_mm3)


def gas_cleft(vertebra: VertebraModel, hu: HuArray) -> GasCleft | None:
    """Return the gas in a body, None where there is none to speak of.

    Parameters
    ----------
    vertebra
        The vertebra.
    hu
        Hounsfield units ``hu[k, j, i]`` on its grid.
    """
    grid = vertebra.body.geometry
    layers = max(1, round(_RIM_MM / grid.spacing_ijk_mm[0]))
    deep = ndimage.binary_erosion(vertebra.body.voxels, iterations=layers)
    gas = deep & (hu < clinical_number("gas-cleft-hu"))
    if ml_from_mm3(float(gas.sum()) * grid.voxel_mm3) < _LEAST_ML:
        return None
    centre = grid.lps_of(np.argwhere(gas).mean(axis=0)[::-1])
    return GasCleft(VoxelMask(gas, grid), as_triple(centre))
