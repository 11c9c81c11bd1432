"""The pictures of one level for a report."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import Vec3, as_point_mm
from planner.imaging.volume import Volume
from planner.imaging.window_level import SPINE, WindowLevel
from planner.rendering.cameras import (
    CameraPreset,
    SliceOrientation,
    SlicePlane,
    anatomical_plane,
    camera_pose,
    in_line_plane,
)
from planner.rendering.layers import Layer
from planner.rendering.picture import picture_taker
from planner.rendering.plan_picture import NeedlePicture, PlanPicture
from planner.rendering.slice_scene import SliceScene
from planner.rendering.visuals.annotations import Annotations
from planner.rendering.volume_scene import VolumeScene

WIDTH_PX, HEIGHT_PX = 900, 700
_SLICE_HEIGHT_MM = 105.0
_VOLUME_RADIUS_MM = 46.0


class PictureSize(NamedTuple):
    """How large a picture is, and how much wider its lines are than on screen."""

    width_px: int
    height_px: int
    pixel_ratio: float


_ON_PAPER = PictureSize(WIDTH_PX, HEIGHT_PX, 1.4)
"""For pictures printed 8 cm wide."""
_BODY_SHARE = 0.35
"""How far up a needle from its tip a picture is centred: near the pedicle."""


_VOLUME_VIEWS = (
    (CameraPreset.AP, "3d-ap", "3D, from behind"),
    (CameraPreset.LATERAL, "3d-lateral", "3D, from the patient's left"),
)
PlannedSlice = tuple[str, str, SlicePlane]
"""A slice's name fit for a file, its title, and its plane with the middle of the picture."""


class RenderedPicture(NamedTuple):
    """A picture, its name fit for a file, and its title."""

    name: str
    title: str
    png: bytes


def render_plan_pictures(
    volume: Volume,
    picture: PlanPicture,
    level: VertebraLevel,
    window_level: WindowLevel = SPINE,
) -> tuple[RenderedPicture, ...]:
    """Return the pictures of one level: axial, sagittal, in line with each needle, and 3D.

    Raises
    ------
    AnatomyProblem
        If the picture holds no vertebra of that level.
    """
    vertebra = next((v.model for v in picture.vertebrae if v.model.level is level), None)
    if vertebra is None:
        raise AnatomyProblem(f"{level.name} was not found yet, so it has no pictures.")
    picture = attrs.evolve(picture, active_level=level)
    needles = [needle for needle in picture.needles if needle.level is level]
    scene = SliceScene()
    scene.content.show_volume(volume)
    scene.content.show_window_level(window_level)
    scene.content.show_picture(picture)
    slices = slice_pictures(scene, _slice_planes(vertebra, needles), level, _ON_PAPER)
    return (*slices, *volume_pictures(picture, vertebra, _ON_PAPER))


def slice_pictures(
    scene: SliceScene, planned: Iterable[PlannedSlice], level: VertebraLevel, size: PictureSize
) -> list[RenderedPicture]:
    """Return slices of a scene that shows a volume and a plan, all at one scale."""
    scene.content.show_height(_SLICE_HEIGHT_MM)
    with picture_taker(scene, *size) as take_png:
        return [_slice_picture(scene, take_png, one, (level, size)) for one in planned]


def _slice_planes(vertebra: VertebraModel, needles: list[NeedlePicture]) -> list[PlannedSlice]:
    frame = vertebra.lps_from_vertebra
    middle = _middle_of(needles, vertebra)
    planes = [
        ("axial", "Axial", anatomical_plane(SliceOrientation.AXIAL, frame, middle)),
        (
            "sagittal",
            "Sagittal, midline",
            anatomical_plane(SliceOrientation.SAGITTAL, frame, vertebra.centre_lps_mm),
        ),
    ]
    for needle in needles:
        side = needle.side.value
        for orientation in (SliceOrientation.AXIAL, SliceOrientation.SAGITTAL):
            plane = in_line_plane(orientation, needle.path, frame)
            title = f"{orientation.value.capitalize()}, in line with the {side} needle"
            name = f"{side}-needle-{orientation.value}"
            planes.append((name, title, plane.centred_on(_pedicle_point(needle))))
    return planes


def _pedicle_point(needle: NeedlePicture) -> Vec3:
    path = needle.path
    return as_point_mm(path.point_at(path.length_mm * (1.0 - _BODY_SHARE)))


def _middle_of(needles: list[NeedlePicture], vertebra: VertebraModel) -> Vec3:
    if not needles:
        return as_point_mm(vertebra.centre_lps_mm)
    return as_point_mm(np.mean([_pedicle_point(needle) for needle in needles], axis=0))


def _slice_picture(
    scene: SliceScene,
    take_png: Callable[[], bytes],
    planned: PlannedSlice,
    of: tuple[VertebraLevel, PictureSize],
) -> RenderedPicture:
    (name, words, plane), (level, size) = planned, of
    scene.content.show_plane(plane)
    title = f"{level.name}  {words}"
    notes = Annotations(scene.renderers[-1], size.width_px, size.height_px)
    notes.write_title(title)
    notes.write_sides(plane)
    notes.draw_scale(_SLICE_HEIGHT_MM / size.height_px)
    png = take_png()
    notes.remove()
    return RenderedPicture(f"{level.name}-{name}", title, png)


def volume_pictures(
    picture: PlanPicture, vertebra: VertebraModel, size: PictureSize
) -> list[RenderedPicture]:
    """Return a plan in 3D from behind and from the left, always from the same places."""
    scene = VolumeScene()
    scene.show_picture(picture, frozenset({Layer.CANAL}))
    scene.frame_on(vertebra.centre_lps_mm, _VOLUME_RADIUS_MM)
    notes = Annotations(scene.renderers[0], size.width_px, size.height_px)
    pictures = []
    with picture_taker(scene, size.width_px, size.height_px) as take_png:
        for preset, name, words in _VOLUME_VIEWS:
            scene.look(camera_pose(preset, vertebra.lps_from_vertebra))
            title = f"{vertebra.level.name}  {words}"
            notes.write_title(title)
            notes.write_sides(scene.screen_plane)
            png = take_png()
            notes.remove()
            pictures.append(RenderedPicture(f"{vertebra.level.name}-{name}", title, png))
    return pictures
