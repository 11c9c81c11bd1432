"""From a place on disk to an open case: chosen, streamed, cancelled, refused."""

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui import front_desk
from planner.gui.browser.browser_page import BrowserPage
from planner.gui.opening_page import OpeningPage
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.storage.case_file import CaseFile

_LONG_MS = 30_000
_AT_ONCE_S = 0.5

Opener = Callable[[Path], Session]


def _page(session: Session) -> QWidget:
    return session.window.pages.currentWidget()


def _browser(qtbot: QtBot, session: Session, place: Path) -> BrowserPage:
    session.open_path(place)
    qtbot.waitUntil(lambda: isinstance(_page(session), BrowserPage), timeout=_LONG_MS)
    page = _page(session)
    assert isinstance(page, BrowserPage)
    return page


def _until_cancelled(begun: threading.Event) -> Callable[..., object]:
    def work(*values: object) -> object:
        progress: Progress = next(v for v in values if callable(v))
        pause = threading.Event()
        while True:
            progress(0.5, "working")
            begun.set()
            pause.wait(0.005)

    return work


def test_the_only_ct_series_opens_without_a_question(opened: Opener, a_single_series: Path) -> None:
    session = opened(a_single_series)
    assert session.desk is not None
    assert session.state.case is not None
    assert session.state.case.study.description == "Spine 2.0"
    assert _page(session) is session.desk.workbench
    assert session.desk.workbench.stage is Stage.STUDY


def test_where_there_is_a_choice_nothing_is_opened_before_it_is_made(
    qtbot: QtBot, a_session: Session, a_cd: Path
) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    assert a_session.desk is None
    assert browser.chosen is not None
    assert browser.chosen.description == "Spine 2.0"


def test_enter_opens_the_chosen_series(qtbot: QtBot, a_session: Session, a_cd: Path) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    assert a_session.state.case is not None
    assert a_session.state.case.study.description == "Spine 2.0"


def test_the_other_series_can_be_chosen_later_in_stage_one(
    qtbot: QtBot, a_session: Session, a_cd: Path
) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    assert a_session.desk is not None
    qtbot.mouseClick(a_session.desk.workbench.study.beside, Qt.MouseButton.LeftButton)
    assert _page(a_session) is browser
    soft = next(s for s in a_session.front_desk.scan.series if "soft" in s.description)
    browser.choose(soft)
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    assert a_session.state.case is not None
    assert a_session.state.case.study.description == "Spine 2.0 soft"


def test_the_first_slice_is_painted_before_the_rest_is_read(
    qtbot: QtBot, a_session: Session, a_single_series: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on = threading.Event()
    real = front_desk.open_series

    def held(
        series: object,
        progress: Progress,
        first_slice: Callable[[object], None],
        prepare_views: object,
    ) -> object:
        def told(first: object) -> None:
            first_slice(first)
            goes_on.wait(10)

        return real(series, progress, told, prepare_views)  # type: ignore[arg-type]

    monkeypatch.setattr(front_desk, "open_series", held)
    a_session.open_path(a_single_series)
    qtbot.waitUntil(lambda: isinstance(_page(a_session), OpeningPage))
    page = _page(a_session)
    assert isinstance(page, OpeningPage)
    qtbot.waitUntil(lambda: page.picture.paint_count > 0, timeout=_LONG_MS)
    shown = page.picture.shown
    assert shown is not None
    assert shown.pixels[30, 43] == 900
    assert "slice 13 of 24" in page.where.text()
    assert "DOE, JANE" in page.whose.text()
    with qtbot.waitSignal(a_session.opened, timeout=_LONG_MS):
        goes_on.set()


@pytest.mark.parametrize("work", ["scan_images", "open_series"])
def test_cancel_returns_to_the_start_page_within_half_a_second(
    qtbot: QtBot,
    a_session: Session,
    a_single_series: Path,
    monkeypatch: pytest.MonkeyPatch,
    work: str,
) -> None:
    begun = threading.Event()
    monkeypatch.setattr(front_desk, work, _until_cancelled(begun))
    a_session.open_path(a_single_series)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    page = _page(a_session)
    assert isinstance(page, OpeningPage)
    started_s = time.monotonic()
    qtbot.mouseClick(page.cancel, Qt.MouseButton.LeftButton)
    assert _page(a_session) is a_session.window.start_page
    assert time.monotonic() - started_s < _AT_ONCE_S
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=500)
    assert a_session.desk is None


