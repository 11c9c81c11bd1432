import gc

import attrs
import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot
from vtkmodules.vtkCommonCore import vtkObjectBase

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.transforms import RigidTransform
from planner.gui.view_state import NeedleView, ViewName, ViewState
from planner.gui.views.slice_view import SliceView
from planner.gui.views.slice_words import heights_line
from planner.gui.views.tool_view import ToolView
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.cameras import side_letters
from planner.rendering.layers import Layer
from planner.rendering.plan_picture import Handle, NeedleEnd, PlanPicture

LEFT = Qt.MouseButton.LeftButton
SLICES = (ViewName.AXIAL, ViewName.SAGITTAL, ViewName.CORONAL)


def _point(view: ToolView, lps_mm: object) -> QPoint:
    return view.widget_point(lps_mm).toPoint()


def _tip(grid: ViewGrid) -> Handle:
    handles = grid.view(ViewName.AXIAL).picture.handles
    return next(h for h in handles if h.side is Side.LEFT and h.end is NeedleEnd.TIP)


def _slice(grid: ViewGrid, name: ViewName) -> SliceView:
    view = grid.view(name)
    assert isinstance(view, SliceView)
    return view


def _move(view: ToolView, pos: QPoint, buttons: Qt.MouseButton = LEFT) -> None:
    """Send the event itself: the cursor of the test's platform knows nothing of windows on top."""
    place = QPointF(pos)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        place,
        view.mapToGlobal(place),
        Qt.MouseButton.NoButton,
        buttons,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(view, event)


def _wheel(view: ToolView, notches: int, keys: Qt.KeyboardModifier) -> None:
    middle = QPointF(view.rect().center())
    event = QWheelEvent(
        middle,
        view.mapToGlobal(middle),
        QPoint(),
        QPoint(0, 120 * notches),
        Qt.MouseButton.NoButton,
        keys,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)


def test_a_click_in_one_slice_moves_the_planes_of_the_others(
    a_grid: ViewGrid, a_view_state: ViewState, qtbot: QtBot
) -> None:
    axial = _slice(a_grid, ViewName.AXIAL)
    centre = np.array(a_view_state.crosshair_lps_mm)
    target = np.add(centre, (12.0, 8.0, 0.0))
    qtbot.mouseClick(axial, LEFT, pos=_point(axial, target))
    assert a_view_state.crosshair_lps_mm == pytest.approx(target, abs=0.6)
    for name, axis in ((ViewName.SAGITTAL, 0), (ViewName.CORONAL, 1)):
        shown = _slice(a_grid, name).mapping.plane.centre_lps_mm[axis]
        assert shown == pytest.approx(target[axis], abs=0.6)


