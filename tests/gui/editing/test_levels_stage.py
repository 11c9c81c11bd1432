"""Stage 2 in the real window: the strip, the measures, the landmarks, the names."""

from collections.abc import Callable

import attrs
import pytest
from left_button import drag, move, press, release
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import HandMade, VertebraModel
from planner.geometry.points import distance_mm
from planner.gui.case_desk import CaseDesk
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName
from planner.gui.views.slice_view import SliceView
from planner.rendering.plan_picture import HeightHandle

pytestmark = pytest.mark.slow
LONG_MS = 30_000
L1, L2, T12, T13 = (VertebraLevel[name] for name in ("L1", "L2", "T12", "T13"))


def _texts(widget: QWidget) -> list[str]:
    return [item.text() for item in widget.findChildren(QLabel) if not item.isHidden()]


def _vertebra(desk: CaseDesk) -> VertebraModel:
    vertebra = desk.planning.state().vertebra
    assert vertebra is not None
    return vertebra


def _sagittal(desk: CaseDesk) -> SliceView:
    view = desk.workbench.views.view(ViewName.SAGITTAL)
    assert isinstance(view, SliceView)
    return view


def _handle(view: SliceView, line: str, *, is_superior: bool) -> HeightHandle:
    return next(
        item
        for item in view.picture.height_handles
        if item.line == line and item.is_superior is is_superior
    )


def test_every_level_has_a_tile_with_its_name_grade_and_density(a_desk: CaseDesk) -> None:
    tiles = a_desk.workbench.board.tiles
    names = [tile.accessibleName() for tile in tiles]
    assert len(tiles) == 2
    assert names[0].startswith("T12, No fracture, 112 HU")
    assert names[1].startswith("L1, No fracture, 112 HU")
    assert [tile.isChecked() for tile in tiles] == [False, True]


def test_a_press_on_a_tile_works_on_its_level(
    qtbot: QtBot, a_desk: CaseDesk, idle: Callable[[], None]
) -> None:
    qtbot.mouseClick(a_desk.workbench.board.tiles[0], Qt.MouseButton.LeftButton)
    idle()
    assert a_desk.planning.document.selection.level is T12
    assert [tile.isChecked() for tile in a_desk.workbench.board.tiles] == [True, False]


def test_the_strip_belongs_to_the_stage_of_levels_alone(a_desk: CaseDesk) -> None:
    assert a_desk.workbench.board.isVisible()
    a_desk.workbench.go_to(Stage.APPROACH)
    assert not a_desk.workbench.board.isVisible()
    assert not a_desk.view_state.shows_landmarks


def test_a_collapsed_level_falls_out_of_the_row(a_desk: CaseDesk, idle: Callable[[], None]) -> None:
    """The heights of L1 are set to a wedge of two fifths against T12."""
    vertebra = _vertebra(a_desk)
    heights = vertebra.heights
    low = attrs.evolve(
        heights.anterior,
        superior_lps_mm=vertebra.lps_from_vertebra.point((0.0, -15.5, -13.0 + 15.0)),
    )
    broken = attrs.evolve(vertebra, heights=attrs.evolve(heights, anterior=low))
    a_desk.planning.document.change_vertebra(broken, "Break")
    idle()
    assert "L1, Grade 3 wedge, 112 HU" in a_desk.workbench.board.tiles[1].accessibleName()
    card = a_desk.workbench.levels.heights_card
    assert "Grade 3 wedge" in _texts(card)
    assert "42% lost" in _texts(card)
    anterior = [cell.text() for cell in card.table.cells[0]]
    assert anterior[:2] == ["15.0", "\N{MINUS SIGN}42 %"]


def test_the_details_of_the_walls_come_when_they_are_measured(
    qtbot: QtBot, a_desk: CaseDesk
) -> None:
    qtbot.waitUntil(lambda: a_desk.planning.state().details is not None, timeout=LONG_MS)
    details = a_desk.planning.state().details
    assert details is not None
    assert details.vertebra is _vertebra(a_desk)
    bone, pedicles = a_desk.workbench.levels.bone_card, a_desk.workbench.levels.pedicles_card
    assert bone.gas.value.text() == "none seen"
    left, right = ([row[n].text() for row in pedicles.table.cells] for n in (0, 1))
    assert (left[0], right[0]) == ("9.0", "7.6")
    assert (left[4], right[4]) == ("10\N{DEGREE SIGN} in", "10\N{DEGREE SIGN} in")
    assert (left[-1], right[-1]) == ("8 G", "8 G")


def test_numbers_that_nobody_read_in_a_source_are_marked(a_desk: CaseDesk) -> None:
    for card in (a_desk.workbench.levels.heights_card, a_desk.workbench.levels.bone_card):
        marks = card.findChildren(QLabel, "unverifiedMark")
        assert marks
        assert all(mark.toolTip().startswith("Unverified.") for mark in marks)


