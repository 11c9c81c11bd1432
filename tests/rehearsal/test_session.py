"""What an action makes of a run, and what is judged when it matters."""

import attrs
import numpy as np
import pytest

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.points import angle_deg
from planner.planning.needle_path import bone_entry_mm, posterior_wall_mm
from planner.rehearsal.events import (
    Advance,
    Exchange,
    Finish,
    Inflate,
    Inject,
    MoveArm,
    NameLevel,
    Panel,
    PlaceNeedle,
    TakeShot,
    Tool,
    TurnBevel,
    aim_deg,
)
from planner.rehearsal.feel import feel_ahead
from planner.rehearsal.run_file import RunProblem
from planner.rehearsal.session import begin, replayed
from planner.simulation.cement_zones import Destination
from planner.simulation.live_fill import CementFill, CementLeak

CENTRE = (12.0, -35.0, -410.0)


def placed(needle, time_s: float = 1.0) -> PlaceNeedle:
    return PlaceNeedle(
        time_s,
        needle.side,
        needle.model_id,
        needle.skin_lps_mm,
        *aim_deg(needle.path.direction_lps, needle.side),
    )


def moment(state, code: str, side: Side | None = None):
    return next(m for m in state.moments if m.code == code and (side is None or m.side is side))


def in_the_body(a_plan, side: Side = Side.LEFT):
    """Events until the planned tip is reached."""
    needle = a_plan.needle(side)
    return [placed(needle), Advance(2.0, side, needle.path.length_mm)]


def test_a_needles_aim_is_its_direction() -> None:
    event = PlaceNeedle(0.0, Side.RIGHT, "access-11g-125", CENTRE, 20.0, 10.0)
    x, y, z = event.direction_lps
    # From the right, medial is towards the patient's left; caudad is down, inwards to the front.
    assert x > 0.0
    assert y < 0.0
    assert z < 0.0
    assert aim_deg(event.direction_lps, Side.RIGHT) == pytest.approx((20.0, 10.0))


def test_before_bone_only_pointer_and_skin_point_are_judged(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.LEFT)
    bone_mm = bone_entry_mm(needle.path, a_stage.maps.bone)
    state = replayed([placed(needle), Advance(2.0, Side.LEFT, bone_mm - 1.0)], a_stage)
    assert {m.code for m in state.moments} == {"pointer-level", "skin-entry"}
    state = replayed([placed(needle), Advance(2.0, Side.LEFT, bone_mm + 1.0)], a_stage)
    at_bone = {"level", "true-ap", "true-lateral", "entry"}
    assert {m.code for m in state.moments} == {"pointer-level", "skin-entry"} | at_bone
    assert state.on(Side.LEFT).bone_mm == pytest.approx(bone_mm, abs=0.3)


def test_the_wrong_level_is_critical_and_none_named_is_a_step_left_out(a_stage, a_plan) -> None:
    wrong = replayed([NameLevel(0.0, VertebraLevel.L2), *in_the_body(a_plan)], a_stage)
    assert moment(wrong, "level").is_critical
    assert not moment(wrong, "level").passed
    none = replayed(in_the_body(a_plan), a_stage)
    assert not moment(none, "level").passed
    assert not moment(none, "level").is_critical
    right = replayed([NameLevel(0.0, VertebraLevel.L1), *in_the_body(a_plan)], a_stage)
    assert moment(right, "level").passed


@pytest.mark.parametrize(("orbital_deg", "passed"), [(0.0, True), (3.0, True), (12.0, False)])
def test_an_ap_is_true_within_its_tolerance(a_stage, a_plan, orbital_deg, passed) -> None:
    events = [
        MoveArm(0.0, CENTRE, orbital_deg, 0.0),
        TakeShot(0.5, Panel.AP),
        *in_the_body(a_plan),
    ]
    assert moment(replayed(events, a_stage), "true-ap").passed is passed


def test_the_medial_wall_is_judged_when_the_posterior_wall_is_passed(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.RIGHT)
    wall_mm = posterior_wall_mm(needle.path, a_stage.vertebra)
    short = [placed(needle), Advance(2.0, Side.RIGHT, wall_mm - 0.5)]
    assert not replayed(short, a_stage).has("medial-wall")
    state = replayed([*short, Advance(3.0, Side.RIGHT, 1.0)], a_stage)
    assert moment(state, "medial-wall", Side.RIGHT).passed
    assert moment(state, "oval", Side.RIGHT).passed
    assert not moment(state, "look-in-pedicle", Side.RIGHT).passed
    # Judged once: drawing back and going on does not ask again.
    again = replayed(
        [*short, Advance(3.0, Side.RIGHT, 1.0), Advance(4.0, Side.RIGHT, 4.0)], a_stage
    )
    assert [m.code for m in again.moments].count("medial-wall") == 1


