"""Where cement leaves a body: through real holes only, by their class, less from further away."""

import attrs
import numpy as np
import pytest
from cement_scenes import HOLE_MM, cement_scene
from labelled_ct import THORAX, labelled_thorax

from planner.foundation.progress import Cancelled
from planner.planning.safety_maps import build_safety_maps
from planner.simulation.cement_fill import MOST_ML, picture_fill, prepare_injection
from planner.simulation.cement_runs import study_fill
from planner.simulation.cement_space import build_cement_space
from planner.simulation.cement_zones import Destination, LeakClass, WayOut

RUNS = 12
ANTERIOR_TIPS = (9.0, -6.0, 0.0), (-9.0, -6.0, 0.0)
VEIN = "intact"
"""Every model body has its basivertebral vein, open at the back."""
BEYOND = {
    LeakClass.DISC: Destination.DISC,
    LeakClass.CORTICAL: Destination.SOFT_TISSUE,
    LeakClass.BASIVERTEBRAL: Destination.CANAL,
}


def _share(study, leak_class):
    return max(
        (leak.share_of_runs for leak in study.leaks if leak.leak_class is leak_class), default=0.0
    )


@pytest.mark.parametrize(
    ("name", "wall", "way", "place_mm"),
    [
        ("hole in the upper endplate", "superior endplate", WayOut.DISC, (8.0, -6.0, 10.0)),
        ("hole in the left wall", "lateral wall", WayOut.CORTICAL, (17.0, 0.0, 0.0)),
    ],
)
def test_a_hole_is_found_where_it_is_and_as_wide_as_it_is(name, wall, way, place_mm):
    scene = cement_scene(name)
    gap = next(gap for gap in scene.space.gaps if gap.wall == wall)
    place = scene.truth.model.lps_from_vertebra.inverse.point(gap.place_lps_mm)
    assert gap.way_out is way
    assert np.abs(place - place_mm).max() < 3.0
    assert gap.diameter_mm == pytest.approx(HOLE_MM, abs=1.0)


@pytest.mark.parametrize("step_mm", [0.5, 1.0])
def test_finer_and_coarser_scans_show_the_same_hole_and_no_other(step_mm):
    gaps = cement_scene("hole in the upper endplate", step_mm).space.gaps
    assert {gap.way_out for gap in gaps} == {WayOut.BASIVERTEBRAL, WayOut.DISC}
    hole = next(gap for gap in gaps if gap.way_out is WayOut.DISC)
    assert hole.diameter_mm == pytest.approx(HOLE_MM, abs=1.0)


def test_an_intact_body_has_no_gap_but_its_vein():
    gaps = cement_scene("intact").space.gaps
    assert [gap.way_out for gap in gaps] == [WayOut.BASIVERTEBRAL]


@pytest.mark.parametrize(
    ("name", "near_mm", "far_mm", "leak_class"),
    [
        ("hole in the upper endplate", (8.0, -6.0, 5.0), (-9.0, -6.0, -3.0), LeakClass.DISC),
        ("hole in the left wall", (13.0, 0.0, 0.0), (-6.0, -6.0, 0.0), LeakClass.CORTICAL),
        (VEIN, (0.0, 8.0, 0.0), (9.0, -8.0, 0.0), LeakClass.BASIVERTEBRAL),
    ],
)
def test_a_tip_beside_a_way_out_leaks_through_it_and_one_away_from_it_less(
    name, near_mm, far_mm, leak_class
):
    scene = cement_scene(name)
    near = study_fill(scene.space, scene.injection(near_mm, volume_ml=2.0), RUNS)
    far = study_fill(scene.space, scene.injection(far_mm, volume_ml=2.0), RUNS)
    assert _share(near, leak_class) > 0.8
    assert _share(far, leak_class) < 0.3
    worst = next(leak for leak in near.leaks if leak.leak_class is leak_class)
    assert worst.destination is BEYOND[leak_class]


@pytest.mark.parametrize("viscosity", ["low", "high"])
def test_no_leak_is_told_where_there_is_no_hole_near_the_cement(viscosity):
    scene = cement_scene("intact")
    injection = scene.injection(*ANTERIOR_TIPS, volume_ml=5.0, viscosity=viscosity)
    study = study_fill(scene.space, injection, RUNS)
    assert study.leaks == ()
    assert study.leak_free_share == 1.0
    assert study.filled_ml == pytest.approx(5.0, rel=0.01)


@pytest.mark.parametrize("tip_mm", [(9.0, -6.0, 0.0), (0.0, 9.0, 0.0), (-13.0, 0.0, 6.0)])
@pytest.mark.parametrize("viscosity", ["low", "high"])
def test_a_body_without_any_hole_never_leaks_however_full_it_is(tip_mm, viscosity):
    scene = cement_scene("intact")
    space = build_cement_space(attrs.evolve(scene.maps, volume=None))
    assert space.gaps == ()
    volume_ml = min(0.95 * space.pores_ml, MOST_ML)
    assert volume_ml > 10.0
    injection = scene.injection(tip_mm, volume_ml=volume_ml, viscosity=viscosity)
    study = study_fill(space, injection, 6)
    assert study.leaks == ()
    assert study.filled_ml == pytest.approx(volume_ml, rel=0.01)


