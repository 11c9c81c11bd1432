"""The composition root: builds everything and passes it in."""

import os
import sys
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from planner.foundation.errors import PlannerError
from planner.foundation.log_setup import log_to_file
from planner.gui.commands import Commands
from planner.gui.crash_guard import CrashGuard
from planner.gui.main_window import MainWindow
from planner.gui.preferences import Preferences, load_preferences
from planner.gui.preloading import Preloader
from planner.gui.process_clock import seconds_since_process_start
from planner.gui.series_viewing import SeriesViewing
from planner.gui.session import Session
from planner.gui.start_page import SampleCard, SampleKind, StartPage
from planner.gui.theme import DARK, LIGHT, apply_theme
from planner.gui.training.training import Training
from planner.samples.catalog import SampleStudy, sample_studies


def the_application() -> QApplication:
    """Return the one Qt application, made if there is none.

    Raises
    ------
    PlannerError
        If there is no screen and Qt was not told to do without one.
    """
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    if not has_screen():
        raise PlannerError(
            "There is no screen to open a window on.",
            hint="Use the commands that need none, or set QT_QPA_PLATFORM=offscreen.",
        )
    application = QApplication(sys.argv[:1])
    application.setApplicationName("Vertebroplan")
    return application


def has_screen() -> bool:
    """Return whether Qt can open a window here."""
    if sys.platform != "linux":
        return True
    return any(os.environ.get(k) for k in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def build_window(application: QApplication, preferences: Preferences | None = None) -> Session:
    """Return the window with everything behind it, not shown yet.

    Parameters
    ----------
    application
        The running Qt application; it gets the program's theme.
    preferences
        The user's; read from the config folder where they are not given.
    """
    chosen = preferences or load_preferences()
    palette = DARK if chosen.is_dark else LIGHT
    apply_theme(application, palette)
    cards = [_card_of(study) for study in sample_studies()]
    session = Session(MainWindow(StartPage(cards, palette), palette), chosen, palette)
    Commands(session)
    SeriesViewing(session)
    Training(session)
    return session


def _card_of(study: SampleStudy) -> SampleCard:
    kind = SampleKind.DIGITAL_SPINE if study.is_digital else SampleKind.REAL_CT
    return SampleCard(study.id, study.title, study.patient, kind)


def run_window(path: Path | None = None) -> int:
    """Open the window, on a folder or case if one is given, and stay until it is closed."""
    application = the_application()
    log_to_file()
    session = build_window(application)
    guard = CrashGuard(session)
    guard.crashed.connect(session.tell_problem)
    guard.install()
    preloader = Preloader(session)
    session.window.fit_to_screen()
    session.window.show()
    if path is None:
        session.window.painted.connect(preloader.start)
        session.jobs.changed.connect(preloader.stop)
        preloader.done.connect(session.desk_builder.start)
    else:
        session.open_path(path)
    status = application.exec()
    preloader.shut_down()
    guard.remove()
    return status


def measure_start_s() -> float:
    """Open the start page, return the seconds from process start to its first paint, close it."""
    application = the_application()
    session = build_window(application)
    seconds: list[float] = []

    def painted() -> None:
        if not seconds:
            seconds.append(seconds_since_process_start())
            QTimer.singleShot(0, session.window.close)

    session.window.painted.connect(painted)
    session.window.show()
    application.exec()
    return seconds[0]
