import attrs
import numpy as np
import pytest
from phantom_snapshot import CENTRE, left_sided_snapshot

from planner.export.planned_fill import planned_fill
from planner.planning.plan import PlannedCement
from planner.simulation.fill_arrival import ArrivalMap


def parts():
    snapshot = left_sided_snapshot()
    return snapshot.plan.levels[0], snapshot.assessment.levels[0], snapshot.vertebrae[0]


def test_the_fill_has_the_planned_volume_and_stays_in_the_body() -> None:
    level, assessed, vertebra = parts()
    fill = planned_fill(level, assessed, vertebra)
    assert fill.mask.volume_mm3 / 1000.0 == pytest.approx(3.5, abs=0.005)
    assert not (fill.mask.voxels & ~vertebra.body.voxels).any()


def test_the_fill_lies_about_the_balloon_and_about_the_tip_without_one() -> None:
    level, assessed, vertebra = parts()
    for balloons in (assessed.balloons, ()):
        fill = planned_fill(level, attrs.evolve(assessed, balloons=balloons), vertebra)
        k, j, i = np.nonzero(fill.mask.voxels)
        middle = fill.mask.geometry.lps_of(np.stack([i, j, k], axis=1)).mean(axis=0)
        expected = (19.0, -42.0, -420.0) if balloons else level.needles[0].tip_lps_mm
        assert middle == pytest.approx(expected, abs=5.0)
        assert middle[0] > CENTRE[0] + 4.0


def test_the_fill_takes_first_what_modelled_cement_comes_to_first() -> None:
    level, assessed, vertebra = parts()
    grid = vertebra.body.geometry
    # A model in which cement comes from the right wall on, far from the needle's tip.
    at_ml = np.broadcast_to(np.linspace(0.0, 30.0, grid.shape_ijk[0]), grid.shape_kji)
    arrival = ArrivalMap(
        at_ml.astype(np.float32), np.zeros(grid.shape_kji, np.bool_), grid, to_ml=30.0
    )
    fill = planned_fill(level, assessed, vertebra, arrival)
    assert fill.mask.volume_mm3 / 1000.0 == pytest.approx(3.5, abs=0.005)
    _, _, i = np.nonzero(fill.mask.voxels)
    _, _, of_body = np.nonzero(vertebra.body.voxels)
    assert i.max() < np.median(of_body)
    assert i.min() == of_body.min()


def test_more_cement_than_the_body_holds_fills_the_body() -> None:
    level, assessed, vertebra = parts()
    flooded = attrs.evolve(level, cement=PlannedCement("c-lv", 500.0))
    fill = planned_fill(flooded, assessed, vertebra)
    assert np.array_equal(fill.mask.voxels, vertebra.body.voxels)


def test_without_cement_or_needle_there_is_no_fill() -> None:
    level, assessed, vertebra = parts()
    assert planned_fill(attrs.evolve(level, cement=None), assessed, vertebra) is None
    bare = attrs.evolve(level, needles=(), balloons=())
    assert planned_fill(bare, assessed, vertebra) is None
