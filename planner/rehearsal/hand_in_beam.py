"""Where the trainee's hand is while the beam is on, and whether the beam meets it."""

import numpy as np

from planner.geometry.points import FloatArray, as_triple, as_unit_vector
from planner.geometry.shapes import Capsule, Segment
from planner.rehearsal.events import TakeShot, Tool
from planner.rehearsal.metal_pointer import pointer_line
from planner.rehearsal.run_state import Hand, Moment, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.attenuating_bodies import AttenuatingBody
from planner.simulation.c_arm import XrayView
from planner.simulation.instruments import Bodies

CODE = "hand-in-beam"
_STANDS_FROM_MM = 25.0
"""A needle this deep in muscle stands by itself; one that is not is held."""
_TOOL_GRIP_MM = 90.0
"""From the skin to where a wire, drill, balloon or filler is held."""
_POINTER_GRIP_SHARE = 0.8
_FINGERS = 3
_FINGER_MM, _FINGER_RADIUS_MM, _BONE_RADIUS_MM = 85.0, 8.5, 4.0
_FINGER_PITCH_MM = 19.0
_FLESH_WATER, _BONE_WATER = 1.0, 0.7


def hand_at_shot(
    event: TakeShot, state: RunState, stage: RehearsalStage, view: XrayView
) -> Hand | None:
    """Return the hand that the beam meets when a picture is taken; None when there is none.

    A needle that does not stand by itself yet and the pointer are held. In a live picture the
    hand is on what was moved since the frame before.
    """
    held = _held(event, state, stage)
    if held is None:
        return None
    seen = _is_seen(
        np.concatenate([_axis_points(finger) for finger in _fingers(held)]), event, view
    )
    return held if seen else None


def _held(event: TakeShot, state: RunState, stage: RehearsalStage) -> Hand | None:
    if state.pointer_lps_mm is not None:
        line = pointer_line(state.pointer_lps_mm, stage)
        return Hand(line.point_at(_POINTER_GRIP_SHARE * line.length_mm), line.direction_lps)
    last_s = state.shots[-1].time_s if state.shots else 0.0
    moved_meanwhile = event.is_live and state.touched_s >= last_s
    for side in state.sides:
        stands = side.bone_mm is not None or side.needle_done or side.reach_mm >= _STANDS_FROM_MM
        if not stands or (moved_meanwhile and state.touched is side.side):
            return _on_instrument(side, stage)
    return None


def _on_instrument(side: SideState, stage: RehearsalStage) -> Hand:
    outside_mm = _TOOL_GRIP_MM
    if side.tool is Tool.NEEDLE:
        outside_mm = stage.catalog.needle(side.model_id).length_mm - side.reach_mm
    outwards = as_triple(-np.asarray(side.direction_lps))
    return Hand(side.point_at(-max(outside_mm, 0.0)), outwards)


def hand_moment(hand: Hand | None, event: TakeShot, state: RunState) -> list[Moment]:
    """Return what is told of a hand in the beam, once for each press of the pedal."""
    told_before = event.is_live and bool(state.shots) and state.shots[-1].hand is not None
    if hand is None or told_before:
        return []
    text = "Your hand was in the beam."
    return [Moment(CODE, event.time_s, None, text)]


def hand_bodies(hand: Hand) -> Bodies:
    """Return a hand as the beam meets it: fingers across what they hold, with their bones."""
    fingers = _fingers(hand)
    flesh = (AttenuatingBody(Capsule(axis, _FINGER_RADIUS_MM), _FLESH_WATER) for axis in fingers)
    bones = (
        AttenuatingBody(Capsule(_phalanx(axis, *part), _BONE_RADIUS_MM), _BONE_WATER)
        for axis in fingers
        for part in ((0.0, 0.22), (0.33, 0.58), (0.69, 1.0))
    )
    return (*flesh, *bones)


def _phalanx(axis: Segment, start_share: float, end_share: float) -> Segment:
    return Segment(
        axis.point_at(start_share * axis.length_mm), axis.point_at(end_share * axis.length_mm)
    )


def _fingers(hand: Hand) -> tuple[Segment, ...]:
    """Return the fingers' axes from their tips, which reach a little beyond what they hold."""
    along = np.asarray(hand.along_lps)
    # The operator stands at the patient's left; the fingers lie side by side towards the feet.
    across = as_unit_vector(np.cross(along, (0.0, 0.0, 1.0)))
    beside = np.cross(along, across)
    grip = np.asarray(hand.grip_lps_mm) - 0.2 * _FINGER_MM * across
    starts = (grip + n * _FINGER_PITCH_MM * (0.3 * along + beside) for n in range(_FINGERS))
    return tuple(
        Segment(as_triple(start), as_triple(start + _FINGER_MM * across)) for start in starts
    )


def _axis_points(axis: Segment) -> FloatArray:
    return np.array([axis.point_at(share * axis.length_mm) for share in np.linspace(0.0, 1.0, 8)])


def _is_seen(points_lps_mm: FloatArray, event: TakeShot, view: XrayView) -> bool:
    """Return whether any of the points falls into the open, round field."""
    half_px = view.pixels / 2.0
    place = np.abs(view.pixels_of(points_lps_mm) - (view.pixels - 1) / 2.0) / half_px
    inside = (place <= event.opening).all(axis=1) & (np.hypot(*place.T) <= 1.0)
    return bool(inside.any())
