from collections.abc import Callable

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from planner.anatomy.levels import Side
from planner.geometry.grids import GridGeometry
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import Volume
from planner.imaging.window_level import WindowLevel
from planner.rendering.cameras import SliceOrientation, anatomical_plane
from planner.rendering.layers import Layer
from planner.rendering.palette import needle_colour
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.render_schedule import DirectSchedule
from planner.rendering.scene import Scene
from planner.rendering.slice_scene import SliceScene

Pixels = NDArray[np.uint8]
PixelsOf = Callable[[Scene, int, int], Pixels]
MARKER_LPS_MM = np.array([21.0, -14.0, 9.0])
"""To the patient's left, in front and above."""


def _marked_volume(axes: np.ndarray) -> Volume:
    """Return air with one bright ball, on a grid with these axes about the origin."""
    shape = (96, 80, 64)
    matrix = np.eye(4)
    matrix[:3, :3] = axes
    matrix[:3, 3] = -matrix[:3, :3] @ ((np.array(shape) - 1) / 2)
    grid = GridGeometry(shape, matrix)
    k, j, i = np.indices(grid.shape_kji)
    lps = grid.lps_of(np.stack([i, j, k], axis=-1))
    ball = np.linalg.norm(lps - MARKER_LPS_MM, axis=-1) < 4.0
    return Volume(np.where(ball, 1000, -1000).astype(np.int16), grid)


def _turn(degrees: float) -> np.ndarray:
    angle = np.radians(degrees)
    return np.array(
        [[np.cos(angle), -np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0], [0, 0, 1]]
    )


GRIDS = {
    "along L, P, S": np.eye(3),
    "mirrored columns": np.diag([-1.0, 1.0, 1.0]),
    "from the head down": np.diag([1.0, 1.0, -1.0]),
    "turned": _turn(25.0),
    "sagittal series": np.array([[0, 0, 1.0], [1.0, 0, 0], [0, -1.0, 0]]),
}


@pytest.mark.parametrize("axes", GRIDS.values(), ids=GRIDS.keys())
@pytest.mark.parametrize(
    ("orientation", "right", "below"),
    [
        (SliceOrientation.AXIAL, True, False),
        (SliceOrientation.CORONAL, True, False),
        (SliceOrientation.SAGITTAL, False, False),
    ],
)
def test_what_lies_left_in_front_and_above_in_the_patient_appears_where_radiology_puts_it(
    axes: np.ndarray,
    orientation: SliceOrientation,
    right: bool,
    below: bool,
    pixels_of: PixelsOf,
) -> None:
    scene = SliceScene()
    scene.content.show_volume(_marked_volume(axes))
    plane = anatomical_plane(orientation, RigidTransform.identity(), (0, 0, 0))
    scene.content.show_plane(plane.through(MARKER_LPS_MM))
    scene.content.show_height(90.0)
    bright = pixels_of(scene, 120, 90)[:, :, 0] > 128
    rows, columns = np.nonzero(bright)
    assert (columns.mean() > 60) == right
    assert (rows.mean() > 45) == below
    x_px, y_px = scene.content.mapping.px_of(MARKER_LPS_MM)
    assert columns.mean() + 0.5 == pytest.approx(x_px, abs=0.8)
    assert rows.mean() + 0.5 == pytest.approx(y_px, abs=0.8)


def test_window_and_level_map_hounsfield_units_to_grey(pixels_of: PixelsOf) -> None:
    grid = GridGeometry.axis_aligned((9, 9, 9), (-4, -4, -4), (1, 1, 1))
    scene = SliceScene()
    scene.content.show_volume(Volume(np.full((9, 9, 9), 140, dtype=np.int16), grid))
    scene.content.show_height(6.0)
    scene.content.show_window_level(WindowLevel(400.0, 40.0))
    pixels = pixels_of(scene, 30, 30)
    assert pixels[15, 15, 0] == pytest.approx(255 * (140 - (40 - 200)) / 400, abs=2)


def test_outside_the_volume_is_black(pixels_of: PixelsOf) -> None:
    grid = GridGeometry.axis_aligned((9, 9, 9), (-4, -4, -4), (1, 1, 1))
    scene = SliceScene()
    scene.content.show_volume(Volume(np.full((9, 9, 9), 1000, dtype=np.int16), grid))
    scene.content.show_height(60.0)
    pixels = pixels_of(scene, 60, 60)
    assert pixels[30, 30].min() == 255
    assert pixels[2].max() == 0


def test_a_needle_is_drawn_in_its_colour_where_it_lies_and_goes_with_its_layer(
    a_picture: PlanPicture, a_volume_around_the_phantom: Volume, pixels_of: PixelsOf
) -> None:
    needle = next(n for n in a_picture.needles if n.side is Side.LEFT)
    middle = needle.path.point_at(needle.path.length_mm - 20.0)
    scene = SliceScene()
    scene.content.show_volume(a_volume_around_the_phantom)
    frame = a_picture.vertebrae[0].model.lps_from_vertebra
    scene.content.show_plane(anatomical_plane(SliceOrientation.AXIAL, frame, middle))
    scene.content.show_height(60.0)
    scene.content.show_picture(a_picture)
    with_needle = pixels_of(scene, 200, 200).astype(int)
    scene.content.show_picture(a_picture, frozenset({Layer.NEEDLES}))
    without = pixels_of(scene, 200, 200).astype(int)
    around = (slice(88, 112), slice(88, 112))
    wanted = np.array(needle_colour(Side.LEFT)) * 255
    off = np.abs(with_needle[around] - wanted).max(axis=2)
    assert off.min() < 40
    assert np.abs(with_needle[around] - without[around]).max() > 60
    assert np.abs(without[around] - wanted).max(axis=2).min() > 40


def test_a_needle_far_from_the_slice_is_not_drawn(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    frame = a_picture.vertebrae[0].model.lps_from_vertebra
    centre = frame.point((0.0, 0.0, 29.0))
    scene = SliceScene()
    scene.content.show_plane(anatomical_plane(SliceOrientation.AXIAL, frame, centre))
    scene.content.show_picture(attrs.evolve(a_picture, vertebrae=(), balloons=()))
    assert pixels_of(scene, 100, 100).max() == 0


def test_the_schedule_hears_of_each_change_once_and_of_no_change_never() -> None:
    frames: list[None] = []
    scene = SliceScene()
    scene.content.set_schedule(DirectSchedule(lambda: frames.append(None)))
    plane = anatomical_plane(SliceOrientation.SAGITTAL, RigidTransform.identity(), (1, 2, 3))
    scene.content.show_plane(plane)
    scene.content.show_plane(plane)
    scene.content.show_height(50.0)
    scene.content.show_height(50.0)
    assert len(frames) == 2
