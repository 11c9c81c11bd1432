"""How cement fills a body: volumes kept, clefts first, fronts as round as the cement is viscous."""

import numpy as np
import pytest
from cement_scenes import cement_scene

from planner.foundation.errors import PlanProblem
from planner.geometry.shapes import Capsule, CutCapsule, Segment
from planner.simulation.cement_fill import (
    CementInjection,
    CementSource,
    picture_fill,
    prepare_injection,
)
from planner.simulation.cement_zones import Zone

LEFT_TIP, RIGHT_TIP = (9.0, -6.0, 0.0), (-9.0, -6.0, 0.0)


def _filled_pores_ml(picture, volume_ml):
    voxels = picture.voxels_at(volume_ml)
    return float(picture.prepared.ways.pore_ml[voxels].sum(dtype=np.float64))


@pytest.mark.parametrize("volume_ml", [0.5, 2.0, 6.0])
def test_the_pores_that_are_filled_hold_the_volume_that_was_injected(volume_ml):
    scene = cement_scene("intact")
    injection = scene.injection(LEFT_TIP, RIGHT_TIP, volume_ml=volume_ml)
    picture = picture_fill(prepare_injection(scene.space, injection), seed=4)
    assert _filled_pores_ml(picture, volume_ml) == pytest.approx(volume_ml, rel=0.01)
    assert picture.filled_ml == pytest.approx(volume_ml, rel=0.01)


def test_bone_takes_less_cement_than_its_own_volume():
    scene = cement_scene("intact")
    injection = scene.injection(LEFT_TIP, volume_ml=2.0)
    picture = picture_fill(prepare_injection(scene.space, injection), seed=4)
    space_ml = picture.mask_at(2.0).volume_mm3 / 1000.0
    assert 1.02 < space_ml / 2.0 < 1.6


def test_the_picture_at_a_smaller_volume_lies_inside_that_at_a_larger_one():
    scene = cement_scene("intact")
    injection = scene.injection(LEFT_TIP, volume_ml=3.0)
    picture = picture_fill(prepare_injection(scene.space, injection), seed=2)
    small, large = picture.mask_at(1.0).voxels, picture.mask_at(2.5).voxels
    assert not (small & ~large).any()
    assert _filled_pores_ml(picture, 1.0) == pytest.approx(1.0, rel=0.01)


def test_two_tips_share_the_volume_as_asked():
    scene = cement_scene("intact")
    frame = scene.truth.model.lps_from_vertebra
    sources = (
        CementSource(frame.point(LEFT_TIP), share=3.0),
        CementSource(frame.point(RIGHT_TIP), share=1.0),
    )
    prepared = prepare_injection(scene.space, CementInjection(sources, 2.0))
    picture = picture_fill(prepared, seed=0)
    grid = scene.space.geometry
    kji = np.stack(np.unravel_index(picture.order, grid.shape_kji), axis=1)
    places = frame.inverse.points(grid.lps_of(kji[:, ::-1]))
    on_left = prepared.ways.pore_ml[picture.order[places[:, 0] > 0.0]].sum()
    assert on_left == pytest.approx(1.5, rel=0.05)


def test_the_same_seed_gives_the_same_picture_and_another_seed_another():
    scene = cement_scene("intact")
    prepared = prepare_injection(scene.space, scene.injection(LEFT_TIP, volume_ml=2.0))
    room = prepared.new_workspace()
    first, again = picture_fill(prepared, 7, room), picture_fill(prepared, 7, room)
    other = picture_fill(prepared, 8, room)
    assert np.array_equal(first.order, again.order)
    assert np.array_equal(first.at_ml, again.at_ml)
    assert set(first.order.tolist()) != set(other.order.tolist())


def test_a_sealed_cleft_fills_before_any_bone():
    scene = cement_scene("gas cleft")
    zones = scene.space.zones.ravel()
    cleft = np.flatnonzero(zones == Zone.CLEFT)
    cleft_ml = len(cleft) * scene.space.voxel_ml
    assert cleft_ml > 0.5
    k, j, i = np.array(np.unravel_index(cleft, scene.space.zones.shape)).mean(axis=1)
    tip = scene.space.geometry.lps_of((i, j, k))
    injection = CementInjection((CementSource(tip),), cleft_ml + 1.0)
    picture = picture_fill(prepare_injection(scene.space, injection), seed=0)
    first = picture.voxels_at(cleft_ml)
    assert np.mean(zones[first] == Zone.CLEFT) > 0.97
    assert not picture.leaks()


def test_a_cavity_fills_before_the_bone_around_it():
    scene = cement_scene("intact")
    frame = scene.truth.model.lps_from_vertebra
    ends = [frame.point((8.0, v, 0.0)) for v in (-8.0, 2.0)]
    cavity = Capsule(Segment(*map(tuple, ends)), 5.0)
    injection = CementInjection(
        (CementSource(frame.point((8.0, -3.0, 0.0))),), 3.0, cavities=(CutCapsule(cavity),)
    )
    prepared = prepare_injection(scene.space, injection)
    picture = picture_fill(prepared, seed=0)
    zones = prepared.zones.ravel()
    hollow_ml = np.count_nonzero(zones == Zone.CAVITY) * scene.space.voxel_ml
    assert hollow_ml == pytest.approx(cavity.volume_mm3 / 1000.0, rel=0.01)
    first = picture.voxels_at(hollow_ml)
    assert np.mean(zones[first] == Zone.CAVITY) > 0.97


def _surface_share(picture, volume_ml):
    voxels = np.pad(picture.mask_at(volume_ml).voxels, 1)
    faces = sum(np.count_nonzero(np.diff(voxels.astype(np.int8), axis=axis)) for axis in range(3))
    return faces / np.count_nonzero(voxels) ** (2.0 / 3.0)


def test_viscous_cement_has_the_smoother_front():
    scene = cement_scene("intact")
    rough = {}
    for viscosity in ("low", "high"):
        injection = scene.injection(LEFT_TIP, volume_ml=2.0, viscosity=viscosity)
        prepared = prepare_injection(scene.space, injection)
        rough[viscosity] = np.mean(
            [_surface_share(picture_fill(prepared, seed), 2.0) for seed in (1, 2, 3)]
        )
    assert rough["high"] < 0.9 * rough["low"]


def test_a_tip_outside_the_bone_is_refused_in_words():
    scene = cement_scene("intact")
    injection = scene.injection((0.0, -40.0, 0.0), volume_ml=1.0)
    with pytest.raises(PlanProblem, match="outside L1"):
        prepare_injection(scene.space, injection)


def test_more_than_all_pores_take_is_not_said_to_be_in():
    scene = cement_scene("intact")
    injection = scene.injection(LEFT_TIP, volume_ml=2.0)
    prepared = prepare_injection(scene.space, injection)
    tight = prepared.ways._replace(
        zones=np.where(prepared.ways.zones >= Zone.TRACK, 0, prepared.ways.zones).astype(np.uint8),
        pore_ml=prepared.ways.pore_ml * np.float32(0.01),
    )
    from planner.simulation.cement_fill import PreparedInjection

    small = PreparedInjection(
        prepared.space, injection, prepared.zones, tight, prepared.inside, prepared.tips_kji
    )
    picture = picture_fill(small, seed=0)
    reachable = tight.pore_ml[(tight.zones != Zone.WALL)].sum(dtype=np.float64)
    assert picture.filled_ml < 2.0
    assert picture.filled_ml == pytest.approx(reachable, rel=0.05)
