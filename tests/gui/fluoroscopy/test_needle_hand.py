"""What the hand does at the window: pointer, skin point, aim, push, hammer, twist, tools."""

import numpy as np
import pytest
from PySide6.QtCore import QKeyCombination, QPoint, QPointF, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QWheelEvent
from PySide6.QtWidgets import QApplication
from taking_pictures import CENTRE, at_the_level, shoot

from planner.anatomy.levels import Side
from planner.rehearsal.events import Hammer, LayPointer, Panel, Tool, TurnBevel, aim_deg
from planner.rendering.palette import LEAK

BACK = CENTRE + np.array([30.0, 85.0, 5.0])
CTRL, ALT, SHIFT = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ShiftModifier,
)


def place_of(page, point, panel: Panel = Panel.AP) -> QPoint:
    """Return where a point of the patient is seen on a screen."""
    screen, held = page.screens[panel], page.desk.shown[panel]
    ((column, row),) = held.view.pixels_of(np.array([point]))
    square = screen._square()
    scale = square.width() / held.view.pixels
    return QPoint(
        round(square.x() + (column + 0.5) * scale), round(square.y() + (row + 0.5) * scale)
    )


@pytest.fixture
def a_page_with_ap(qtbot, a_run_page):
    a_run_page.desk.turn_arm(0.0, 0.0)
    at_the_level(a_run_page.desk)
    shoot(qtbot, a_run_page)
    return a_run_page


@pytest.fixture
def a_page_with_needle(qtbot, a_page_with_ap):
    desk = a_page_with_ap.desk
    skin = CENTRE + np.array([18.0, 85.0, 3.0])
    screen = a_page_with_ap.screens[Panel.AP]
    qtbot.mouseClick(screen, Qt.MouseButton.LeftButton, CTRL, place_of(a_page_with_ap, skin))
    a_page_with_ap.needle.aim(4.0, 0.0)
    assert desk.state.on(Side.LEFT).skin_lps_mm[0] == pytest.approx(skin[0], abs=2.0)
    return a_page_with_ap


def left(page):
    return page.desk.state.on(Side.LEFT)


def test_the_pointer_follows_the_mouse_and_is_kept_where_a_picture_showed_it(
    qtbot, a_page_with_ap
) -> None:
    page, desk = a_page_with_ap, a_page_with_ap.desk
    qtbot.keyClick(page, Qt.Key.Key_P)
    assert page.hand.pointer.isChecked()
    before = len(desk.events)
    for right_mm in (-20.0, 0.0, 10.0):
        spot = place_of(page, BACK - (right_mm, 0.0, 0.0))
        page.screens[Panel.AP].hovered.emit(
            Panel.AP, *page.screens[Panel.AP]._pixel_at(QPointF(spot))
        )
    assert len(desk.events) == before, "moving it is no action of the run"
    assert desk.pointer_lps_mm[0] == pytest.approx(BACK[0] - 10.0, abs=2.0)
    held = shoot(qtbot, page)
    assert isinstance(desk.events[-3], LayPointer)
    assert desk.state.shots[-1].pointer_lps_mm == desk.pointer_lps_mm
    # Its shadow is metal: black where it lies, left of its end.
    ((column, row),) = held.view.pixels_of(np.array([desk.pointer_lps_mm]))
    assert held.picture[round(row) + 2, round(column) - 25 : round(column) - 5].min() < 40
    qtbot.keyClick(page, Qt.Key.Key_P)
    assert desk.pointer_lps_mm is None
    assert desk.state.pointer_lps_mm is None


def test_a_press_lays_the_pointer_down_and_it_follows_no_more(qtbot, a_page_with_ap) -> None:
    page = a_page_with_ap
    screen = page.screens[Panel.AP]
    qtbot.keyClick(page, Qt.Key.Key_P)
    qtbot.mouseClick(screen, Qt.MouseButton.LeftButton, pos=place_of(page, BACK))
    laid = page.desk.pointer_lps_mm
    assert laid is not None
    screen.hovered.emit(Panel.AP, 10.0, 10.0)
    assert page.desk.pointer_lps_mm == laid
    assert page.desk.state.sides == ()


