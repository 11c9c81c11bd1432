"""T9 to L1 of the thorax CT against labels made by another program (good, not hand-drawn)."""

from typing import NamedTuple

import numpy as np
import pytest
from scipy import ndimage

from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.segmentation import find_level
from planner.anatomy.vertebra import VertebraModel
from planner.imaging.resample import resample_mask

pytestmark = pytest.mark.slow

LEVELS = [
    VertebraLevel.T9,
    VertebraLevel.T10,
    VertebraLevel.T11,
    VertebraLevel.T12,
    VertebraLevel.L1,
]
CORD = 79
LABELS = {"T9": 35, "T10": 34, "T11": 33, "T12": 32, "L1": 31}
OFF_CENTRE_MM = np.array([3.0, -3.0, 4.0])


class Level(NamedTuple):
    model: VertebraModel
    label: np.ndarray
    cord: np.ndarray
    label_ml: float


@pytest.fixture(scope="module", params=LEVELS, ids=lambda level: level.name)
def a_level(request: pytest.FixtureRequest, the_labelled_thorax) -> Level:
    """A level found from a click almost six millimetres off its centre, and its labels."""
    thorax = the_labelled_thorax
    click = thorax.body_centre_lps_mm(request.param) + OFF_CENTRE_MM
    model = find_level(thorax.volume, click, request.param)
    mask = thorax.mask(LABELS[request.param.name])
    grid = model.whole.geometry
    return Level(
        model,
        resample_mask(mask, grid).voxels,
        resample_mask(thorax.mask(CORD), grid).voxels,
        mask.volume_mm3 / 1000.0,
    )


def beside_the_body(level: Level) -> np.ndarray:
    """Return which layers of the grid lie beside the body."""
    grid, centre = level.model.whole.geometry, level.model.centre_lps_mm
    s_mm = grid.lps_of([[0, 0, k] for k in range(grid.shape_kji[0])])[:, 2]
    return np.abs(s_mm - centre[2]) < 15.0


def test_a_level_agrees_with_its_label(a_level: Level) -> None:
    whole = a_level.model.whole
    both_ml = float((whole.voxels & a_level.label).sum()) * whole.geometry.voxel_mm3 / 1000.0
    assert 2.0 * both_ml / (a_level.model.whole_volume_ml + a_level.label_ml) > 0.85


def test_little_bone_lies_further_than_three_millimetres_from_the_label(a_level: Level) -> None:
    spacing_mm = a_level.model.whole.geometry.spacing_ijk_mm[0]
    away_mm = ndimage.distance_transform_edt(~a_level.label) * spacing_mm
    stray = a_level.model.whole.voxels & (away_mm > 3.0)
    assert stray.sum() * a_level.model.whole.geometry.voxel_mm3 < 1500.0


def test_the_canal_holds_the_cord(a_level: Level) -> None:
    layers = beside_the_body(a_level)
    canal, cord = a_level.model.canal.voxels[layers], a_level.cord[layers]
    spacing_mm = a_level.model.canal.geometry.spacing_ijk_mm[0]
    assert (cord & ~canal).sum() < 0.03 * cord.sum()
    assert (ndimage.distance_transform_edt(~canal) * spacing_mm)[cord].max() < 2.1


def test_no_bone_of_the_level_lies_in_the_cord(a_level: Level) -> None:
    deep = ndimage.binary_erosion(a_level.cord, iterations=2)
    assert not (a_level.model.whole.voxels & deep).any()


@pytest.mark.parametrize("side", list(Side))
def test_the_isthmus_lies_in_the_label_on_its_own_side(a_level: Level, side: Side) -> None:
    pedicle = a_level.model.pedicle(side)
    assert pedicle is not None
    grid = a_level.model.whole.geometry
    i, j, k = np.rint(grid.ijk_of(pedicle.isthmus_lps_mm)).astype(int)
    assert a_level.label[k, j, i]
    assert (pedicle.isthmus_lps_mm[0] - a_level.model.centre_lps_mm[0]) * side.sign > 6.0


def test_pedicles_run_forwards(a_level: Level) -> None:
    backwards = a_level.model.lps_from_vertebra.rotation[:, 1]
    for side in Side:
        pedicle = a_level.model.pedicle(side)
        assert pedicle is not None
        assert float(np.dot(pedicle.axis_lps, backwards)) < -0.85


def test_the_spinous_process_lies_behind_the_body(a_level: Level) -> None:
    grid, frame = a_level.model.whole.geometry, a_level.model.lps_from_vertebra
    places = frame.inverse.points(grid.lps_of(np.argwhere(a_level.label)[:, ::-1]))
    tip = places[places[:, 1] > 35.0].mean(axis=0)
    assert abs(np.degrees(np.arctan2(tip[0], tip[1]))) < 8.0


def test_heights_are_those_of_whole_vertebrae(a_level: Level) -> None:
    heights = a_level.model.heights
    assert min(heights.anterior_mm, heights.middle_mm, heights.posterior_mm) > 16.5
    assert max(heights.anterior_mm, heights.middle_mm, heights.posterior_mm) < 28.0


def test_t12_is_as_high_as_measured_on_its_landmarks(the_labelled_thorax) -> None:
    heights = find_level(
        the_labelled_thorax.volume, (16.0, 49.0, -256.0), VertebraLevel.T12
    ).heights
    assert np.allclose(
        (heights.anterior_mm, heights.middle_mm, heights.posterior_mm), (22.9, 24.5, 25.9), atol=1.6
    )
