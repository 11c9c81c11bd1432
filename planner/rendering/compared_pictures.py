"""Pictures of plans of one level that are laid beside each other: same scale, same place."""

from collections.abc import Sequence

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.points import Vec3, as_point_mm
from planner.imaging.volume import Volume
from planner.rendering.cameras import SliceOrientation, SlicePlane, in_line_plane
from planner.rendering.level_pictures import (
    PictureSize,
    PlannedSlice,
    RenderedPicture,
    slice_pictures,
    volume_pictures,
)
from planner.rendering.plan_picture import PlanPicture
from planner.rendering.slice_scene import SliceScene

_SIZE = PictureSize(640, 480, 1.2)
_FROM_BODY_MM = 12.0
"""How far behind the body's centre pictures are centred: pedicle and tip are both in them."""


def compared_pictures(
    volume: Volume, pictures: Sequence[PlanPicture], vertebra: VertebraModel
) -> tuple[tuple[RenderedPicture, ...], ...]:
    """Return for each plan its needles in line and the whole in 3D.

    Every slice holds its own needle; all have the same scale, and the same point of the
    vertebra, as near as it lies to the slice, in the middle. All 3D pictures have one camera.

    Parameters
    ----------
    volume
        The images.
    pictures
        One a plan, each with needles of the level of `vertebra` only.
    vertebra
        Of that level.
    """
    scene = SliceScene()
    scene.content.show_volume(volume)
    return tuple(_pictures(scene, picture, vertebra) for picture in pictures)


def in_line_planes(picture: PlanPicture, vertebra: VertebraModel) -> list[PlannedSlice]:
    """Return the pair of slices that hold each needle, centred alike for every plan."""
    frame = vertebra.lps_from_vertebra
    middle_lps_mm = np.asarray(vertebra.centre_lps_mm) + _FROM_BODY_MM * frame.vector((0, 1, 0))
    planes: list[PlannedSlice] = []
    for needle in picture.needles:
        for orientation in (SliceOrientation.AXIAL, SliceOrientation.SAGITTAL):
            plane = in_line_plane(orientation, needle.path, frame)
            name = f"{needle.side.value}-{orientation.value}"
            title = f"{orientation.value.capitalize()}, in line, {needle.side.value}"
            planes.append((name, title, plane.centred_on(_nearest_in(plane, middle_lps_mm))))
    return planes


def _pictures(
    scene: SliceScene, picture: PlanPicture, vertebra: VertebraModel
) -> tuple[RenderedPicture, ...]:
    active = attrs.evolve(picture, active_level=vertebra.level)
    scene.content.show_picture(active)
    planes = in_line_planes(active, vertebra)
    slices = slice_pictures(scene, planes, vertebra.level, _SIZE)
    return (*volume_pictures(active, vertebra, _SIZE), *slices)


def _nearest_in(plane: SlicePlane, point_lps_mm: Vec3) -> Vec3:
    normal = plane.into_screen_lps
    off_mm = float((point_lps_mm - np.asarray(plane.centre_lps_mm)) @ normal)
    return as_point_mm(point_lps_mm - off_mm * normal)
