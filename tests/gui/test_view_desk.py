"""The views' actions in the whole window, on the shipped study."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.view_state import Layout, ViewName, VolumeStyle
from planner.gui.views.slice_view import SliceView
from planner.imaging.volume import Volume
from planner.imaging.window_level import BONE
from planner.samples.catalog import BASE_SAMPLE_ID
from planner.storage.case_file import CaseFile

pytestmark = pytest.mark.slow
_LONG_MS = 90_000
LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.open_sample(BASE_SAMPLE_ID)
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    yield session
    session.window.close()


@pytest.fixture
def a_desk(a_session: Session) -> CaseDesk:
    assert a_session.desk is not None
    return a_session.desk


def _do(session: Session, action: str) -> None:
    session.window.action_of[action].trigger()


def _take_back(qtbot: QtBot, session: Session, action: str = "undo") -> None:
    # What can be undone is told once a turn of the event loop, however much changed in it.
    qtbot.waitUntil(session.window.action_of[action].isEnabled)
    _do(session, action)


def _axial(desk: CaseDesk) -> SliceView:
    view = desk.workbench.views.view(ViewName.AXIAL)
    assert isinstance(view, SliceView)
    return view


def _drag(qtbot: QtBot, view: SliceView, start: QPoint, end: QPoint) -> None:
    qtbot.mousePress(view, LEFT, pos=start)
    qtbot.mouseRelease(view, LEFT, pos=end)


def test_a_distance_measured_with_its_key_is_in_the_case_file_and_undone_like_any_change(
    a_session: Session, a_desk: CaseDesk, qtbot: QtBot
) -> None:
    view, document = _axial(a_desk), a_desk.planning.document
    crosshair = a_desk.view_state.crosshair_lps_mm
    _do(a_session, "measure-distance")
    _drag(qtbot, view, QPoint(100, 100), QPoint(180, 160))
    (made,) = document.plan.measurements
    long_mm = view.mapping.mm_per_px * view.devicePixelRatioF() * 100.0
    assert made.points_lps_mm[0] == pytest.approx(view.mapping.lps_of((100, 100)), abs=1e-6)
    assert (
        sum((a - b) ** 2 for a, b in zip(*made.points_lps_mm, strict=True)) ** 0.5
    ) == pytest.approx(long_mm)
    assert a_desk.view_state.crosshair_lps_mm == crosshair, "the click is the tool's"
    case_file = a_desk.planning.case_file
    assert isinstance(case_file, CaseFile)
    assert case_file.load().plan.measurements == (made,)
    _take_back(qtbot, a_session)
    assert document.plan.measurements == ()
    _take_back(qtbot, a_session, "redo")
    _do(a_session, "delete-measurement")
    assert document.plan.measurements == ()
    _take_back(qtbot, a_session)
    assert document.plan.measurements == (made,)


def test_escape_leaves_a_measurement_that_was_begun(
    a_session: Session, a_desk: CaseDesk, qtbot: QtBot
) -> None:
    view = _axial(a_desk)
    _do(a_session, "measure-angle")
    qtbot.mouseClick(view, LEFT, pos=QPoint(100, 100))
    assert a_desk.view_state.draft is not None
    _do(a_session, "cancel-gesture")
    assert a_desk.view_state.draft is None
    assert a_desk.planning.document.plan.measurements == ()


def test_windows_slabs_and_the_film_are_on_keys(a_session: Session, a_desk: CaseDesk) -> None:
    state = a_desk.view_state
    _do(a_session, "window-bone")
    assert state.window_level == BONE
    _do(a_session, "window-full")
    assert state.window_level.width_hu > 1500
    _do(a_session, "slab")
    _do(a_session, "slab-thicker")
    assert state.slab.words == "MIP 15 mm"
    _do(a_session, "cine")
    assert a_desk.viewing.cine.is_playing
    _do(a_session, "close-case")
    assert not a_desk.viewing.cine.is_playing


def test_the_images_in_3d_are_of_the_open_case_and_go_with_it(
    a_session: Session, a_desk: CaseDesk, qtbot: QtBot
) -> None:
    scene = a_desk.workbench.views._volume_view.scene
    _do(a_session, "volume-style")
    qtbot.waitUntil(lambda: scene._rendered is not None, timeout=_LONG_MS)
    _do(a_session, "close-case")
    assert scene._rendered is None
    assert a_desk.view_state.volume_style is VolumeStyle.SURFACES


def test_an_overlay_and_the_place_beside_it_go_with_the_case(
    a_session: Session, a_desk: CaseDesk
) -> None:
    ct = a_desk.workbench.views.volume
    assert ct is not None
    mr = Volume(ct.voxels, ct.geometry, ct.frame_of_reference_uid, modality="MR")
    a_desk.viewing.overlays.show(mr, "T2")
    assert a_desk.workbench.views.overlay_bar.isVisibleTo(a_session.window)
    _do(a_session, "overlay-compare")
    assert a_desk.view_state.layout is Layout.COMPARE
    _do(a_session, "overlay-right")
    assert a_desk.view_state.overlay is not None
    assert a_desk.view_state.overlay.lps_from_overlay.translation_mm == pytest.approx((0.5, 0, 0))
    _do(a_session, "close-case")
    assert a_desk.view_state.overlay is None
    assert a_desk.view_state.layout is Layout.FOUR_UP
