"""Everything before a case lies on the desk: look through a place, choose, load, and the way back.

What was on screen stays whole until something else is completely open: a cancelled or failed
opening only goes back to it.
"""

import functools
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from PySide6.QtCore import QObject, Signal

from planner.foundation.progress import Progress
from planner.gui.opening import (
    CASE_SUFFIX,
    Opened,
    open_case_file,
    open_series,
    scan_images,
    scan_made_case,
    scan_sample,
)
from planner.gui.opening_page import OpeningPage
from planner.gui.panels.wording import date_words
from planner.samples.catalog import sample_study

if TYPE_CHECKING:  # these load pydicom, which the start page does without
    from PySide6.QtWidgets import QWidget

    from planner.dicom.first_slice import FirstSlice
    from planner.dicom.scan_result import ScanResult, SeriesSummary
    from planner.gui.browser.browser_page import BrowserPage
    from planner.gui.jobs import Job
    from planner.gui.make_case.case_request import CaseRequest
    from planner.gui.make_case.make_case_page import MakeCasePage
    from planner.gui.session import Session

OPENING = "opening"

Result = TypeVar("Result")


class FrontDesk(QObject):
    """Scans, shows the study browser, loads; hands over what is completely open."""

    opened = Signal(object)
    """An `Opened` case."""
    refused = Signal(object)
    """The exception for which nothing was opened; what was on screen before is again."""
    browser_made = Signal(object)
    """The one `BrowserPage` of this run was built."""
    _first_slice_read = Signal(object, object)
    """The ticket of an opening and its `FirstSlice`, from the thread that reads."""

    def __init__(self, session: "Session") -> None:
        super().__init__(session)
        self._session = session
        self._window = session.window
        self._offered: ScanResult | None = None
        """What is being chosen from."""
        self._scan: ScanResult | None = None
        """What the open case was chosen from; None where it came from a case file."""
        self._browser: BrowserPage | None = None
        self._make_page: MakeCasePage | None = None
        self._opening: OpeningPage | None = None
        self._origin: QWidget = session.window.start_page
        """The page that an opening that comes to nothing goes back to."""
        self._is_origin_front = True
        self._job: Job | None = None
        self._ticket: object = None
        self._first_slice_read.connect(self._show_first_slice)
        session.jobs.changed.connect(self._notice_cancel)

    @property
    def scan(self) -> "ScanResult | None":
        """What the open case was chosen from; None where it came from a case file."""
        return self._scan

    def open_path(self, path: Path) -> None:
        """Open a case file, or look for images: in a folder, an archive, a DICOMDIR, a file."""
        if self._is_open_now(path):
            self._session.show_case_or_start()
        elif path.suffix.lower() == CASE_SUFFIX:
            self._offered = None
            prepare_views = self._session.desk_builder.wait
            self._load(
                path.stem, functools.partial(open_case_file, path, prepare_views=prepare_views)
            )
        else:
            self._offered = None
            self._look(path.name or str(path), functools.partial(scan_images, path), self._offer)

    def open_sample(self, sample_id: str) -> None:
        """Open a study that comes with the program; it is made on first use."""
        self._offered = None
        title = sample_study(sample_id).title
        self._look(title, functools.partial(scan_sample, sample_id), self._offer)

    def open_series(self, series: "SeriesSummary") -> None:
        """Open a CT series, of those on offer, as a new case."""
        ticket = self._ticket = object()
        prepare_views = self._session.desk_builder.wait

        def show(first: "FirstSlice") -> None:
            self._first_slice_read.emit(ticket, first)

        def work(progress: Progress) -> Opened:
            return open_series(series, progress, show, prepare_views)

        self._load(series.description or f"{series.usable_images} slices", work)
        self._opening_page().show_patient(self._whose(series))

    def show_make_case(self) -> None:
        """Show the page that makes a digital-spine case."""
        page = self._make_case_page()
        self._window.notice.hide()
        self._window.show_front_page(page)
        page.setFocus()

    def browse(self) -> None:
        """Show every series that lies beside the one of the open case."""
        case = self._session.state.case
        if self._scan is not None:
            self._show_browser(self._scan)
        elif case is not None:
            place = Path(case.study.path)
            self._look(place.name, functools.partial(scan_images, place), self._show_browser)

    def leave(self) -> bool:
        """Go back from a page before the case; return whether there was one to leave."""
        page = self._window.pages.currentWidget()
        if page is self._opening and self._job is not None:
            self._job.cancel()
            self._notice_cancel()
        elif page is not None and page in {self._browser, self._make_page}:
            self._offered = None
            self._session.show_case_or_start()
        else:
            return False
        return True

    def show_offered(self) -> bool:
        """Show again what is being chosen from; return whether there is anything."""
        if self._browser is None or self._offered is None:
            return False
        # Another place may have been looked through since, and opened without a question.
        if self._browser.scan is not self._offered:
            return False
        self._window.show_front_page(self._browser)
        self._browser.setFocus()
        return True

    def take(self) -> None:
        """Remember what the case now on the desk was chosen from."""
        self._scan = self._offered
        desk = self._session.desk
        if desk is not None:
            others = None if self._scan is None else len(self._scan.series) - 1
            desk.workbench.study.show_beside(others)

    def _is_open_now(self, path: Path) -> bool:
        desk = self._session.desk
        case_file = desk.planning.case_file if desk else None
        return case_file is not None and case_file.path.resolve() == path.resolve()

    def _make_case_page(self) -> "MakeCasePage":
        if self._make_page is None:
            # With it come scipy and the model: the start page does without.
            from planner.gui.make_case.case_making import CaseMaking
            from planner.gui.make_case.make_case_page import MakeCasePage

            self._make_page = MakeCasePage(self._session.palette)
            self._make_page.back_pressed.connect(self.leave)
            self._make_page.make_pressed.connect(self._make)
            CaseMaking(self._make_page, self._session.jobs).preview(self._make_page.request)
        return self._make_page

    def _make(self, request: "CaseRequest") -> None:
        self._offered = None
        work = functools.partial(scan_made_case, request.spec())
        self._start(request.title, f"Making {request.title}", work, self._offer)
        preview = self._make_case_page().picture.shown
        if preview is not None:
            self._opening_page().picture.show_slice(preview)

    def _offer(self, scan: "ScanResult") -> None:
        from planner.gui.browser.series_offers import obvious_series

        series = obvious_series(scan)
        if series is None:
            self._show_browser(scan)
        else:
            self._offered = scan
            self.open_series(series)

    def _look(
        self,
        name: str,
        work: "Callable[[Progress], ScanResult]",
        on_done: "Callable[[ScanResult], None]",
    ) -> None:
        self._start(name, f"Looking for images in {name}", work, on_done)

    def _load(self, name: str, work: Callable[[Progress], Opened]) -> None:
        self._start(name, f"Reading {name}", work, self.opened.emit)

    def _whose(self, series: "SeriesSummary") -> str:
        from planner.gui.browser.series_words import patient_words

        name, details = patient_words(series.patient, 1, is_masked=self._session.is_masked)
        return "\n".join(filter(None, (name, details, date_words(series.date))))

    def _start(
        self,
        name: str,
        words: str,
        work: Callable[[Progress], Result],
        on_done: Callable[[Result], None],
    ) -> None:
        page = self._opening_page()
        before = self._window.pages.currentWidget()
        if before is not None and before is not page:
            self._origin = before
            self._is_origin_front = self._window.is_front
        page.begin(name, words, keeps_case=self._session.state.case is not None)
        self._window.notice.hide()
        self._window.show_front_page(page)

        def done(result: Result) -> None:
            self._job = None
            on_done(result)

        self._job = None
        job = self._session.jobs.start(
            f"Opening {name}", work, done, key=OPENING, on_failed=self._refuse
        )
        job.progressed.connect(page.show_progress)
        self._job = job

    def _refuse(self, problem: Exception) -> None:
        self._go_back()
        offered = self._offered
        if offered is not None and len(offered.series) > 1 and self._session.state.case is None:
            # The obvious series was none: the others are there to choose from.
            self._show_browser(offered)
        self.refused.emit(problem)

    def _notice_cancel(self) -> None:
        """Go back at once; the work itself notices a moment later."""
        if self._job is not None and self._job.is_cancelled:
            self._go_back()

    def _go_back(self) -> None:
        self._job, self._ticket = None, None
        show = self._window.show_front_page if self._is_origin_front else self._window.show_page
        show(self._origin)

    def _show_first_slice(self, ticket: object, first: "FirstSlice") -> None:
        if self._opening is not None and ticket is self._ticket:
            self._opening.show_first_slice(first)

    def _opening_page(self) -> OpeningPage:
        if self._opening is None:
            self._opening = OpeningPage(self._session.palette)
            self._opening.cancel_pressed.connect(self.leave)
        return self._opening

    def _show_browser(self, scan: "ScanResult") -> None:
        self._offered = scan
        if self._browser is None:
            # With it comes pydicom: the start page does without.
            from planner.gui.browser.browser_page import BrowserPage

            self._browser = BrowserPage(self._session.palette, self._session.jobs)
            self._browser.back_pressed.connect(self.leave)
            self._browser.plan_chosen.connect(self.open_series)
            self.browser_made.emit(self._browser)
        self._browser.show_scan(scan, self._session.state, is_masked=self._session.is_masked)
        self._window.show_front_page(self._browser)
        self._browser.setFocus()
