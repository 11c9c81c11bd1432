"""What is true of a vertebra, as the value that the anatomy package measures."""

import functools

import attrs
import numpy as np
import pytest
from model_spines import MEAN, mean_model

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Cavity, Cement, NeedleTrack, fracture_of_kind
from planner.digital_spine.truth import (
    VertebraTruth,
    landmarks_lps_mm,
    structure_mask,
    vertebra_truth,
)
from planner.foundation.errors import PlanProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import VoxelMask

pytestmark = pytest.mark.slow

T7, T12, L1, L2 = map(VertebraLevel.named, ("T7", "T12", "L1", "L2"))
_STEP_MM = 0.9
TREATED = (
    fracture_of_kind(L1, "wedge", 0.3),
    Cement(L1, 3.0),
    NeedleTrack(L1, Side.LEFT),
    Cavity(T12, 1.0),
)


@functools.cache
def truth_of(level: VertebraLevel, *pathologies) -> VertebraTruth:
    return vertebra_truth(mean_model(*pathologies), level, _STEP_MM)


def points_of(mask: VoxelMask) -> FloatArray:
    return mask.geometry.lps_of(np.argwhere(mask.voxels)[:, ::-1])


@pytest.mark.parametrize("level", [T7, L2], ids=lambda level: level.name)
def test_the_frame_points_to_the_vertebras_left_back_and_head(level: VertebraLevel) -> None:
    truth = truth_of(level)
    model = truth.model
    assert isinstance(model, VertebraModel)
    assert model.level is level
    left, back, up = model.lps_from_vertebra.rotation.T
    assert left[0] > 0.95
    assert back[1] > 0.85
    assert up[2] > 0.85
    body, behind = points_of(model.body).mean(axis=0), points_of(truth.posterior_elements)
    assert (behind.mean(axis=0) - body) @ back > 20.0
    assert model.centre_lps_mm == pytest.approx(body, abs=1e-6)


@pytest.mark.parametrize("level", [T7, L2], ids=lambda level: level.name)
def test_masks_are_nested_and_share_nothing_they_should_not(level: VertebraLevel) -> None:
    truth = truth_of(level)
    model = truth.model
    whole, body = model.whole.voxels, model.body.voxels
    pedicles, rest = truth.pedicles.voxels, truth.posterior_elements.voxels
    assert not (body & ~whole).any()
    assert not (pedicles & ~whole).any()
    assert not (body & pedicles).any()
    assert np.array_equal(body | pedicles | rest, whole)
    assert not (model.canal.voxels & (whole | model.other_bone.voxels)).any()
    assert not (model.other_bone.voxels & whole).any()
    assert model.canal.voxels.any()
    assert model.other_bone.voxels.any()


@pytest.mark.parametrize("level", [T7, L2], ids=lambda level: level.name)
def test_each_isthmus_lies_in_its_pedicle_on_its_own_side(level: VertebraLevel) -> None:
    truth = truth_of(level)
    model = truth.model
    for side in Side:
        pedicle = model.pedicle(side)
        assert pedicle is not None
        assert pedicle.side is side
        i, j, k = np.round(model.whole.geometry.ijk_of(pedicle.isthmus_lps_mm)).astype(int)
        assert truth.pedicles.voxels[k, j, i]
        place = model.lps_from_vertebra.inverse.point(pedicle.isthmus_lps_mm)
        assert side.sign * place[0] > 8.0
        # From back to front, as a needle goes.
        assert np.asarray(pedicle.axis_lps)[1] < -0.8


def test_the_canal_runs_behind_the_body_between_the_pedicles() -> None:
    model = truth_of(L2).model
    canal = model.lps_from_vertebra.inverse.points(points_of(model.canal))
    at_level = canal[np.abs(canal[:, 2]) < 12.0]
    assert np.abs(at_level[:, 0].mean()) < 0.5
    assert at_level[:, 1].min() > 10.0
    assert np.ptp(at_level[:, 0]) == pytest.approx(23.3, abs=1.5)


def test_planes_of_the_walls_look_out_of_the_bone_and_lie_on_it() -> None:
    model = truth_of(L2).model
    centre = np.array([model.centre_lps_mm])
    for wall, half_mm in (
        (model.walls.superior, 12.0),
        (model.walls.inferior, 12.0),
        (model.walls.anterior, 16.0),
        (model.walls.posterior, 16.0),
    ):
        assert wall.signed_distance_mm(centre)[0] == pytest.approx(-half_mm, abs=2.5)


