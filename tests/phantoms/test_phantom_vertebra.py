import math

import numpy as np
import pytest
from phantom_vertebra import PhantomShape, phantom_needle

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.assessment.findings import Assessment
from planner.imaging.volume import VoxelMask
from planner.planning.plan import Plan


def test_the_body_fills_the_volume_of_its_formula(a_phantom_vertebra: VertebraModel) -> None:
    shape = PhantomShape()
    z = np.linspace(-1.0, 1.0, 2001)
    waist = 1.0 - shape.waist_share * (1.0 - z**2)
    # A superellipse of power 4 has the area 4 a b gamma(5/4)^2 / gamma(3/2).
    share = 4 * math.gamma(1.25) ** 2 / math.gamma(1.5)
    area = share * shape.body_half_width_mm * shape.body_half_depth_mm
    expected_ml = area * shape.body_half_height_mm * np.trapezoid(waist**2, z) / 1000.0
    assert a_phantom_vertebra.body_volume_ml == pytest.approx(expected_ml, rel=0.02)


def test_the_left_pedicle_lies_on_the_patients_left_and_is_the_wider(
    a_phantom_vertebra: VertebraModel,
) -> None:
    left, right = (a_phantom_vertebra.pedicle(side) for side in (Side.LEFT, Side.RIGHT))
    assert left is not None
    assert right is not None
    assert left.isthmus_lps_mm[0] > a_phantom_vertebra.centre_lps_mm[0] > right.isthmus_lps_mm[0]
    assert left.width_mm > right.width_mm


@pytest.mark.parametrize("side", Side)
def test_a_needle_starts_on_the_skin_and_passes_the_isthmus(
    side: Side, a_phantom_vertebra: VertebraModel, a_phantom_skin: VoxelMask
) -> None:
    needle = phantom_needle(side, tip_mm=(side.sign * 8.0, -7.0, 0.0))
    pedicle = a_phantom_vertebra.pedicle(side)
    assert pedicle is not None
    path = needle.path
    assert path.distance_mm(np.array([pedicle.isthmus_lps_mm]))[0] < 1e-9
    for offset_mm, is_inside in ((-4.0, False), (4.0, True)):
        i, j, k = np.rint(a_phantom_skin.geometry.ijk_of(path.point_at(offset_mm))).astype(int)
        assert a_phantom_skin.voxels[k, j, i] == is_inside


def test_the_assessment_speaks_of_the_needles_of_the_plan(
    a_bipedicular_plan: Plan, an_assessment: Assessment
) -> None:
    (planned,), (assessed,) = a_bipedicular_plan.levels, an_assessment.levels
    assert [n.tip_lps_mm for n in assessed.needles] == [n.tip_lps_mm for n in planned.needles]
