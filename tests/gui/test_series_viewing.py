"""Series shown by themselves, from the browser's wish to the page and back."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.dicom.scan_folder import scan_folder
from planner.geometry.measurement import MeasureKind
from planner.gui.application import build_window
from planner.gui.preferences import Preferences
from planner.gui.radiographs.radiograph_page import RadiographPage
from planner.gui.session import Session
from planner.gui.view_state import ViewName
from planner.gui.volume_page import VolumePage
from planner.imaging.radiograph import PixelSpacing, Radiograph, SpacingKind
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
    for action in ("undo", "measure-distance", "propose", "overlay-register"):
        assert not a_session.window.action_of[action].isEnabled()
    page.panel.primary.click()
    assert pages.currentWidget() is a_session.window.start_page
    assert page.views.volume is None, "the images are let go"