def test_a_needle_through_the_front_of_the_body_is_critical(a_stage, a_plan) -> None:
    events = [*in_the_body(a_plan), Advance(3.0, Side.LEFT, 25.0)]
    state = replayed(events, a_stage)
    assert moment(state, "anterior-cortex", Side.LEFT).is_critical


def test_a_bevelled_tip_drifts_away_from_its_face_in_bone_and_not_in_muscle(
    a_stage, a_plan
) -> None:
    needle = a_plan.needle(Side.LEFT)
    bone_mm = bone_entry_mm(needle.path, a_stage.maps.bone)

    def tip_z(bevel_turn_deg: float | None, by_mm: float) -> float:
        events = [
            placed(needle),
            TurnBevel(1.5, Side.LEFT, bevel_turn_deg),
            Advance(2.0, Side.LEFT, bone_mm + 0.5),
            Advance(3.0, Side.LEFT, by_mm),
        ]
        return replayed(events, a_stage).on(Side.LEFT).tip_lps_mm[2]

    straight = tip_z(None, 25.0)
    # A face that looks up presses the tip down.
    assert tip_z(0.0, 25.0) == pytest.approx(straight - 1.0, abs=0.15)
    assert tip_z(180.0, 25.0) == pytest.approx(straight + 1.0, abs=0.15)
    muscle = [placed(needle), TurnBevel(1.5, Side.LEFT, 0.0), Advance(2.0, Side.LEFT, 20.0)]
    state = replayed(muscle, a_stage)
    assert angle_deg(state.on(Side.LEFT).direction_lps, needle.path.direction_lps) < 1e-6


def chain(a_plan, *more, side: Side = Side.LEFT):
    return [
        *in_the_body(a_plan, side),
        Exchange(3.0, side, Tool.WIRE),
        Exchange(4.0, side, Tool.CANNULA),
        *more,
    ]


def test_the_chain_in_order_is_not_remarked_on(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.LEFT)
    events = chain(a_plan, Advance(5.0, Side.LEFT, needle.path.length_mm - 15.0))
    state = replayed([*events, Exchange(6.0, Side.LEFT, Tool.DRILL)], a_stage)
    assert not state.has("tool-order")
    assert state.on(Side.LEFT).cannula_mm == pytest.approx(needle.path.length_mm - 15.0)
    assert state.on(Side.LEFT).reach_mm == state.on(Side.LEFT).cannula_mm


def test_a_cannula_without_a_wire_is_out_of_order(a_stage, a_plan) -> None:
    events = [*in_the_body(a_plan), Exchange(3.0, Side.LEFT, Tool.CANNULA)]
    assert "does not follow" in moment(replayed(events, a_stage), "tool-order").text


def test_a_balloon_pushed_beyond_its_channel_is_remarked_on(a_stage, a_plan) -> None:
    needle, balloon = a_plan.needle(Side.LEFT), a_plan.balloon(Side.LEFT)
    events = chain(
        a_plan,
        Advance(5.0, Side.LEFT, needle.path.length_mm - 20.0),
        Exchange(6.0, Side.LEFT, Tool.BALLOON, balloon.model_id),
    )
    assert not replayed([*events, Advance(7.0, Side.LEFT, 20.0)], a_stage).has("no-channel")
    assert replayed([*events, Advance(7.0, Side.LEFT, 26.0)], a_stage).has("no-channel")


def test_a_balloon_blown_up_against_a_wall_names_the_wall(a_stage, a_plan) -> None:
    needle, balloon = a_plan.needle(Side.LEFT), a_plan.balloon(Side.LEFT)
    events = chain(
        a_plan,
        Advance(5.0, Side.LEFT, needle.path.length_mm - 20.0),
        Exchange(6.0, Side.LEFT, Tool.BALLOON, balloon.model_id),
        Advance(7.0, Side.LEFT, 20.0),
    )
    fine = replayed([*events, Inflate(8.0, Side.LEFT, 1.0)], a_stage)
    assert moment(fine, "balloon", Side.LEFT).passed
    large = replayed([*events, Inflate(8.0, Side.LEFT, 20.0)], a_stage)
    assert "presses on" in moment(large, "balloon", Side.LEFT).text
    out = replayed(
        [*events, Inflate(8.0, Side.LEFT, 1.0), Exchange(9.0, Side.LEFT, Tool.FILLER)], a_stage
    )
    assert out.has("balloon-inflated")


