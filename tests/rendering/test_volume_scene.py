from collections.abc import Callable

import attrs
import numpy as np
import pytest
from numpy.typing import NDArray

from planner.anatomy.levels import Side
from planner.geometry.grids import GridGeometry
from planner.rendering.cameras import CameraPreset, camera_pose
from planner.rendering.fill_picture import CementPicture, SharePicture
from planner.rendering.layers import Layer
from planner.rendering.palette import needle_colour
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.scene import Scene
from planner.rendering.volume_scene import VolumeScene
from planner.simulation.fill_arrival import ShareMap

PixelsOf = Callable[[Scene, int, int], NDArray[np.uint8]]


def _scene(picture: PlanPicture, preset: CameraPreset) -> VolumeScene:
    model = picture.vertebrae[0].model
    scene = VolumeScene()
    scene.show_picture(picture, frozenset({Layer.CANAL}))
    scene.frame_on(model.centre_lps_mm, 60.0)
    scene.look(camera_pose(preset, model.lps_from_vertebra))
    return scene


def _columns_like(pixels: NDArray[np.uint8], side: Side) -> NDArray[np.int64]:
    colour = np.array(needle_colour(side))
    shown = pixels / np.maximum(pixels.max(axis=2, keepdims=True), 1)
    alike = np.abs(shown - colour / colour.max()).max(axis=2) < 0.12
    return np.nonzero(alike & (pixels.max(axis=2) > 70))[1]


def test_from_behind_the_left_needle_is_on_image_left(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    pixels = pixels_of(_scene(a_picture, CameraPreset.AP), 320, 240)
    left, right = (_columns_like(pixels, side) for side in Side)
    assert len(left) > 30
    assert len(right) > 30
    assert left.mean() < 160 < right.mean()


def test_from_the_left_the_needles_come_from_image_right(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    pixels = pixels_of(_scene(a_picture, CameraPreset.LATERAL), 320, 240)
    assert _columns_like(pixels, Side.LEFT).mean() > 200


def test_a_needle_is_seen_inside_the_translucent_bone(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    a_picture = attrs.evolve(a_picture, balloons=())
    scene = _scene(a_picture, CameraPreset.LATERAL)
    tip = a_picture.needles[0].path
    with_needles = pixels_of(scene, 320, 240).astype(int)
    x_px, y_px = scene.mapping.px_of(tip.point_at(tip.length_mm - 3.0))
    scene.show_picture(a_picture, frozenset({Layer.CANAL, Layer.NEEDLES}))
    without = pixels_of(scene, 320, 240).astype(int)
    here = (slice(int(y_px) - 1, int(y_px) + 2), slice(int(x_px) - 1, int(x_px) + 2))
    assert without[here].max() > 60
    assert np.abs(with_needles[here] - without[here]).max() > 15


def test_bone_goes_with_its_layer_and_neighbours_are_fainter(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    alone = attrs.evolve(a_picture, needles=(), balloons=())
    scene = _scene(alone, CameraPreset.AP)
    solid = pixels_of(scene, 160, 120).astype(int).sum()
    scene.show_picture(alone, frozenset({Layer.CANAL, Layer.BONE}))
    empty = pixels_of(scene, 160, 120).astype(int).sum()
    assert solid > 1.5 * empty


def test_a_moving_view_draws_fewer_triangles_of_the_same_bone(
    a_picture: PlanPicture, pixels_of: PixelsOf
) -> None:
    vertebra = a_picture.vertebrae[0]
    fine, coarse = vertebra.bone, vertebra.coarse_bone
    assert len(coarse.faces) < len(fine.faces) / 2
    assert np.ptp(coarse.vertices_lps_mm, axis=0) == pytest.approx(
        np.ptp(fine.vertices_lps_mm, axis=0), abs=2.5
    )
    scene = VolumeScene()
    scene.show_picture(a_picture)
    scene.frame_on(vertebra.model.centre_lps_mm, 60.0)
    shown = {}
    for still in (True, False):
        scene.set_still(still=still)
        shown[still] = pixels_of(scene, 200, 160).max(axis=2) > 40
    differing = (shown[True] != shown[False]).mean()
    assert differing < 0.03


@pytest.mark.parametrize(("share", "is_seen"), [(0.6, True), (0.4, False)])
def test_a_map_of_shares_shows_where_half_of_the_runs_came_to(
    a_picture: PlanPicture, pixels_of: PixelsOf, share: float, *, is_seen: bool
) -> None:
    bare = attrs.evolve(a_picture, balloons=(), needles=())
    centre = np.asarray(a_picture.vertebrae[0].model.centre_lps_mm)
    shares = np.zeros((22, 22, 22), np.float32)
    shares[1:-1, 1:-1, 1:-1] = share
    grid = GridGeometry.axis_aligned(shares.shape, centre - 5.5, (0.5, 0.5, 0.5))
    runs = CementPicture(SharePicture(ShareMap(shares, grid)), 2.0, "share of 10 runs")
    without, drawn = (
        pixels_of(_scene(attrs.evolve(bare, cement=cement), CameraPreset.LATERAL), 320, 240)
        for cement in (CementPicture(SharePicture(ShareMap(0.0 * shares, grid)), 2.0, ""), runs)
    )
    changed = np.abs(without.astype(int) - drawn.astype(int)).max(axis=2) > 15
    assert bool(np.count_nonzero(changed) > 200) is is_seen
