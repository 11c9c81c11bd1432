"""How fast an X-ray is: ratios that hold on any machine, and figures for this one.

`pytest tests/performance/test_xray_speed.py -m benchmark -n 0 -s` prints the figures of a real
thorax CT (133 slices of 512 x 512, where the shared data is, else the shipped sample): pictures
with detector and couch removed, at the quality that keeps within 1 % of exact line integrals, the
preparation, its memory, and how many pictures the window shows while the arm is turned.
"""

import itertools
import statistics
import sys
import time
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import attrs
import numpy as np
import pytest
from phantom_vertebra import PhantomShape
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMainWindow

sys.path.append(str(Path(__file__).parents[1] / "rehearsal"))
from rehearsal_stages import stage_of

from planner.geometry.grids import GridGeometry
from planner.geometry.points import as_triple
from planner.gui.fluoroscopy.run_desk import RunDesk
from planner.gui.fluoroscopy.run_page import RunPage
from planner.gui.jobs import JobRunner
from planner.gui.theme import DARK, apply_theme
from planner.samples.catalog import sample_folder
from planner.simulation.attenuation import attenuation_of, prepare
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.detector import DetectorSettings
from planner.simulation.shot import XrayScene, take_shot, warm_up
from planner.simulation.xray import Quality, line_integrals
from planner.workflow.open_study import open_study

pytestmark = pytest.mark.slow
GOALS_MS = {512: 80.0, 256: 25.0}
GOAL_PREPARING_S, GOAL_IMAGES_A_SECOND, GOAL_MEMORY = 2.0, 15.0, 1.5
VIEWS_DEG = {"AP": 0.0, "oblique": 45.0, "lateral": 90.0, "from behind": 180.0}
REPEATS, STEERED_S = 15, 4.0
BUSY = 3.0
"""The printed figures are for a reader to judge; a busy machine must not fail the tests."""
REPEAT_MS = 33
"""How often a key that is held down comes again."""


@pytest.fixture(scope="module")
def a_thorax_sized_volume():
    grid = GridGeometry.axis_aligned((512, 512, 133), (0.0, 0.0, 0.0), (0.703, 0.703, 2.5))
    noise = np.random.default_rng(0).integers(0, 2000, grid.shape_kji, dtype=np.int16)
    return attenuation_of(noise, grid)


def best_s(work) -> float:
    work()
    times = []
    for _ in range(5):
        started = time.perf_counter()
        work()
        times.append(time.perf_counter() - started)
    return min(times)


def test_a_coarse_picture_is_taken_in_a_fraction_of_a_full_ones_time(a_thorax_sized_volume) -> None:
    view = view_of(mobile_c_arm(256), CArmPose(a_thorax_sized_volume.geometry.centre_lps_mm))
    full_s = best_s(lambda: line_integrals(a_thorax_sized_volume, view, Quality.FULL))
    coarse_s = best_s(lambda: line_integrals(a_thorax_sized_volume, view, Quality.COARSE))
    assert coarse_s < full_s / 2.0


def test_rays_cost_less_than_a_dozen_passes_over_the_volume(a_thorax_sized_volume) -> None:
    # 512 x 512 rays through 128 planes, against reading the volume once.
    view = view_of(mobile_c_arm(512), CArmPose(a_thorax_sized_volume.geometry.centre_lps_mm))
    pass_s = best_s(lambda: a_thorax_sized_volume.values.sum(dtype=np.int64))
    shot_s = best_s(lambda: line_integrals(a_thorax_sized_volume, view))
    assert shot_s < 12.0 * pass_s


def test_the_detector_takes_less_time_than_the_rays(a_thorax_sized_volume) -> None:
    view = view_of(mobile_c_arm(512), CArmPose(a_thorax_sized_volume.geometry.centre_lps_mm))
    scene = XrayScene(a_thorax_sized_volume)
    rays_s = best_s(lambda: line_integrals(a_thorax_sized_volume, view))
    whole_s = best_s(lambda: take_shot(scene, view, DetectorSettings()))
    assert whole_s < 2.0 * rays_s


@pytest.fixture(scope="module")
def the_thorax(request):
    try:
        folder = request.getfixturevalue("the_thorax_ct_folder")
    except pytest.skip.Exception:
        folder = sample_folder("thorax")
    return open_study(folder).volume


