"""What a slice view does by itself: turning, slabs, the lens, films, a second series."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.transforms import RigidTransform
from planner.gui.view_state import Layout, ViewName, ViewState, VolumeStyle
from planner.gui.views.cine import Cine
from planner.gui.views.companion_view import CompanionView
from planner.gui.views.lens import TIMES
from planner.gui.views.magnifier import lens_mapping
from planner.gui.views.slice_view import SliceView
from planner.gui.views.view_grid import ViewGrid
from planner.imaging.slab import THIN, Slab, SlabMode
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.image_overlay import ImageOverlay
from planner.rendering.plan_picture import MeasureHandle, PlanPicture

LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def _slice(grid: ViewGrid, name: ViewName) -> SliceView:
    view = grid.view(name)
    assert isinstance(view, SliceView)
    return view


def _send(view: SliceView, kind: QMouseEvent.Type, place: QPointF, keys: object) -> None:
    button = Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseMove else LEFT
    held = Qt.MouseButton.NoButton if kind is QMouseEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, place, view.mapToGlobal(place), button, held, keys)
    QApplication.sendEvent(view, event)


def _turn_by_hand(view: SliceView, start: QPointF, end: QPointF) -> None:
    _send(view, QMouseEvent.Type.MouseButtonPress, start, CTRL)
    _send(view, QMouseEvent.Type.MouseMove, end, CTRL)
    _send(view, QMouseEvent.Type.MouseButtonRelease, end, CTRL)


@pytest.mark.parametrize("name", [ViewName.AXIAL, ViewName.SAGITTAL, ViewName.CORONAL])
def test_the_image_follows_the_hand_that_turns_it_about_the_crosshair(
    name: ViewName, a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    view = _slice(a_grid, name)
    centre = view.widget_point(a_view_state.crosshair_lps_mm)
    start, end = centre + QPointF(60, 0), centre + QPointF(0, 60)
    under_hand = view.mapping.lps_of(view.device_px(start))
    crosshair = a_view_state.crosshair_lps_mm
    _turn_by_hand(view, start, end)
    moved = view.widget_point(under_hand)
    assert (moved.x(), moved.y()) == pytest.approx((end.x(), end.y()), abs=0.5)
    held = view.widget_point(crosshair)
    assert (held.x(), held.y()) == pytest.approx((centre.x(), centre.y()), abs=0.5)
    assert a_view_state.is_turned
    assert a_view_state.crosshair_lps_mm == crosshair


def test_one_call_puts_turned_slices_back_and_a_new_frame_is_not_turned(
    a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    before = _slice(a_grid, ViewName.SAGITTAL).content.plane
    a_view_state.turn_slices((0, 0, 1), 20.0)
    after = _slice(a_grid, ViewName.SAGITTAL).content.plane
    assert np.degrees(np.arccos(after.into_screen_lps @ before.into_screen_lps)) == (
        pytest.approx(20.0)
    )
    a_view_state.turn_back()
    assert not a_view_state.is_turned
    assert _slice(a_grid, ViewName.SAGITTAL).content.plane.right_lps == before.right_lps
    a_view_state.turn_slices((0, 0, 1), 20.0)
    a_view_state.set_slice_frame(RigidTransform(np.eye(3), np.ones(3)))
    assert not a_view_state.is_turned


def test_turned_slices_do_not_name_a_place_along_the_vertebra(
    a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    a_view_state.turn_slices((0, 0, 1), 20.0)
    words = a_grid._panes[ViewName.AXIAL].header.place.text()
    assert "turned" in words
    assert "mm" not in words
    a_view_state.turn_back()


def test_a_slab_goes_thin_brightest_mean_and_back_and_is_kept_with_the_case(
    a_view_state: ViewState,
) -> None:
    a_view_state.set_slab(THIN)
    modes = []
    for _ in range(3):
        a_view_state.next_slab_mode()
        modes.append(a_view_state.slab.mode)
    assert modes == [SlabMode.MAXIMUM, SlabMode.AVERAGE, SlabMode.THIN]
    a_view_state.set_slab(Slab(SlabMode.AVERAGE, 25.0))
    a_view_state.set_volume_style(VolumeStyle.RENDERED)
    kept = a_view_state.as_json()
    a_view_state.set_slab(THIN)
    a_view_state.set_volume_style(VolumeStyle.SURFACES)
    a_view_state.restore(kept)
    assert a_view_state.slab == Slab(SlabMode.AVERAGE, 25.0)
    assert a_view_state.volume_style is VolumeStyle.RENDERED
    a_view_state.set_slab(THIN)
    a_view_state.set_volume_style(VolumeStyle.SURFACES)


def test_the_lens_shows_what_is_under_it_three_times_as_large(a_grid: ViewGrid) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    at = (70.0, 50.0)
    lens = lens_mapping(view.mapping, at, 200)
    assert lens.lps_of((100, 100)) == pytest.approx(view.mapping.lps_of(at))
    assert lens.mm_per_px * TIMES == pytest.approx(view.mapping.mm_per_px)


def test_the_lens_is_there_while_its_key_is_held(a_grid: ViewGrid, qtbot: QtBot) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    view._mouse = QPointF(view.rect().center())
    without = view.grab().toImage()
    qtbot.keyPress(view, Qt.Key.Key_Z)
    assert view.grab().toImage() != without
    qtbot.keyRelease(view, Qt.Key.Key_Z)
    assert view.grab().toImage() == without


def test_a_film_turns_round_at_the_ends_and_stops_where_it_is(
    a_grid: ViewGrid, a_view_state: ViewState
) -> None:
    view, cine = _slice(a_grid, ViewName.AXIAL), Cine(a_grid)
    cine.toggle(view)
    cine._timer.stop()
    heights = []
    for _ in range(400):
        cine.advance()
        heights.append(a_view_state.crosshair_lps_mm[2])
    steps = np.diff(heights)
    assert (steps > 0).any()
    assert (steps < 0).any()
    assert (steps != 0).all()
    assert f"cine {cine.slices_per_s}/s" == view.note
    cine.toggle(view)
    assert not cine.is_playing
    assert view.note == ""


def test_fit_shows_the_vertebra_and_then_all_of_the_images(
    a_grid: ViewGrid,
) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    view.zoom(3.0, QPointF(10, 10))
    a_grid.fit()
    of_level = view.content.height_mm
    a_grid.fit()
    assert of_level == pytest.approx(110.0)
    assert view.content.height_mm != of_level


def _overlay(volume: Volume, shift_mm: float, share: float = 0.5) -> ImageOverlay:
    bright = Volume(volume.voxels, volume.geometry, modality="MR")
    place = RigidTransform(np.eye(3), np.array([shift_mm, 0.0, 0.0]))
    return ImageOverlay(bright, place, WindowLevel(800, 400), share, label="MR overlay: moved")


def test_an_overlay_is_drawn_where_it_was_moved_to_on_the_patients_left(
    a_grid: ViewGrid, a_view_state: ViewState, a_volume: Volume
) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    a_view_state.set_window_level(WindowLevel(1.0, 5000.0))  # the CT is black
    a_view_state.set_overlay(_overlay(a_volume, 0.0, share=1.0))
    still = view.content.pixels(still=True).astype(np.int64) >> 16 & 255
    a_view_state.set_overlay(_overlay(a_volume, 12.0, share=1.0))
    moved = view.content.pixels(still=True).astype(np.int64) >> 16 & 255
    columns = np.arange(still.shape[1])
    by_px = (moved.sum(axis=0) @ columns) / moved.sum() - (still.sum(axis=0) @ columns) / (
        still.sum()
    )
    assert by_px * view.mapping.mm_per_px == pytest.approx(12.0, abs=1.5)
    a_view_state.set_overlay(None)


def test_series_beside_each_other_scroll_zoom_and_pan_together(
    a_grid: ViewGrid, a_view_state: ViewState, a_volume: Volume
) -> None:
    a_view_state.set_overlay(_overlay(a_volume, 0.0))
    a_view_state.set_layout(Layout.COMPARE)
    main = _slice(a_grid, ViewName.AXIAL)
    beside = a_grid._companions[ViewName.AXIAL].view
    assert isinstance(beside, CompanionView)
    assert beside.isVisibleTo(a_grid)
    assert not a_grid.view(ViewName.VOLUME).isVisibleTo(a_grid)
    main.step_slices(3)
    main.zoom(1.7, QPointF(20, 30))
    assert beside.content.plane == main.content.plane
    assert beside.content.height_mm == main.content.height_mm
    beside.zoom(0.6, QPointF(80, 40))
    assert main.content.plane == beside.content.plane
    assert main.overlay is None, "it stands beside, not over"
    a_view_state.set_layout(Layout.FOUR_UP)
    assert main.overlay is not None
    assert not beside.isVisibleTo(a_grid)
    a_view_state.set_overlay(None)


def test_the_window_of_the_second_series_is_its_own(
    a_grid: ViewGrid, a_view_state: ViewState, a_volume: Volume
) -> None:
    a_view_state.set_overlay(_overlay(a_volume, 0.0))
    beside = a_grid._companions[ViewName.AXIAL].view
    assert isinstance(beside, CompanionView)
    of_ct = a_view_state.window_level
    beside.change_window_level(WindowLevel(123.0, 45.0))
    assert a_view_state.window_level == of_ct
    assert a_view_state.overlay is not None
    assert a_view_state.overlay.window_level == WindowLevel(123.0, 45.0)
    a_view_state.set_overlay(None)


def test_a_measurement_is_shown_and_held_only_in_the_slice_it_was_made_in(
    a_grid: ViewGrid,
) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    plane = view.content.plane
    points = tuple(view.mapping.lps_of(px) for px in ((60.0, 60.0), (120.0, 90.0)))
    measurement = Measurement("m", MeasureKind.DISTANCE, points, plane.right_lps, plane.down_lps)
    for slices in a_grid._slices.values():
        slices.show_plan(PlanPicture(measurements=(measurement,)))
    held = view.handle_at(view.widget_point(points[1]) + QPointF(2, 1))
    assert held == MeasureHandle(measurement, 1)
    view.step_slices(4)
    assert view.handle_at(QPointF(QPoint(120, 90))) is None


def test_scrolling_one_slice_draws_no_other_anew_in_a_tilted_frame(
    a_grid: ViewGrid, a_view_state: ViewState, qtbot: QtBot
) -> None:
    a_view_state.turn_slices((1.0, 0.4, 0.2), 13.0)
    axial, sagittal = _slice(a_grid, ViewName.AXIAL), _slice(a_grid, ViewName.SAGITTAL)
    a_grid.grab()
    qtbot.waitUntil(lambda: not sagittal._settle_timer.isActive())
    a_grid.grab()
    before = (axial.frame_count, sagittal.frame_count)
    for _ in range(5):
        axial.step_slices(1)
        a_grid.grab()
    assert axial.frame_count == before[0] + 5
    assert sagittal.frame_count == before[1]
    a_view_state.turn_back()


def test_a_point_measured_beside_a_needles_handle_lies_in_the_slice_not_at_the_handle(
    a_grid: ViewGrid, a_tool: object, a_view_state: ViewState, qtbot: QtBot
) -> None:
    view = _slice(a_grid, ViewName.AXIAL)
    tip = view.picture.handles[1]
    a_view_state.set_crosshair(tip.lps_mm)
    view.step_slices(3)
    assert view.handle_at(view.widget_point(tip.lps_mm)) == tip
    a_tool.takes_everything, a_tool.takes_handles = True, False
    a_grid.set_tool(a_tool)
    place = view.widget_point(tip.lps_mm).toPoint() + QPoint(4, 3)
    qtbot.mouseClick(view, LEFT, pos=place)
    pressed = a_tool.last("press")
    assert pressed.handle is None
    assert view.mapping.depth_mm(pressed.lps_mm) == pytest.approx(0.0, abs=1e-6)
    assert pressed.lps_mm == pytest.approx(view.mapping.lps_of((place.x(), place.y())), abs=1e-6)
