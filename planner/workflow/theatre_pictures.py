"""Simulated X-rays of a level as the theatre will see it, with the planned needles drawn."""

import io
from collections.abc import Iterator
from typing import NamedTuple

import attrs
import numpy as np
from PIL import Image, ImageDraw

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import Triple, as_triple
from planner.planning.measures import CArmAngles
from planner.planning.needle_path import en_face_angles
from planner.planning.plan import LevelPlan, PlannedNeedle
from planner.rendering.level_pictures import RenderedPicture
from planner.simulation.c_arm import CArmPose, XrayView, mobile_c_arm, view_of
from planner.simulation.detector import DetectorSettings, GreyImage
from planner.simulation.shot import XrayScene, take_shot
from planner.simulation.side_letters import with_letters
from planner.simulation.true_views import true_ap_angles, true_lateral_angles, view_landmarks
from planner.simulation.xray import Quality

_PIXELS = 512
_FIELD_MM = 190.0
"""Of the detector: the level and its neighbours."""
_CLEAN = DetectorSettings(grain=False, vignette=False, collimator=False)
_COLOURS = {Side.LEFT: (92, 199, 245), Side.RIGHT: (245, 168, 91)}
_CASING = (0, 0, 0)
_LINE_PX, _CASING_PX, _TIP_PX = 3, 7, 6
_STRAIGHT_AP, _STRAIGHT_LATERAL = CArmAngles(0.0, 0.0), CArmAngles(90.0, 0.0)


class _Shot(NamedTuple):
    """One picture to take: its name and title, where the arm stands, whose needles are drawn."""

    name: str
    title: str
    angles: CArmAngles
    isocentre_lps_mm: Triple
    needles: tuple[PlannedNeedle, ...]


def theatre_pictures(
    scene: XrayScene, level: LevelPlan, vertebra: VertebraModel
) -> Iterator[RenderedPicture]:
    """Yield AP, lateral and the view down each needle.

    Parameters
    ----------
    scene
        The patient, without instruments.
    level
        Whose needles are drawn, each in its side's colour with a dot at its tip.
    vertebra
        Of that level.
    """
    for shot in _shots(level, vertebra):
        arm = attrs.evolve(mobile_c_arm(_PIXELS), detector_mm=_FIELD_MM)
        angles = shot.angles
        pose = CArmPose(shot.isocentre_lps_mm, angles.orbital_deg, angles.angular_deg)
        view = view_of(arm, pose)
        picture = take_shot(scene, view, _CLEAN, Quality.FULL)
        name, title = f"{level.level.name}-{shot.name}", f"{level.level.name}  {shot.title}"
        yield RenderedPicture(name, title, _png(picture, view, shot.needles))


def _shots(level: LevelPlan, vertebra: VertebraModel) -> Iterator[_Shot]:
    ap, lateral = _true_angles(vertebra)
    centre = vertebra.centre_lps_mm
    yield _Shot("xray-ap", f"AP, {_words(ap)}", ap, centre, level.needles)
    yield _Shot("xray-lateral", f"Lateral, {_words(lateral)}", lateral, centre, level.needles)
    for needle in level.needles:
        angles = en_face_angles(needle.path)
        pedicle = vertebra.pedicle(needle.side)
        middle = pedicle.isthmus_lps_mm if pedicle else needle.tip_lps_mm
        # On the needle, so that its line is a point.
        along = float(np.subtract(middle, needle.skin_lps_mm) @ np.array(needle.path.direction_lps))
        side = needle.side.value
        title = f"Down the {side} needle, {_words(angles)}"
        isocentre = as_triple(needle.path.point_at(along))
        yield _Shot(f"{side}-barrel", title, angles, isocentre, (needle,))


def _true_angles(vertebra: VertebraModel) -> tuple[CArmAngles, CArmAngles]:
    try:
        marks = view_landmarks(vertebra)
    except AnatomyProblem:
        return _STRAIGHT_AP, _STRAIGHT_LATERAL
    return true_ap_angles(marks), true_lateral_angles(marks)


def _words(angles: CArmAngles) -> str:
    orbital, angular = (
        f"{round(a):+d}\N{DEGREE SIGN}" for a in (angles.orbital_deg, angles.angular_deg)
    )
    return f"orbital {orbital}, angular {angular}"


def _png(picture: GreyImage, view: XrayView, needles: tuple[PlannedNeedle, ...]) -> bytes:
    lettered = with_letters(picture, view)
    image = Image.fromarray(picture).convert("RGB")
    drawing = ImageDraw.Draw(image)
    for needle in needles:
        ends = view.pixels_of(np.array([needle.skin_lps_mm, needle.tip_lps_mm]))
        line = [(float(x), float(y)) for x, y in ends]
        drawing.line(line, fill=_CASING, width=_CASING_PX)
        drawing.line(line, fill=_COLOURS[needle.side], width=_LINE_PX)
        drawing.circle(line[1], _TIP_PX + 2, fill=_CASING)
        drawing.circle(line[1], _TIP_PX, fill=_COLOURS[needle.side])
    # Letters last: no line may hide which side is which.
    letters = Image.fromarray(np.where(lettered == picture, 0, 255).astype(np.uint8))
    image.paste(Image.fromarray(lettered).convert("RGB"), (0, 0), letters)
    data = io.BytesIO()
    image.save(data, "PNG")
    return data.getvalue()