def test_the_status_lines_cancel_leaves_the_opening_too(
    qtbot: QtBot, a_session: Session, a_single_series: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()
    monkeypatch.setattr(front_desk, "open_series", _until_cancelled(begun))
    a_session.open_path(a_single_series)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    qtbot.mouseClick(a_session.window.status_line.cancel, Qt.MouseButton.LeftButton)
    assert _page(a_session) is a_session.window.start_page


def test_escape_cancels_and_brings_back_the_open_case_untouched(
    qtbot: QtBot, opened: Opener, a_single_series: Path, a_cd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(a_single_series)
    before = session.state.case
    begun = threading.Event()
    monkeypatch.setattr(front_desk, "scan_images", _until_cancelled(begun))
    session.open_path(a_cd)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    qtbot.keyClick(session.window, Qt.Key.Key_Escape)
    assert session.desk is not None
    assert _page(session) is session.desk.workbench
    assert session.state.case is before


def test_a_cancelled_load_goes_back_to_the_browser_it_came_from(
    qtbot: QtBot, a_session: Session, a_cd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    begun = threading.Event()
    monkeypatch.setattr(front_desk, "open_series", _until_cancelled(begun))
    qtbot.keyClick(browser.list, Qt.Key.Key_Return)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    assert a_session.front_desk.leave()
    assert _page(a_session) is browser
    assert a_session.front_desk.leave()
    assert _page(a_session) is a_session.window.start_page
    assert not a_session.front_desk.leave()


def test_from_a_series_shown_alone_the_way_back_leads_to_the_choice(
    qtbot: QtBot, a_session: Session, a_cd: Path
) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    a_session.window.show_front_page(QWidget())
    a_session.show_case_or_start()
    assert _page(a_session) is browser
    a_session.front_desk.leave()
    assert _page(a_session) is a_session.window.start_page
    a_session.show_case_or_start()
    assert _page(a_session) is a_session.window.start_page


@pytest.mark.parametrize(
    ("pressed", "told"),
    [
        ("show_alone_chosen", "shown_alone_chosen"),
        ("radiograph_chosen", "radiograph_chosen"),
        ("lay_over_chosen", "companion_chosen"),
    ],
)
def test_what_is_not_planned_on_is_handed_to_the_views(
    qtbot: QtBot, a_session: Session, a_cd: Path, pressed: str, told: str
) -> None:
    browser = _browser(qtbot, a_session, a_cd)
    series = browser.chosen
    with qtbot.waitSignal(getattr(a_session, told)) as signal:
        getattr(browser, pressed).emit(series)
    assert signal.args == [series]


def test_when_the_obvious_series_cannot_be_loaded_the_others_are_there_to_choose(
    qtbot: QtBot, a_session: Session, a_mixed_cd: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    def refuse(*_values: object) -> object:
        raise PlannerError("The image is damaged.")

    monkeypatch.setattr(front_desk, "open_series", refuse)
    browser = _browser(qtbot, a_session, a_mixed_cd)
    assert "damaged" in a_session.window.notice.text
    assert browser.scan is not None
    assert len(browser.scan.series) == 2


def test_a_first_slice_that_comes_after_the_cancel_is_not_shown(
    qtbot: QtBot, a_session: Session, a_single_series: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    goes_on, begun = threading.Event(), threading.Event()
    real = front_desk.open_series

    def late(
        series: object,
        progress: Progress,
        first_slice: Callable[[object], None],
        prepare_views: object,
    ) -> object:
        def told(first: object) -> None:
            begun.set()
            goes_on.wait(10)
            first_slice(first)

        return real(series, progress, told, prepare_views)  # type: ignore[arg-type]

    monkeypatch.setattr(front_desk, "open_series", late)
    a_session.open_path(a_single_series)
    qtbot.waitUntil(begun.is_set, timeout=_LONG_MS)
    page = _page(a_session)
    assert isinstance(page, OpeningPage)
    a_session.front_desk.leave()
    goes_on.set()
    qtbot.waitUntil(lambda: not a_session.jobs.running, timeout=_LONG_MS)
    assert page.picture.shown is None
    assert a_session.desk is None


def test_a_place_without_images_leaves_the_open_case_on_screen(
    qtbot: QtBot, opened: Opener, a_single_series: Path, tmp_path: Path
) -> None:
    session = opened(a_single_series)
    before = session.state.case
    empty = tmp_path / "empty"
    empty.mkdir()
    session.open_path(empty)
    qtbot.waitUntil(lambda: bool(session.window.notice.text), timeout=_LONG_MS)
    assert "empty" in session.window.notice.text
    assert "Traceback" not in session.window.notice.text
    assert session.desk is not None
    assert _page(session) is session.desk.workbench
    assert session.state.case is before


def test_what_was_open_is_complete_on_the_disk_after_another_is_opened(
    opened: Opener, a_single_series: Path, write: Callable[..., Path]
) -> None:
    session = opened(a_single_series)
    assert session.desk is not None
    first = session.desk.planning.case_file
    assert first is not None
    path = first.path
    session.desk.view_state.set_crosshair((5.0, 6.0, -280.0))
    second = opened(write(cd="second"))
    assert second.desk is not None
    assert second.desk.planning.case_file is not None
    assert second.desk.planning.case_file.path != path
    with CaseFile.open(path, read_only=True) as kept:
        assert kept.load().view_state["crosshair_lps_mm"] == [5.0, 6.0, -280.0]


def test_a_case_file_that_cannot_be_written_leaves_the_former_case_open(
    qtbot: QtBot,
    opened: Opener,
    a_single_series: Path,
    write: Callable[..., Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    session = opened(a_single_series)
    before = session.state.case

    def refuse(*_values: object, **_named: object) -> None:
        raise PlannerError("The case file is locked.")

    monkeypatch.setattr("planner.gui.planning_desk.CaseFile.open", refuse)
    session.open_path(write(cd="second"))
    qtbot.waitUntil(lambda: bool(session.window.notice.text), timeout=_LONG_MS)
    assert "locked" in session.window.notice.text
    assert session.desk is not None
    assert _page(session) is session.desk.workbench
    assert session.state.case is before


def test_work_on_the_former_images_never_arrives_in_the_next_case(
    qtbot: QtBot, opened: Opener, a_single_series: Path, write: Callable[..., Path]
) -> None:
    session = opened(a_single_series)
    arrived: list[object] = []
    goes_on = threading.Event()

    def work(progress: Progress) -> str:
        progress(0.0)
        goes_on.wait(20)
        return "a vertebra of the former patient"

    session.jobs.start("Finding L1", work, arrived.append)
    opened(write(cd="second"))
    goes_on.set()
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)
    assert arrived == []


def test_keys_change_nothing_in_a_case_that_is_not_on_screen(
    qtbot: QtBot, opened: Opener, a_single_series: Path, a_cd: Path
) -> None:
    session = opened(a_single_series)
    assert session.window.action_of["find-all"].isEnabled()
    _browser(qtbot, session, a_cd)
    assert not session.window.action_of["find-all"].isEnabled()
    session.desk.refresh()
    assert not session.window.action_of["find-all"].isEnabled()
    session.front_desk.leave()
    assert session.window.action_of["find-all"].isEnabled()


def test_opening_the_case_that_is_open_only_shows_it(opened: Opener, a_single_series: Path) -> None:
    session = opened(a_single_series)
    assert session.desk is not None
    before, case_file = session.state.case, session.desk.planning.case_file
    assert case_file is not None
    session.open_path(case_file.path)
    assert session.state.case is before
    assert _page(session) is session.desk.workbench
