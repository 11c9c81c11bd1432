"""How fast cement is modelled, and how fast the window follows its slider.

`pytest tests/performance/test_cement_speed.py -n 0 -s` prints the figures. On two cores that do
nothing else the goals are 0.1 s for one fill of 6 ml at 0.5 mm, 5 s for 200 runs of it, and 50 ms
from a step of the slider until every view has drawn it.
"""

import statistics
import sys
import time
from collections.abc import Iterator

import pytest
from cement_scenes import cement_scene
from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName
from planner.planning.plan import Approach
from planner.rendering.fill_picture import CementPicture
from planner.samples.catalog import BASE_SAMPLE_ID, sample_study
from planner.simulation.cement_assumptions import STEP_MM
from planner.simulation.cement_fill import picture_fill, prepare_injection
from planner.simulation.cement_runs import USUAL_RUNS, study_fill

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]
FILL_GOAL_S, RUNS_GOAL_S, SLIDER_GOAL_S = 0.1, 5.0, 0.05
BUSY = 5.0
"""How many times slower than its goal a machine that others use may be."""
SCENE = "hole in the upper endplate"
TIPS_MM = (8.0, -6.0, 3.0), (-8.0, -6.0, 3.0)
_LONG_MS = 120_000


def _told(words: str) -> None:
    sys.stdout.write(f"{words}\n")


def test_one_fill_of_6_ml_at_half_a_millimetre() -> None:
    scene = cement_scene(SCENE)
    assert STEP_MM == 0.5
    injection = scene.injection(*TIPS_MM, volume_ml=6.0)
    taken = []
    for seed in range(6):
        # As the window does it: the bone with its tracks and hollows is made anew each time.
        began_s = time.perf_counter()
        picture = picture_fill(prepare_injection(scene.space, injection), seed)
        taken.append(time.perf_counter() - began_s)
        assert picture.filled_ml == pytest.approx(6.0, rel=0.01)
    _told(f"one fill of 6 ml at {STEP_MM} mm: {statistics.median(taken[1:]):.3f} s")
    assert min(taken) < FILL_GOAL_S * BUSY


def test_200_runs_of_6_ml() -> None:
    scene = cement_scene(SCENE)
    injection = scene.injection(*TIPS_MM, volume_ml=6.0)
    study_fill(scene.space, injection, 2)
    began_s = time.perf_counter()
    study = study_fill(scene.space, injection)
    taken_s = time.perf_counter() - began_s
    assert study.runs == USUAL_RUNS == 200
    _told(f"200 runs of 6 ml: {taken_s:.2f} s")
    assert taken_s < RUNS_GOAL_S * BUSY


@pytest.fixture
def a_session(qapp: QApplication) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    session.window.resize(1600, 1000)
    session.window.show()
    yield session
    session.window.close()
    session.window.deleteLater()


def _idle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=_LONG_MS)


def _with_cement(qtbot: QtBot, session: Session) -> CaseDesk:
    """Return the shipped study with two needles, balloons and cement, in the cement stage."""
    with qtbot.waitSignal(session.opened, timeout=_LONG_MS):
        session.window.start_page.samples[BASE_SAMPLE_ID].click()
    desk = session.desk
    assert desk is not None
    desk.workbench.go_to(Stage.LEVELS)
    desk.planning.levels.find_at(sample_study(BASE_SAMPLE_ID).anchor_lps_mm)
    _idle(qtbot, session)
    desk.workbench.go_to(Stage.APPROACH)
    desk.workbench.approach.approach.buttons[Approach.BIPEDICULAR.value].click()
    _idle(qtbot, session)
    desk.workbench.go_to(Stage.CEMENT)
    if desk.planning.document.level_plan.cement is None:
        desk.workbench.cement.add.click()
    qtbot.waitUntil(lambda: session.state.fill.picture is not None, timeout=_LONG_MS)
    _idle(qtbot, session)
    return desk


def _turn() -> None:
    """Let the window do what it has to do after a step, once."""
    turn = QEventLoop()
    QTimer.singleShot(0, turn.quit)
    turn.exec()


def test_every_view_follows_the_volume_slider_of_the_window(
    qtbot: QtBot, a_session: Session
) -> None:
    desk = _with_cement(qtbot, a_session)
    slider = desk.workbench.cement.slider.slider
    every = (desk.workbench.views.view(name) for name in ViewName)
    shown = [view for view in every if view.isVisible()]
    # As a press of the mouse does: no view has the focus then, whose pace others would spare.
    slider.setFocus(Qt.FocusReason.MouseFocusReason)
    slider.sliderPressed.emit()
    taken = []
    for step in range(24):
        before = {view: view.frame_count for view in shown}
        began_s = time.perf_counter()
        slider.setValue(12 + step)
        while any(view.frame_count == count for view, count in before.items()):
            _turn()
            assert time.perf_counter() - began_s < 10.0
        taken.append(time.perf_counter() - began_s)
        drawn = a_session.state.fill.picture
        assert isinstance(drawn, CementPicture)
        assert drawn.volume_ml == pytest.approx((12 + step) / 10.0)
    slider.sliderReleased.emit()
    middle_s = statistics.median(taken[4:])
    _told(f"all {len(shown)} views show another volume of the slider in {1000.0 * middle_s:.0f} ms")
    assert middle_s < SLIDER_GOAL_S * BUSY