def test_heights_run_from_the_lower_to_the_upper_endplate_from_front_to_back() -> None:
    heights = truth_of(L2).model.heights
    lines = (heights.anterior, heights.middle, heights.posterior)
    back = [line.superior_lps_mm[1] for line in lines]
    assert back == sorted(back)
    for line in lines:
        assert line.superior_lps_mm[2] - line.inferior_lps_mm[2] > 15.0


def test_losses_are_those_of_the_fracture() -> None:
    truth = truth_of(L1, *TREATED)
    assert truth.height_losses == pytest.approx((0.3, 0.58 * 0.3, 0.04 * 0.3), abs=0.002)
    assert truth_of(L2).height_losses == pytest.approx((0.0, 0.0, 0.0), abs=1e-9)


def test_treatment_lies_in_masks_of_its_own() -> None:
    truth = truth_of(L1, *TREATED)
    assert truth.cement is not None
    assert truth.tracks is not None
    assert truth.cavity is None
    assert truth.cement.volume_mm3 == pytest.approx(3000.0, rel=0.02)
    assert not (truth.cement.voxels & ~truth.model.whole.voxels).any()
    healthy = truth_of(L2)
    assert healthy.cement is healthy.cavity is healthy.tracks is None


def test_a_left_needle_track_lies_in_the_left_pedicle_alone() -> None:
    truth = truth_of(L1, *TREATED)
    assert truth.tracks is not None
    place = truth.model.lps_from_vertebra.inverse.points(points_of(truth.tracks))
    assert (truth.tracks.voxels & truth.pedicles.voxels).any()
    assert place[:, 0].min() > 0.0
    assert points_of(truth.tracks)[:, 0].min() > truth.model.centre_lps_mm[0]


def test_a_level_the_model_lacks_is_refused() -> None:
    with pytest.raises(PlanProblem, match="no vertebra L6"):
        vertebra_truth(mean_model(), VertebraLevel.L6)


def test_the_aorta_runs_on_the_left_and_the_vena_cava_on_the_right_before_the_spine() -> None:
    model = mean_model()
    x, y, z = model.spine.vertebra(L2).lps_from_vertebra.translation_mm
    grid = GridGeometry.axis_aligned((80, 80, 3), (x - 80.0, y - 120.0, z), (2.0, 2.0, 2.0))
    for vessel, sign in (("aorta", 1.0), ("vena-cava", -1.0)):
        mask = VoxelMask(structure_mask(model, (vessel,), Lattice.of(grid)), grid)
        centre = points_of(mask).mean(axis=0)
        assert sign * (centre[0] - x) > 3.0
        assert centre[1] < y - 15.0


def test_landmarks_lie_where_their_names_say() -> None:
    points = landmarks_lps_mm(mean_model(), L1)
    assert points["left_isthmus"][0] > points["body_centre"][0] > points["right_isthmus"][0]
    assert points["spinous_tip"][1] > points["left_isthmus"][1] + 25.0
    model = truth_of(L1).model
    i, j, k = np.round(model.whole.geometry.ijk_of(points["spinous_tip"])).astype(int)
    assert model.whole.voxels[k, j, i]


def test_an_asymmetric_patient_is_not_mirrored() -> None:
    wide = a_lopsided_model()
    masks = vertebra_truth(wide, L1, _STEP_MM)
    place = masks.model.lps_from_vertebra.inverse.points(points_of(masks.pedicles))
    true = wide.spine.vertebra(L1).anatomy
    left, right = (np.count_nonzero(sign * place[:, 0] > 0.0) for sign in (1.0, -1.0))
    assert (left > right) == (true.left.pedicle_width > true.right.pedicle_width)


def a_lopsided_model():
    """The first seed whose L1 has pedicles that differ in width by a tenth."""
    varied = attrs.evolve(MEAN, variation=2.0)
    for seed in range(40):
        model = build_model(varied, (), seed)
        anatomy = model.spine.vertebra(L1).anatomy
        if abs(anatomy.left.pedicle_width / anatomy.right.pedicle_width - 1.0) > 0.1:
            return model
    raise AssertionError
