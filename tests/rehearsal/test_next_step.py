"""A guided trainee is told what an expert would do next, from where the run stands."""

import attrs
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.imaging.volume import VoxelMask
from planner.rehearsal.events import Exchange, Inflate, Inject, MoveArm, NameLevel, TakeShot, Tool
from planner.rehearsal.next_step import next_step
from planner.rehearsal.session import after, begin, replayed
from planner.simulation.cement_zones import Destination
from planner.simulation.live_fill import CementLeak


def hints_along(events, stage) -> list[str]:
    """Return what was said after each action, each sentence once while it stands."""
    state, said = begin(stage), []
    for event in events:
        state = after(event, state, stage)
        sentence = next_step(state, stage)
        if not said or said[-1] != sentence:
            said.append(sentence)
    return said


def test_the_expert_is_led_from_the_level_to_the_end(expert_events, a_stage) -> None:
    said = hints_along(expert_events, a_stage)
    wanted = (
        "Find L1",
        "Set the left needle",
        "Push the left needle on until it meets bone",
        "Push the left needle through the pedicle",
        "Set the right needle",
        "Push the right needle through the pedicle",
        "wire through the left needle",
        "cannula over the wire",
        "Drill",
        "balloon in",
        "Inflate the left balloon",
        "Deflate the left balloon",
        "filler into the left",
        "wire through the right needle",
        "filler into the right",
        "Inject in small pushes",
        "The run is finished",
    )
    places = [next(i for i, text in enumerate(said) if words in text) for words in wanted]
    assert places == sorted(places)


def test_the_first_word_is_to_find_the_level(a_stage) -> None:
    state = begin(a_stage)
    assert "Find L1" in next_step(state, a_stage)
    wrong = after(NameLevel(0.0, VertebraLevel.L2), state, a_stage)
    assert "Find L1" in next_step(wrong, a_stage)
    right = after(NameLevel(1.0, VertebraLevel.L1), wrong, a_stage)
    assert "Find" not in next_step(right, a_stage)


def test_a_turned_view_does_not_count_as_true(expert_events, a_stage) -> None:
    state = after(NameLevel(0.0, VertebraLevel.L1), begin(a_stage), a_stage)
    centre = a_stage.vertebra.centre_lps_mm
    shot = next(event for event in expert_events if isinstance(event, TakeShot))
    for orbital_deg, asks_for_ap in ((25.0, True), (0.0, False)):
        state = after(MoveArm(state.time_s, centre, orbital_deg, 0.0), state, a_stage)
        state = after(attrs.evolve(shot, time_s=state.time_s), state, a_stage)
        assert ("AP is true" in next_step(state, a_stage)) is asks_for_ap


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (Destination.CANAL, "stop for good"),
        (Destination.VEIN, "stop for good"),
        (Destination.DISC, "wait a minute or two"),
    ],
)
def test_a_leak_stops_the_hand_by_where_it_went(place, words, expert_events, a_stage) -> None:
    before = expert_events[
        : next(i for i, event in enumerate(expert_events) if isinstance(event, Inject)) + 1
    ]
    state = replayed(before, a_stage)
    leaking = attrs.evolve(state.fill, leaks=(CementLeak(place, 1.0),))
    assert words in next_step(attrs.evolve(state, fill=leaking), a_stage)


def test_cement_in_the_posterior_quarter_ends_the_injection(expert_events, a_stage) -> None:
    before = expert_events[
        : next(i for i, event in enumerate(expert_events) if isinstance(event, Inject)) + 1
    ]
    state = replayed(before, a_stage)
    assert isinstance(state.fill.filled, VoxelMask)
    far_back = attrs.evolve(state.fill, rearmost_share=0.2, leaks=())
    assert "posterior quarter" in next_step(attrs.evolve(state, fill=far_back), a_stage)


def test_each_side_goes_through_its_own_chain(expert_events, a_stage) -> None:
    said = " ".join(hints_along(expert_events, a_stage))
    inflated = {e.side for e in expert_events if isinstance(e, Inflate)}
    wired = {e.side for e in expert_events if isinstance(e, Exchange) and e.tool is Tool.WIRE}
    assert inflated == wired == set(Side)
    for side in Side:
        assert f"Inflate the {side.value} balloon" in said
