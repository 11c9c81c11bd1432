"""A rehearsal of the phantom at the window."""

import sys
from pathlib import Path

import pytest
from phantom_vertebra import PhantomShape

sys.path += [str(Path(__file__).parents[2] / "rehearsal"), str(Path(__file__).parent)]

from rehearsal_stages import stage_of

from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.run_page import RunPage
from planner.gui.theme import DARK


@pytest.fixture(scope="module")
def the_stage():
    return stage_of(PhantomShape())


@pytest.fixture
def a_run_desk(qtbot, a_job_runner, the_stage) -> RunDesk:
    """A run just begun, ready for the first picture."""
    desk = RunDesk(a_job_runner)
    desk.open(the_stage)
    qtbot.waitUntil(lambda: desk.is_ready and not a_job_runner.running, timeout=60_000)
    return desk


@pytest.fixture
def a_run_page(qtbot, the_theme: None, a_run_desk) -> RunPage:
    del the_theme
    page = RunPage(a_run_desk, DARK)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    with qtbot.waitExposed(page):
        page.show()
    return page
