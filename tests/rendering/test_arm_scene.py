"""The small picture of the arm: it stands as the X-ray has it, and turns red where it strikes."""

import statistics
import time

import numpy as np
import pytest

from planner.rendering.arm_scene import ArmPlace, ArmScene
from planner.rendering.arm_shapes import arm_shapes, prone_patient
from planner.rendering.off_screen import off_screen_window
from planner.rendering.palette import CAUTION, LEAK
from planner.simulation.c_arm import CArmPose, mobile_c_arm, view_of
from planner.simulation.c_arm_limits import clearances_mm
from planner.simulation.instruments import table_top

FRONT_MM = -110.0
TABLE = table_top((0.0, FRONT_MM, 0.0)).shape
WIDTH_PX, HEIGHT_PX = 260, 230


def place(pose: CArmPose, magnification: float = 1.0) -> ArmPlace:
    return ArmPlace(pose, TABLE, (0.0, 0.0, 0.0), magnification=magnification)


def middle_of(scene: ArmScene, part: str):
    low, high = np.array(scene.parts[part].actor.GetBounds()).reshape(3, 2).T
    return (low + high) / 2.0


@pytest.mark.parametrize(
    "angles", [(0.0, 0.0, 0.0), (90.0, 0.0, 0.0), (-20.0, 15.0, 5.0), (35.0, -25.0, 0.0)]
)
def test_source_and_detector_stand_where_the_picture_is_taken_from(angles) -> None:
    scene = ArmScene()
    pose = CArmPose((20.0, -10.0, 30.0), *angles)
    scene.show(place(pose))
    view = view_of(mobile_c_arm(pixels=64), pose)
    towards = view.towards_viewer_lps
    source = middle_of(scene, "source") - view.source_lps_mm
    detector = middle_of(scene, "detector") - view.detector_centre_lps_mm
    assert np.linalg.norm(source) < 1.0
    # The housing begins at the detector's surface and lies behind it.
    assert 0.0 < detector @ towards < 100.0
    assert np.linalg.norm(detector - (detector @ towards) * towards) < 1.0


def test_a_lateral_has_its_detector_on_the_patients_left_and_its_arc_under_the_table() -> None:
    scene = ArmScene()
    scene.show(place(CArmPose((0.0, 0.0, 0.0), 90.0)))
    assert middle_of(scene, "detector")[0] > 400.0
    assert middle_of(scene, "arc")[1] < -100.0


def test_what_strikes_the_table_is_red_and_what_comes_near_it_amber() -> None:
    scene = ArmScene()
    arm = mobile_c_arm(pixels=1)
    free = CArmPose((0.0, 0.0, 0.0))
    scene.show(place(free))
    assert not {LEAK, CAUTION} & set(scene.colours.values())
    room_mm = clearances_mm(free, arm, TABLE)["source"]
    for further_mm, colour in ((20.0, CAUTION), (-20.0, LEAK)):
        # Raised towards the patient's back, the source below comes up to the table.
        raised = CArmPose((0.0, room_mm - further_mm, 0.0))
        scene.show(place(raised))
        assert scene.colours["source"] == colour
        assert scene.parts["source"].actor.GetProperty().GetColor() == pytest.approx(colour)


def test_the_patient_lies_on_his_front_on_the_table() -> None:
    patient = prone_patient((5.0, 0.0, 7.0), 360.0, FRONT_MM)
    low, high = patient.vertices_lps_mm.min(axis=0), patient.vertices_lps_mm.max(axis=0)
    assert low[1] == pytest.approx(FRONT_MM)
    assert high[1] - low[1] == pytest.approx(0.66 * 360.0, rel=0.05)
    # Longer towards the feet than towards the head: the middle lies in the trunk.
    assert -low[2] > high[2] > 500.0


def test_the_beam_is_as_wide_as_the_detector_and_narrower_when_magnified() -> None:
    arm = mobile_c_arm(pixels=1)
    beam = arm_shapes(arm).beam
    assert np.ptp(beam.vertices_lps_mm[:, 0]) == pytest.approx(arm.detector_mm, rel=0.01)
    scene = ArmScene()
    scene.show(place(CArmPose((0.0, 0.0, 0.0)), magnification=2.0))
    x0, x1, *_ = scene._beam.actor.GetBounds()
    assert x1 - x0 == pytest.approx(arm.detector_mm / 2.0, rel=0.01)


def test_every_pose_in_reach_is_drawn_within_the_picture(pixels_of) -> None:
    scene = ArmScene()
    for orbital_deg, angular_deg in ((0.0, 0.0), (90.0, 0.0), (-25.0, 30.0), (45.0, -30.0)):
        scene.show(place(CArmPose((0.0, 0.0, 0.0), orbital_deg, angular_deg)))
        pixels = pixels_of(scene, WIDTH_PX, HEIGHT_PX).astype(int)
        ground = pixels[0, 0]
        border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
        assert (np.abs(border - ground).max(axis=1) < 8).all()
        assert (np.abs(pixels - ground).max(axis=2) > 40).mean() > 0.1


@pytest.mark.slow
def test_a_frame_takes_less_than_fifty_milliseconds() -> None:
    scene = ArmScene()
    window = off_screen_window(WIDTH_PX, HEIGHT_PX)
    scene.attach(window)
    scene.resize(WIDTH_PX, HEIGHT_PX, 1.0)
    try:
        taken_s = []
        for step in range(40):
            started_s = time.perf_counter()
            scene.show(place(CArmPose((0.0, 0.0, float(step)), 2.0 * step, 0.5 * step)))
            scene.prepare()
            window.Render()
            taken_s.append(time.perf_counter() - started_s)
        assert statistics.median(taken_s[2:]) < 0.05
    finally:
        scene.detach(window)
        window.Finalize()
