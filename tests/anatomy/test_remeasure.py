"""A vertebra measured again after its outline was changed, against the phantom's formulas."""

import attrs
import numpy as np
import pytest

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.mask_surfaces import heights_of, mask_surfaces
from planner.anatomy.remeasure import (
    VertebraMasks,
    remeasured,
    with_found_heights,
    with_height_end,
)
from planner.anatomy.vertebra import HandMade, VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import FloatArray, distance_mm
from planner.imaging.volume import BoolArray, HuArray, VoxelMask

HALF_HEIGHT_MM = 13.0
LOST_MM = 6.0


@pytest.fixture
def the_densities(a_phantom_vertebra: VertebraModel) -> HuArray:
    return np.where(a_phantom_vertebra.whole.voxels, 150, 40).astype(np.int16)


def _own_mm(vertebra: VertebraModel) -> FloatArray:
    """Return every voxel centre in the vertebra's frame, shape (k, j, i, 3)."""
    k, j, i = np.indices(vertebra.whole.voxels.shape)
    lps = vertebra.whole.geometry.lps_of(np.stack([i, j, k], axis=-1))
    return vertebra.lps_from_vertebra.inverse.points(lps)


def _without(vertebra: VertebraModel, gone: BoolArray) -> VertebraMasks:
    grid = vertebra.whole.geometry
    return VertebraMasks(
        whole=VoxelMask(vertebra.whole.voxels & ~gone, grid),
        body=VoxelMask(vertebra.body.voxels & ~gone, grid),
        canal=vertebra.canal,
        other_bone=vertebra.other_bone,
    )


def test_heights_read_from_the_mask_are_those_of_the_formula(
    a_phantom_vertebra: VertebraModel,
) -> None:
    axes = BodyAxes(a_phantom_vertebra.lps_from_vertebra)
    heights = heights_of(mask_surfaces(a_phantom_vertebra.body, axes))
    for found in (heights.anterior_mm, heights.middle_mm, heights.posterior_mm):
        assert found == pytest.approx(2 * HALF_HEIGHT_MM, abs=0.4)


def test_an_edit_of_one_voxel_changes_no_measure_that_one_could_see(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    gone = np.zeros(a_phantom_vertebra.whole.voxels.shape, np.bool_)
    gone[tuple(np.argwhere(a_phantom_vertebra.body.voxels)[500])] = True
    after = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, gone), the_densities)
    assert after.heights.anterior_mm == pytest.approx(2 * HALF_HEIGHT_MM, abs=0.05)
    turned = a_phantom_vertebra.lps_from_vertebra.rotation.T @ after.lps_from_vertebra.rotation
    assert np.degrees(np.arccos(min(1.0, (np.trace(turned) - 1) / 2))) < 0.3


def test_cutting_the_upper_front_away_lowers_the_anterior_height_by_as_much(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    own = _own_mm(a_phantom_vertebra)
    gone = (own[..., 2] > HALF_HEIGHT_MM - LOST_MM) & (own[..., 1] < -6.0)
    after = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, gone), the_densities)
    before = a_phantom_vertebra.heights
    assert before.anterior_mm - after.heights.anterior_mm == pytest.approx(LOST_MM, abs=0.5)
    assert after.heights.posterior_mm == pytest.approx(before.posterior_mm, abs=0.3)
    assert after.heights.middle_mm == pytest.approx(before.middle_mm, abs=0.3)


def test_a_body_moved_to_a_tilt_keeps_its_superior_axis_between_both_endplates(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    """Both endplates cut on a slope of ten degrees, lower in front."""
    own = _own_mm(a_phantom_vertebra)
    slope = np.tan(np.radians(10.0))
    over = own[..., 2] - slope * own[..., 1]
    gone = np.abs(over) > HALF_HEIGHT_MM - 4.5
    gone &= a_phantom_vertebra.body.voxels
    after = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, gone), the_densities)
    up = after.lps_from_vertebra.rotation[:, 2]
    own_up = a_phantom_vertebra.lps_from_vertebra.rotation.T @ up
    assert np.degrees(np.arctan2(-own_up[1], own_up[2])) == pytest.approx(10.0, abs=1.0)


def test_erasing_a_pedicle_is_said_and_the_other_one_stays(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    own = _own_mm(a_phantom_vertebra)
    nothing = np.zeros(own.shape[:3], np.bool_)
    as_is = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, nothing), the_densities)
    gone = (own[..., 0] > 6.0) & (own[..., 1] > 15.5)
    after = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, gone), the_densities)
    assert after.left_pedicle is None
    assert "No pedicle was found on the left." in after.notes
    assert as_is.left_pedicle is not None
    assert as_is.right_pedicle is not None
    assert after.right_pedicle == as_is.right_pedicle


def test_an_edited_outline_says_that_it_was_edited(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    gone = _own_mm(a_phantom_vertebra)[..., 1] > 55.0
    once = remeasured(a_phantom_vertebra, _without(a_phantom_vertebra, gone), the_densities)
    twice = remeasured(once, _without(once, gone), the_densities)
    assert once.by_hand == twice.by_hand == (HandMade.OUTLINE,)
    assert twice.notes.count("The outline was edited by hand.") == 1


def test_landmarks_set_by_hand_stay_until_they_are_found_again(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    own = _own_mm(a_phantom_vertebra)
    placed = a_phantom_vertebra.lps_from_vertebra.point((0.0, -14.0, 9.0))
    by_hand = with_height_end(a_phantom_vertebra, "anterior", superior=True, lps_mm=placed)
    assert by_hand.heights.anterior_mm < a_phantom_vertebra.heights.anterior_mm - 3.0
    gone = (own[..., 2] > HALF_HEIGHT_MM - LOST_MM) & (own[..., 1] < -6.0)
    after = remeasured(by_hand, _without(by_hand, gone), the_densities)
    assert distance_mm(after.heights.anterior.superior_lps_mm, placed) < 1e-6
    assert HandMade.LANDMARKS in after.by_hand
    again = with_found_heights(after)
    assert again.heights.anterior_mm == pytest.approx(2 * HALF_HEIGHT_MM - LOST_MM, abs=0.5)
    assert HandMade.LANDMARKS not in again.by_hand


def test_without_a_body_nothing_is_measured_and_the_user_is_told(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    with pytest.raises(AnatomyProblem, match="Too little of the body"):
        remeasured(
            a_phantom_vertebra,
            _without(a_phantom_vertebra, a_phantom_vertebra.body.voxels),
            the_densities,
        )


def test_the_density_is_read_from_the_edited_body(
    a_phantom_vertebra: VertebraModel, the_densities: HuArray
) -> None:
    own = _own_mm(a_phantom_vertebra)
    bright = the_densities.copy()
    bright[own[..., 0] > 0.0] = 350
    gone = own[..., 0] > 1.0
    masks = _without(a_phantom_vertebra, gone & a_phantom_vertebra.body.voxels)
    after = remeasured(attrs.evolve(a_phantom_vertebra), masks, bright)
    assert after.trabecular_hu == pytest.approx(150.0, abs=5.0)