class LeakyFill:
    """Cement that comes out where it is told to, at half a millilitre."""

    def __init__(self, stage, destination: Destination) -> None:
        self._empty = stage.fill_model.empty()
        self._destination = destination

    def empty(self) -> CementFill:
        return self._empty

    def injected(self, fill: CementFill, tip_lps_mm, by_ml: float) -> CementFill:
        del tip_lps_mm
        volume_ml = fill.volume_ml + by_ml
        leaks = (CementLeak(self._destination, volume_ml),) if volume_ml >= 0.5 else ()
        return attrs.evolve(fill, volume_ml=volume_ml, rearmost_share=0.5, leaks=leaks)


def injections(*pauses_s: float, ml: float = 0.2, look: bool = True):
    time_s = 10.0
    for pause_s in pauses_s:
        time_s += pause_s
        yield Inject(time_s, Side.LEFT, ml)
        if look:
            yield TakeShot(time_s, Panel.LATERAL)


def with_arm(a_plan):
    return [MoveArm(0.0, CENTRE, 90.0, 0.0), *in_the_body(a_plan)]


def test_cement_unseen_beyond_a_fifth_of_a_millilitre_is_critical(a_stage, a_plan) -> None:
    seen = replayed([*with_arm(a_plan), *injections(1, 1, 1, 1)], a_stage)
    assert not seen.has("cement-unseen")
    blind = replayed([*with_arm(a_plan), *injections(1, 1, look=False)], a_stage)
    assert moment(blind, "cement-unseen").is_critical


@pytest.mark.parametrize("destination", [Destination.CANAL, Destination.VEIN])
def test_after_a_leak_into_canal_or_vein_any_more_cement_is_critical(
    a_stage, a_plan, destination
) -> None:
    stage = attrs.evolve(a_stage, fill_model=LeakyFill(a_stage, destination))
    state = replayed([*with_arm(a_plan), *injections(1, 1, 1, 200)], stage)
    after = moment(state, "after-leak")
    assert after.is_critical
    assert not after.passed
    stopped = replayed([*with_arm(a_plan), *injections(1, 1, 1)], stage)
    assert not stopped.has("after-leak")


@pytest.mark.parametrize(("pause_s", "passed"), [(10.0, False), (90.0, True)])
def test_after_another_leak_a_minutes_rest_and_a_look_are_asked_for(
    a_stage, a_plan, pause_s, passed
) -> None:
    stage = attrs.evolve(a_stage, fill_model=LeakyFill(a_stage, Destination.DISC))
    state = replayed([*with_arm(a_plan), *injections(1, 1, 1, pause_s)], stage)
    assert moment(state, "after-leak").passed is passed
    assert not moment(state, "after-leak").is_critical


@pytest.mark.parametrize("destination", Destination)
def test_a_leak_is_told_by_the_picture_that_first_shows_it_and_once(
    a_stage, a_plan, destination
) -> None:
    stage = attrs.evolve(a_stage, fill_model=LeakyFill(a_stage, destination))
    unseen = replayed([*with_arm(a_plan), *injections(1, 1, 1, look=False)], stage)
    assert unseen.fill.leaks
    assert not unseen.has("leak-seen")
    seen = replayed([*with_arm(a_plan), *injections(1, 1, 1, 90)], stage)
    told = [m for m in seen.moments if m.code == "leak-seen"]
    assert len(told) == 1
    assert told[0].time_s == seen.shots[2].time_s
    assert not told[0].passed


def test_cement_outside_the_body_is_critical(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.LEFT)
    events = [placed(needle), Advance(2.0, Side.LEFT, 20.0), Inject(3.0, Side.LEFT, 0.1)]
    assert moment(replayed(events, a_stage), "cement-place").is_critical


def test_the_stage_s_cement_runs_through_pores_and_comes_out_where_its_tip_is(a_stage) -> None:
    vertebra, model = a_stage.vertebra, a_stage.fill_model
    front, back = (vertebra.lps_from_vertebra.point((0.0, y, 0.0)) for y in (-9.0, 10.0))
    shares = [
        model.injected(model.empty(), tuple(tip), 0.5).rearmost_share for tip in (front, back)
    ]
    assert shares[0] > 0.5
    assert shares[1] < 0.25