def test_a_leak_s_path_runs_from_the_tip_out_of_the_bone():
    scene = cement_scene("hole in the upper endplate")
    injection = scene.injection((8.0, -6.0, 5.0), volume_ml=2.0)
    leak = picture_fill(prepare_injection(scene.space, injection), seed=0).leaks()[0]
    frame = scene.truth.model.lps_from_vertebra.inverse
    start, end = frame.point(leak.path_lps_mm[0]), frame.point(leak.path_lps_mm[-1])
    assert np.linalg.norm(start - (8.0, -6.0, 5.0)) < 0.6
    assert np.hypot(end[0] - 8.0, end[1] + 6.0) < HOLE_MM
    assert end[2] > start[2]
    assert 0.0 < leak.volume_at_leak_ml < 2.0
    steps = np.diff(np.array(leak.path_lps_mm), axis=0)
    assert np.linalg.norm(steps, axis=1).max() < 2.5


def test_a_leak_tells_the_volume_at_which_it_came_out():
    scene = cement_scene("hole in the upper endplate")
    prepared = prepare_injection(scene.space, scene.injection((8.0, -6.0, 5.0), volume_ml=2.0))
    leak = picture_fill(prepared, seed=0).leaks()[0]
    before = prepare_injection(
        scene.space,
        scene.injection((8.0, -6.0, 5.0), volume_ml=0.9 * leak.volume_at_leak_ml),
    )
    assert picture_fill(before, seed=0).leaks() == ()


def test_the_same_seed_gives_the_same_study():
    scene = cement_scene("hole in the left wall")
    injection = scene.injection((11.0, 0.0, 0.0), volume_ml=1.5)
    first, again = (study_fill(scene.space, injection, RUNS, seed=5) for _ in range(2))
    assert first.leaks == again.leaks
    assert np.array_equal(first.share_of_runs, again.share_of_runs)


def test_a_study_stops_when_it_is_cancelled():
    scene = cement_scene("intact")

    def cancelled(fraction, message=""):
        del message
        if fraction > 0.2:
            raise Cancelled

    with pytest.raises(Cancelled):
        study_fill(scene.space, scene.injection((9.0, -6.0, 0.0), volume_ml=1.0), 30, 1, cancelled)


def test_left_and_right_are_not_swapped():
    scene = cement_scene("hole in the left wall")
    left = study_fill(scene.space, scene.injection((13.0, 0.0, 0.0), volume_ml=1.5), RUNS)
    right = study_fill(scene.space, scene.injection((-13.0, 0.0, 0.0), volume_ml=1.5), RUNS)
    assert _share(left, LeakClass.CORTICAL) > 0.8
    assert _share(right, LeakClass.CORTICAL) == 0.0


def test_a_study_tells_of_smaller_volumes_what_runs_stopped_there_would_tell():
    scene = cement_scene("hole in the left wall")
    whole = study_fill(scene.space, scene.injection((10.0, 0.0, 0.0), volume_ml=3.0), RUNS)
    short = study_fill(scene.space, scene.injection((10.0, 0.0, 0.0), volume_ml=1.0), RUNS)
    assert [
        (leak.destination, leak.leak_class, leak.share_of_runs, leak.volume_at_leak_ml)
        for leak in whole.leaks_at(1.0)
    ] == [
        (leak.destination, leak.leak_class, leak.share_of_runs, leak.volume_at_leak_ml)
        for leak in short.leaks
    ]
    shares = [whole.leak_free_share_at(volume_ml) for volume_ml in (0.0, 0.5, 1.0, 2.0, 3.0)]
    assert shares[0] == 1.0
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize(
    ("name", "way"),
    [
        ("hole in the upper endplate", WayOut.DISC),
        ("hole in the left wall", WayOut.CORTICAL),
        ("intact", None),
    ],
)
def test_slices_far_apart_still_show_a_hole_of_3_mm_and_no_other(name, way):
    gaps = cement_scene(name, slice_step_mm=2.5).space.gaps
    assert {gap.way_out for gap in gaps} == {WayOut.BASIVERTEBRAL, way} - {None}
    for gap in gaps:
        if gap.way_out is way:
            assert gap.diameter_mm == pytest.approx(HOLE_MM, abs=2.0)


@pytest.mark.slow
@pytest.mark.parametrize("level", ["T10", "T12", "L1"])
def test_in_a_real_ct_of_thick_slices_most_of_a_whole_wall_reads_as_closed(level, shared_data):
    thorax = labelled_thorax(shared_data)
    maps = build_safety_maps(thorax.found(level, THORAX[level]), thorax.skin, thorax.volume)
    gaps = [gap for gap in build_cement_space(maps).gaps if gap.way_out is not WayOut.BASIVERTEBRAL]
    assert max((gap.diameter_mm for gap in gaps), default=0.0) < 6.5
    # About 60 cm2 of wall: what reads as open by mistake is a hundredth of it.
    assert sum(gap.area_mm2 for gap in gaps) < 90.0
