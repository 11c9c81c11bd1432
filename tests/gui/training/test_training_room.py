"""A rehearsal of a scenario: how much is told, how a screen is set, and what is kept."""

import attrs
import numpy as np
import pytest
from PySide6.QtCore import Qt

from planner.anatomy.levels import Side, VertebraLevel
from planner.planning.plan import Procedure
from planner.rehearsal.events import Finish, NameLevel, Panel, PlaceNeedle
from planner.rehearsal.limit_checks import SHOTS, TIME
from planner.rehearsal.run_file import decode_run, encode_run
from planner.rehearsal.run_limits import RunLimits
from planner.rehearsal.training_mode import TrainingMode
from planner.rehearsal.training_record import RunRecord
from planner.workflow.training_logs import all_runs, keep_run


def begin(qtbot, room, stage, mode=TrainingMode.FREE, watched=()):
    room.begin(stage, mode, watched)
    qtbot.waitUntil(lambda: room.desk.is_ready, timeout=60_000)
    if not watched:
        qtbot.waitUntil(lambda: room.desk.score is not None, timeout=60_000)
    return room.desk


def shoot(qtbot, room, panel=Panel.AP):
    room.desk.choose_panel(panel)
    number = len(room.desk.state.shots) + 1
    qtbot.keyClick(room.run_page, Qt.Key.Key_Space)
    qtbot.waitUntil(
        lambda: panel in room.desk.held and room.desk.held[panel].number == number, timeout=30_000
    )
    return room.desk.held[panel]


def finish(qtbot, room) -> RunRecord:
    with qtbot.waitSignal(room.finished, timeout=60_000) as told:
        room.desk.do(Finish(room.desk.now_s()))
    (record,) = told.args
    return record


def test_a_guided_run_says_what_comes_next_and_a_free_one_does_not(
    qtbot, a_room, the_stage
) -> None:
    desk = begin(qtbot, a_room, the_stage, TrainingMode.GUIDED)
    assert "Find L1" in a_room.run_page.room.next.text()
    desk.do(NameLevel(desk.now_s(), VertebraLevel.L1))
    assert "AP is true" in a_room.run_page.room.next.text()
    begin(qtbot, a_room, the_stage, TrainingMode.FREE)
    assert "Find L1" not in a_room.run_page.room.next.text()


def test_an_exam_tells_nothing_before_its_end(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage, TrainingMode.EXAM)
    shoot(qtbot, a_room)
    desk.do(NameLevel(desk.now_s(), VertebraLevel.L1))
    assert a_room.run_page.arm.rows["rotation"].value.text() == "not told"
    assert a_room.panel.total.text() == ""
    assert "end" in a_room.panel.verdict.text()
    assert {row.word.text() for row in a_room.panel.checks.values()} == {"not told yet"}
    finish(qtbot, a_room)
    assert a_room.panel.total.text() != ""
    assert "not told" not in a_room.run_page.arm.rows["rotation"].value.text()


def test_an_exam_cannot_be_rewound(qtbot, a_room, the_stage, the_expert) -> None:
    for mode, is_shorter in ((TrainingMode.EXAM, False), (TrainingMode.FREE, True)):
        desk = begin(qtbot, a_room, the_stage, mode)
        for event in the_expert:
            desk.do(event)
            if desk.state.moments:
                break
        before = len(desk.events)
        desk.rewind()
        assert (len(desk.events) < before) is is_shorter


def test_a_finished_run_is_told_once_with_its_score_and_its_help(
    qtbot, a_room, the_stage, the_expert
) -> None:
    desk = begin(qtbot, a_room, the_stage, TrainingMode.EXAM)
    told = []
    a_room.finished.connect(told.append)
    for event in the_expert:
        assert desk.do(event)
    qtbot.waitUntil(lambda: bool(told), timeout=60_000)
    desk.changed.emit()
    (record,) = told
    assert record.mode is TrainingMode.EXAM
    assert record.total == desk.score.total >= 95.0
    assert record.passed
    assert decode_run(encode_run(record.run)).events == the_expert
    assert a_room.panel.primary.isEnabled()


def test_a_run_is_found_in_the_log_of_its_trainee(qtbot, a_room, the_stage) -> None:
    begin(qtbot, a_room, the_stage)
    record = finish(qtbot, a_room)
    keep_run("Ada Lovelace", record)
    keep_run("Ada  Lovelace ", record)
    assert all_runs() == {"Ada Lovelace": (record,)}


def test_watching_an_expert_plays_the_run_and_keeps_nothing(
    qtbot, a_room, the_stage, the_expert
) -> None:
    told = []
    a_room.finished.connect(told.append)
    # Looks are left out: what is played is the same, in less time.
    desk = begin(qtbot, a_room, the_stage, watched=the_expert[:6])
    qtbot.waitUntil(lambda: desk.events == the_expert[:6], timeout=60_000)
    assert desk.mode is TrainingMode.GUIDED
    assert not told


def test_again_hands_a_watched_case_to_the_trainee(qtbot, a_room, the_stage, the_expert) -> None:
    desk = begin(qtbot, a_room, the_stage, watched=the_expert)
    a_room.panel.again_pressed.emit()
    assert not a_room.player.is_playing
    assert desk.events == ()
    record = finish(qtbot, a_room)
    assert [type(event) for event in record.run.events] == [Finish]