def test_without_a_picture_the_pointer_is_not_taken_up(qtbot, a_run_page) -> None:
    with qtbot.waitSignal(a_run_page.told):
        qtbot.keyClick(a_run_page, Qt.Key.Key_P)
    assert not a_run_page.needle.is_pointing


@pytest.mark.parametrize(
    ("key", "medial", "caudad"),
    [
        (Qt.Key.Key_Right, 1.0, 0.0),
        (Qt.Key.Key_Left, -1.0, 0.0),
        (Qt.Key.Key_Up, 0.0, -1.0),
        (Qt.Key.Key_Down, 0.0, 1.0),
    ],
)
def test_ctrl_and_the_arrows_aim_the_tip_as_the_ap_shows_it(
    qtbot, a_page_with_needle, key, medial, caudad
) -> None:
    before = aim_deg(left(a_page_with_needle).direction_lps, Side.LEFT)
    qtbot.keyClick(a_page_with_needle, key, CTRL)
    after = aim_deg(left(a_page_with_needle).direction_lps, Side.LEFT)
    assert np.subtract(after, before) == pytest.approx((medial, caudad), abs=1e-6)


def test_the_right_mouse_button_aims_too(a_page_with_needle) -> None:
    screen = a_page_with_needle.screens[Panel.AP]
    before = aim_deg(left(a_page_with_needle).direction_lps, Side.LEFT)
    screen.aimed.emit(8.0, 4.0)
    after = aim_deg(left(a_page_with_needle).direction_lps, Side.LEFT)
    assert np.subtract(after, before) == pytest.approx((2.0, -1.0), abs=1e-6)


def test_alt_and_the_arrows_move_the_skin_point_along_the_back(qtbot, a_page_with_needle) -> None:
    before = np.array(left(a_page_with_needle).skin_lps_mm)
    qtbot.keyClick(a_page_with_needle, Qt.Key.Key_Left, ALT)
    qtbot.keyClick(a_page_with_needle, Qt.Key.Key_Up, ALT)
    after = np.array(left(a_page_with_needle).skin_lps_mm)
    assert (after - before)[[0, 2]] == pytest.approx((1.0, 1.0), abs=1e-6)
    assert after[1] == pytest.approx(before[1], abs=2.0)


def test_a_hand_stops_where_it_first_meets_bone_and_then_goes_on(qtbot, a_page_with_needle) -> None:
    page = a_page_with_needle
    with qtbot.waitSignal(page.needle.met_bone):
        for _ in range(30):
            page.hand.pushed.emit(5.0)
            if left(page).bone_mm is not None:
                break
    assert left(page).reach_mm == pytest.approx(left(page).bone_mm, abs=0.3)
    assert page.hand.rows["bone"].value.text() == "bone contact"
    page.hand.pushed.emit(5.0)
    assert left(page).reach_mm == pytest.approx(left(page).bone_mm + 5.0, abs=0.3)


def test_the_wheel_pushes_with_ctrl_only(a_page_with_needle) -> None:
    page = a_page_with_needle
    screen = page.screens[Panel.AP]

    def turn(modifier) -> None:
        QApplication.sendEvent(
            screen,
            QWheelEvent(
                QPointF(50, 80),
                QPointF(50, 80),
                QPoint(),
                QPoint(0, 240),
                Qt.MouseButton.NoButton,
                modifier,
                Qt.ScrollPhase.NoScrollPhase,
                False,
            ),
        )

    turn(Qt.KeyboardModifier.NoModifier)
    assert left(page).reach_mm == 0.0
    turn(CTRL)
    assert left(page).reach_mm == pytest.approx(2.0)


