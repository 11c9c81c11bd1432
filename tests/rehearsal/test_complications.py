"""What goes wrong is told as the room would see it, when it happens and once."""

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side
from planner.imaging.distance_maps import signed_distance_map
from planner.imaging.volume import VoxelMask
from planner.planning.plan import PlannedNeedle
from planner.rehearsal.events import (
    Advance,
    Exchange,
    Inflate,
    Inject,
    MoveArm,
    Panel,
    PlaceNeedle,
    TakeShot,
    Tool,
    aim_deg,
)
from planner.rehearsal.run_file import RunProblem
from planner.rehearsal.session import replayed
from planner.simulation.cement_zones import Destination
from planner.simulation.live_fill import CementLeak

CENTRE = np.array([12.0, -35.0, -410.0])


def along(needle: PlannedNeedle, depth_mm: float):
    aim = aim_deg(needle.path.direction_lps, needle.side)
    return (
        PlaceNeedle(1.0, needle.side, needle.model_id, needle.skin_lps_mm, *aim),
        Advance(2.0, needle.side, depth_mm),
    )


def told(state, code: str):
    return [m for m in state.moments if m.code == code]


def test_a_tip_that_slips_through_an_endplate_lies_in_the_disc(a_stage, a_plan) -> None:
    model_id = a_plan.needle(Side.LEFT).model_id
    # From behind and below, up through the upper endplate.
    tip = CENTRE + np.array([0.0, -2.0, 17.0])
    skin = tip + np.array([0.0, 80.0, -60.0])
    needle = PlannedNeedle(Side.LEFT, model_id, tuple(skin), tuple(tip))
    state = replayed(along(needle, needle.path.length_mm), a_stage)
    (moment,) = told(state, "endplate")
    assert "disc" in moment.text
    assert not moment.is_critical
    within = replayed(along(needle, needle.path.length_mm - 8.0), a_stage)
    assert not told(within, "endplate")


@pytest.mark.parametrize("side", Side)
def test_a_needle_through_the_lung_is_critical(a_stage, a_plan, side) -> None:
    geometry = a_stage.volume.geometry
    k, j, i = np.meshgrid(*(np.arange(n) for n in geometry.shape_kji), indexing="ij")
    places = geometry.lps_of(np.stack([i, j, k], -1).reshape(-1, 3)) - CENTRE
    # A lung on the patient's left, beside the body.
    inside = (np.abs(places - (45.0, 0.0, 0.0)) < 15.0).all(axis=1).reshape(k.shape)
    lung = signed_distance_map(VoxelMask(inside, geometry))
    stage = attrs.evolve(a_stage, maps=attrs.evolve(a_stage.maps, lung=lung))
    skin = CENTRE + np.array([side.sign * 45.0, 80.0, 0.0])
    events = (
        PlaceNeedle(1.0, side, a_plan.needle(side).model_id, tuple(skin), 0.0, 0.0),
        Advance(2.0, side, 75.0),
        Advance(3.0, side, 5.0),
    )
    moments = told(replayed(events, stage), "lung")
    assert len(moments) == (1 if side is Side.LEFT else 0)
    assert all(m.is_critical and "coughs" in m.text for m in moments)


def with_balloon(a_plan):
    needle, balloon = a_plan.needle(Side.LEFT), a_plan.balloon(Side.LEFT)
    return (
        *along(needle, needle.path.length_mm),
        Exchange(3.0, Side.LEFT, Tool.WIRE),
        Exchange(4.0, Side.LEFT, Tool.CANNULA),
        Advance(5.0, Side.LEFT, needle.path.length_mm - 20.0),
        Exchange(6.0, Side.LEFT, Tool.BALLOON, balloon.model_id),
        Advance(7.0, Side.LEFT, 20.0),
    )


