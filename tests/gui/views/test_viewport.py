import gc
import time

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor
from pytestqt.qtbot import QtBot
from vtkmodules.vtkCommonCore import vtkObjectBase
from vtkmodules.vtkRenderingCore import vtkRenderer

from planner.gui.scene_frames import SceneFrames
from planner.gui.viewport import Viewport
from planner.rendering.scene import Scene


class ColouredScene(Scene):
    """One colour below, another above, so that a flipped picture shows."""

    def __init__(self) -> None:
        lower, upper = vtkRenderer(), vtkRenderer()
        lower.SetViewport(0.0, 0.0, 1.0, 0.5)
        upper.SetViewport(0.0, 0.5, 1.0, 1.0)
        lower.SetBackground(1.0, 0.0, 0.0)
        upper.SetBackground(0.0, 0.0, 1.0)
        super().__init__((lower, upper))
        self.still: list[bool] = []

    def attach(self, window: object) -> None:
        super().attach(window)
        for renderer in self.renderers:
            renderer.SetLayer(0)
        window.SetNumberOfLayers(1)

    def set_still(self, *, still: bool) -> None:
        self.still.append(still)


@pytest.fixture
def a_viewport(qtbot: QtBot) -> Viewport:
    viewport = Viewport(SceneFrames(ColouredScene()))
    qtbot.addWidget(viewport)
    viewport.resize(QSize(200, 160))
    with qtbot.waitExposed(viewport):
        viewport.show()
    viewport.grab()
    return viewport


def _colour_at(viewport: Viewport, x: int, y: int) -> QColor:
    return viewport.grab().toImage().pixelColor(x, y)


def test_the_scene_is_painted_upright_without_a_screen(a_viewport: Viewport) -> None:
    assert _colour_at(a_viewport, 100, 20) == QColor(0, 0, 255)
    assert _colour_at(a_viewport, 100, 140) == QColor(255, 0, 0)


def test_many_changes_make_one_frame(a_viewport: Viewport, qtbot: QtBot) -> None:
    before = a_viewport.frame_count
    for _ in range(50):
        a_viewport.request_frame()
    qtbot.waitUntil(lambda: a_viewport.frame_count > before)
    assert a_viewport.frame_count == before + 1


def test_a_repaint_without_a_change_draws_nothing_anew(a_viewport: Viewport) -> None:
    # At rest: on a busy machine the fine frame would come in between.
    a_viewport.settle()
    a_viewport.grab()
    before = a_viewport.frame_count
    a_viewport.grab()
    assert a_viewport.frame_count == before


def test_frames_in_a_row_are_quick_and_a_fine_one_follows(
    a_viewport: Viewport, qtbot: QtBot
) -> None:
    scene = a_viewport._frames._scene
    assert isinstance(scene, ColouredScene)
    a_viewport.settle()
    for _ in range(3):
        a_viewport.grab()
        a_viewport.request_frame()
    assert scene.still[-3:] == [True, False, False]
    qtbot.waitUntil(lambda: scene.still[-1])


def test_a_costly_view_without_the_focus_waits_but_a_picture_of_it_is_never_stale(
    a_viewport: Viewport, qtbot: QtBot
) -> None:
    a_viewport.clearFocus()
    a_viewport.grab()
    before = a_viewport.frame_count
    a_viewport._frame_s, a_viewport._drawn_at_s = 0.1, time.monotonic()
    a_viewport.request_frame()
    assert a_viewport._pause_timer.isActive()
    qtbot.waitUntil(lambda: a_viewport.frame_count == before + 1)
    a_viewport._frame_s, a_viewport._drawn_at_s = 0.1, time.monotonic()
    a_viewport.request_frame()
    a_viewport.grab()
    assert a_viewport.frame_count == before + 2


def test_a_paint_after_the_end_shows_nothing_and_lives(a_viewport: Viewport) -> None:
    a_viewport.close()
    a_viewport.show()
    a_viewport.request_frame()
    a_viewport.resize(90, 90)
    a_viewport.repaint()
    a_viewport.shut_down()
    assert a_viewport.is_closed


def test_a_closed_viewport_leaves_no_vtk_object_behind(qtbot: QtBot) -> None:
    def alive() -> int:
        gc.collect()
        return sum(isinstance(thing, vtkObjectBase) for thing in gc.get_objects())

    before = alive()
    viewport = Viewport(SceneFrames(ColouredScene()))
    viewport.resize(60, 60)
    viewport.show()
    viewport.grab()
    assert alive() > before
    with qtbot.waitSignal(viewport.destroyed):
        viewport.close()
        viewport.deleteLater()
    del viewport
    assert alive() <= before
