"""The metal pointer on the skin: seen in perspective, and judged before the needle goes in."""

import numpy as np
import pytest
from phantom_vertebra import PhantomShape
from rehearsal_stages import stage_of

from planner.anatomy.levels import Side
from planner.rehearsal.events import (
    Advance,
    LayPointer,
    MoveArm,
    Panel,
    PlaceNeedle,
    TakeShot,
    aim_deg,
)
from planner.rehearsal.metal_pointer import pointer_bodies, pointer_line
from planner.rehearsal.run_file import RecordedRun, decode_run, encode_run
from planner.rehearsal.session import replayed
from planner.simulation.attenuating_bodies import add_bodies
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of

CENTRE = np.array([12.0, -35.0, -410.0])
BACK_MM = 90.0
"""From the body's centre to the skin of the phantom's back."""
RIM_MM = PhantomShape().body_half_height_mm


def pushed(a_plan, *before):
    needle = a_plan.needle(Side.LEFT)
    placed = PlaceNeedle(
        8.0,
        needle.side,
        needle.model_id,
        needle.skin_lps_mm,
        *aim_deg(needle.path.direction_lps, needle.side),
    )
    return (*before, placed, Advance(9.0, Side.LEFT, 5.0))


def shown_on_ap(up_mm: float, isocentre_up_mm: float = 0.0, panel: Panel = Panel.AP):
    tip = np.add(CENTRE, (30.0, BACK_MM, up_mm))
    return (
        LayPointer(1.0, tuple(tip)),
        MoveArm(2.0, tuple(np.add(CENTRE, (0.0, 0.0, isocentre_up_mm))), 0.0, 0.0),
        TakeShot(3.0, panel),
    )


def judged(events, stage):
    (moment,) = [m for m in replayed(events, stage).moments if m.code == "pointer-level"]
    return moment


def test_a_pointer_seen_on_the_level_before_the_needle_passes_and_none_does_not(
    a_stage, a_plan
) -> None:
    seen = judged(pushed(a_plan, *shown_on_ap(0.0)), a_stage)
    assert seen.passed
    assert "L1" in seen.text
    assert not judged(pushed(a_plan), a_stage).passed
    laid_but_not_seen = judged(pushed(a_plan, shown_on_ap(0.0)[0]), a_stage)
    assert not laid_but_not_seen.passed


@pytest.mark.parametrize("up_mm", [-30.0, 30.0])
def test_a_pointer_over_the_next_level_does_not_count(a_stage, a_plan, up_mm) -> None:
    assert not judged(pushed(a_plan, *shown_on_ap(up_mm)), a_stage).passed


def test_a_pointer_on_a_lateral_does_not_tell_the_level(a_stage, a_plan) -> None:
    assert not judged(pushed(a_plan, *shown_on_ap(0.0, panel=Panel.LATERAL)), a_stage).passed


def test_the_level_is_read_where_the_fanning_rays_show_it(a_stage, a_plan) -> None:
    # The arm is 60 mm towards the feet: its rays rise at the level, and a pointer straight over
    # the body's upper rim is seen on the body below it; one over its lower rim on the disc.
    upper = judged(pushed(a_plan, *shown_on_ap(RIM_MM + 4.0, isocentre_up_mm=-60.0)), a_stage)
    lower = judged(pushed(a_plan, *shown_on_ap(-RIM_MM + 4.0, isocentre_up_mm=-60.0)), a_stage)
    assert upper.passed
    assert not lower.passed


def test_a_needle_put_on_the_skin_takes_the_pointers_place(a_stage, a_plan) -> None:
    state = replayed(shown_on_ap(0.0), a_stage)
    assert state.pointer_lps_mm == pytest.approx(tuple(np.add(CENTRE, (30.0, BACK_MM, 0.0))))
    assert replayed(pushed(a_plan, *shown_on_ap(0.0))[:-1], a_stage).pointer_lps_mm is None


@pytest.mark.parametrize("side", Side)
def test_the_pointer_casts_a_metal_shadow_that_ends_at_its_tip(a_stage, side) -> None:
    tip = np.add(CENTRE, (side.sign * 30.0, BACK_MM, 0.0))
    view = view_of(mobile_c_arm(pixels=256), CArmPose(tuple(CENTRE)))
    shadow = np.zeros((256, 256), np.float32)
    add_bodies(shadow, pointer_bodies(tuple(tip), a_stage), view)
    rows, columns = np.nonzero(shadow)
    ((column, row),) = view.pixels_of(tip[np.newaxis])
    # Left on the picture is the patient's left; the pointer comes in from that side.
    ends = columns.max() if side is Side.LEFT else columns.min()
    assert ends == pytest.approx(column, abs=2.0)
    assert rows[columns == ends].mean() == pytest.approx(row, abs=2.0)
    assert (columns.mean() < column) == (side is Side.LEFT)
    line = pointer_line(tuple(tip), a_stage)
    assert line.end_lps_mm[1] > tip[1]


@pytest.mark.parametrize(("out_mm", "passed"), [(20.0, True), (-6.0, False)])
def test_a_skin_point_medial_of_its_pedicle_is_remarked_on(a_stage, a_plan, out_mm, passed) -> None:
    needle = a_plan.needle(Side.LEFT)
    isthmus = np.asarray(a_stage.vertebra.pedicle(Side.LEFT).isthmus_lps_mm)
    skin = (isthmus[0] + out_mm, CENTRE[1] + BACK_MM, isthmus[2])
    events = (
        PlaceNeedle(1.0, Side.LEFT, needle.model_id, skin, 0.0, 0.0),
        Advance(2.0, Side.LEFT, 5.0),
    )
    (moment,) = [m for m in replayed(events, a_stage).moments if m.code == "skin-entry"]
    assert moment.passed is passed
    assert f"{abs(out_mm):.0f} mm {'lateral' if passed else 'medial'}" in moment.text


def test_a_pointer_is_kept_in_the_recorded_run() -> None:
    run = RecordedRun("phantom", (*shown_on_ap(3.0), LayPointer(4.0, None)))
    assert decode_run(encode_run(run)) == run


def test_a_mirrored_patient_marks_the_same_level(a_plan) -> None:
    del a_plan
    stage = stage_of(PhantomShape().mirrored())
    tip = tuple(np.add(CENTRE, (-30.0, BACK_MM, 0.0)))
    events = (LayPointer(1.0, tip), *shown_on_ap(0.0)[1:])
    needle = PlaceNeedle(8.0, Side.RIGHT, "access-11g-125", tip, 5.0, 0.0)
    assert judged((*events, needle, Advance(9.0, Side.RIGHT, 5.0)), stage).passed
