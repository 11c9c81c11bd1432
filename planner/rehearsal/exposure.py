"""A press of the pedal: what the picture showed, what it cost, and whose hand it met."""

import attrs
import numpy as np

from planner.foundation.clinical_numbers import clinical_number
from planner.imaging.trilinear import trilinear
from planner.rehearsal.events import Panel, TakeShot
from planner.rehearsal.hand_in_beam import hand_at_shot, hand_moment
from planner.rehearsal.leak_seen import leaks_on_picture
from planner.rehearsal.run_file import RunProblem
from planner.rehearsal.run_state import RunState, Shot
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.c_arm import CArmPose, magnified, mobile_c_arm, view_of
from planner.simulation.true_views import ap_errors, lateral_errors

_SKIN_STEP_MM = 2.0
_FIELD_PIXELS = 256
"""Edge of the field in which a hand is looked for."""


def exposed(event: TakeShot, state: RunState, stage: RehearsalStage) -> RunState:
    """Return the state after a picture.

    Raises
    ------
    RunProblem
        If the arm was not moved in yet.
    """
    if state.pose is None:
        raise RunProblem("The arm must be moved in before a picture can be taken.")
    view = view_of(magnified(mobile_c_arm(_FIELD_PIXELS), event.magnification), state.pose)
    judge = ap_errors if event.panel is Panel.AP else lateral_errors
    dose = _dose(event, state.pose, stage)
    hand = hand_at_shot(event, state, stage, view)
    shot = Shot(
        time_s=event.time_s,
        panel=event.panel,
        pose=state.pose,
        beam_s=event.beam_s,
        is_live=event.is_live,
        dose=dose,
        dose_area=dose * (event.opening / event.magnification) ** 2,
        opening=event.opening,
        magnification=event.magnification,
        off_true_deg=judge(view, stage.marks).worst_deg,
        in_needle_phase=state.in_needle_phase,
        tips=tuple((side.side, side.tip_lps_mm) for side in state.sides),
        cement_ml=state.fill.volume_ml,
        pointer_lps_mm=state.pointer_lps_mm,
        hand=hand,
    )
    told = [*hand_moment(hand, event, state), *leaks_on_picture(state, event.time_s)]
    return attrs.evolve(
        state, shots=(*state.shots, shot), unseen_ml=0.0, moments=(*state.moments, *told)
    )


def _dose(event: TakeShot, pose: CArmPose, stage: RehearsalStage) -> float:
    """Return beam time weighed by the distance to the skin and by how bright the tube must be.

    The automatic exposure makes up for the smaller piece of detector that a magnified picture is
    read from: its dose grows with the magnification.
    """
    near = clinical_number("dose-reference-distance") / _source_skin_mm(pose, stage)
    return event.beam_s * near**2 * event.magnification


def _source_skin_mm(pose: CArmPose, stage: RehearsalStage) -> float:
    """Return how far the skin lies from the source on the central ray.

    Where the images do not reach the skin, the distance to the isocentre stands for it.
    """
    arm = mobile_c_arm(pixels=1)
    view = view_of(arm, pose)
    along_mm = np.arange(0.0, arm.source_isocentre_mm, _SKIN_STEP_MM)
    points = view.source_lps_mm + along_mm[:, np.newaxis] * view.towards_viewer_lps
    skin = stage.maps.skin
    inside = np.zeros(len(points), np.bool_)
    imaged = np.array([skin.geometry.contains(point) for point in points])
    inside[imaged] = trilinear(skin.voxels, skin.geometry.ijk_of(points[imaged])) > 0.5
    return float(along_mm[inside.argmax()]) if inside.any() else arm.source_isocentre_mm
