"""The simulated fracture: smooth, known, and away from the canal."""

from pathlib import Path

import attrs
import numpy as np
import pytest
import SimpleITK
from hypothesis import given
from hypothesis import strategies as st

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple
from planner.imaging.volume import Volume
from planner.samples.wedge_fracture import break_spine, sample_fracture, sample_truth

_POINTS_LPS_MM = st.tuples(st.floats(-70, 100), st.floats(-40, 110), st.floats(-300, -170))
_STEP_MM = 0.25


@pytest.fixture(scope="module")
def the_place_of_tissue() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Coordinates on a fine grid over everything that moves, fit for broadcasting."""
    z, y, x = np.ogrid[-290:-180:_STEP_MM, -25:70:1.0, -60:95:2.5]  # type: ignore[misc]  # steps
    return x, y, z


def test_nothing_folds_nothing_tears(
    the_place_of_tissue: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    """Columns move along themselves: the determinant is the growth along z alone."""
    x, y, z = the_place_of_tissue
    came_from_mm = z + sample_fracture().rise_mm(x, y, z)
    determinant = np.diff(came_from_mm, axis=0) / _STEP_MM
    assert determinant.min() > 0.2
    assert determinant.max() < 3.0


def test_neighbouring_columns_move_nearly_alike(
    the_place_of_tissue: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    x, y, z = the_place_of_tissue
    rise_mm = sample_fracture().rise_mm(x, y, z)
    assert np.abs(np.diff(rise_mm, axis=1)).max() < 1.0
    assert np.abs(np.diff(rise_mm, axis=2) / 2.5).max() < 0.5


def test_nothing_moves_behind_the_hinge_where_the_canal_lies(
    the_place_of_tissue: tuple[np.ndarray, np.ndarray, np.ndarray],
) -> None:
    fracture = sample_fracture()
    x, y, z = the_place_of_tissue
    behind = y[:, y.ravel() >= fracture.hinge_y_mm]
    assert behind.size
    assert (fracture.rise_mm(x, behind, z) == 0.0).all()


@pytest.mark.slow
def test_the_cord_and_the_level_below_stay_where_they_were(shared_data: Path) -> None:
    labels = SimpleITK.ReadImage(str(shared_data / "thorax-ct" / "mask.nii.gz"))
    voxels = SimpleITK.GetArrayViewFromImage(labels)
    fracture = sample_fracture()

    def most_moved_mm(label: int) -> float:
        ijk = np.argwhere(voxels == label)[::7, ::-1]
        direction = np.array(labels.GetDirection()).reshape(3, 3) * labels.GetSpacing()
        x, y, z = (ijk @ direction.T + labels.GetOrigin()).T
        return float(fracture.rise_mm(x, y, z).max())

    cord, l1, t12 = 79, 31, 32
    assert most_moved_mm(cord) < 0.05
    assert most_moved_mm(l1) == 0.0
    assert most_moved_mm(t12) > 7.0


@given(_POINTS_LPS_MM)
def test_a_point_that_moved_came_from_where_it_was(point_lps_mm: Triple) -> None:
    fracture = sample_fracture()
    x, y, z = (np.array(v) for v in fracture.broken_place_of(point_lps_mm))
    assert z + fracture.rise_mm(x, y, z) == pytest.approx(point_lps_mm[2], abs=1e-6)
    assert z <= point_lps_mm[2] + 1e-9


def test_the_front_loses_thirty_percent_the_middle_less_and_the_back_nothing() -> None:
    truth = sample_truth()
    assert truth.level is VertebraLevel.T12
    assert truth.anterior_loss == pytest.approx(0.30, abs=0.01)
    middle_loss = 1 - truth.after.middle_mm / truth.before.middle_mm
    assert 0.05 < middle_loss < 0.15
    assert truth.after.posterior_mm == pytest.approx(truth.before.posterior_mm, abs=0.01)


def test_the_lower_endplate_stays() -> None:
    truth = sample_truth()
    for line in ("anterior", "middle", "posterior"):
        before, after = getattr(truth.before, line), getattr(truth.after, line)
        assert after.inferior_lps_mm == pytest.approx(before.inferior_lps_mm, abs=1e-6)


@pytest.mark.parametrize("lines", [(2, 3), (4, 5)], ids=["T11", "T10"])
def test_the_vertebrae_above_keep_their_heights(lines: tuple[int, int]) -> None:
    fracture = sample_fracture()
    lower, upper = (fracture.lines[n] for n in lines)
    for y_mm in np.linspace(upper.anterior_yz_mm[0], lower.posterior_yz_mm[0], 5):
        bottom_mm, top_mm = (float(line.z_mm(np.array(y_mm))) for line in (lower, upper))
        moved = [fracture.broken_place_of((16.1, float(y_mm), z)) for z in (bottom_mm, top_mm)]
        assert moved[1][2] - moved[0][2] == pytest.approx(top_mm - bottom_mm, abs=1e-6)


@pytest.fixture
def a_volume_of_heights() -> Volume:
    """Every voxel holds ten times its own height above -320 mm."""
    grid = GridGeometry.axis_aligned((60, 60, 60), (-60, -40, -320), (2.5, 2.5, 2.5))
    heights = np.rint(10 * 2.5 * np.arange(60)).astype(np.int16)
    return Volume(np.broadcast_to(heights[:, None, None], (60, 60, 60)).copy(), grid)


def test_a_voxel_shows_what_the_deformation_brought_there(a_volume_of_heights: Volume) -> None:
    fracture = attrs.evolve(sample_fracture(), condensed_hu=0.0)
    broken = break_spine(a_volume_of_heights, fracture)
    k, j, i = np.mgrid[0:60, 0:60, 0:60]
    x, y, z = np.moveaxis(broken.geometry.lps_of(np.stack([i, j, k], -1)), -1, 0)
    expected = 10 * (z + fracture.rise_mm(x, y, z) + 320)
    assert np.abs(broken.voxels - expected).max() <= 0.51
    assert (broken.voxels != a_volume_of_heights.voxels).any()


def test_bone_is_denser_only_under_the_broken_endplate() -> None:
    fracture = sample_fracture()
    grid = GridGeometry.axis_aligned((60, 60, 60), (-60, -40, -320), (2.5, 2.5, 2.5))
    broken = break_spine(Volume(np.full((60, 60, 60), 100, np.int16), grid), fracture)
    denser = np.argwhere(broken.voxels > 100)
    lps_mm = grid.lps_of(denser[:, ::-1])
    after = sample_truth().after
    assert len(denser) > 10
    assert broken.voxels.min() == 100
    assert broken.voxels.max() > 180
    assert lps_mm[:, 2].max() < fracture.superior_lps_mm[0][2]
    assert lps_mm[:, 2].min() > after.posterior.inferior_lps_mm[2]
    assert lps_mm[:, 1].max() < fracture.hinge_y_mm


def test_a_grid_that_runs_otherwise_is_refused() -> None:
    grid = GridGeometry((4, 4, 4), np.diag([-1.0, 1.0, -1.0, 1.0]))
    with pytest.raises(GeometryProblem):
        break_spine(Volume(np.zeros((4, 4, 4), np.int16), grid), sample_fracture())
