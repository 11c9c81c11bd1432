import pytest

from planner.anatomy.levels import Side
from planner.geometry.points import Triple, as_triple, distance_mm
from planner.gui.case_document import CaseDocument
from planner.gui.tools.first_taker import FirstTaker
from planner.gui.tools.move_needle import MoveNeedle
from planner.gui.tools.pick_level import PickLevel
from planner.gui.tools.place_needle import PlaceNeedle
from planner.gui.tools.tool import Pointer
from planner.planning.plan import PlannedNeedle
from planner.rendering.plan_picture import Handle, NeedleEnd


def _needle(document: CaseDocument, side: Side) -> PlannedNeedle:
    needle = document.plan.levels[0].needle(side)
    assert needle is not None
    return needle


def _handle(document: CaseDocument, side: Side, end: NeedleEnd) -> Handle:
    needle = _needle(document, side)
    point = needle.tip_lps_mm if end is NeedleEnd.TIP else needle.skin_lps_mm
    return Handle(document.plan.levels[0].level, side, end, point)


def _moved(point: Triple, x: float = 0.0, y: float = 0.0, z: float = 0.0) -> Triple:
    return as_triple((point[0] + x, point[1] + y, point[2] + z))


@pytest.fixture
def a_move_tool(a_document: CaseDocument) -> MoveNeedle:
    return MoveNeedle(a_document)


@pytest.fixture
def a_right_tip(a_document: CaseDocument) -> Handle:
    return _handle(a_document, Side.RIGHT, NeedleEnd.TIP)


def test_a_dragged_tip_follows_the_mouse_and_the_entry_stays(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    before = _needle(a_document, Side.RIGHT)
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    for step in range(1, 6):
        a_move_tool.move(Pointer(_moved(a_right_tip.lps_mm, x=float(step)), a_right_tip))
    a_move_tool.release(Pointer(_moved(a_right_tip.lps_mm, x=5.0), a_right_tip))
    after = _needle(a_document, Side.RIGHT)
    assert after.tip_lps_mm == pytest.approx(_moved(before.tip_lps_mm, x=5.0))
    assert after.skin_lps_mm == before.skin_lps_mm
    assert a_document.change_count == 1
    assert a_document.undo_text == "Move needle tip"


def test_a_press_beside_a_drawn_handle_does_not_make_it_jump(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    pressed_at = _moved(a_right_tip.lps_mm, z=12.0)
    a_move_tool.press(Pointer(pressed_at, a_right_tip))
    a_move_tool.move(Pointer(_moved(pressed_at, x=1.0), a_right_tip))
    assert _needle(a_document, Side.RIGHT).tip_lps_mm == pytest.approx(
        _moved(a_right_tip.lps_mm, x=1.0)
    )


def test_shift_drags_the_whole_needle(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    before = _needle(a_document, Side.RIGHT)
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    a_move_tool.release(Pointer(_moved(a_right_tip.lps_mm, 1.0, 2.0, 3.0), a_right_tip, shift=True))
    after = _needle(a_document, Side.RIGHT)
    assert after.tip_lps_mm == pytest.approx(_moved(before.tip_lps_mm, 1.0, 2.0, 3.0))
    assert after.skin_lps_mm == pytest.approx(_moved(before.skin_lps_mm, 1.0, 2.0, 3.0))


@pytest.mark.parametrize("end", NeedleEnd)
def test_alt_turns_the_needle_about_its_tip(
    a_document: CaseDocument, a_move_tool: MoveNeedle, end: NeedleEnd
) -> None:
    handle = _handle(a_document, Side.LEFT, end)
    before = _needle(a_document, Side.LEFT)
    a_move_tool.press(Pointer(handle.lps_mm, handle))
    a_move_tool.release(Pointer(_moved(handle.lps_mm, x=6.0), handle, alt=True))
    after = _needle(a_document, Side.LEFT)
    assert after.tip_lps_mm == before.tip_lps_mm
    assert after.path.length_mm == pytest.approx(before.path.length_mm)
    assert after.skin_lps_mm[0] > before.skin_lps_mm[0] + 4.0


def test_escape_puts_the_needle_back_and_leaves_no_entry(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    before = a_document.plan
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    a_move_tool.move(Pointer(_moved(a_right_tip.lps_mm, x=9.0), a_right_tip))
    a_move_tool.cancel()
    assert a_document.plan == before
    assert a_document.change_count == 0
    assert a_document.is_clean
    assert not a_document.is_gesture_running


def test_a_tip_dragged_onto_the_entry_stops_before_it(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    entry = _needle(a_document, Side.RIGHT).skin_lps_mm
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    a_move_tool.release(Pointer(entry, a_right_tip))
    after = _needle(a_document, Side.RIGHT)
    assert distance_mm(after.skin_lps_mm, after.tip_lps_mm) > 5.0


def test_undo_is_closed_while_a_needle_is_dragged(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    a_move_tool.move(Pointer(_moved(a_right_tip.lps_mm, x=2.0), a_right_tip))
    assert not a_document.can_undo
    a_move_tool.release(Pointer(_moved(a_right_tip.lps_mm, x=2.0), a_right_tip))
    assert a_document.can_undo


def test_taking_hold_of_a_needle_makes_it_the_active_one(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    assert a_document.selection.side is Side.LEFT
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    assert a_document.selection.side is Side.RIGHT
    a_move_tool.cancel()


def test_a_press_beside_every_handle_is_left_to_the_view(a_move_tool: MoveNeedle) -> None:
    assert a_move_tool.press(Pointer((0.0, 0.0, 0.0))) is False


def test_a_click_in_levels_finds_a_vertebra_but_a_handle_still_drags(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    picked: list[Triple] = []
    tool = FirstTaker(a_move_tool, PickLevel(picked.append))
    tool.press(Pointer((1.0, 2.0, 3.0)))
    tool.release(Pointer((1.0, 2.0, 3.0)))
    assert picked == [(1.0, 2.0, 3.0)]
    tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    tool.release(Pointer(_moved(a_right_tip.lps_mm, x=2.0), a_right_tip))
    assert len(picked) == 1
    assert a_document.change_count == 1


def test_the_click_after_e_sets_the_entry() -> None:
    placed: list[tuple[NeedleEnd, Triple]] = []
    tool = PlaceNeedle(NeedleEnd.ENTRY, lambda end, at: placed.append((end, at)))
    assert tool.press(Pointer((4.0, 5.0, 6.0)))
    assert placed == [(NeedleEnd.ENTRY, (4.0, 5.0, 6.0))]


def test_a_drag_back_to_the_start_is_no_change(
    a_document: CaseDocument, a_move_tool: MoveNeedle, a_right_tip: Handle
) -> None:
    a_move_tool.press(Pointer(a_right_tip.lps_mm, a_right_tip))
    a_move_tool.move(Pointer(_moved(a_right_tip.lps_mm, x=2.0), a_right_tip))
    a_move_tool.release(Pointer(a_right_tip.lps_mm, a_right_tip))
    assert a_document.change_count == 0
