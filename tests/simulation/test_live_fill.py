"""Cement push by push: volumes kept, the same whatever the pushes, seen where it comes out."""

import time

import numpy as np
import pytest
from cement_scenes import cement_scene

from planner.simulation.cement_zones import Destination
from planner.simulation.live_fill import MarchingFill

TIP_MM, OTHER_TIP_MM = (9.0, -6.0, 0.0), (-9.0, -6.0, 0.0)


def _model(name: str) -> MarchingFill:
    return MarchingFill(cement_scene(name).space)


def _at(place_mm, name: str = "intact"):
    frame = cement_scene(name).truth.model.lps_from_vertebra
    return tuple(float(v) for v in frame.point(place_mm))


def _pores_ml(fill, model) -> float:
    space = model.space
    voxels = fill.stretch.voxels_at(fill.volume_ml)
    return float(space.porosity.ravel()[voxels].sum(dtype=np.float64)) * space.voxel_ml


def test_the_pores_that_pushes_from_many_places_fill_hold_what_was_pushed() -> None:
    model = _model("intact")
    fill = model.empty()
    for push in range(20):
        x_mm = 9.0 if push < 10 else -9.0
        fill = model.injected(fill, _at((x_mm, -8.0 + 0.4 * (push % 10), 0.0)), 0.2)
    assert fill.volume_ml == pytest.approx(4.0)
    assert _pores_ml(fill, model) == pytest.approx(4.0, rel=0.01)
    assert fill.leaks == ()


def test_small_pushes_from_one_place_come_to_the_same_as_a_large_one() -> None:
    model = _model("intact")
    little, much = model.empty(), model.injected(model.empty(), _at(TIP_MM), 2.0)
    for _ in range(10):
        little = model.injected(little, _at(TIP_MM), 0.2)
    assert little.filled.geometry.shape_ijk == much.filled.geometry.shape_ijk
    assert np.array_equal(little.filled.voxels, much.filled.voxels)


def test_a_second_needle_s_cement_leaves_the_first_one_s_where_it_is() -> None:
    model = _model("intact")
    one = model.injected(model.empty(), _at(TIP_MM), 1.0)
    both = model.injected(one, _at(OTHER_TIP_MM), 1.0)
    first = one.stretch.voxels_at(1.0)
    assert np.isin(first, both.stretch.voxels_at(2.0)).all()
    frame = cement_scene("intact").truth.model.lps_from_vertebra.inverse
    k, j, i = np.nonzero(both.filled.voxels)
    x_mm = frame.points(both.filled.geometry.lps_of(np.stack([i, j, k], axis=1)))[:, 0]
    assert np.mean(x_mm < 0.0) == pytest.approx(0.5, abs=0.1)


def test_a_leak_is_told_once_with_the_volume_at_which_it_came_out() -> None:
    model = _model("hole in the upper endplate")
    tip = _at((8.0, -6.0, 5.0), "hole in the upper endplate")
    fill = model.empty()
    for _ in range(10):
        fill = model.injected(fill, tip, 0.2)
    (leak,) = fill.leaks
    assert leak.destination is Destination.DISC
    assert 0.0 < leak.volume_ml < 2.0


def test_cement_from_a_cannula_in_the_canal_is_in_the_canal() -> None:
    fill = _model("intact").injected(_model("intact").empty(), _at((0.0, 23.0, 0.0)), 0.1)
    assert [leak.destination for leak in fill.leaks] == [Destination.CANAL]


def test_cement_far_from_the_bone_is_in_soft_tissue() -> None:
    model = _model("intact")
    fill = model.injected(model.empty(), _at((0.0, 200.0, 0.0)), 0.1)
    assert [leak.destination for leak in fill.leaks] == [Destination.SOFT_TISSUE]
    assert fill.filled.is_empty


def test_a_push_of_the_plunger_is_shown_at_once() -> None:
    model = _model("intact")
    fill = model.injected(model.empty(), _at(TIP_MM), 4.0)
    seconds = []
    for push in range(5):
        begun_s = time.process_time()
        fill = model.injected(fill, _at((9.0, -5.5 + 0.5 * push, 0.0)), 0.1)
        seconds.append(time.process_time() - begun_s)
    assert min(seconds) < 0.1
