"""Hammer blows go as far as the bone lets them; a hand in the beam is told and costs nothing."""

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import Volume
from planner.planning.needle_path import bone_entry_mm
from planner.rehearsal.events import (
    Advance,
    Exchange,
    Hammer,
    LayPointer,
    MoveArm,
    Panel,
    PlaceNeedle,
    TakeShot,
    Tool,
    aim_deg,
)
from planner.rehearsal.feel import hammered_mm
from planner.rehearsal.run_file import RecordedRun, RunProblem, decode_run, encode_run
from planner.rehearsal.run_in_beam import scene_of
from planner.rehearsal.scoring import score_run
from planner.rehearsal.session import replayed
from planner.simulation.attenuation import prepare

CENTRE = (12.0, -35.0, -410.0)


def layered(*hu: int) -> Volume:
    """Layers of 20 mm along x."""
    grid = GridGeometry.axis_aligned((20 * len(hu), 5, 5), (0.0, 0.0, 0.0), (1.0, 1.0, 1.0))
    voxels = np.repeat(np.array(hu, np.int16), 20)[np.newaxis, np.newaxis, :]
    return Volume(np.ascontiguousarray(np.broadcast_to(voxels, grid.shape_kji)), grid)


@pytest.mark.parametrize(("hu", "gone_mm"), [(900, 0.7), (250, 1.6), (40, 2.7)])
def test_a_blow_goes_less_far_the_harder_the_bone(hu, gone_mm) -> None:
    gone = hammered_mm(layered(hu), (5.0, 2.0, 2.0), (1.0, 0.0, 0.0))
    assert gone == pytest.approx(gone_mm, abs=0.26)


def test_a_blow_that_breaks_through_cortex_goes_further() -> None:
    bone = layered(900, 0)
    within = hammered_mm(bone, (5.0, 2.0, 2.0), (1.0, 0.0, 0.0))
    through = hammered_mm(bone, (19.0, 2.0, 2.0), (1.0, 0.0, 0.0))
    assert through > 1.5 * within


def on_bone(stage, plan):
    needle = plan.needle(Side.LEFT)
    bone_mm = bone_entry_mm(needle.path, stage.maps.bone)
    aim = aim_deg(needle.path.direction_lps, needle.side)
    return (
        PlaceNeedle(1.0, Side.LEFT, needle.model_id, needle.skin_lps_mm, *aim),
        Advance(2.0, Side.LEFT, bone_mm + 0.5),
    )


def test_each_blow_drives_the_needle_on_and_replays_to_the_last_digit(a_stage, a_plan) -> None:
    events = (*on_bone(a_stage, a_plan), *(Hammer(3.0 + n, Side.LEFT) for n in range(6)))
    depths = [replayed(events[:n], a_stage).on(Side.LEFT).reach_mm for n in range(2, 9)]
    assert (np.diff(depths) > 0.2).all()
    assert (np.diff(depths) < 5.0).all()
    again = decode_run(encode_run(RecordedRun("phantom", events)))
    assert replayed(again.events, a_stage).on(Side.LEFT).reach_mm == depths[-1]


def test_only_a_needle_or_cannula_in_bone_is_hammered(a_stage, a_plan) -> None:
    placed, advance = on_bone(a_stage, a_plan)
    with pytest.raises(RunProblem, match="stands in bone"):
        replayed((placed, Hammer(2.0, Side.LEFT)), a_stage)
    wire = (placed, advance, Exchange(3.0, Side.LEFT, Tool.WIRE), Hammer(4.0, Side.LEFT))
    with pytest.raises(RunProblem, match="needle or a cannula"):
        replayed(wire, a_stage)


def shots(events, stage):
    return replayed(events, stage).shots


AP, LATERAL = MoveArm(0.0, CENTRE, 0.0, 0.0), MoveArm(0.0, CENTRE, 90.0, 0.0)


def test_a_needle_that_does_not_stand_yet_is_held_in_the_beam_of_an_ap(a_stage, a_plan) -> None:
    placed, advance = on_bone(a_stage, a_plan)
    (held,) = shots((AP, placed, TakeShot(2.0, Panel.AP)), a_stage)
    assert held.hand is not None
    (let_go,) = shots((AP, placed, advance, TakeShot(3.0, Panel.AP)), a_stage)
    assert let_go.hand is None


def test_a_narrow_collimator_keeps_the_hand_out_on_the_lateral(a_stage, a_plan) -> None:
    placed, _ = on_bone(a_stage, a_plan)
    (narrow,) = shots((LATERAL, placed, TakeShot(2.0, Panel.LATERAL, opening=0.5)), a_stage)
    assert narrow.hand is None


def test_a_hand_that_pushes_while_the_beam_is_on_is_seen_only_in_live_pictures(
    a_stage, a_plan
) -> None:
    at_bone = on_bone(a_stage, a_plan)
    live = (
        AP,
        *at_bone,
        TakeShot(3.0, Panel.AP),
        Advance(3.1, Side.LEFT, 1.0),
        TakeShot(3.2, Panel.AP, is_live=True),
        TakeShot(3.5, Panel.AP, is_live=True),
    )
    assert [shot.hand is not None for shot in shots(live, a_stage)] == [False, True, False]
    one_shot = (*live[:-2], TakeShot(3.2, Panel.AP))
    assert shots(one_shot, a_stage)[-1].hand is None


def test_the_pointer_is_held_far_enough_out(a_stage) -> None:
    tip = tuple(np.add(CENTRE, (30.0, 90.0, 0.0)))
    (shot,) = shots((LayPointer(0.0, tip), AP, TakeShot(1.0, Panel.AP)), a_stage)
    assert shot.hand is None
    assert shot.pointer_lps_mm == tip


def test_a_hand_is_told_once_a_press_and_costs_no_points(a_stage, a_plan) -> None:
    placed, _ = on_bone(a_stage, a_plan)
    events = (
        AP,
        placed,
        TakeShot(2.0, Panel.AP),
        *(TakeShot(2.0 + n / 4, Panel.AP, is_live=True) for n in range(1, 4)),
        TakeShot(4.0, Panel.AP),
    )
    state = replayed(events, a_stage)
    assert sum(m.code == "hand-in-beam" for m in state.moments) == 2
    told = attrs.evolve(state, moments=tuple(m for m in state.moments if m.code != "hand-in-beam"))
    assert score_run(state, a_stage) == score_run(told, a_stage)


def test_the_hand_appears_in_the_picture_that_it_spoils(a_stage, a_plan) -> None:
    patient = prepare(a_stage.volume)
    placed, advance = on_bone(a_stage, a_plan)
    held = replayed((AP, placed, TakeShot(2.0, Panel.AP)), a_stage)
    gone = replayed(
        (AP, placed, TakeShot(2.0, Panel.AP), advance, TakeShot(3.0, Panel.AP)), a_stage
    )
    assert len(scene_of(held, a_stage, patient).bodies) > len(
        scene_of(gone, a_stage, patient).bodies
    )


def test_a_magnified_picture_costs_more_dose_on_less_skin(a_stage) -> None:
    plain, large = shots(
        (AP, TakeShot(1.0, Panel.AP), TakeShot(2.0, Panel.AP, magnification=2.0)), a_stage
    )
    assert large.dose == pytest.approx(2.0 * plain.dose)
    assert large.dose_area == pytest.approx(plain.dose_area / 2.0)
