"""A made case, from the start page to the open CT."""

import threading
from collections.abc import Iterator

import attrs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.digital_spine.case_spec import CaseSpec
from planner.foundation.app_paths import data_folder
from planner.foundation.progress import Progress
from planner.gui import front_desk
from planner.gui.application import build_window
from planner.gui.make_case.case_request import CaseRequest
from planner.gui.make_case.make_case_page import MakeCasePage
from planner.gui.opening_page import OpeningPage
from planner.gui.preferences import Preferences
from planner.gui.session import Session

_LONG_MS = 90_000


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.show()
    yield session
    session.window.close()


@pytest.fixture
def coarse(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let cases be made of large voxels: quickly."""
    real = CaseRequest.spec

    def spec(request: CaseRequest) -> CaseSpec:
        fine = real(request)
        return attrs.evolve(fine, scan=attrs.evolve(fine.scan, spacing_mm=1.6, step_mm=2.0))

    monkeypatch.setattr(CaseRequest, "spec", spec)


def _page(qtbot: QtBot, session: Session) -> MakeCasePage:
    qtbot.mouseClick(session.window.start_page.make_case, Qt.MouseButton.LeftButton)
    page = session.window.pages.currentWidget()
    assert isinstance(page, MakeCasePage)
    return page


@pytest.mark.slow
@pytest.mark.usefixtures("coarse")
def test_a_case_is_made_from_the_start_page_and_opened_as_a_model(
    qtbot: QtBot, a_session: Session
) -> None:
    page = _page(qtbot, a_session)
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        qtbot.mouseClick(page.panel.primary, Qt.MouseButton.LeftButton)
    case = a_session.state.case
    assert case is not None
    assert case.study.patient.name.startswith("MODEL")
    assert case.study.path.startswith(str(data_folder()))


@pytest.mark.usefixtures("coarse")
def test_a_cancelled_making_goes_back_to_the_choices_and_leaves_nothing_behind(
    qtbot: QtBot, a_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def endless(_spec: CaseSpec, progress: Progress) -> None:
        pause = threading.Event()
        while True:
            progress(0.4, "Shaping bone")
            begun.set()
            pause.wait(0.005)

    monkeypatch.setattr(front_desk, "scan_made_case", endless)
    page = _page(qtbot, a_session)
    page.seed.setValue(31)
    qtbot.mouseClick(page.panel.primary, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    assert isinstance(a_session.window.pages.currentWidget(), OpeningPage)
    qtbot.keyClick(a_session.window, Qt.Key.Key_Escape)
    assert a_session.window.pages.currentWidget() is page
    assert page.request.seed == 31
    qtbot.keyClick(a_session.window, Qt.Key.Key_Escape)
    assert a_session.window.pages.currentWidget() is a_session.window.start_page
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
