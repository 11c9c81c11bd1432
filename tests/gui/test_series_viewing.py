"""Series shown by themselves, from the browser's wish to the page and back."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from planner.dicom.scan_folder import scan_folder
from planner.geometry.grids import GridGeometry
from planner.geometry.measurement import MeasureKind
from planner.geometry.points import PointLike
from planner.gui.application import build_window
from planner.gui.preferences import Preferences
from planner.gui.radiographs.radiograph_page import RadiographPage
from planner.gui.session import Session
from planner.gui.view_state import ViewName
from planner.gui.volume_page import VolumePage
from planner.imaging.radiograph import PixelSpacing, Radiograph, SpacingKind
from planner.imaging.volume import Volume
from planner.imaging.window_level import full_range, window_for_signal
from planner.samples.catalog import BASE_SAMPLE_ID, sample_folder

_LONG_MS = 60_000


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    session.window.close()


@pytest.fixture(scope="module")
def a_series() -> object:
    return scan_folder(Path(sample_folder(BASE_SAMPLE_ID))).series[0]


def _two_pictures(_series: object, _progress: object = None) -> tuple[Radiograph, ...]:
    spacing = PixelSpacing(0.2, 0.2, SpacingKind.DETECTOR, "Lengths are those on the detector.")
    bright = np.full((120, 160), 100.0, dtype=np.float32)
    return (
        Radiograph(bright, spacing, "DX", "LL", ""),
        Radiograph(bright, None, "DX", "AP", ""),
    )


@pytest.fixture
def a_radiograph_page(
    a_session: Session, a_series: object, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> RadiographPage:
    monkeypatch.setattr("planner.dicom.load_radiograph.load_radiographs", _two_pictures)
    a_session.radiograph_chosen.emit(a_series)
    pages = a_session.window.pages
    qtbot.waitUntil(lambda: isinstance(pages.currentWidget(), RadiographPage), timeout=_LONG_MS)
    page = pages.currentWidget()
    assert isinstance(page, RadiographPage)
    return page


def test_a_radiograph_is_shown_with_its_caveat_and_no_claim_of_where_left_is(
    a_session: Session, a_radiograph_page: RadiographPage
) -> None:
    assert a_radiograph_page.caveat.text() == "Lengths are those on the detector."
    assert not a_session.window.status_line.sides.isVisibleTo(a_session.window)
    assert a_radiograph_page.number.text() == "1 of 2"


def test_each_picture_keeps_its_own_measurements_and_caveat(
    a_radiograph_page: RadiographPage,
) -> None:
    page = a_radiograph_page
    page.book.add(page._key, MeasureKind.DISTANCE, ((10, 10), (40, 50)))
    assert _listed(page) == ["distance: 10.0 mm on the detector"]
    page.show_picture(1)
    assert _listed(page) == []
    assert "no pixel size" in page.caveat.text()
    page.show_picture(0)
    assert len(_listed(page)) == 1
    page.undo.click()
    assert _listed(page) == []
    page.redo.click()
    assert len(_listed(page)) == 1


def _listed(page: RadiographPage) -> list[str]:
    items = [page._values.itemAt(n).widget() for n in range(page._values.count())]
    return [item.text() for item in items]


def test_escape_leaves_the_tool_first_and_then_the_page(
    a_session: Session, a_radiograph_page: RadiographPage
) -> None:
    page, escape = a_radiograph_page, a_session.window.action_of["cancel-gesture"]
    page.tools[MeasureKind.COBB].click()
    assert page.view.tool is MeasureKind.COBB
    escape.trigger()
    assert page.view.tool is None
    assert a_session.window.pages.currentWidget() is page
    escape.trigger()
    assert a_session.window.pages.currentWidget() is a_session.window.start_page
    assert a_session.window.status_line.sides.isVisibleTo(a_session.window)


MR_GRID = GridGeometry.axis_aligned((60, 60, 40), (-30.0, -30.0, -40.0), (1.0, 1.0, 2.0))


def _an_mr() -> Volume:
    """Return a signal of 900 on the patient's left, 300 on the right, less behind."""
    signal = np.full(MR_GRID.shape_kji, 300, dtype=np.int16)
    signal[:, :, 30:] = 900
    signal[:, 50:] = 10
    signal[:, 55:] = 100
    return Volume(signal, MR_GRID, "1.2.3", modality="MR")


