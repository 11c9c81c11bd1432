import pytest
from PySide6.QtWidgets import QApplication

from planner.geometry.measurement import MeasureKind, Measurement
from planner.gui.case_document import CaseDocument
from planner.gui.tools.measure import MoveMeasure, TakeMeasure
from planner.gui.tools.tool import Pointer
from planner.gui.view_state import ViewState
from planner.rendering.cameras import SlicePlane
from planner.rendering.plan_picture import MeasureHandle

AXIAL = SlicePlane((0, 0, 0), (1, 0, 0), (0, 1, 0))
HIGHER = SlicePlane((0, 0, 30), (1, 0, 0), (0, 1, 0))


@pytest.fixture
def a_state(qapp: QApplication) -> ViewState:
    return ViewState(qapp)


def _at(x: float, y: float, plane: SlicePlane | None = AXIAL) -> Pointer:
    return Pointer((x, y, plane.centre_lps_mm[2] if plane else 0.0), plane=plane)


def _click(tool: TakeMeasure, pointer: Pointer) -> None:
    tool.press(pointer)
    tool.release(pointer)


def _only(document: CaseDocument) -> Measurement:
    (found,) = document.plan.measurements
    return found


def test_a_line_dragged_out_is_a_distance_and_one_step_of_undo(
    a_document: CaseDocument, a_state: ViewState
) -> None:
    done: list[None] = []
    tool = TakeMeasure(MeasureKind.DISTANCE, a_document, a_state, lambda: done.append(None))
    tool.press(_at(0, 0))
    tool.move(_at(10, 0))
    assert a_state.draft is not None
    assert a_state.draft.points_lps_mm == ((0, 0, 0), (10, 0, 0))
    tool.release(_at(30, 40))
    assert _only(a_document).points_lps_mm == ((0, 0, 0), (30, 40, 0))
    assert (a_state.draft, len(done)) == (None, 1)
    assert a_document.undo_text == "Measure distance"
    a_document.undo()
    assert a_document.plan.measurements == ()
    a_document.redo()
    assert _only(a_document).id == a_state.selected_measurement


def test_two_clicks_measure_the_same_as_a_drag(
    a_document: CaseDocument, a_state: ViewState
) -> None:
    tool = TakeMeasure(MeasureKind.DISTANCE, a_document, a_state, lambda: None)
    _click(tool, _at(0, 0))
    assert a_document.plan.measurements == ()
    _click(tool, _at(30, 40))
    assert _only(a_document).points_lps_mm == ((0, 0, 0), (30, 40, 0))


def test_a_cobb_angle_is_two_lines_dragged_one_after_the_other(
    a_document: CaseDocument, a_state: ViewState
) -> None:
    tool = TakeMeasure(MeasureKind.COBB, a_document, a_state, lambda: None)
    for first, second in (((0, 0), (30, 0)), ((0, 40), (30, 50))):
        tool.press(_at(*first))
        tool.release(_at(*second))
    assert _only(a_document).points_lps_mm == ((0, 0, 0), (30, 0, 0), (0, 40, 0), (30, 50, 0))


def test_points_of_two_slices_never_make_one_measurement(
    a_document: CaseDocument, a_state: ViewState
) -> None:
    tool = TakeMeasure(MeasureKind.DISTANCE, a_document, a_state, lambda: None)
    _click(tool, _at(0, 0))
    _click(tool, _at(10, 0, HIGHER))
    assert a_document.plan.measurements == ()
    _click(tool, _at(20, 0, HIGHER))
    assert {point[2] for point in _only(a_document).points_lps_mm} == {30}


def test_nothing_is_measured_in_3d(a_document: CaseDocument, a_state: ViewState) -> None:
    tool = TakeMeasure(MeasureKind.DISTANCE, a_document, a_state, lambda: None)
    assert not tool.press(_at(0, 0, None))


def test_a_point_is_moved_in_one_step_of_undo_and_put_back_by_escape(
    a_document: CaseDocument, a_state: ViewState
) -> None:
    take = TakeMeasure(MeasureKind.DISTANCE, a_document, a_state, lambda: None)
    take.press(_at(0, 0))
    take.release(_at(30, 0))
    before = a_document.change_count
    move = MoveMeasure(a_document, a_state)
    held = MeasureHandle(_only(a_document), 1)
    assert move.press(Pointer(held.lps_mm, held, plane=AXIAL))
    for x in (32, 36, 40):
        move.move(_at(x, 0))
    move.release(_at(40, 0))
    assert _only(a_document).points_lps_mm == ((0, 0, 0), (40, 0, 0))
    assert a_document.change_count == before + 1
    held = MeasureHandle(_only(a_document), 0)
    move.press(Pointer(held.lps_mm, held, plane=AXIAL))
    move.move(_at(-50, 0))
    move.cancel()
    assert _only(a_document).points_lps_mm == ((0, 0, 0), (40, 0, 0))
    assert not a_document.is_gesture_running
