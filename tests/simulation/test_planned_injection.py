"""What a level's plan means to cement: openings, tracks and hollows where the plan has them."""

import numpy as np
import pytest
from cement_scenes import LEVEL, cement_scene

from planner.anatomy.levels import Side
from planner.devices.catalog import device_catalog
from planner.planning.level_balloons import hollow_ml, level_balloons
from planner.planning.plan import (
    LevelPlan,
    PlannedBalloon,
    PlannedCement,
    PlannedNeedle,
    Procedure,
)
from planner.simulation.cement_fill import picture_fill, prepare_injection
from planner.simulation.cement_zones import Zone
from planner.simulation.planned_injection import planned_injection


def _kyphoplasty(off_midline_mm: float, balloon_ml: float, volume_ml: float = 4.0) -> LevelPlan:
    frame = cement_scene("intact").truth.model.lps_from_vertebra
    needles, balloons = [], []
    for side, sign in ((Side.LEFT, 1.0), (Side.RIGHT, -1.0)):
        tip = frame.point((sign * off_midline_mm, -8.0, 0.0))
        skin = frame.point((sign * (off_midline_mm + 6.0), 70.0, 0.0))
        needles.append(PlannedNeedle(side, "access-10g-125", skin, tip))
        balloons.append(PlannedBalloon(side, "kyphon-xpander-15-3", 2.0, balloon_ml))
    return LevelPlan(
        LEVEL,
        Procedure.KYPHOPLASTY,
        tuple(needles),
        tuple(balloons),
        PlannedCement("kyphon-hv-r", volume_ml),
    )


@pytest.mark.parametrize(("off_midline_mm", "meet"), [(9.5, False), (4.5, True)])
def test_cavities_hold_what_the_balloons_hold_also_where_these_flatten_each_other(
    off_midline_mm, meet
):
    scene, catalog = cement_scene("intact"), device_catalog()
    plan = _kyphoplasty(off_midline_mm, balloon_ml=1.8)
    measured = level_balloons(plan, scene.maps, catalog)
    assert all((m.flat is not None) is meet for m in measured)
    prepared = prepare_injection(scene.space, planned_injection(plan, scene.maps, catalog))
    hollow = np.count_nonzero(prepared.zones == Zone.CAVITY) * scene.space.voxel_ml
    assert hollow == pytest.approx(hollow_ml(plan, measured), rel=0.01)
    assert hollow == pytest.approx(2 * 1.8, rel=0.01)


def test_each_flattened_cavity_stays_on_its_own_side_and_cement_fills_both_first():
    scene, catalog = cement_scene("intact"), device_catalog()
    plan = _kyphoplasty(4.5, balloon_ml=1.8)
    injection = planned_injection(plan, scene.maps, catalog)
    frame = scene.truth.model.lps_from_vertebra.inverse
    for source, sign in zip(injection.sources, (1.0, -1.0), strict=True):
        assert sign * frame.point(source.tip_lps_mm)[0] > 0.0
    picture = picture_fill(prepare_injection(scene.space, injection), seed=0)
    zones = picture.prepared.zones.ravel()
    first = picture.voxels_at(3.4)
    assert np.mean(zones[first] == Zone.CAVITY) > 0.97
    points = scene.space.geometry.lps_of(
        np.stack(np.unravel_index(first, scene.space.zones.shape), axis=1)[:, ::-1]
    )
    assert np.mean(frame.points(points)[:, 0] > 0.0) == pytest.approx(0.5, abs=0.05)
