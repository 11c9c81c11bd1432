"""A debrief shows what was seen, when, and where everything stood then."""

from planner.anatomy.levels import Side
from planner.rehearsal.debrief import beam_words, debrief_of
from planner.rehearsal.events import MoveArm, Panel, PlaceNeedle, TakeShot
from planner.rehearsal.session import replayed


def test_every_shot_comes_with_the_run_as_it_stood_then(expert_events, a_stage) -> None:
    debrief = debrief_of(expert_events, a_stage)
    taken = [e for e in expert_events if isinstance(e, TakeShot) and not e.is_live]
    assert [seen.number for seen in debrief.shots] == list(range(1, len(taken) + 1))
    for seen, event in zip(debrief.shots, taken, strict=True):
        assert seen.shot.panel is event.panel
        assert seen.state.shots[-1] is seen.shot
        assert seen.shot.tips == tuple((s.side, s.tip_lps_mm) for s in seen.state.sides)


def test_the_course_only_goes_forward_and_ends_where_the_run_ended(expert_events, a_stage) -> None:
    debrief = debrief_of(expert_events, a_stage)
    final = replayed(expert_events, a_stage)
    assert len(debrief.course) == len(expert_events)
    for name in ("time_s", "cement_ml", "shots", "dose"):
        values = [getattr(point, name) for point in debrief.course]
        assert values == sorted(values)
        assert values[0] < values[-1]
    assert debrief.course[-1].cement_ml == final.fill.volume_ml
    assert debrief.moments == final.moments


def test_depths_are_told_for_the_side_that_moved(expert_events, a_stage) -> None:
    debrief = debrief_of(expert_events, a_stage)
    placed = [dict(point.depths_mm) for point in debrief.course if point.depths_mm]
    first = placed[0]
    assert len(first) == 1
    assert max(depth for point in placed for depth in point.values()) > 40.0


def test_the_debrief_counts_beam_and_how_often_a_hand_was_in_it(a_stage, a_plan) -> None:
    needle = a_plan.needle(Side.LEFT)
    arm = MoveArm(0.0, (12.0, -35.0, -410.0), 0.0, 0.0)
    on_skin = PlaceNeedle(2.0, Side.LEFT, needle.model_id, needle.skin_lps_mm, 5.0, 0.0)
    first = (arm, TakeShot(1.0, Panel.AP))
    assert "never in the beam" in beam_words(replayed(first, a_stage))
    held = (*first, on_skin, TakeShot(3.0, Panel.AP), TakeShot(4.0, Panel.AP, beam_s=0.5))
    words = beam_words(replayed(held, a_stage))
    assert "3 shots, 1.1 s of beam" in words
    assert "2 times, 0.8 s" in words