def test_a_balloon_blown_up_beyond_its_limit_bursts_and_is_of_no_more_use(a_stage, a_plan) -> None:
    most_ml = a_stage.catalog.balloon(a_plan.balloon(Side.LEFT).model_id).maximum_volume_ml
    events = with_balloon(a_plan)
    whole = replayed((*events, Inflate(8.0, Side.LEFT, most_ml)), a_stage)
    assert not told(whole, "balloon-burst")
    assert whole.on(Side.LEFT).balloon_ml == most_ml
    burst = (*events, Inflate(8.0, Side.LEFT, most_ml + 0.5))
    state = replayed(burst, a_stage)
    (moment,) = told(state, "balloon-burst")
    assert f"{most_ml:.1f} ml" in moment.text
    assert state.on(Side.LEFT).balloon_ml == 0.0
    with pytest.raises(RunProblem, match="burst"):
        replayed((*burst, Inflate(9.0, Side.LEFT, 1.0)), a_stage)
    # It may be let down and taken out, and another one put in.
    model_id = a_plan.balloon(Side.LEFT).model_id
    again = (
        *burst,
        Inflate(9.0, Side.LEFT, 0.0),
        Exchange(10.0, Side.LEFT, Tool.BALLOON, model_id),
        Inflate(11.0, Side.LEFT, 1.0),
    )
    assert replayed(again, a_stage).on(Side.LEFT).balloon_ml == 1.0


class DiscLeak:
    """Cement that leaks into the disc at half a millilitre, and goes on leaking or stops."""

    def __init__(self, stage, *, goes_on: bool) -> None:
        self._empty = stage.fill_model.empty()
        self._goes_on = goes_on

    def empty(self):
        return self._empty

    def injected(self, fill, tip_lps_mm, by_ml: float):
        del tip_lps_mm
        volume_ml = fill.volume_ml + by_ml
        is_out = volume_ml >= 0.5
        grows = is_out and (not fill.leaks or self._goes_on)
        return attrs.evolve(
            fill,
            volume_ml=volume_ml,
            rearmost_share=0.5,
            leaks=(CementLeak(Destination.DISC, volume_ml),) if is_out else (),
            outside_ml=fill.outside_ml + (0.1 if grows else 0.0),
        )


def pushes(*times_s: float):
    for time_s in times_s:
        yield Inject(time_s, Side.LEFT, 0.2)
        yield TakeShot(time_s + 0.5, Panel.LATERAL)


@pytest.mark.parametrize("goes_on", [True, False])
def test_a_leak_that_goes_on_after_the_rest_ends_that_needle(a_stage, a_plan, goes_on) -> None:
    stage = attrs.evolve(a_stage, fill_model=DiscLeak(a_stage, goes_on=goes_on))
    needle = a_plan.needle(Side.LEFT)
    before = (MoveArm(0.0, tuple(CENTRE), 90.0, 0.0), *along(needle, needle.path.length_mm))
    rested = replayed((*before, *pushes(10.0, 12.0, 14.0, 120.0)), stage)
    assert told(rested, "after-leak")[0].passed
    assert rested.closed_sides == ((Side.LEFT,) if goes_on else ())
    assert any("end through the left" in m.text for m in told(rested, "leak-seen")) is goes_on
    on = replayed((*before, *pushes(10.0, 12.0, 14.0, 120.0, 260.0)), stage)
    assert bool(told(on, "leak-went-on")) is goes_on


@pytest.mark.parametrize(
    ("destination", "word"),
    [(Destination.CANAL, "cord"), (Destination.VEIN, "lungs"), (Destination.FORAMEN, "root")],
)
def test_what_more_cement_can_do_after_a_grave_leak_is_said(
    a_stage, a_plan, destination, word
) -> None:
    class Leaking(DiscLeak):
        def injected(self, fill, tip_lps_mm, by_ml):
            leaked = super().injected(fill, tip_lps_mm, by_ml)
            return attrs.evolve(leaked, leaks=(CementLeak(destination, leaked.volume_ml),))

    stage = attrs.evolve(a_stage, fill_model=Leaking(a_stage, goes_on=True))
    needle = a_plan.needle(Side.LEFT)
    before = (MoveArm(0.0, tuple(CENTRE), 90.0, 0.0), *along(needle, needle.path.length_mm))
    after = told(replayed((*before, *pushes(10.0, 12.0)), stage), "after-leak")
    assert word in after[0].text
    assert after[0].is_critical
