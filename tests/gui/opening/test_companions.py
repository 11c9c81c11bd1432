"""Series that are not planned on, from the browser to the screen and back."""

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from planner.dicom.scan_result import SeriesKind
from planner.gui.browser.browser_page import BrowserPage
from planner.gui.radiographs.radiograph_page import RadiographPage
from planner.gui.session import Session
from planner.gui.volume_page import VolumePage

_LONG_MS = 30_000
pytestmark = pytest.mark.slow


def _page(session: Session) -> QWidget | None:
    return session.window.pages.currentWidget()


def _wait_for(qtbot: QtBot, session: Session, kind: type[QWidget]) -> None:
    qtbot.waitUntil(lambda: isinstance(_page(session), kind), timeout=_LONG_MS)


def _choose(session: Session, kind: SeriesKind) -> BrowserPage:
    browser = _page(session)
    assert isinstance(browser, BrowserPage)
    assert browser.scan is not None
    browser.choose(next(s for s in browser.scan.series if s.kind is kind))
    return browser


def test_an_mr_is_laid_over_the_open_ct_and_the_case_is_on_screen(
    qtbot: QtBot, opened: Callable[[Path], Session], a_mixed_cd: Path
) -> None:
    session = opened(a_mixed_cd)
    assert session.desk is not None
    before = session.state.case
    session.front_desk.browse()
    browser = _choose(session, SeriesKind.MR)
    assert browser.panel.primary.text() == "Lay over the CT"
    qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    assert _page(session) is session.desk.workbench
    qtbot.waitUntil(
        lambda: session.desk is not None and session.desk.view_state.overlay is not None,
        timeout=_LONG_MS,
    )
    assert session.state.case is before


@pytest.mark.parametrize(
    ("kind", "page"), [(SeriesKind.MR, VolumePage), (SeriesKind.RADIOGRAPH, RadiographPage)]
)
def test_without_a_ct_a_series_is_shown_alone_and_escape_leads_back_to_the_choice(
    qtbot: QtBot,
    a_session: Session,
    a_cd_with_an_x_ray: Path,
    kind: SeriesKind,
    page: type[QWidget],
) -> None:
    a_session.open_path(a_cd_with_an_x_ray)
    _wait_for(qtbot, a_session, BrowserPage)
    browser = _choose(a_session, kind)
    qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    _wait_for(qtbot, a_session, page)
    qtbot.keyClick(a_session.window, Qt.Key.Key_Escape)
    assert _page(a_session) is browser
    assert browser.chosen is not None
    assert browser.chosen.kind is kind