@pytest.fixture
def an_mr_page(
    a_session: Session, a_series: object, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> VolumePage:
    monkeypatch.setattr("planner.workflow.open_study.load_companion", lambda *_: _an_mr())
    a_session.window.resize(1200, 800)
    return _show_alone(a_session, a_series, qtbot)


def _show_alone(session: Session, series: object, qtbot: QtBot) -> VolumePage:
    session.shown_alone_chosen.emit(series)
    pages = session.window.pages
    qtbot.waitUntil(lambda: isinstance(pages.currentWidget(), VolumePage), timeout=_LONG_MS)
    page = pages.currentWidget()
    assert isinstance(page, VolumePage)
    return page


def _do(session: Session, action: str) -> None:
    assert session.window.action_of[action].isEnabled()
    session.window.action_of[action].trigger()


def _drag(page: VolumePage, qtbot: QtBot, start: PointLike, end: PointLike) -> None:
    view = page.views.view(ViewName.AXIAL)
    z_mm = page.state.crosshair_lps_mm[2]
    at = [view.widget_point((x, y, z_mm)).toPoint() for x, y in (start, end)]
    qtbot.mousePress(view, Qt.MouseButton.LeftButton, pos=at[0])
    qtbot.mouseMove(view, at[1])
    qtbot.mouseRelease(view, Qt.MouseButton.LeftButton, pos=at[1])


def _values(page: VolumePage) -> list[str]:
    items = [page.values.itemAt(n).widget() for n in range(page.values.count())]
    return [item.text() for item in items]


def test_the_keys_of_measuring_measure_in_an_mr_alone_with_undo(
    a_session: Session, an_mr_page: VolumePage, qtbot: QtBot
) -> None:
    _do(a_session, "measure-distance")
    _drag(an_mr_page, qtbot, (-10.0, -5.0), (10.0, -5.0))
    (made,) = an_mr_page.document.plan.measurements
    assert np.ptp(np.array(made.points_lps_mm), axis=0) == pytest.approx((20, 0, 0), abs=0.5)
    assert _values(an_mr_page)[0].startswith(("distance: 19.", "distance: 20."))
    _do(a_session, "undo")
    assert an_mr_page.document.plan.measurements == ()
    _do(a_session, "redo")
    assert an_mr_page.document.plan.measurements == (made,)
    an_mr_page.state.select_measurement(made.id)
    _do(a_session, "delete-measurement")
    assert _values(an_mr_page) == []


def test_a_region_of_an_mr_has_a_signal_of_the_side_it_was_drawn_on_and_no_hounsfield_units(
    a_session: Session, an_mr_page: VolumePage, qtbot: QtBot
) -> None:
    _do(a_session, "measure-region")
    _drag(an_mr_page, qtbot, (8.0, -5.0), (18.0, 5.0))
    (words,) = _values(an_mr_page)
    assert "mean 900   SD 0" in words, "the patient's left is bright"
    assert "HU" not in words


def test_values_of_an_mr_alone_are_said_not_to_be_saved_and_can_be_copied_without_the_name(
    a_session: Session, an_mr_page: VolumePage, qtbot: QtBot
) -> None:
    said = " ".join(each.text() for each in an_mr_page.panel.findChildren(QLabel))
    assert "Measurements here are not saved" in said
    assert not an_mr_page.copy.isEnabled()
    _do(a_session, "measure-distance")
    _drag(an_mr_page, qtbot, (-10.0, -5.0), (10.0, -5.0))
    an_mr_page.copy.click()
    head, row = QGuiApplication.clipboard().text().splitlines()
    values = dict(zip(head.split("\t"), row.split("\t"), strict=True))
    assert float(values["Number"]) == pytest.approx(20.0, abs=0.5)
    assert (values["Measured"], values["Unit"]) == ("distance", "mm")
    assert "SAMPLE" not in row


def test_angle_and_heights_take_their_points_in_an_mr_alone(
    a_session: Session, an_mr_page: VolumePage, qtbot: QtBot
) -> None:
    _do(a_session, "measure-angle")
    for corner in ((10.0, 0.0), (0.0, 0.0), (0.0, 10.0)):
        _drag(an_mr_page, qtbot, corner, corner)
    _do(a_session, "measure-heights")
    for x, lower in ((-12.0, 14.0), (0.0, 15.0), (12.0, 18.0)):
        _drag(an_mr_page, qtbot, (x, 0.0), (x, lower))
    angle, heights = _values(an_mr_page)
    assert float(angle.split()[1].rstrip("\N{DEGREE SIGN}")) == pytest.approx(90.0, abs=2.0)
    assert heights.startswith("A 1")


def test_windows_of_an_mr_have_no_hounsfield_presets_but_widths_of_its_own_signal(
    a_session: Session, an_mr_page: VolumePage
) -> None:
    usual = an_mr_page.state.window_level
    assert usual == window_for_signal(_an_mr())
    widths = {}
    for action in ("window-bone", "window-spine", "window-soft", "window-lung"):
        _do(a_session, action)
        widths[action] = an_mr_page.state.window_level.width_hu
    assert widths["window-spine"] == usual.width_hu
    assert widths["window-lung"] < widths["window-soft"] < usual.width_hu < widths["window-bone"]
    _do(a_session, "window-full")
    assert an_mr_page.state.window_level == full_range(_an_mr())
    assert [button.text() for button in an_mr_page.windows][:2] == ["Wide", "Usual"]


def test_slab_film_turning_fit_and_lens_answer_in_an_mr_alone(
    a_session: Session, an_mr_page: VolumePage, qtbot: QtBot
) -> None:
    page = an_mr_page
    _do(a_session, "slab")
    assert not page.state.slab.is_thin
    _do(a_session, "slab-thicker")
    _do(a_session, "cine")
    assert page.slices.cine.is_playing
    _do(a_session, "cine")
    before = page.state.lps_from_slices
    _do(a_session, "turn-left")
    assert page.state.lps_from_slices != before
    _do(a_session, "turn-back")
    _do(a_session, "fit")
    view = page.views.view(ViewName.AXIAL)
    without = view.grab().toImage()
    qtbot.mouseMove(view, view.rect().center())
    qtbot.keyPress(view, Qt.Key.Key_Z)
    assert view.grab().toImage() != without


def test_what_was_measured_in_a_series_alone_is_there_when_it_is_shown_again(
    a_session: Session, an_mr_page: VolumePage, a_series: object, qtbot: QtBot
) -> None:
    _do(a_session, "measure-distance")
    _drag(an_mr_page, qtbot, (-10.0, 0.0), (10.0, 0.0))
    made = an_mr_page.document.plan.measurements
    an_mr_page.panel.primary.click()
    assert an_mr_page.document.plan.measurements == ()
    assert _show_alone(a_session, a_series, qtbot).document.plan.measurements == made != ()


def test_escape_leaves_what_is_being_measured_in_an_mr_before_the_page(
    a_session: Session, an_mr_page: VolumePage
) -> None:
    pages, escape = a_session.window.pages, a_session.window.action_of["cancel-gesture"]
    _do(a_session, "measure-cobb")
    escape.trigger()
    assert pages.currentWidget() is an_mr_page
    escape.trigger()
    assert pages.currentWidget() is a_session.window.start_page
    assert not a_session.window.action_of["measure-cobb"].isEnabled()


def test_nothing_of_a_plan_can_be_done_over_an_mr_alone(
    a_session: Session, an_mr_page: VolumePage
) -> None:
    del an_mr_page
    for action in ("propose", "find-all", "overlay-register", "volume-style", "export"):
        assert not a_session.window.action_of[action].isEnabled()


@pytest.mark.slow
def test_a_volume_alone_is_shown_in_three_slices_and_nothing_of_a_case_can_be_changed(
    a_session: Session, a_series: object, qtbot: QtBot
) -> None:
    a_session.shown_alone_chosen.emit(a_series)
    pages = a_session.window.pages
    qtbot.waitUntil(lambda: isinstance(pages.currentWidget(), VolumePage), timeout=_LONG_MS)
    page = pages.currentWidget()
    assert isinstance(page, VolumePage)
    shown = [name for name in ViewName if page.views.view(name).isVisibleTo(page)]
    assert shown == [ViewName.AXIAL, ViewName.SAGITTAL, ViewName.CORONAL]
    assert page.views.volume is not None
    for action in ("save-copy", "propose", "overlay-register"):
        assert not a_session.window.action_of[action].isEnabled()
    page.panel.primary.click()
    assert pages.currentWidget() is a_session.window.start_page
    assert page.views.volume is None, "the images are let go"
