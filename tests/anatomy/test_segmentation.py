import math

import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Cancelled
from planner.geometry.grids import GridGeometry
from planner.geometry.points import angle_deg
from planner.imaging.volume import Volume

BODY_ML = math.pi * 19.0 * 14.0 * 24.0 / 1000.0


@pytest.fixture(scope="module")
def the_found_vertebra(a_made_spine: Volume) -> VertebraModel:
    """The middle vertebra of the made spine, from a click five millimetres off its centre."""
    return find_level(a_made_spine, (3.0, -3.0, 2.5), VertebraLevel.L2)


def test_the_centre_is_found_from_a_click_beside_it(the_found_vertebra: VertebraModel) -> None:
    assert np.linalg.norm(the_found_vertebra.centre_lps_mm) < 1.5


def test_the_three_heights_are_those_of_the_made_body(the_found_vertebra: VertebraModel) -> None:
    heights = the_found_vertebra.heights
    found = (heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
    assert np.allclose(found, 24.0, atol=1.0)


def test_the_body_has_the_volume_of_the_made_body(the_found_vertebra: VertebraModel) -> None:
    assert the_found_vertebra.body_volume_ml == pytest.approx(BODY_ML, rel=0.08)


def test_the_axes_run_left_posterior_and_superior(the_found_vertebra: VertebraModel) -> None:
    axes = the_found_vertebra.lps_from_vertebra.rotation
    assert all(angle_deg(axes[:, n], np.eye(3)[n]) < 3.0 for n in range(3))


def test_each_pedicle_lies_on_its_own_side(the_found_vertebra: VertebraModel) -> None:
    left = the_found_vertebra.pedicle(Side.LEFT)
    right = the_found_vertebra.pedicle(Side.RIGHT)
    assert left is not None
    assert right is not None
    assert left.isthmus_lps_mm[0] == pytest.approx(12.5, abs=1.0)
    assert right.isthmus_lps_mm[0] == pytest.approx(-11.0, abs=1.0)


def test_the_wider_pedicle_is_the_left_one(the_found_vertebra: VertebraModel) -> None:
    left, right = the_found_vertebra.left_pedicle, the_found_vertebra.right_pedicle
    assert left is not None
    assert right is not None
    assert left.width_mm == pytest.approx(9.0, abs=1.2)
    assert right.width_mm == pytest.approx(6.0, abs=1.2)


def test_a_pedicle_runs_from_back_to_front(the_found_vertebra: VertebraModel) -> None:
    left = the_found_vertebra.left_pedicle
    assert left is not None
    assert angle_deg(left.axis_lps, (0.0, -1.0, 0.0)) < 15.0


def test_the_canal_is_drawn_at_most_a_little_wide(the_found_vertebra: VertebraModel) -> None:
    canal = the_found_vertebra.canal
    layer = round(canal.geometry.ijk_of(np.array([0.0, 0.0, 4.0]))[2])
    area_mm2 = float(canal.voxels[layer].sum()) * canal.geometry.spacing_ijk_mm[0] ** 2
    assert 7.8 < math.sqrt(area_mm2 / math.pi) < 8.7


def test_no_voxel_belongs_to_two_structures(the_found_vertebra: VertebraModel) -> None:
    whole = the_found_vertebra.whole.voxels
    assert not (whole & the_found_vertebra.canal.voxels).any()
    assert not (whole & the_found_vertebra.other_bone.voxels).any()
    assert not (the_found_vertebra.body.voxels & ~whole).any()


def test_the_neighbours_stay_outside(the_found_vertebra: VertebraModel) -> None:
    whole = the_found_vertebra.whole
    places = whole.geometry.lps_of(np.argwhere(whole.voxels)[:, ::-1])
    in_front = places[places[:, 1] < 10.0]
    assert np.abs(in_front[:, 2]).max() < 14.5
    assert places[:, 2].min() > -17.0


def test_the_endplates_face_up_and_down(the_found_vertebra: VertebraModel) -> None:
    walls = the_found_vertebra.walls
    assert angle_deg(walls.superior.normal_lps, (0, 0, 1)) < 4.0
    assert angle_deg(walls.inferior.normal_lps, (0, 0, -1)) < 4.0
    assert walls.superior.point_lps_mm[2] == pytest.approx(12.0, abs=1.0)
    assert walls.inferior.point_lps_mm[2] == pytest.approx(-12.0, abs=1.0)


def test_the_front_and_back_walls_lie_where_they_were_made(
    the_found_vertebra: VertebraModel,
) -> None:
    walls = the_found_vertebra.walls
    assert walls.anterior.point_lps_mm[1] == pytest.approx(-14.0, abs=1.5)
    assert walls.posterior.point_lps_mm[1] == pytest.approx(13.5, abs=2.0)


def test_trabecular_bone_reads_without_its_cortex(the_found_vertebra: VertebraModel) -> None:
    assert the_found_vertebra.trabecular_hu == pytest.approx(140.0, abs=8.0)


def test_a_point_outside_the_ct_is_refused(a_made_spine: Volume) -> None:
    with pytest.raises(AnatomyProblem, match="outside the CT"):
        find_level(a_made_spine, (0.0, 0.0, 500.0), VertebraLevel.L2)


@pytest.mark.parametrize("click", [(45.0, -10.0, 0.0), (0.0, -50.0, 0.0)])
def test_a_point_in_soft_tissue_is_refused(
    a_made_spine: Volume, click: tuple[float, float, float]
) -> None:
    with pytest.raises(AnatomyProblem):
        find_level(a_made_spine, click, VertebraLevel.L2)


def test_a_body_cut_by_the_end_of_the_ct_is_refused(a_made_spine: Volume) -> None:
    grid = a_made_spine.geometry
    top = round(grid.ijk_of(np.array([0.0, 0.0, 6.0]))[2])
    i, j, _ = grid.shape_ijk
    cut = GridGeometry((i, j, top), grid.lps_from_ijk)
    with pytest.raises(AnatomyProblem):
        find_level(Volume(a_made_spine.voxels[:top], cut), (0.0, 0.0, 0.0), VertebraLevel.L2)


def test_finding_a_level_stops_when_cancelled(a_made_spine: Volume) -> None:
    def cancel(fraction: float, message: str = "") -> None:
        raise Cancelled(message or str(fraction))

    with pytest.raises(Cancelled):
        find_level(a_made_spine, (0.0, 0.0, 0.0), VertebraLevel.L2, cancel)