@pytest.mark.benchmark
def test_pictures_of_a_real_thorax_are_taken_in_the_time_a_hand_waits(the_thorax) -> None:
    scene = XrayScene(prepare(the_thorax))
    centre = as_triple(the_thorax.geometry.centre_lps_mm)
    sys.stdout.write("\n")
    medians_ms = {}
    for pixels, (name, orbital_deg) in itertools.product(GOALS_MS, VIEWS_DEG.items()):
        view = view_of(mobile_c_arm(pixels), CArmPose(centre, orbital_deg))
        take_shot(scene, view, DetectorSettings())
        times_ms = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            take_shot(scene, view, DetectorSettings())
            times_ms.append(1000.0 * (time.perf_counter() - started))
        medians_ms[pixels, name] = statistics.median(times_ms)
        sys.stdout.write(
            f"{the_thorax.voxels.shape} {pixels} x {pixels} {name}: median "
            f"{medians_ms[pixels, name]:.0f} ms, slowest {max(times_ms):.0f} ms; "
            f"the goal is {GOALS_MS[pixels]:.0f}\n"
        )
    for (pixels, _name), median_ms in medians_ms.items():
        assert median_ms <= BUSY * GOALS_MS[pixels]


@pytest.mark.benchmark
def test_a_real_thorax_is_made_ready_in_the_time_and_the_memory_allowed(the_thorax) -> None:
    started = time.perf_counter()
    warm_up()
    compiled_s = time.perf_counter() - started
    started = time.perf_counter()
    attenuation = prepare(the_thorax)
    prepared_s = time.perf_counter() - started
    tracemalloc.start()
    again = prepare(the_thorax)
    kept, peak = (size / the_thorax.voxels.nbytes for size in tracemalloc.get_traced_memory())
    tracemalloc.stop()
    sys.stdout.write(
        f"\ncompiling or loading {compiled_s:.2f} s, preparing {prepared_s:.2f} s; kept "
        f"{kept:.2f} times the volume, {peak:.2f} at most meanwhile\n"
    )
    assert again.bytes == attenuation.bytes
    assert compiled_s + prepared_s <= BUSY * GOAL_PREPARING_S
    # The mask of the skin and small objects: a hundredth.
    assert kept <= GOAL_MEMORY + 0.01


@pytest.fixture
def a_job_runner(qapp: QApplication) -> Iterator[JobRunner]:
    apply_theme(qapp, DARK)
    runner = JobRunner(qapp)
    yield runner
    runner.close()


@pytest.mark.benchmark
def test_the_window_shows_enough_pictures_while_the_arm_is_turned(
    qtbot, a_job_runner, the_thorax
) -> None:
    desk = RunDesk(a_job_runner)
    desk.open(attrs.evolve(stage_of(PhantomShape()), volume=the_thorax))
    qtbot.waitUntil(lambda: desk.is_ready and not a_job_runner.running, timeout=60_000)
    page, window = RunPage(desk, DARK), QMainWindow()
    window.setCentralWidget(page)
    qtbot.addWidget(window)
    window.resize(1300, 900)
    with qtbot.waitExposed(window):
        window.show()
    centre = as_triple(the_thorax.geometry.centre_lps_mm)
    desk.poses[desk.panel] = CArmPose(centre)
    shown = []
    qtbot.keyPress(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: getattr(desk.held.get(desk.panel), "is_live", False), timeout=30_000)
    desk.changed.connect(lambda: shown.append(desk.held[desk.panel]))
    keys = itertools.cycle([Qt.Key.Key_Left] * 8 + [Qt.Key.Key_Right] * 8)
    started = time.perf_counter()
    while (passed_s := time.perf_counter() - started) < STEERED_S:
        qtbot.keyClick(page, next(keys))
        qtbot.wait(REPEAT_MS)
    pictures = {id(held): held for held in shown}.values()
    qtbot.keyRelease(page, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: not a_job_runner.running, timeout=30_000)
    rate = len(pictures) / passed_s
    sys.stdout.write(f"\n{rate:.1f} pictures a second while the arm is turned\n")
    assert len({held.pose.orbital_deg for held in pictures}) > 4
    assert rate >= GOAL_IMAGES_A_SECOND / BUSY
