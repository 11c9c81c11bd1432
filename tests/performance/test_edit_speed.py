"""How soon a stroke of the brush is on screen, and the surface after it, on the sample study.

`pytest tests/performance/test_edit_speed.py -m benchmark -n 0 -s` prints the figures.
"""

import statistics
import sys
import time
from collections.abc import Callable, Iterator

import attrs
import numpy as np
import pytest
from left_button import move, press, release
from PySide6.QtCore import QEvent, QPointF
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from planner.gui.application import build_window
from planner.gui.case_desk import CaseDesk
from planner.gui.preferences import Preferences
from planner.gui.session import Session
from planner.gui.stages import Stage
from planner.gui.view_state import ViewName
from planner.gui.views.tool_view import ToolView
from planner.samples.catalog import BASE_SAMPLE_ID, sample_study

pytestmark = [pytest.mark.slow, pytest.mark.benchmark]
GOAL_STROKE_MS, GOAL_MESH_MS = 33.0, 200.0
BUSY = 3.0
"""How many times slower than its goal a machine that others use may be."""
LONG_MS = 110_000
STEPS = 40


@pytest.fixture
def a_session(qapp: QApplication, qtbot: QtBot) -> Iterator[Session]:
    session = build_window(qapp, Preferences())
    qtbot.addWidget(session.window)
    session.window.resize(1600, 1000)
    session.window.show()
    yield session
    session.window.close()


@pytest.fixture
def an_edited_sample(qtbot: QtBot, a_session: Session) -> CaseDesk:
    """The sample's known level, found and its outline being edited."""
    with qtbot.waitSignal(a_session.opened, timeout=LONG_MS):
        a_session.open_sample(BASE_SAMPLE_ID)
    desk = a_session.desk
    assert desk is not None
    desk.workbench.go_to(Stage.LEVELS)
    desk.planning.levels.find_at(sample_study(BASE_SAMPLE_ID).anchor_lps_mm)
    _idle(qtbot, a_session)
    desk.outline.toggle()
    _idle(qtbot, a_session)
    assert desk.planning.masks.level is not None
    return desk


def _idle(qtbot: QtBot, session: Session) -> None:
    qtbot.waitUntil(lambda: not session.jobs.running, timeout=LONG_MS)


def _paint() -> None:
    QApplication.sendPostedEvents(None, QEvent.Type.UpdateRequest)
    QApplication.sendPostedEvents()


def _places(desk: CaseDesk, view: ToolView) -> list[QPointF]:
    """Return places along the front of the body, where a hand would paint."""
    vertebra = desk.planning.state().vertebra
    assert vertebra is not None

    def at(x_mm: float) -> QPointF:
        return view.widget_point(vertebra.lps_from_vertebra.point((x_mm, -17.0, 0.0)))

    return [at(x) for x in np.linspace(-14.0, 14.0, STEPS)]


def _each_ms(steps: list[Callable[[], None]]) -> list[float]:
    taken = []
    for step in steps:
        began = time.perf_counter()
        step()
        taken.append(1000.0 * (time.perf_counter() - began))
    return taken


@pytest.mark.parametrize("radius_mm", [3.0, 12.0])
def test_a_stroke_is_on_screen_within_two_frames_of_a_film(
    an_edited_sample: CaseDesk, radius_mm: float
) -> None:
    desk = an_edited_sample
    masks = desk.planning.masks
    masks.set_settings(attrs.evolve(masks.settings, radius_mm=radius_mm))
    view = desk.workbench.views.view(ViewName.AXIAL)
    view.setFocus()
    places = _places(desk, view)
    press(view, places[0])
    _paint()

    def paint_on(at: QPointF) -> Callable[[], None]:
        def step() -> None:
            drawn = view.frame_count
            move(view, at)
            _paint()
            assert view.frame_count > drawn

        return step

    taken = _each_ms([paint_on(at) for at in places])
    release(view, places[-1])
    median, slow = statistics.median(taken), float(np.percentile(taken, 95))
    sys.stdout.write(
        f"brush of {radius_mm:.0f} mm: {median:.1f} ms from the hand to the screen, "
        f"95 % within {slow:.1f} ms (goal {GOAL_STROKE_MS:.0f})\n"
    )
    assert median <= GOAL_STROKE_MS * BUSY


def test_the_surface_in_3d_follows_within_a_fifth_of_a_second(
    qtbot: QtBot, an_edited_sample: CaseDesk
) -> None:
    desk = an_edited_sample
    view = desk.workbench.views.view(ViewName.AXIAL)
    in_3d = desk.workbench.views.view(ViewName.VOLUME)
    places = _places(desk, view)
    press(view, places[0])
    qtbot.waitUntil(lambda: not desk.outline.mesh.is_running, timeout=LONG_MS)
    taken = []
    for at in places[::4]:
        made = desk.outline.mesh.made_count
        began = time.perf_counter()
        move(view, at)
        qtbot.waitUntil(lambda made=made: desk.outline.mesh.made_count > made, timeout=LONG_MS)
        drawn = in_3d.frame_count
        in_3d.update()
        qtbot.waitUntil(lambda drawn=drawn: in_3d.frame_count > drawn, timeout=LONG_MS)
        taken.append(1000.0 * (time.perf_counter() - began))
    release(view, places[-1])
    median = statistics.median(taken)
    sys.stdout.write(
        f"surface: {median:.0f} ms from the hand to the screen, slowest {max(taken):.0f} ms "
        f"(goal {GOAL_MESH_MS:.0f})\n"
    )
    assert median <= GOAL_MESH_MS * BUSY
