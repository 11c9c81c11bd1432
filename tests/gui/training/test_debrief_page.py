"""The debrief shows each shot with what lay in it, the course, and the score in words."""

import attrs
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from planner.anatomy.levels import Side
from planner.gui.theme import DARK
from planner.gui.training.debrief_page import DebriefedRun, DebriefPage
from planner.gui.training.run_picture import picture_of_run
from planner.gui.training.shot_picture import overlay_of
from planner.planning.plan import LevelPlan
from planner.rehearsal.debrief import debrief_of
from planner.rehearsal.scoring import score_run
from planner.simulation.c_arm import mobile_c_arm, view_of


@pytest.fixture
def a_run(the_stage, the_expert) -> DebriefedRun:
    debrief = debrief_of(the_expert, the_stage)
    return DebriefedRun(the_stage, debrief, score_run(debrief.final, the_stage), None)


@pytest.fixture
def a_page(qtbot, the_theme: None):
    del the_theme
    page = DebriefPage(DARK)
    qtbot.addWidget(page)
    page.resize(1400, 900)
    with qtbot.waitExposed(page):
        page.show()
    yield page
    page.shut_down()


def test_it_opens_at_the_last_shot_and_goes_through_all(a_page, a_run) -> None:
    wanted = []
    a_page.shot_wanted.connect(wanted.append)
    a_page.show_run(a_run)
    shots = a_run.debrief.shots
    assert wanted == [shots[-1]]
    a_page.show_shot(0)
    a_page.show_shot(-5)
    assert [seen.number for seen in wanted[1:]] == [1, 1]
    assert f"Shot 1 of {len(shots)}" in a_page.caption.text()


def test_a_picture_that_was_overtaken_is_not_shown(a_page, a_run) -> None:
    a_page.show_run(a_run)
    first, last = a_run.debrief.shots[0], a_run.debrief.shots[-1]
    view = view_of(mobile_c_arm(64), first.shot.pose)
    before = a_page.picture.grab().toImage()
    a_page.show_picture(first, np.full((64, 64), 200, np.uint8), view)
    assert a_page.picture.grab().toImage() == before
    a_page.show_picture(last, np.full((64, 64), 200, np.uint8), view)
    assert a_page.picture.grab().toImage() != before


def test_every_part_of_the_score_and_every_checkpoint_stands_in_words(a_page, a_run) -> None:
    a_page.show_run(a_run)
    words = {label.text() for label in a_page.panel.findChildren(QLabel)}
    assert f"{a_run.score.total:.0f}" in words
    assert {part.text for part in a_run.score.parts} <= words
    assert {moment.text for moment in a_run.debrief.moments} <= words


def test_lines_lie_where_the_needle_was_in_the_patient(a_run, the_stage) -> None:
    """A needle on the patient's left lies left of the midline in an AP from behind."""
    seen = a_run.debrief.shots[-1]
    ap = next(s for s in reversed(a_run.debrief.shots) if s.shot.panel.value == "ap")
    view = view_of(mobile_c_arm(512), ap.shot.pose)
    overlay = overlay_of(view, seen.state, the_stage.vertebra, None)
    middle = view.pixels_of(np.array([the_stage.vertebra.centre_lps_mm]))[0, 0]
    columns = {side: points[:, 0].mean() for side, points in overlay.needles}
    assert columns[Side.LEFT] < middle < columns[Side.RIGHT]
    for side, points in overlay.needles:
        tip = seen.state.on(side).tip_lps_mm
        np.testing.assert_allclose(points[1], view.pixels_of(np.array([tip]))[0])
    ovals = sorted(float(oval[:, 0].mean()) for oval in overlay.ovals)
    assert ovals[0] < middle < ovals[1]


def test_a_press_on_the_course_goes_to_the_shot_nearest_in_time(qtbot, a_page, a_run) -> None:
    a_page.show_run(a_run)
    plot = a_page.course
    with qtbot.waitSignal(plot.shot_chosen) as told:
        qtbot.mouseClick(plot, Qt.MouseButton.LeftButton, pos=QPoint(55, plot.height() // 2))
    assert told.args == [0]


def test_in_3d_stand_the_needles_as_they_were_the_cement_and_the_plan(a_run) -> None:
    final, stage = a_run.debrief.final, a_run.stage
    done, *others = final.final_needles
    moved = attrs.evolve(done, tip_lps_mm=np.add(done.tip_lps_mm, (0.0, 0.0, 30.0)))
    wanted = LevelPlan(stage.scenario.level, stage.scenario.procedure, (moved,))
    picture = picture_of_run(final, stage, wanted)
    assert {needle.path for needle in picture.needles} == {done.path, *(n.path for n in others)}
    rods = picture.ghost.mesh.vertices_lps_mm
    assert np.linalg.norm(rods - moved.tip_lps_mm, axis=1).min() < 3.0
    assert np.linalg.norm(rods - done.tip_lps_mm, axis=1).min() > 10.0
    inside = picture.cement.fill.inside_at(picture.cement.volume_ml)
    outside = picture.cement.fill.outside_at(picture.cement.volume_ml)
    assert inside.voxels.any()
    assert (inside.voxels | outside.voxels == final.fill.filled.voxels).all()
    places = inside.geometry.lps_of(np.argwhere(inside.voxels)[:, ::-1])
    assert (stage.maps.bone.at(places) >= 0.0).all()
    assert picture_of_run(final, stage, None).ghost is None
