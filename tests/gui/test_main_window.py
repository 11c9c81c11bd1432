import subprocess
import sys

import attrs
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from planner.gui.actions import ACTIONS
from planner.gui.desk_state import DeskState
from planner.gui.main_window import MainWindow
from planner.gui.start_page import SampleCard, StartPage
from planner.gui.status_line import position_words
from planner.gui.theme import DARK, LIGHT, apply_theme, load_fonts

_HEAVY = ("pydicom", "scipy", "SimpleITK", "numba", "vtkmodules", "reportlab", "pynetdicom")


@pytest.fixture
def a_start_page(qtbot: QtBot) -> StartPage:
    page = StartPage([SampleCard("one", "One", "A."), SampleCard("two", "Two", "B.")], DARK)
    qtbot.addWidget(page)
    return page


@pytest.fixture
def a_window(qtbot: QtBot, a_start_page: StartPage) -> MainWindow:
    window = MainWindow(a_start_page, DARK)
    qtbot.addWidget(window)
    return window


def test_the_title_always_says_that_this_is_no_medical_device(
    a_window: MainWindow, a_desk_state: DeskState
) -> None:
    said = "Research and education. Not a medical device."
    assert said in a_window.windowTitle()
    a_window.show_page(QWidget())
    a_window.show_state(a_desk_state, is_masked=False)
    assert said in a_window.windowTitle()


def test_a_masked_name_is_nowhere_in_the_window(
    a_window: MainWindow, a_desk_state: DeskState
) -> None:
    a_window.show_page(QWidget())
    a_window.show_state(a_desk_state, is_masked=False)
    assert "SAMPLE, WEDGE" in a_window.windowTitle()
    a_window.show_state(a_desk_state, is_masked=True)
    assert "SAMPLE" not in a_window.windowTitle() + a_window.top_bar.patient.text()


def test_undo_names_what_it_takes_back(a_window: MainWindow, a_desk_state: DeskState) -> None:
    state = attrs.evolve(a_desk_state, undo_text="Move needle tip")
    a_window.show_page(QWidget())
    a_window.show_state(state, is_masked=False)
    assert a_window.action_of["undo"].text() == "Undo Move needle tip"
    assert a_window.top_bar.undo.isEnabled()
    assert not a_window.top_bar.redo.isEnabled()


def test_every_action_of_the_table_is_in_the_window(a_window: MainWindow) -> None:
    assert set(a_window.action_of) == {spec.id for spec in ACTIONS}


def test_a_sample_is_opened_with_one_click(qtbot: QtBot, a_start_page: StartPage) -> None:
    with qtbot.waitSignal(a_start_page.sample_chosen) as chosen:
        qtbot.mouseClick(a_start_page.samples["two"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["two"]


def test_positions_read_by_the_patients_directions() -> None:
    assert position_words((12.4, -31.0, -250.5)) == "L 12.4  A 31.0  I 250.5 mm"
    assert position_words((-1.0, 2.0, 3.0)) == "R 1.0  P 2.0  S 3.0 mm"


def test_the_shipped_font_is_used_even_where_no_other_is_installed(qapp: QApplication) -> None:
    assert load_fonts() == "Inter"
    assert {"Regular", "Medium", "SemiBold", "Bold"} <= set(QFontDatabase.styles("Inter"))
    apply_theme(qapp, LIGHT)
    assert qapp.font().family() == "Inter"


@pytest.mark.slow
def test_the_start_page_loads_none_of_the_heavy_libraries() -> None:
    code = (
        "import sys\n"
        "from planner.gui.application import build_window, the_application\n"
        "application = the_application()\n"
        "session = build_window(application)\n"
        "session.window.show()\n"
        "session.window.grab()\n"
        f"heavy = {_HEAVY!r}\n"
        "print([name for name in sys.modules if name.partition('.')[0] in heavy])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    assert run.stdout.strip() == "[]"