def test_an_end_of_a_height_line_is_dragged_and_the_height_follows_it(
    a_desk: CaseDesk, idle: Callable[[], None]
) -> None:
    view = _sagittal(a_desk)
    before = _vertebra(a_desk)
    changes = a_desk.planning.document.change_count
    start = view.widget_point(_handle(view, "anterior", is_superior=True).lps_mm)
    down_px = 5.0 / (view.mapping.mm_per_px * view.devicePixelRatioF())
    drag(view, start, start + QPointF(0.0, down_px))
    idle()
    after = _vertebra(a_desk)
    assert before.heights.anterior_mm - after.heights.anterior_mm == pytest.approx(5.0, abs=0.3)
    assert after.heights.posterior == before.heights.posterior
    assert HandMade.LANDMARKS in after.by_hand
    assert a_desk.planning.document.change_count == changes + 1
    assert a_desk.planning.document.undo_text == "Move anterior landmark"
    assert "By hand: landmarks" in _texts(a_desk.workbench.levels.heights_card)
    a_desk.planning.document.undo()
    assert _vertebra(a_desk) is before


def test_a_landmark_let_go_where_it_was_changes_nothing(a_desk: CaseDesk) -> None:
    view, before = _sagittal(a_desk), _vertebra(a_desk)
    at = view.widget_point(_handle(view, "middle", is_superior=False).lps_mm)
    press(view, at)
    release(view, at)
    assert _vertebra(a_desk) is before


def test_escape_puts_a_dragged_landmark_back(qtbot: QtBot, a_desk: CaseDesk) -> None:
    view, before = _sagittal(a_desk), _vertebra(a_desk)
    at = view.widget_point(_handle(view, "posterior", is_superior=True).lps_mm)
    press(view, at)
    move(view, at + QPointF(0.0, 15.0))
    assert a_desk.view_state.dragged_heights is not None
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    assert a_desk.view_state.dragged_heights is None
    assert _vertebra(a_desk) is before
    assert not a_desk.planning.document.is_gesture_running


def test_landmarks_set_by_hand_are_found_again_on_request(
    a_desk: CaseDesk, idle: Callable[[], None]
) -> None:
    view = _sagittal(a_desk)
    start = view.widget_point(_handle(view, "anterior", is_superior=True).lps_mm)
    drag(view, start, start + QPointF(0.0, 20.0))
    idle()
    a_desk.workbench.levels.heights_card.again_pressed.emit()
    idle()
    vertebra = _vertebra(a_desk)
    assert vertebra.heights.anterior_mm == pytest.approx(26.0, abs=0.5)
    assert vertebra.by_hand == ()


def test_the_measuring_view_shows_the_mid_sagittal_slice_alone_and_goes_back(
    a_desk: CaseDesk,
) -> None:
    a_desk.toggle_measuring_view()
    assert a_desk.view_state.maximised is ViewName.SAGITTAL
    centre = _vertebra(a_desk).centre_lps_mm
    assert distance_mm(a_desk.view_state.crosshair_lps_mm, centre) < 0.1
    assert _sagittal(a_desk).shows_heights()
    a_desk.toggle_measuring_view()
    assert a_desk.view_state.maximised is None


def test_one_corrected_name_renames_every_level_and_what_is_planned(
    a_desk: CaseDesk, idle: Callable[[], None]
) -> None:
    a_desk.planning.levels.rename(L1, L2)
    idle()
    document = a_desk.planning.document
    assert [v.level for v in document.vertebrae] == [L1, L2]
    assert document.plan.at(L2) is not None
    assert document.plan.at(L1) is None
    assert document.selection.level is L2
    document.undo()
    assert [v.level for v in document.vertebrae] == [T12, L1]


def test_a_thirteenth_thoracic_vertebra_can_be_named(a_desk: CaseDesk) -> None:
    a_desk.planning.levels.rename(L1, T13)
    assert [v.level for v in a_desk.planning.document.vertebrae] == [T12, T13]


def test_a_name_that_leaves_another_level_without_one_is_refused_in_a_sentence(
    a_desk: CaseDesk, a_session: Session
) -> None:
    a_desk.planning.levels.rename(L1, VertebraLevel.C1)
    assert [v.level for v in a_desk.planning.document.vertebrae] == [T12, L1]
    assert "T12 would have no name if L1 were C1" in a_session.window.notice.text


def test_a_click_in_a_body_set_by_hand_keeps_it_and_says_how_to_find_it_anew(
    a_desk: CaseDesk, a_session: Session, idle: Callable[[], None]
) -> None:
    document = a_desk.planning.document
    vertebra = _vertebra(a_desk)
    edited = attrs.evolve(vertebra, by_hand=(HandMade.OUTLINE,))
    document.change_vertebra(edited, "Paint body")
    document.select(T12)
    idle()
    a_desk.planning.levels.find_at(vertebra.centre_lps_mm)
    idle()
    assert document.selection.level is L1
    assert _vertebra(a_desk) is edited
    assert "L1 was set by hand and is kept" in a_session.window.notice.text