def test_hammer_and_twist_are_actions_of_the_run(qtbot, a_page_with_needle) -> None:
    page = a_page_with_needle
    assert not page.hand.hammer.isEnabled()
    page.hand.pushed.emit(60.0)
    assert page.hand.hammer.isEnabled()
    qtbot.keyClick(page, Qt.Key.Key_H)
    assert isinstance(page.desk.events[-1], Hammer)
    assert left(page).reach_mm > left(page).bone_mm + 0.4
    with qtbot.waitSignal(page.told):
        qtbot.keyClick(page, Qt.Key.Key_Period)
    page.hand.tip_chosen.emit(True)
    assert page.hand.face.text() == "to the head"
    for _ in range(3):
        qtbot.keyClick(page, Qt.Key.Key_Period)
    assert page.desk.events[-1] == TurnBevel(page.desk.events[-1].time_s, Side.LEFT, 90.0)
    # Clockwise as the needle goes to the front: from the head to the patient's right.
    assert page.hand.face.text() == "to the right"
    qtbot.keyClick(page, Qt.Key.Key_Comma)
    assert left(page).bevel_turn_deg == 60.0
    page.hand.tip_chosen.emit(False)
    assert left(page).bevel_turn_deg is None


def test_a_magnified_picture_shows_less_of_the_patient_larger(qtbot, a_page_with_ap) -> None:
    wide = a_page_with_ap.desk.held[Panel.AP]
    qtbot.keyClick(a_page_with_ap, Qt.Key.Key_M)
    large = shoot(qtbot, a_page_with_ap)
    assert large.view.pixel_mm == pytest.approx(wide.view.pixel_mm / 1.5)
    assert large.picture.shape == wide.picture.shape
    assert a_page_with_ap.desk.state.shots[-1].magnification == 1.5
    assert "magnified 1.5 x" in a_page_with_ap.screens[Panel.AP]._words()


def test_shift_and_the_page_keys_raise_the_arm_until_it_would_strike(qtbot, a_page_with_ap) -> None:
    page, desk = a_page_with_ap, a_page_with_ap.desk
    before = desk.poses[Panel.AP].isocentre_lps_mm
    qtbot.keyClick(page, Qt.Key.Key_PageUp, SHIFT)
    assert desk.poses[Panel.AP].isocentre_lps_mm[1] == before[1] + 10.0
    with qtbot.waitSignal(desk.refused):
        for _ in range(40):
            qtbot.keyClick(page, Qt.Key.Key_PageUp, SHIFT)
    assert page.arm.scene.colours["source"] == LEAK
    assert desk.poses[Panel.AP] != desk.struck
    qtbot.keyClick(page, Qt.Key.Key_PageDown, SHIFT)
    assert desk.struck is None
    assert page.arm.scene.colours["source"] != LEAK


def test_the_beam_down_the_barrel_is_told_for_the_chosen_side(qtbot, a_page_with_ap) -> None:
    from planner.simulation.true_views import pedicle_en_face

    page, desk = a_page_with_ap, a_page_with_ap.desk
    pedicle = desk.stage.vertebra.pedicle(Side.LEFT)
    en_face = pedicle_en_face(pedicle)
    desk.shift_arm(
        tuple(np.subtract(pedicle.isthmus_lps_mm, desk.poses[Panel.AP].isocentre_lps_mm))
    )
    desk.turn_arm(en_face.orbital_deg, en_face.angular_deg)
    shoot(qtbot, page)
    assert page.arm.rows["barrel"].value.text().endswith("true")
    desk.choose_side(Side.RIGHT)
    assert page.arm.rows["barrel"].value.text().endswith("off")


def test_tools_follow_each_other_from_the_card(a_page_with_needle) -> None:
    page = a_page_with_needle
    page.hand.pushed.emit(60.0)
    page.hand.pushed.emit(20.0)
    page.hand.tool_chosen.emit(Tool.WIRE)
    assert left(page).tool is Tool.WIRE
    assert not page.hand.hammer.isEnabled()


@pytest.mark.parametrize("modifier", [ALT, SHIFT, CTRL])
def test_a_plans_own_shortcuts_do_not_fire_during_a_rehearsal(
    qtbot, a_page_with_needle, modifier
) -> None:
    # In a case Alt and an arrow move the plan's needle, Shift and an arrow turn the slices.
    fired = []
    keys = QKeyCombination(modifier, Qt.Key.Key_Left)
    shortcut = QShortcut(QKeySequence(keys), a_page_with_needle)
    shortcut.activated.connect(lambda: fired.append(keys))
    qtbot.keyClick(a_page_with_needle, Qt.Key.Key_Left, modifier)
    assert fired == []
