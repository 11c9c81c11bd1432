"""Cement push by push: volumes kept, the same whatever the pushes, seen where it comes out."""

import time

import attrs
import numpy as np
import pytest
from cement_scenes import cement_scene

from planner.anatomy.levels import Side
from planner.geometry.points import as_triple
from planner.geometry.shapes import Capsule, CutCapsule, Segment
from planner.simulation.cement_zones import Destination
from planner.simulation.cut_bone import Cuts
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


def _left_track(*, from_isthmus_mm: float) -> Capsule:
    """Return what a needle has cut along the left pedicle, its tip so far in front of it."""
    pedicle = cement_scene("intact").truth.model.pedicle(Side.LEFT)
    isthmus, inwards = np.array(pedicle.isthmus_lps_mm), np.array(pedicle.axis_lps)
    # A pedicle's axis runs from back to front.
    tip, skin = isthmus + from_isthmus_mm * inwards, isthmus - 60.0 * inwards
    return Capsule(Segment(as_triple(tip), as_triple(skin)), 1.5)


def test_the_hollow_that_a_balloon_left_fills_before_any_bone() -> None:
    model = _model("intact")
    centre = _at(TIP_MM)
    ball = CutCapsule(Capsule(Segment(centre, centre), 6.0))
    cuts = Cuts((_left_track(from_isthmus_mm=20.0),), (ball,))
    hollow_ml = 4.0 / 3.0 * np.pi * 6.0**3 / 1000.0
    fill = model.injected(attrs.evolve(model.empty(), cuts=cuts), _at(TIP_MM), 0.95 * hollow_ml)
    grid = fill.filled.geometry
    points = grid.lps_of(np.argwhere(fill.filled.voxels)[:, ::-1])
    inside = ball.signed_distance_mm(points) <= 0.3
    assert np.mean(inside) > 0.99
    # A hollow has no bone in it: all of its space is cement.
    assert fill.cement_share[fill.filled.voxels].mean() == pytest.approx(1.0, abs=0.01)
    more = model.injected(fill, _at(TIP_MM), 1.0)
    assert more.cement_share[more.filled.voxels].mean() < 0.99


def test_cement_runs_back_along_a_needle_drawn_back_into_the_pedicle() -> None:
    model, track = _model("intact"), _left_track(from_isthmus_mm=-3.0)
    fills = []
    for cuts in (Cuts((track,)), Cuts()):
        fill = attrs.evolve(model.empty(), cuts=cuts)
        for _ in range(10):
            fill = model.injected(fill, track.axis.start_lps_mm, 0.3)
        fills.append({leak.destination for leak in fill.leaks})
    along, tight = fills
    assert Destination.NEEDLE_TRACK in along
    assert Destination.NEEDLE_TRACK not in tight


def test_another_cut_keeps_the_cement_that_is_there() -> None:
    model = _model("intact")
    first = model.injected(model.empty(), _at(TIP_MM), 1.0)
    cut = attrs.evolve(first, cuts=Cuts((_left_track(from_isthmus_mm=20.0),)))
    second = model.injected(cut, _at(TIP_MM), 0.5)
    before, after = (f.stretch.voxels_at(f.volume_ml) for f in (first, second))
    assert np.isin(before, after).all()
    assert len(after) > 1.3 * len(before)