@pytest.mark.parametrize(
    ("name", "right", "down"),
    [
        (ViewName.AXIAL, "L", "P"),
        (ViewName.SAGITTAL, "P", "I"),
        (ViewName.CORONAL, "L", "I"),
    ],
)
def test_each_slice_keeps_its_sides_in_a_tilted_frame_too(
    name: ViewName, right: str, down: str, a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    tilt = RigidTransform(np.array([[1, 0, 0], [0, 0.96, -0.28], [0, 0.28, 0.96]]), np.zeros(3))
    for frame in (RigidTransform.identity(), tilt):
        a_view_state.set_slice_frame(frame)
        plane = _slice(a_grid, name).mapping.plane
        assert side_letters(plane.right_lps) == right
        assert side_letters(plane.down_lps) == down


@pytest.mark.parametrize("name", ViewName)
def test_a_drag_of_the_left_tip_moves_just_that_point_in_every_view(
    name: ViewName, a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    tip = _tip(a_grid)
    a_view_state.set_crosshair(tip.lps_mm)
    a_grid.set_tool(a_tool)
    view = a_grid.view(name)
    start = _point(view, tip.lps_mm) + QPoint(3, -2)
    end = start + QPoint(20, 12)
    qtbot.mousePress(view, LEFT, pos=start)
    _move(view, end)
    qtbot.mouseRelease(view, LEFT, pos=end)
    assert a_tool.names[0] == "press"
    assert a_tool.names[-1] == "release"
    pressed, released = a_tool.last("press"), a_tool.last("release")
    assert pressed.handle == tip
    assert pressed.lps_mm == pytest.approx(tip.lps_mm, abs=1e-6)
    moved = np.subtract(released.lps_mm, tip.lps_mm)
    mapping = view.mapping
    into = getattr(mapping, "into_screen_lps", None)
    into = np.array(mapping.plane.into_screen_lps if into is None else into)
    assert moved @ into == pytest.approx(0.0, abs=1e-6)
    shift = view.widget_point(released.lps_mm) - view.widget_point(tip.lps_mm)
    assert (shift.x(), shift.y()) == pytest.approx((20, 12), abs=0.01)


def test_a_handle_before_the_slice_keeps_its_depth_while_it_is_dragged(
    a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    tip = _tip(a_grid)
    a_view_state.set_crosshair(np.add(tip.lps_mm, (0, 0, 6.0)))
    a_grid.set_tool(a_tool)
    axial = a_grid.view(ViewName.AXIAL)
    start = _point(axial, tip.lps_mm)
    qtbot.mousePress(axial, LEFT, pos=start)
    qtbot.mouseRelease(axial, LEFT, pos=start + QPoint(10, 0))
    assert a_tool.last("release").lps_mm[2] == pytest.approx(tip.lps_mm[2], abs=1e-9)


def test_shift_and_alt_reach_the_tool(a_grid: ViewGrid, a_tool: object, qtbot: QtBot) -> None:
    tip = _tip(a_grid)
    a_grid.set_tool(a_tool)
    view = a_grid.view(ViewName.VOLUME)
    keys = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.AltModifier
    qtbot.mousePress(view, LEFT, keys, _point(view, tip.lps_mm))
    qtbot.mouseRelease(view, LEFT, keys, _point(view, tip.lps_mm))
    assert (a_tool.last("press").shift, a_tool.last("press").alt) == (True, True)


def test_escape_cancels_the_gesture_and_its_release_is_not_told(
    a_grid: ViewGrid, a_tool: object, qtbot: QtBot
) -> None:
    a_grid.set_tool(a_tool)
    view = a_grid.view(ViewName.VOLUME)
    at = _point(view, _tip(a_grid).lps_mm)
    qtbot.mousePress(view, LEFT, pos=at)
    qtbot.keyClick(view, Qt.Key.Key_Escape)
    qtbot.mouseRelease(view, LEFT, pos=at)
    assert a_tool.names == ["press", "cancel"]
    assert not a_grid.cancel_gesture()


def test_a_press_that_the_tool_leaves_sets_the_crosshair_or_turns_the_camera(
    a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    a_grid.set_tool(a_tool)
    coronal = a_grid.view(ViewName.CORONAL)
    place = coronal.rect().center() + QPoint(31, -22)
    qtbot.mouseClick(coronal, LEFT, pos=place)
    assert a_tool.last("press").handle is None
    assert _point(coronal, a_view_state.crosshair_lps_mm) == place
    volume = a_grid.view(ViewName.VOLUME)
    before = volume.mapping.into_screen_lps
    qtbot.mousePress(volume, LEFT, pos=QPoint(8, 60))
    _move(volume, QPoint(60, 60))
    assert volume.mapping.into_screen_lps != pytest.approx(before, abs=0.05)


@pytest.mark.parametrize("name", SLICES)
def test_the_wheel_scrolls_and_ctrl_wheel_zooms(
    name: ViewName, a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    view = _slice(a_grid, name)
    into = view.mapping.plane.into_screen_lps
    before = np.array(a_view_state.crosshair_lps_mm)
    _wheel(view, 3, Qt.KeyboardModifier.NoModifier)
    assert np.array(a_view_state.crosshair_lps_mm) - before == pytest.approx(3 * 0.8 * into)
    height_mm = view.content.height_mm
    _wheel(view, 2, Qt.KeyboardModifier.ControlModifier)
    assert view.content.height_mm == pytest.approx(height_mm / 1.15**2)


def test_arrow_keys_scroll_and_stop_at_the_end_of_the_volume(
    a_grid: ViewGrid, a_view_state: ViewState, a_volume: Volume, qtbot: QtBot
) -> None:
    axial = a_grid.view(ViewName.AXIAL)
    before = a_view_state.crosshair_lps_mm[2]
    qtbot.keyClick(axial, Qt.Key.Key_Up)
    assert a_view_state.crosshair_lps_mm[2] == pytest.approx(before + 0.8)
    for _ in range(40):
        qtbot.keyClick(axial, Qt.Key.Key_PageUp)
    assert a_volume.geometry.contains(a_view_state.crosshair_lps_mm)


def test_the_right_button_windows_and_the_middle_one_pans(
    a_grid: ViewGrid, a_view_state: ViewState, qtbot: QtBot
) -> None:
    axial = _slice(a_grid, ViewName.AXIAL)
    before = a_view_state.window_level
    qtbot.mousePress(axial, Qt.MouseButton.RightButton, pos=QPoint(80, 80))
    _move(axial, QPoint(110, 100), Qt.MouseButton.RightButton)
    qtbot.mouseRelease(axial, Qt.MouseButton.RightButton, pos=QPoint(110, 100))
    assert a_view_state.window_level.width_hu > before.width_hu
    assert a_view_state.window_level.level_hu > before.level_hu
    at = axial.widget_point(a_view_state.crosshair_lps_mm)
    qtbot.mousePress(axial, Qt.MouseButton.MiddleButton, pos=QPoint(80, 80))
    _move(axial, QPoint(95, 71), Qt.MouseButton.MiddleButton)
    moved = axial.widget_point(a_view_state.crosshair_lps_mm) - at
    assert (moved.x(), moved.y()) == pytest.approx((15, -9), abs=0.01)


def test_down_the_barrel_follows_the_active_needle_and_says_how_deep(
    a_grid: ViewGrid, a_view_state: ViewState, a_picture: PlanPicture
) -> None:
    needle = next(n for n in a_picture.needles if n.side is Side.LEFT)
    a_view_state.set_crosshair(needle.path.point_at(31.0))
    a_view_state.set_needle_view(NeedleView.BARREL)
    plane = _slice(a_grid, ViewName.CORONAL).mapping.plane
    across = np.abs(plane.into_screen_lps @ np.array(needle.path.direction_lps))
    assert across == pytest.approx(1.0)
    assert plane.centre_lps_mm == pytest.approx(needle.path.point_at(31.0), abs=1e-6)
    header = a_grid._panes[ViewName.CORONAL].header
    assert header.title.text() == "Down the barrel"
    assert header.place.text() == f"left needle   depth 31 mm of {needle.path.length_mm:.0f}"
    _slice(a_grid, ViewName.CORONAL).step_slices(-1.0)
    assert "depth 32 mm" in header.place.text() or "depth 30 mm" in header.place.text()


def test_planes_that_follow_the_needle_wait_while_it_is_dragged(
    a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    a_view_state.set_needle_view(NeedleView.IN_LINE)
    a_grid.set_tool(a_tool)
    axial = _slice(a_grid, ViewName.AXIAL)
    before = axial.mapping.plane
    tip = _tip(a_grid)
    qtbot.mousePress(axial, LEFT, pos=_point(axial, tip.lps_mm))
    needle = axial.picture.needles[0]
    end = tuple(np.add(needle.path.end_lps_mm, (4.0, 0.0, 2.0)))
    moved = attrs.evolve(needle, path=attrs.evolve(needle.path, end_lps_mm=end))
    picture = attrs.evolve(axial.picture, needles=(moved, *axial.picture.needles[1:]))
    a_grid.show_plan(picture)
    assert axial.mapping.plane == before
    qtbot.mouseRelease(axial, LEFT, pos=_point(axial, tip.lps_mm))
    assert axial.mapping.depth_mm(end) == pytest.approx(0.0, abs=1e-6)


def test_a_double_click_on_a_header_shows_one_view_alone_and_all_again(
    a_grid: ViewGrid, a_view_state: ViewState, qtbot: QtBot
) -> None:
    header = a_grid._panes[ViewName.SAGITTAL].header
    qtbot.mouseDClick(header, LEFT)
    assert a_view_state.maximised is ViewName.SAGITTAL
    shown = [name for name in ViewName if a_grid.view(name).isVisible()]
    assert shown == [ViewName.SAGITTAL]
    qtbot.waitUntil(lambda: a_grid._panes[ViewName.SAGITTAL].size() == a_grid.size())
    qtbot.mouseDClick(header, LEFT)
    assert all(a_grid.view(name).isVisible() for name in ViewName)


def test_the_mouse_over_a_slice_reports_the_point_and_the_voxel_under_it(
    a_grid: ViewGrid, a_view_state: ViewState, a_volume: Volume, qtbot: QtBot
) -> None:
    axial = a_grid.view(ViewName.AXIAL)
    with qtbot.waitSignal(a_grid.hovered) as told:
        at = _point(axial, a_view_state.crosshair_lps_mm)
        _move(axial, at, Qt.MouseButton.NoButton)
    point, hu = told.args[0]
    assert point == pytest.approx(a_view_state.crosshair_lps_mm, abs=0.5)
    i, j, k = np.rint(a_volume.geometry.ijk_of(point)).astype(int)
    assert hu == a_volume.voxels[k, j, i]


def test_what_lies_under_a_mouse_at_rest_is_told_anew_when_the_slice_moves_on(
    a_grid: ViewGrid,
    a_view_state: ViewState,
    a_volume: Volume,
    qtbot: QtBot,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    axial = a_grid.view(ViewName.AXIAL)
    x, y, z = a_view_state.crosshair_lps_mm
    _move(axial, _point(axial, (x, y, z)), Qt.MouseButton.NoButton)
    monkeypatch.setattr(axial, "underMouse", lambda: True)
    with qtbot.waitSignal(a_grid.hovered) as told:
        a_view_state.set_crosshair((x, y, z + 6.0))
    point, hu = told.args[0]
    assert point == pytest.approx((x, y, z + 6.0), abs=0.5)
    i, j, k = np.rint(a_volume.geometry.ijk_of(point)).astype(int)
    assert hu == a_volume.voxels[k, j, i]


def test_a_hidden_name_is_in_no_view(a_grid: ViewGrid, a_view_state: ViewState) -> None:
    a_grid.set_labels("SAMPLE^WEDGE  2026-01-12")
    views = [a_grid.view(name) for name in ViewName]
    assert {view.shown_patient_line() for view in views} == {"SAMPLE^WEDGE  2026-01-12"}
    named = a_grid.grab().toImage()
    a_view_state.set_identity_masked(masked=True)
    assert {view.shown_patient_line() for view in views} == {"Name hidden"}
    assert a_grid.grab().toImage() != named


def test_choosing_a_level_brings_it_into_the_middle_of_every_view(
    a_grid: ViewGrid, a_view_state: ViewState, a_picture: PlanPicture
) -> None:
    centre = a_picture.vertebrae[0].model.centre_lps_mm
    for name in SLICES:
        mapping = _slice(a_grid, name).mapping
        middle = (mapping.width_px / 2, mapping.height_px / 2)
        assert mapping.px_of(centre) == pytest.approx(middle, abs=1.0)
    assert a_view_state.active_level is VertebraLevel.L1


def test_one_change_draws_each_view_once_and_a_crosshair_in_a_plane_none(
    a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    axial = _slice(a_grid, ViewName.AXIAL)
    axial.settle()
    a_grid.grab()
    before = axial.frame_count
    a_view_state.set_crosshair(np.add(a_view_state.crosshair_lps_mm, (5.0, 3.0, 0.0)))
    a_grid.grab()
    assert axial.frame_count == before
    for step in range(20):
        a_view_state.set_window_level(WindowLevel(500.0 + step, 40.0))
    a_grid.grab()
    assert axial.frame_count == before + 1


def test_a_hidden_layer_of_needles_has_no_handles_to_take(
    a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    a_view_state.set_visible(Layer.NEEDLES, visible=False)
    a_grid.set_tool(a_tool)
    view = a_grid.view(ViewName.VOLUME)
    qtbot.mousePress(view, LEFT, pos=_point(view, _tip(a_grid).lps_mm))
    assert all(pointer is None or pointer.handle is None for _, pointer in a_tool.heard)


def test_the_margin_is_written_at_the_tip_and_where_the_barrel_view_crosses_the_needle(
    a_grid: ViewGrid, a_view_state: ViewState, a_picture: PlanPicture
) -> None:
    needle = next(n for n in a_picture.needles if n.side is Side.LEFT)
    assert a_grid.view(ViewName.VOLUME).margin_place(needle) == needle.path.end_lps_mm
    a_view_state.set_crosshair(needle.path.point_at(31.0))
    a_view_state.set_needle_view(NeedleView.BARREL)
    place = a_grid.view(ViewName.CORONAL).margin_place(needle)
    assert place == pytest.approx(needle.path.point_at(31.0), abs=1e-6)


def test_a_passive_needles_handle_is_taken_only_near_its_own_slice(
    a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    axial = a_grid.view(ViewName.AXIAL)
    left, right = (
        next(h for h in axial.picture.handles if h.side is side and h.end is NeedleEnd.TIP)
        for side in Side
    )
    a_view_state.set_crosshair(np.add(left.lps_mm, (0.0, 0.0, 12.0)))
    assert axial.shows_handle(left)
    assert not axial.shows_handle(right)


def test_the_heights_of_the_body_read_from_front_to_back(
    a_grid: ViewGrid, a_picture: PlanPicture
) -> None:
    heights = a_picture.vertebrae[0].model.heights
    words = heights_line(_slice(a_grid, ViewName.SAGITTAL))
    assert words.startswith(f"heights A M P  {heights.anterior_mm:.1f} ")
    a_grid.show_plan(PlanPicture())
    assert heights_line(_slice(a_grid, ViewName.SAGITTAL)) == ""


def test_the_picture_of_the_grid_is_a_png_of_the_size_asked_for(a_grid: ViewGrid) -> None:
    image = QImage.fromData(a_grid.grab_png(QSize(260, 210)))
    assert (image.width(), image.height()) == (260, 210)
    assert len({image.pixelColor(x, 70).rgb() for x in range(260)}) > 20


def test_a_closed_grid_lives_through_paints_and_frees_what_vtk_held(
    qtbot: QtBot, a_volume: Volume, a_picture: PlanPicture
) -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, vtkObjectBase) for thing in gc.get_objects())

    before = alive()
    state = ViewState()
    grid = ViewGrid(state)
    grid.resize(400, 300)
    grid.show()
    grid.show_volume(a_volume)
    grid.show_plan(a_picture)
    grid.grab()
    grid.close()
    grid.show_volume(None)
    state.set_crosshair((1, 2, 3))
    grid.grab()
    with qtbot.waitSignal(grid.destroyed):
        grid.deleteLater()
    del grid, state
    assert alive() <= before
