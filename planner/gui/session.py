"""One run of the program: opens and closes cases, and keeps window, desk and views in step."""

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from planner.assessment.findings import Severity
from planner.gui.crash_guard import words_for
from planner.gui.desk_building import DeskBuilder
from planner.gui.desk_state import DeskState
from planner.gui.front_desk import FrontDesk
from planner.gui.jobs import JobRunner
from planner.gui.main_window import MainWindow
from planner.gui.opening import Opened
from planner.gui.preferences import Preferences, save_preferences
from planner.gui.radiographs.measurement_book import MeasurementBook
from planner.gui.theme import Palette
from planner.gui.view_state import ViewName
from planner.storage.recent_cases import recent_cases, remember_case

if TYPE_CHECKING:
    from planner.dicom.scan_result import SeriesSummary
    from planner.gui.browser.browser_page import BrowserPage
    from planner.gui.case_desk import CaseDesk


class Session(QObject):
    """Holds the window and, once something is open, the desk it is worked on at."""

    opened = Signal()
    """A case is open and on screen."""
    desk_made = Signal(object)
    """The one `CaseDesk` of this run was built."""
    companion_chosen = Signal(object)
    """A `SeriesSummary` of the open patient shall be laid over its CT; the case is on screen."""
    shown_alone_chosen = Signal(object)
    """A `SeriesSummary` of a volume, such as an MR, shall be shown by itself, not planned on."""
    rehearsal_chosen = Signal()
    """The graded cases shall be shown; a case need not be open."""
    radiograph_chosen = Signal(object)
    """A `SeriesSummary` of X-ray images shall be shown; a case need not be open."""

    def __init__(self, window: MainWindow, preferences: Preferences, palette: Palette) -> None:
        super().__init__(window)
        self.window = window
        self.preferences = preferences
        self.palette = palette
        self.jobs = JobRunner(self)
        self.radiograph_book = MeasurementBook(self)
        self.desk_builder = DeskBuilder(self)
        self.desk_builder.built.connect(self.desk_made)
        self.jobs.changed.connect(self._show_jobs)
        self.jobs.progressed.connect(self._show_jobs)
        self.jobs.failed.connect(self._tell_failure)
        window.status_line.cancel_pressed.connect(self.jobs.cancel_all)
        self.front_desk = FrontDesk(self)
        self.front_desk.opened.connect(self._show_opened)
        self.front_desk.refused.connect(self.tell_problem)
        self.front_desk.browser_made.connect(self._connect_browser)
        window.start_page.sample_chosen.connect(self.open_sample)
        window.start_page.recent_chosen.connect(self.open_path)
        window.dropped.connect(self.open_path)
        window.closing.connect(self.shut_down)
        window.start_page.show_recent(recent_cases())

    @property
    def _desk(self) -> "CaseDesk | None":
        """The one desk, whether a case lies on it or not; None until it is built."""
        return self.desk_builder.desk

    @property
    def desk(self) -> "CaseDesk | None":
        """The desk of the open case, None while the start page is shown."""
        is_open = self._desk is not None and self._desk.planning.document.case is not None
        return self._desk if is_open else None

    @property
    def state(self) -> DeskState:
        """What the window shows now."""
        desk = self.desk
        return desk.planning.state() if desk else DeskState()

    @property
    def is_masked(self) -> bool:
        """Whether the patient's name is hidden."""
        return self._desk is not None and self._desk.view_state.identity_masked

    def open_path(self, path: Path) -> None:
        """Open a case file, or images: a folder, an archive, a DICOMDIR or a file."""
        self.front_desk.open_path(path)

    def open_sample(self, sample_id: str) -> None:
        """Open a shipped study."""
        self.front_desk.open_sample(sample_id)

    def show_case_or_start(self) -> None:
        """Show the open case; where none is, what is being chosen from, else the start page."""
        desk = self.desk
        if desk is not None:
            self.window.show_page(desk.workbench)
        elif not self.front_desk.show_offered():
            self.window.show_front_page(self.window.start_page)

    def close_case(self) -> None:
        """Go back to the start page; the case is complete on the disk."""
        self.jobs.cancel_all()
        if self._desk is not None:
            self._desk.close()
        self.window.show_front_page(self.window.start_page)
        self.window.start_page.show_recent(recent_cases())
        self.window.show_state(self.state, is_masked=False)

    def prefer(self, preferences: Preferences) -> None:
        """Keep changed preferences for the next run."""
        self.preferences = preferences
        save_preferences(preferences)

    def tell(self, sentence: str, severity: Severity) -> None:
        """Show a sentence in the window."""
        self.window.notice.tell(sentence, severity)

    def tell_problem(self, problem: BaseException) -> None:
        """Show what went wrong in a sentence."""
        self.tell(words_for(problem), Severity.DANGER)

    def shut_down(self) -> None:
        """End every job in order, then let go of the case."""
        self.jobs.close()
        if self._desk is not None:
            self._desk.shut_down()

    def _show_opened(self, opened: Opened) -> None:
        # Work on the former images must not arrive in the case that takes their place.
        self.jobs.cancel_all()
        before = self.state.case
        try:
            desk = self.desk_builder.finish()
            desk.open(opened)
        except Exception as problem:  # noqa: BLE001  the window must not stay between two cases
            if self.state.case is not before:
                self.close_case()
            self.show_case_or_start()
            self.tell_problem(problem)
            return
        self.front_desk.take()
        remember_case(opened.path, dt.datetime.now(dt.UTC))
        self.window.show_page(desk.workbench)
        # Arrow keys move through the slices at once.
        desk.workbench.views.view(ViewName.AXIAL).setFocus()
        self.opened.emit()

    def _connect_browser(self, browser: "BrowserPage") -> None:
        browser.lay_over_chosen.connect(self._lay_over)
        browser.show_alone_chosen.connect(self.shown_alone_chosen)
        browser.radiograph_chosen.connect(self.radiograph_chosen)

    def _lay_over(self, series: "SeriesSummary") -> None:
        self.show_case_or_start()
        self.companion_chosen.emit(series)

    def _show_jobs(self) -> None:
        self.window.status_line.show_jobs(self.jobs.running)

    def _tell_failure(self, _title: str, problem: BaseException) -> None:
        self.tell_problem(problem)
