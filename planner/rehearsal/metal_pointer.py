"""The metal pointer on the skin: where it lies, and what it proves before the needle goes in."""

import numpy as np

from planner.anatomy.levels import Side
from planner.geometry.points import FloatArray, Triple, as_triple, as_unit_vector
from planner.geometry.shapes import Segment
from planner.rehearsal.events import Panel
from planner.rehearsal.run_state import Moment, RunState, Shot, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.c_arm import mobile_c_arm, view_of
from planner.simulation.instruments import steel_bar

_LENGTH_MM, _DIAMETER_MM = 240.0, 3.0
_OUT_AND_UP = (0.9, 0.42, -0.12)
"""Away from the midline, off the skin, and a little towards the feet, where the operator stands."""
_BESIDE_MM = 60.0
"""Further from the midline a pointer is beside every pedicle."""


def pointer_line(tip_lps_mm: Triple, stage: RehearsalStage) -> Segment:
    """Return where a pointer lies whose end is at a point of the skin, from that end."""
    side = 1.0 if tip_lps_mm[0] >= stage.vertebra.centre_lps_mm[0] else -1.0
    away = as_unit_vector(np.multiply(_OUT_AND_UP, (side, 1.0, 1.0)))
    return Segment(tip_lps_mm, as_triple(np.asarray(tip_lps_mm) + _LENGTH_MM * away))


def pointer_bodies(tip_lps_mm: Triple, stage: RehearsalStage) -> tuple[AttenuatingBody, ...]:
    """Return the pointer as the beam meets it."""
    return steel_bar(pointer_line(tip_lps_mm, stage), _DIAMETER_MM)


def at_skin(state: RunState, side: SideState, stage: RehearsalStage) -> list[Moment]:
    """Return what is judged when a needle first goes through the skin."""
    moments = [] if state.has("pointer-level") else [_level_pointed(state, stage)]
    if not state.has("skin-entry", side.side):
        moments.append(_skin_entry(state, side, stage))
    return moments


def _level_pointed(state: RunState, stage: RehearsalStage) -> Moment:
    name = stage.scenario.level.name
    shown = [shot for shot in state.shots if shot.pointer_lps_mm is not None]
    on_level = any(shot.panel is Panel.AP and _marks_level(shot, stage) for shot in shown)
    text = (
        f"The pointer on the skin marked {name} on an AP before the needle went in."
        if on_level
        else f"The needle went in, and no AP had shown the pointer on {name}."
    )
    return Moment("pointer-level", state.time_s, None, text, passed=on_level)


def _marks_level(shot: Shot, stage: RehearsalStage) -> bool:
    """Return whether a picture shows the pointer's end over the level's body or its pedicles."""
    if shot.pointer_lps_mm is None:
        return False
    x_mm, z_mm = _place_among_pedicles(shot, shot.pointer_lps_mm, stage)
    lower_mm, upper_mm = _height_mm(stage)
    return bool(abs(x_mm) <= _BESIDE_MM and lower_mm <= z_mm <= upper_mm)


def _height_mm(stage: RehearsalStage) -> tuple[float, float]:
    """Return from where to where the level reaches on an AP: its lower endplate to its pedicles.

    Along the vertebra's axis. Further up or down a pointer marks a disc or the next level.
    """
    inverse, marks = stage.vertebra.lps_from_vertebra.inverse, stage.marks
    tops = [inverse.point(marks.superior_endplate.point_lps_mm)[2]]
    for side in Side:
        pedicle = stage.vertebra.pedicle(side)
        if pedicle is not None:
            tops.append(inverse.point(pedicle.isthmus_lps_mm)[2] + pedicle.height_mm / 2.0)
    return float(inverse.point(marks.inferior_endplate.point_lps_mm)[2]), float(max(tops))


def _place_among_pedicles(shot: Shot, tip: Triple, stage: RehearsalStage) -> FloatArray:
    """Return where the ray through the pointer's end passes the pedicles, as x and z.

    In the vertebra's frame: what the eye reads off a picture whose rays fan out, rather than
    what lies straight below the pointer.
    """
    view = view_of(mobile_c_arm(pixels=1), shot.pose)
    inverse = stage.vertebra.lps_from_vertebra.inverse
    source, end = inverse.point(view.source_lps_mm), inverse.point(tip)
    marks = stage.marks
    pedicles = np.add(marks.left_pedicle_lps_mm, marks.right_pedicle_lps_mm) / 2.0
    share = (inverse.point(pedicles)[1] - source[1]) / (end[1] - source[1])
    place: FloatArray = (source + share * (end - source))[[0, 2]]
    return place


def _skin_entry(state: RunState, side: SideState, stage: RehearsalStage) -> Moment:
    pedicle = stage.vertebra.pedicle(side.side)
    assert pedicle is not None  # noqa: S101 - a stage cannot be set without both
    inverse = stage.vertebra.lps_from_vertebra.inverse
    offset = inverse.point(side.skin_lps_mm) - inverse.point(pedicle.isthmus_lps_mm)
    outwards_mm = float(offset[0]) * side.side.sign
    where = "lateral" if outwards_mm >= 0.0 else "medial"
    text = (
        f"The {side.side.value} needle goes through the skin {abs(outwards_mm):.0f} mm {where} of "
        "the middle of its pedicle."
    )
    return Moment("skin-entry", state.time_s, side.side, text, passed=outwards_mm >= 0.0)
