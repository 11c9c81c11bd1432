import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.geometry.transforms import RigidTransform
from planner.rendering.cameras import (
    CameraPose,
    SliceOrientation,
    anatomical_plane,
)
from planner.rendering.picking import SliceMapping
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.volume_scene import VolumeScene

_coordinate = st.floats(-200, 200)


@given(
    st.sampled_from(SliceOrientation),
    st.tuples(_coordinate, _coordinate, _coordinate),
    st.tuples(st.floats(0, 800), st.floats(0, 600)),
    st.floats(-30, 30),
)
def test_a_pixel_of_a_slice_leads_to_the_patient_and_back(
    orientation: SliceOrientation,
    centre: tuple[float, float, float],
    px: tuple[float, float],
    depth_mm: float,
) -> None:
    plane = anatomical_plane(orientation, RigidTransform.identity(), centre)
    mapping = SliceMapping(plane, 800, 600, 0.21)
    point = mapping.lps_of(px, depth_mm)
    assert mapping.px_of(point) == pytest.approx(px, abs=1e-6)
    assert mapping.depth_mm(point) == pytest.approx(depth_mm, abs=1e-9)


def test_the_upper_left_pixel_of_an_axial_slice_is_right_and_anterior() -> None:
    plane = anatomical_plane(SliceOrientation.AXIAL, RigidTransform.identity(), (10, 20, 30))
    mapping = SliceMapping(plane, 100, 80, 0.5)
    assert mapping.lps_of((0.0, 0.0)) == pytest.approx((10 - 25, 20 - 20, 30))


@pytest.fixture
def a_scene(a_picture: PlanPicture) -> VolumeScene:
    scene = VolumeScene()
    scene.resize(640, 480, 1.0)
    scene.show_picture(a_picture)
    scene.frame_on(a_picture.vertebrae[0].model.centre_lps_mm, 60.0)
    scene.look(CameraPose((-0.5, -0.7, -0.4), (0, 0, 1)))
    return scene


def test_a_point_in_3d_leads_to_its_pixel_and_back_in_the_plane_of_the_screen(
    a_scene: VolumeScene, a_picture: PlanPicture
) -> None:
    tip = a_picture.needles[0].path.end_lps_mm
    px = a_scene.mapping.px_of(tip)
    assert a_scene.mapping.lps_on_screen_plane(px, tip) == pytest.approx(tip, abs=1e-6)


def test_dragging_in_3d_moves_a_point_across_the_line_of_sight_only(
    a_scene: VolumeScene, a_picture: PlanPicture
) -> None:
    mapping, tip = a_scene.mapping, np.array(a_picture.needles[0].path.end_lps_mm)
    x_px, y_px = mapping.px_of(tip)
    moved = np.array(mapping.lps_on_screen_plane((x_px + 25.0, y_px - 10.0), tip))
    assert np.linalg.norm(moved - tip) > 2.0
    assert (moved - tip) @ np.array(mapping.into_screen_lps) == pytest.approx(0.0, abs=1e-6)
    assert mapping.px_of(moved) == pytest.approx((x_px + 25.0, y_px - 10.0), abs=1e-6)


def test_a_pick_in_3d_finds_the_near_surface_of_the_bone(
    a_scene: VolumeScene, a_picture: PlanPicture
) -> None:
    vertebra = a_picture.vertebrae[0]
    px = a_scene.mapping.px_of(vertebra.model.centre_lps_mm)
    hit = a_scene.bone_under(px)
    assert hit is not None
    away_mm = np.linalg.norm(vertebra.bone.vertices_lps_mm - hit, axis=1).min()
    assert away_mm < 1.0
    into = np.array(a_scene.mapping.into_screen_lps)
    assert (np.array(hit) - vertebra.model.centre_lps_mm) @ into < -5.0
    assert a_scene.bone_under((2.0, 2.0)) is None


def test_what_is_drawn_in_3d_is_where_picking_says(a_scene: VolumeScene) -> None:
    plane = a_scene.screen_plane
    centre = np.array(plane.centre_lps_mm)
    right = a_scene.mapping.px_of(centre + 5.0 * np.array(plane.right_lps))
    down = a_scene.mapping.px_of(centre + 5.0 * np.array(plane.down_lps))
    assert a_scene.mapping.px_of(centre) == pytest.approx((320, 240), abs=0.01)
    assert right[0] > 330
    assert down[1] > 250
