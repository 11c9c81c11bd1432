"""What balloons push open in a run: flat where two stand against each other, as in a plan."""

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side
from planner.geometry.points import as_triple
from planner.geometry.units import ml_from_mm3
from planner.planning.level_balloons import hollow_ml as planned_hollow_ml
from planner.planning.level_balloons import level_balloons
from planner.planning.plan import PlannedBalloon, PlannedNeedle
from planner.rehearsal.bone_cuts import hollow_ml
from planner.rehearsal.events import Advance, Exchange, Inflate, PlaceNeedle, Tool, aim_deg
from planner.rehearsal.session import replayed

VOLUME_ML = 1.8
BALLOON, MODEL = "kyphon-xpander-15-3", "access-8g-125"
OFF_MIDLINE_MM = 4.5


def _needle(stage, side: Side) -> PlannedNeedle:
    frame = stage.vertebra.lps_from_vertebra
    tip = frame.point((side.sign * OFF_MIDLINE_MM, -8.0, 0.0))
    skin = frame.point((side.sign * (OFF_MIDLINE_MM + 6.0), 70.0, 0.0))
    return PlannedNeedle(side, MODEL, as_triple(skin), as_triple(tip))


def _balloon_in(needle: PlannedNeedle, begun_s: float):
    side, deep_mm = needle.side, needle.path.length_mm
    aim = aim_deg(needle.path.direction_lps, side)
    return (
        PlaceNeedle(begun_s, side, needle.model_id, needle.skin_lps_mm, *aim),
        Advance(begun_s + 1.0, side, deep_mm),
        Exchange(begun_s + 2.0, side, Tool.WIRE),
        Exchange(begun_s + 3.0, side, Tool.CANNULA),
        Advance(begun_s + 4.0, side, deep_mm - 20.0),
        Exchange(begun_s + 5.0, side, Tool.BALLOON, BALLOON),
        Advance(begun_s + 6.0, side, 20.0),
    )


@pytest.fixture
def both_in(a_stage):
    """Events until a balloon lies on each side, so near the midline that they will meet."""
    left, right = (_needle(a_stage, side) for side in (Side.LEFT, Side.RIGHT))
    return (*_balloon_in(left, 1.0), *_balloon_in(right, 11.0))


def test_two_balloons_up_at_once_leave_the_hollow_of_the_plan(a_stage, a_plan, both_in) -> None:
    inflations = (Inflate(21.0, Side.LEFT, VOLUME_ML), Inflate(22.0, Side.RIGHT, VOLUME_ML))
    state = replayed((*both_in, *inflations), a_stage)
    sides = (Side.LEFT, Side.RIGHT)
    plan = attrs.evolve(
        a_plan,
        needles=tuple(_needle(a_stage, side) for side in sides),
        balloons=tuple(PlannedBalloon(side, BALLOON, 0.0, VOLUME_ML) for side in sides),
    )
    measured = level_balloons(plan, a_stage.maps, a_stage.catalog)
    assert all(m.flat is not None for m in measured)
    places = np.asarray(a_stage.vertebra.centre_lps_mm) + np.random.default_rng(0).uniform(
        -15.0, 15.0, (4000, 3)
    )
    for side in sides:
        (hollow,) = (h for h in state.hollows if h.side is side)
        planned = next(m for m in measured if m.side is side).pushed_open
        assert hollow.shape.signed_distance_mm(places) == pytest.approx(
            planned.signed_distance_mm(places), abs=1e-6
        )
    assert hollow_ml(state, a_stage) == pytest.approx(planned_hollow_ml(plan, measured), rel=0.01)


def test_a_flattened_hollow_stays_on_its_own_side(a_stage, both_in) -> None:
    inflations = (Inflate(21.0, Side.LEFT, VOLUME_ML), Inflate(22.0, Side.RIGHT, VOLUME_ML))
    state = replayed((*both_in, *inflations), a_stage)
    frame = a_stage.vertebra.lps_from_vertebra
    for hollow in state.hollows:
        for x_mm in (1.0, 2.0):
            own, other = (
                np.array([frame.point((sign * hollow.side.sign * x_mm, -1.0, 0.0))])
                for sign in (1.0, -1.0)
            )
            assert hollow.shape.signed_distance_mm(own)[0] < 0.0
            assert hollow.shape.signed_distance_mm(other)[0] > 0.0


def test_a_balloon_that_is_let_down_first_does_not_flatten_the_next_one(a_stage, both_in) -> None:
    one_by_one = (
        Inflate(21.0, Side.LEFT, VOLUME_ML),
        Inflate(22.0, Side.LEFT, 0.0),
        Inflate(23.0, Side.RIGHT, VOLUME_ML),
    )
    state = replayed((*both_in, *one_by_one), a_stage)
    assert [hollow.shape.flat for hollow in state.hollows] == [None, None]
    # They share some space, and it counts once.
    each_ml = [ml_from_mm3(hollow.shape.capsule.volume_mm3) for hollow in state.hollows]
    assert each_ml == pytest.approx([VOLUME_ML, VOLUME_ML], rel=0.01)
    assert max(each_ml) < hollow_ml(state, a_stage) < 0.97 * sum(each_ml)
