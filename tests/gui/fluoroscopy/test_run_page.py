"""A rehearsal at the window: pedal, arm, skin point, and what is judged is shown."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from taking_pictures import CENTRE, at_the_level, shoot

from planner.anatomy.levels import Side, VertebraLevel
from planner.gui.fluoroscopy.rehearsal_keys import REHEARSAL_KEYS
from planner.gui.fluoroscopy.screen_keys import SCREEN_KEYS
from planner.gui.fluoroscopy.skin_pointer import skin_under_pixel_lps_mm
from planner.gui.panels.rehearse_panel import RehearsePanel
from planner.gui.theme import DARK
from planner.rehearsal.events import Advance, Inject, NameLevel, Panel, PlaceNeedle
from planner.rehearsal.run_file import decode_run, encode_run


def test_space_takes_a_picture_that_is_held_until_the_next(qtbot, a_run_page) -> None:
    desk = a_run_page.desk
    held = shoot(qtbot, a_run_page)
    assert held.picture.shape == (512, 512)
    assert held.picture.std() > 10.0
    assert len(desk.state.shots) == 1
    assert desk.state.shots[0].panel is Panel.AP
    qtbot.keyClick(a_run_page, Qt.Key.Key_Left)
    assert desk.held[Panel.AP] is held
    assert desk.poses[Panel.AP].orbital_deg == held.pose.orbital_deg + 2.0
    assert desk.poses[Panel.LATERAL].orbital_deg == 84.0


def test_space_is_the_pedal_even_while_a_button_has_the_keyboard(qtbot, a_run_page) -> None:
    button = a_run_page.hand.steps[0]
    button.setFocus()
    qtbot.keyClick(button, Qt.Key.Key_Space)
    assert len(a_run_page.desk.state.shots) == 1
    assert a_run_page.desk.state.sides == ()


def test_a_press_on_a_screen_brings_the_arm_there(qtbot, a_run_page) -> None:
    qtbot.mouseClick(a_run_page.screens[Panel.LATERAL], Qt.MouseButton.LeftButton)
    assert a_run_page.desk.panel is Panel.LATERAL


@pytest.mark.parametrize("side", Side)
def test_pointing_beside_the_spine_sets_the_needle_on_that_sides_skin(
    qtbot, a_run_page, side
) -> None:
    desk = a_run_page.desk
    view = shoot(qtbot, a_run_page).view
    desk.choose_side(side)
    wanted = np.add(CENTRE, (side.sign * 30.0, 85.0, 5.0))
    ((column, row),) = view.pixels_of(wanted[np.newaxis])
    a_run_page.screens[Panel.AP].pointed.emit(Panel.AP, column, row)
    placed = desk.state.on(side)
    # The phantom's back lies at y = 55 near the midline; left on the screen is the patient's left.
    np.testing.assert_allclose(placed.skin_lps_mm[::2], wanted[::2], atol=3.0)
    assert placed.skin_lps_mm[1] > 40.0
    assert (column < 255.5) == (side is Side.LEFT)


def test_pointing_beside_the_patient_finds_no_skin(qtbot, a_run_page, the_stage) -> None:
    view = shoot(qtbot, a_run_page).view
    assert skin_under_pixel_lps_mm(view, 5e4, 0.0, the_stage.maps.skin) is None


def test_what_is_not_possible_is_refused_and_changes_nothing(qtbot, a_run_desk) -> None:
    before = a_run_desk.state
    with qtbot.waitSignal(a_run_desk.refused):
        a_run_desk.do(Inject(a_run_desk.now_s(), Side.LEFT, 0.1))
    assert a_run_desk.state is before
    assert a_run_desk.events == ()


def with_needle_in_bone(desk) -> None:
    # The left pedicle's middle lies 14 mm left of the body's centre, 20.5 mm behind it.
    desk.do(NameLevel(desk.now_s(), VertebraLevel.L1))
    skin = np.add(CENTRE, (18.0, 92.0, 3.0))
    desk.do(PlaceNeedle(desk.now_s(), Side.LEFT, "access-11g-125", skin, 4.0, 0.0))
    desk.do(Advance(desk.now_s(), Side.LEFT, 62.0))


def test_rewinding_goes_back_to_before_the_last_checkpoint(a_run_desk) -> None:
    with_needle_in_bone(a_run_desk)
    assert a_run_desk.state.has("entry")
    a_run_desk.rewind()
    assert not a_run_desk.state.has("entry")
    assert a_run_desk.state.on(Side.LEFT).reach_mm == 0.0
    assert len(a_run_desk.events) == 2


def test_the_run_at_the_window_is_recorded_whole(a_run_desk) -> None:
    with_needle_in_bone(a_run_desk)
    assert decode_run(encode_run(a_run_desk.recorded)) == a_run_desk.recorded
    assert len(a_run_desk.recorded.events) == 3


@pytest.mark.usefixtures("the_theme")
def test_a_score_is_shown_only_for_the_run_as_it_stands(qtbot, a_run_desk) -> None:
    panel = RehearsePanel(DARK)
    qtbot.addWidget(panel)
    with_needle_in_bone(a_run_desk)
    assert a_run_desk.score is None
    panel.show_run(a_run_desk.state, a_run_desk.score, a_run_desk.stage, a_run_desk.mode)
    assert panel.verdict.text() == "marking"
    qtbot.waitUntil(lambda: a_run_desk.score is not None, timeout=30_000)
    panel.show_run(a_run_desk.state, a_run_desk.score, a_run_desk.stage, a_run_desk.mode)
    assert "100" in panel.verdict.text()
    assert panel.checks["Level named"].word.text() == "passed"
    assert panel.checks["True AP and lateral"].word.text() == "not met"
    assert panel.checks["Cement"].word.text() == "to come"


def test_the_arm_tells_how_far_off_its_last_picture_was(qtbot, a_run_page) -> None:
    assert a_run_page.arm.rows["rotation"].value.text() == "no shot yet"
    at_the_level(a_run_page.desk)
    a_run_page.desk.turn_arm(0.0, 0.0)
    shoot(qtbot, a_run_page)
    assert "true" in a_run_page.arm.rows["rotation"].value.text()
    a_run_page.desk.turn_arm(15.0, 0.0)
    shoot(qtbot, a_run_page)
    told = a_run_page.arm.rows["rotation"].value.text()
    assert float(told.split("°")[0]) == pytest.approx(15.0, abs=0.5)
    assert "off" in told


def test_a_pedal_held_down_is_live_until_it_is_let_go(qtbot, a_run_page) -> None:
    desk = a_run_page.desk
    before_deg = desk.poses[Panel.AP].orbital_deg
    qtbot.keyPress(a_run_page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: any(shot.is_live for shot in desk.state.shots), timeout=30_000)
    qtbot.waitUntil(lambda: desk.held[Panel.AP].is_live, timeout=30_000)
    assert desk.held[Panel.AP].picture.shape == (256, 256)
    # The arm is steered while the beam is on.
    qtbot.keyClick(a_run_page, Qt.Key.Key_Right)
    qtbot.waitUntil(
        lambda: desk.held[Panel.AP].pose.orbital_deg == before_deg - 2.0, timeout=30_000
    )
    qtbot.keyRelease(a_run_page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: desk.held[Panel.AP].picture.shape == (512, 512), timeout=30_000)
    assert not desk.held[Panel.AP].is_live
    # One press is one shot, however long it was; its beam counts whole.
    assert sum(not shot.is_live for shot in desk.state.shots) == 1
    assert sum(shot.beam_s for shot in desk.state.shots) > 0.3
    assert not a_run_page.pedal._frames.isActive()


def test_what_the_detector_adds_is_switched_off_for_the_next_picture(qtbot, a_run_page) -> None:
    grainy = shoot(qtbot, a_run_page).picture.astype(int)
    for name in ("grain", "collimator", "vignette"):
        a_run_page.arm.look.switches[name].setChecked(False)
    clean = shoot(qtbot, a_run_page).picture.astype(int)
    # The corners were black outside the round field.
    assert grainy[0, 0] == 0
    assert clean[:20, :20].mean() > 30.0
    middle = (slice(226, 286), slice(226, 286))
    rough = [np.abs(np.diff(picture[middle], axis=1)).mean() for picture in (grainy, clean)]
    assert rough[1] < 0.7 * rough[0]


def test_every_key_of_a_rehearsal_stands_in_its_list(a_run_page) -> None:
    listed = " ".join(key for key, _what in REHEARSAL_KEYS)
    letters = {chr(key.value) for key in SCREEN_KEYS | a_run_page._hand_keys.keys()}
    assert {
        letter for letter in letters if letter not in listed.replace("Ctrl", "").split()
    } == set()
    for modifier in ("", "Shift+", "Ctrl+", "Alt+"):
        assert all(f"{modifier}Left" in listed and name in listed for name in ("Right", "Up"))
    assert {"PgDown", "PgUp", "Space"} <= set(listed.replace(",", "").split())
