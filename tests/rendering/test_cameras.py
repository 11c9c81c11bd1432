import numpy as np
import pytest

from planner.geometry.shapes import Segment
from planner.geometry.transforms import RigidTransform
from planner.rendering.cameras import (
    CameraPreset,
    SliceOrientation,
    anatomical_plane,
    barrel_plane,
    camera_pose,
    in_line_plane,
    side_letters,
)

SCANNER = RigidTransform.identity()
NEEDLE = Segment((40.0, 80.0, 12.0), (8.0, -9.0, -1.0))


def _turned(degrees: float) -> RigidTransform:
    angle = np.radians(degrees)
    tilt = [[1, 0, 0], [0, np.cos(angle), -np.sin(angle)], [0, np.sin(angle), np.cos(angle)]]
    return RigidTransform(np.array(tilt), np.array([5.0, 6.0, 7.0]))


@pytest.mark.parametrize(
    ("orientation", "right", "down"),
    [
        (SliceOrientation.AXIAL, "L", "P"),
        (SliceOrientation.CORONAL, "L", "I"),
        (SliceOrientation.SAGITTAL, "P", "I"),
    ],
)
def test_slices_follow_the_radiological_convention(
    orientation: SliceOrientation, right: str, down: str
) -> None:
    plane = anatomical_plane(orientation, SCANNER, (0, 0, 0))
    assert (side_letters(plane.right_lps), side_letters(plane.down_lps)) == (right, down)


def test_a_plane_of_a_tilted_vertebra_says_so_in_its_letters() -> None:
    steep = anatomical_plane(SliceOrientation.AXIAL, _turned(40.0), (0, 0, 0))
    slight = anatomical_plane(SliceOrientation.AXIAL, _turned(8.0), (0, 0, 0))
    assert side_letters(steep.down_lps) == "PS"
    assert side_letters(slight.down_lps) == "P"


def test_down_the_barrel_is_laid_out_as_a_coronal_slice_across_the_needle() -> None:
    plane = barrel_plane(NEEDLE, SCANNER, 31.0)
    assert plane.centre_lps_mm == pytest.approx(NEEDLE.point_at(31.0))
    assert abs(plane.into_screen_lps @ np.array(NEEDLE.direction_lps)) == pytest.approx(1.0)
    assert np.array(plane.right_lps)[0] > 0.9
    assert np.array(plane.down_lps)[2] < -0.9


@pytest.mark.parametrize("orientation", [SliceOrientation.AXIAL, SliceOrientation.SAGITTAL])
def test_an_in_line_plane_holds_the_whole_needle_and_keeps_its_sides(
    orientation: SliceOrientation,
) -> None:
    plane = in_line_plane(orientation, NEEDLE, SCANNER)
    ends = np.array([NEEDLE.start_lps_mm, NEEDLE.end_lps_mm])
    assert plane.plane.signed_distance_mm(ends) == pytest.approx([0.0, 0.0], abs=1e-9)
    flat = anatomical_plane(orientation, SCANNER, (0, 0, 0))
    assert np.dot(plane.right_lps, flat.right_lps) > 0.8
    assert np.dot(plane.down_lps, flat.down_lps) > 0.8


def test_a_plane_moved_through_a_point_stays_straight_before_it() -> None:
    plane = anatomical_plane(SliceOrientation.CORONAL, _turned(20.0), (1, 2, 3))
    moved = plane.through((10, 20, 30))
    assert moved.plane.signed_distance_mm(np.array([[10.0, 20.0, 30.0]])) == pytest.approx([0.0])
    shift = np.array(moved.centre_lps_mm) - plane.centre_lps_mm
    assert np.cross(shift, plane.into_screen_lps) == pytest.approx([0, 0, 0], abs=1e-9)


def test_the_3d_presets_look_where_their_names_say() -> None:
    assert camera_pose(CameraPreset.AP, SCANNER).into_screen_lps == (0, -1, 0)
    assert camera_pose(CameraPreset.LATERAL, SCANNER).into_screen_lps == (-1, 0, 0)
    barrel = camera_pose(CameraPreset.BARREL, SCANNER, NEEDLE)
    assert barrel.into_screen_lps == pytest.approx(NEEDLE.direction_lps)


def test_a_plane_that_moved_along_itself_by_rounding_alone_shows_the_same() -> None:
    plane = anatomical_plane(SliceOrientation.SAGITTAL, RigidTransform.identity(), (1, 2, 3))
    assert plane.centred_on((1 + 1e-12, 2, 3)).shows_the_same(plane)
    assert not plane.centred_on((1.001, 2, 3)).shows_the_same(plane)
    turned = anatomical_plane(SliceOrientation.AXIAL, RigidTransform.identity(), (1, 2, 3))
    assert not turned.shows_the_same(plane)