def test_twice_the_distance_to_the_skin_is_a_quarter_of_the_dose(a_stage) -> None:
    def dose(y_mm: float) -> float:
        arm = MoveArm(0.0, (12.0, y_mm, -410.0), 0.0, 0.0)
        (shot,) = replayed([arm, TakeShot(1.0, Panel.AP)], a_stage).shots
        return shot.dose

    # The phantom's front skin lies at y = -195; the source 530 mm before the isocentre.
    near, far = -35.0, -165.0
    ratio = ((530.0 - (far + 195.0)) / (530.0 - (near + 195.0))) ** 2
    assert dose(near) / dose(far) == pytest.approx(ratio, rel=0.03)


def test_a_half_open_collimator_spares_three_quarters_of_the_area(a_stage) -> None:
    events = [
        MoveArm(0.0, CENTRE, 0.0, 0.0),
        TakeShot(1.0, Panel.AP),
        TakeShot(2.0, Panel.AP, opening=0.5),
    ]
    wide, narrow = replayed(events, a_stage).shots
    assert narrow.dose == wide.dose
    assert narrow.dose_area == pytest.approx(wide.dose_area / 4.0)


def test_bone_is_felt_harder_than_muscle(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.LEFT)
    muscle = feel_ahead(a_stage.volume, needle.path.point_at(15.0), needle.path.direction_lps)
    bone = feel_ahead(a_stage.volume, needle.tip_lps_mm, needle.path.direction_lps)
    assert muscle.word == "soft tissue"
    assert bone.word == "spongy bone"
    assert bone.resistance > muscle.resistance + 0.2
    assert feel_ahead(a_stage.volume, (9999.0, 0.0, 0.0), (0.0, -1.0, 0.0)).value_hu is None


@pytest.mark.parametrize(
    "events",
    [
        [TakeShot(0.0, Panel.AP)],
        [Advance(0.0, Side.LEFT, 1.0)],
        [Finish(1.0), NameLevel(2.0, VertebraLevel.L1)],
    ],
)
def test_what_is_not_possible_is_refused(a_stage, events) -> None:
    with pytest.raises(RunProblem):
        replayed(events, a_stage)


def test_a_needle_in_bone_is_not_set_anew_without_drawing_it_out(a_stage, a_plan) -> None:
    with pytest.raises(RunProblem, match="drawn out"):
        replayed([*in_the_body(a_plan), placed(a_plan.needle(Side.LEFT), 3.0)], a_stage)


def test_cement_does_not_pass_a_wire_and_a_drill_needs_a_cannula(a_stage, a_plan) -> None:
    wire = [*in_the_body(a_plan), Exchange(3.0, Side.LEFT, Tool.WIRE)]
    with pytest.raises(RunProblem, match="wire"):
        replayed([*wire, Inject(4.0, Side.LEFT, 0.1)], a_stage)
    with pytest.raises(RunProblem, match="cannula"):
        replayed([*wire, Exchange(4.0, Side.LEFT, Tool.DRILL)], a_stage)


def test_a_state_is_never_changed_by_what_follows(a_stage, expert_events) -> None:
    states = [begin(a_stage)]
    for event in expert_events[:12]:
        states.append(replayed(expert_events[: len(states)], a_stage))
        assert states[0].shots == ()
        assert event.time_s >= 0.0
    counts = [len(state.shots) for state in states]
    assert counts == sorted(counts)
    assert np.count_nonzero(states[0].fill.filled.voxels) == 0


def test_a_biopsy_may_come_between_cannula_and_drill(a_stage, a_plan) -> None:
    events = [
        *in_the_body(a_plan),
        Exchange(3.0, Side.LEFT, Tool.WIRE),
        Exchange(4.0, Side.LEFT, Tool.CANNULA),
        Advance(5.0, Side.LEFT, 60.0),
        Exchange(6.0, Side.LEFT, Tool.BIOPSY),
        Advance(7.0, Side.LEFT, 8.0),
        Exchange(8.0, Side.LEFT, Tool.DRILL),
    ]
    state = replayed(events, a_stage)
    assert not state.has("tool-order")
    with pytest.raises(RunProblem, match="working cannula"):
        replayed([*in_the_body(a_plan), Exchange(3.0, Side.LEFT, Tool.BIOPSY)], a_stage)
