"""How fast an X-ray is, as ratios that hold on any machine."""

import time

import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.simulation.attenuation import attenuation_of
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.detector import DetectorSettings
from planner.simulation.shot import XrayScene, take_shot
from planner.simulation.xray import Quality, line_integrals

pytestmark = pytest.mark.slow


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