def test_keys_turn_flip_and_collimate_the_chosen_screen_only(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage)
    shoot(qtbot, a_room)
    page = a_room.run_page
    for key in (Qt.Key.Key_R, Qt.Key.Key_F, Qt.Key.Key_C):
        qtbot.keyClick(page, key)
    settings = desk.settings[Panel.AP]
    assert settings.turn.is_flipped
    assert settings.turn.quarters == 3
    assert settings.opening == 0.75
    assert desk.settings[Panel.LATERAL].turn.words == ""
    wide = desk.state.shots[-1].dose_area
    shoot(qtbot, a_room)
    assert desk.state.shots[-1].dose_area == pytest.approx(wide * 0.75**2)


def test_a_reference_is_kept_and_shown_beside_what_came_later(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage)
    first = shoot(qtbot, a_room)
    qtbot.keyClick(a_room.run_page, Qt.Key.Key_B)
    desk.turn_arm(20.0, 0.0)
    later = shoot(qtbot, a_room)
    assert later is not first
    qtbot.keyClick(a_room.run_page, Qt.Key.Key_B)
    assert desk.settings[Panel.AP].is_reference_shown
    assert desk.references[Panel.AP] is first
    assert desk.held[Panel.AP] is later
    qtbot.keyClick(a_room.run_page, Qt.Key.Key_B)
    assert not desk.settings[Panel.AP].is_reference_shown
    assert desk.references == {}
    qtbot.keyClick(a_room.run_page, Qt.Key.Key_B)
    assert desk.references[Panel.AP] is later


def test_screens_are_swapped_and_the_arm_goes_back_to_what_was_noted(
    qtbot, a_room, the_stage
) -> None:
    desk = begin(qtbot, a_room, the_stage)
    page = a_room.run_page
    left_of = page.screens[Panel.AP].x() < page.screens[Panel.LATERAL].x()
    qtbot.keyClick(page, Qt.Key.Key_W)
    qtbot.waitUntil(
        lambda: (page.screens[Panel.AP].x() < page.screens[Panel.LATERAL].x()) is not left_of
    )
    qtbot.keyClick(page, Qt.Key.Key_N)
    noted = desk.poses[desk.panel]
    qtbot.keyClick(page, Qt.Key.Key_Up)
    qtbot.keyClick(page, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert desk.poses[desk.panel] != noted
    qtbot.keyClick(page, Qt.Key.Key_G)
    assert desk.poses[desk.panel] == noted


def test_shift_and_an_arrow_move_the_arm_as_the_ap_shows_it(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage)
    before = np.array(desk.poses[Panel.AP].isocentre_lps_mm)
    for key, moved in ((Qt.Key.Key_Left, (10, 0, 0)), (Qt.Key.Key_Up, (10, 0, 10))):
        qtbot.keyClick(a_room.run_page, key, Qt.KeyboardModifier.ShiftModifier)
        np.testing.assert_allclose(desk.poses[Panel.AP].isocentre_lps_mm, before + moved)


def test_the_arm_does_not_go_through_the_table(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage)
    before = desk.poses[Panel.AP]
    with qtbot.waitSignal(desk.refused) as told:
        desk.shift_arm((0.0, 420.0, 0.0))
    assert "strike the table" in str(told.args[0])
    assert desk.poses[Panel.AP] == before


def test_the_limits_stand_beside_the_run_even_in_an_exam_and_what_is_over_is_said(
    qtbot, a_room, the_stage
) -> None:
    limits = RunLimits(needle_minutes=10.0, needle_shots=1, needle_dose=5.0, cement_ml=4.0)
    strict = attrs.evolve(the_stage, scenario=attrs.evolve(the_stage.scenario, limits=limits))
    desk = begin(qtbot, a_room, strict, TrainingMode.EXAM)
    row = a_room.panel.limits.rows[SHOTS].value
    shoot(qtbot, a_room)
    assert row.text() == "0 of 1"
    desk.do(PlaceNeedle(desk.now_s(), Side.LEFT, "access-8g-125", (50.0, 50.0, -410.0), 10.0, 0.0))
    shoot(qtbot, a_room)
    assert row.text() == "1 of 1"
    shoot(qtbot, a_room)
    assert row.text() == "2 of 1, over"
    assert row.property("tone") == "danger"


def test_the_clock_of_the_needle_runs_on_while_nothing_is_done(qtbot, a_room, the_stage) -> None:
    desk = begin(qtbot, a_room, the_stage)
    time = a_room.panel.limits.rows[TIME].value
    qtbot.wait(1100)
    assert time.text() == "0:00 of 30:00 min"
    desk.do(PlaceNeedle(desk.now_s(), Side.LEFT, "access-8g-125", (50.0, 50.0, -410.0), 10.0, 0.0))
    qtbot.waitUntil(lambda: time.text() == "0:02 of 30:00 min", timeout=10_000)
    assert desk.state.needle_s == 0.0


def test_a_balloon_is_among_the_checkpoints_of_a_kyphoplasty_only(qtbot, a_room, the_stage) -> None:
    begin(qtbot, a_room, the_stage)
    assert not a_room.panel.checks["Balloon"].isHidden()
    task = attrs.evolve(the_stage.scenario, procedure=Procedure.VERTEBROPLASTY)
    begin(qtbot, a_room, attrs.evolve(the_stage, scenario=task))
    assert a_room.panel.checks["Balloon"].isHidden()
