"""The phantom vertebra as labels, and a CT of it whose densities are known."""

import numpy as np
import pytest

from planner.anatomy.vertebra import VertebraModel
from planner.editing.part_labels import OWN_BONE, Part, PartLabels
from planner.imaging.volume import HuArray

BONE_HU, SOFT_HU = 300, 40


@pytest.fixture
def the_labels(a_phantom_vertebra: VertebraModel) -> PartLabels:
    return PartLabels.of_vertebra(a_phantom_vertebra)


@pytest.fixture
def the_densities(the_labels: PartLabels) -> HuArray:
    hu = np.full(the_labels.voxels.shape, SOFT_HU, np.int16)
    hu[the_labels.having(*OWN_BONE, Part.OTHER)] = BONE_HU
    return hu
