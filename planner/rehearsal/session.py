"""A run as a state machine: what each action makes of the state, and what is judged at it."""

from collections.abc import Sequence

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray, as_triple, distance_mm
from planner.planning.needle_path import posterior_wall_mm
from planner.planning.plan import PlannedNeedle
from planner.rehearsal import checkpoints, complications, metal_pointer, tool_chain
from planner.rehearsal.bone_cuts import cuts_of, with_hollow
from planner.rehearsal.events import (
    Advance,
    Event,
    Exchange,
    Finish,
    Hammer,
    Inflate,
    Inject,
    LayPointer,
    MoveArm,
    NameLevel,
    PlaceNeedle,
    TakeShot,
    Tool,
    TurnBevel,
)
from planner.rehearsal.exposure import exposed
from planner.rehearsal.feel import hammered_mm
from planner.rehearsal.limit_checks import with_limits_judged
from planner.rehearsal.run_file import RunProblem
from planner.rehearsal.run_state import Moment, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.c_arm import CArmPose
from planner.simulation.cement_assumptions import LEAST_LEAK_ML
from planner.simulation.live_fill import CementFill

_SHARP = frozenset({Tool.NEEDLE, Tool.WIRE, Tool.BIOPSY, Tool.DRILL})
_HAMMERED = frozenset({Tool.NEEDLE, Tool.CANNULA})
_STEP_MM = 0.25
_DRIFT_MM_PER_MM = 0.04
"""How far a bevelled tip drifts sideways in bone for each millimetre it is pushed."""
_SHORTEST_TRACK_MM = 5.0


def begin(stage: RehearsalStage) -> RunState:
    """Return the state before the first action."""
    return RunState(stage.fill_model.empty())


def replayed(events: Sequence[Event], stage: RehearsalStage) -> RunState:
    """Return what a run has come to; the same actions always come to the same.

    Raises
    ------
    RunProblem
        If an action is not possible where it stands.
    """
    state = begin(stage)
    for event in events:
        state = after(event, state, stage)
    return state


def after(event: Event, state: RunState, stage: RehearsalStage) -> RunState:
    """Return the state after an action.

    Raises
    ------
    RunProblem
        If the action is not possible now: the window does not offer it.
    """
    if state.is_finished:
        raise RunProblem("The run is finished; nothing can be done after it.")
    if event.time_s < state.time_s:
        raise RunProblem("An action cannot come before the one before it.")
    passed_s = event.time_s - state.time_s if state.in_needle_phase else 0.0
    state = attrs.evolve(state, time_s=event.time_s, needle_s=state.needle_s + passed_s)
    return with_limits_judged(_done(event, state, stage), stage.scenario.limits)


def _done(event: Event, state: RunState, stage: RehearsalStage) -> RunState:
    match event:
        case MoveArm() | TakeShot() | NameLevel() | LayPointer() | Finish():
            return _at_the_table(event, state, stage)
        case PlaceNeedle():
            return _placed(event, state, stage)
        case _:
            return _in_the_patient(event, state, stage)


def _at_the_table(
    event: MoveArm | TakeShot | NameLevel | LayPointer | Finish,
    state: RunState,
    stage: RehearsalStage,
) -> RunState:
    match event:
        case MoveArm():
            return attrs.evolve(state, pose=_pose_of(event))
        case TakeShot():
            return exposed(event, state, stage)
        case NameLevel():
            return attrs.evolve(state, named_level=event.level)
        case LayPointer():
            return attrs.evolve(state, pointer_lps_mm=event.tip_lps_mm)
        case Finish():
            return _finished(state, stage)


def _in_the_patient(
    event: TurnBevel | Advance | Hammer | Exchange | Inflate | Inject,
    state: RunState,
    stage: RehearsalStage,
) -> RunState:
    side = state.on(event.side)
    if side is None:
        raise RunProblem(f"There is no needle on the {event.side.value} side yet.")
    state = attrs.evolve(state, touched=event.side, touched_s=event.time_s)
    match event:
        case TurnBevel():
            return _with(state, attrs.evolve(side, bevel_turn_deg=event.bevel_turn_deg))
        case Advance() | Hammer():
            by_mm = _blow_mm(side, stage) if isinstance(event, Hammer) else event.by_mm
            return _advanced(by_mm, side, state, stage)
        case Exchange():
            return _exchanged(event, side, state, stage)
        case Inflate():
            return _inflated(event.volume_ml, side, state, stage)
        case Inject():
            return _injected(event.by_ml, side, state, stage)


def _pose_of(event: MoveArm) -> CArmPose:
    return CArmPose(
        event.isocentre_lps_mm,
        event.orbital_deg,
        event.angular_deg,
        event.wig_wag_deg,
        event.image_rotation_deg,
    )


def _with(state: RunState, side: SideState, moments: Sequence[Moment] = ()) -> RunState:
    others = tuple(other for other in state.sides if other.side is not side.side)
    return attrs.evolve(state, sides=(*others, side), moments=(*state.moments, *moments))


def _placed(event: PlaceNeedle, state: RunState, stage: RehearsalStage) -> RunState:
    stage.catalog.needle(event.model_id)
    before = state.on(event.side)
    if before is not None and (before.bone_mm is not None or before.needle_done):
        raise RunProblem("A needle in bone is drawn out before it is set anew.")
    side = SideState(event.side, event.model_id, event.skin_lps_mm, event.direction_lps)
    # The needle takes the pointer's place in the hand.
    held = attrs.evolve(state, pointer_lps_mm=None, touched=event.side, touched_s=event.time_s)
    return _with(held, side)


def _advanced(by_mm: float, side: SideState, state: RunState, stage: RehearsalStage) -> RunState:
    if by_mm <= 0.0:
        return _drawn_back(-by_mm, side, state)
    if side.tool in _SHARP:
        return _driven(by_mm, side, state, stage)
    reach_mm = side.reach_mm + by_mm
    moved = attrs.evolve(side, reach_mm=reach_mm)
    if side.tool is Tool.CANNULA:
        moved = attrs.evolve(moved, cannula_mm=reach_mm, channel_mm=max(side.channel_mm, reach_mm))
    return _with(state, moved, tool_chain.beyond_channel(moved, state))


def _blow_mm(side: SideState, stage: RehearsalStage) -> float:
    """Return how far a blow goes; only what stands in bone and is of steel is hammered."""
    if side.tool not in _HAMMERED or side.bone_mm is None:
        raise RunProblem("The hammer is for a needle or a cannula that stands in bone.")
    return hammered_mm(stage.volume, side.tip_lps_mm, side.direction_lps)


def _drawn_back(by_mm: float, side: SideState, state: RunState) -> RunState:
    reach_mm = max(side.reach_mm - by_mm, 0.0)
    moved = attrs.evolve(side, reach_mm=reach_mm)
    if side.tool is Tool.CANNULA:
        moved = attrs.evolve(moved, cannula_mm=reach_mm)
    leaves_bone = side.bone_mm is not None and reach_mm < side.bone_mm
    if side.tool is Tool.NEEDLE and leaves_bone and not side.needle_done:
        track = _track(side, side.channel_mm)
        state = attrs.evolve(state, tracks=(*state.tracks, *track))
        moved = attrs.evolve(moved, bone_mm=None, channel_mm=0.0)
    return _with(state, moved)


def _track(side: SideState, depth_mm: float) -> tuple[PlannedNeedle, ...]:
    if depth_mm < _SHORTEST_TRACK_MM:
        return ()
    tip = side.point_at(depth_mm)
    return (PlannedNeedle(side.side, side.model_id, side.skin_lps_mm, tip),)


def _driven(by_mm: float, side: SideState, state: RunState, stage: RehearsalStage) -> RunState:
    """Return the state after a sharp tool was pushed on: through skin, muscle and bone."""
    moved = _pushed(by_mm, side)
    depths_mm = _depths(side.reach_mm, moved.reach_mm)
    points = np.array([moved.point_at(float(depth_mm)) for depth_mm in depths_mm])
    moments: list[Moment] = []
    if side.reach_mm == 0.0:
        moments += metal_pointer.at_skin(state, side, stage)
    if side.bone_mm is None:
        met = np.flatnonzero(stage.maps.bone.at(points) >= 0.0)
        if len(met):
            at_bone = attrs.evolve(moved, reach_mm=float(depths_mm[met[0]]))
            moved = attrs.evolve(moved, bone_mm=at_bone.reach_mm)
            moments += checkpoints.at_bone_contact(state, at_bone, stage)
    if moved.bone_mm is not None and not side.needle_done:
        wall_mm = _wall_mm(moved, stage)
        if wall_mm is not None and side.reach_mm < wall_mm <= moved.reach_mm:
            moments += checkpoints.at_posterior_wall(state, moved, wall_mm, stage)
    moments += complications.along_the_way(state, side, points, stage)
    moved = attrs.evolve(moved, channel_mm=max(side.channel_mm, moved.reach_mm))
    return _with(state, moved, moments)


def _pushed(by_mm: float, side: SideState) -> SideState:
    """Return the tool further in; in bone a bevelled needle drifts and turns about the skin."""
    if side.bevel_turn_deg is None or side.bone_mm is None or side.tool is not Tool.NEEDLE:
        return attrs.evolve(side, reach_mm=side.reach_mm + by_mm)
    drift = -_DRIFT_MM_PER_MM * by_mm * tool_chain.bevel_face_lps(side)
    tip = np.add(side.point_at(side.reach_mm + by_mm), drift)
    reach_mm = distance_mm(tip, side.skin_lps_mm)
    direction = np.subtract(tip, side.skin_lps_mm) / reach_mm
    return attrs.evolve(side, direction_lps=as_triple(direction), reach_mm=reach_mm)


def stops_at_bone_mm(side: SideState, by_mm: float, stage: RehearsalStage) -> float | None:
    """Return how far a push goes until the needle first meets bone; None where it does not."""
    if side.bone_mm is not None or side.tool is not Tool.NEEDLE or by_mm <= 0.0:
        return None
    depths_mm = _depths(side.reach_mm, side.reach_mm + by_mm)
    points = np.array([side.point_at(float(depth_mm)) for depth_mm in depths_mm])
    met = np.flatnonzero(stage.maps.bone.at(points) >= 0.0)
    # A hair more than to the first point of bone, so that the push surely reaches it.
    return float(depths_mm[met[0]]) - side.reach_mm + 1e-3 if len(met) else None


def _depths(from_mm: float, to_mm: float) -> FloatArray:
    count = max(int(np.ceil((to_mm - from_mm) / _STEP_MM)), 1)
    depths: FloatArray = np.linspace(from_mm, to_mm, count + 1)[1:]
    return depths


def _wall_mm(side: SideState, stage: RehearsalStage) -> float | None:
    try:
        return posterior_wall_mm(side.line, stage.vertebra)
    except GeometryProblem:
        return None


def _exchanged(
    event: Exchange, side: SideState, state: RunState, stage: RehearsalStage
) -> RunState:
    moments = tool_chain.at_exchange(event, side, state)
    state, side, judged = _needle_ended(side, state, stage)
    changed = tool_chain.exchanged(event, side, stage)
    return _with(state, changed, [*moments, *judged])


def _needle_ended(
    side: SideState, state: RunState, stage: RehearsalStage
) -> tuple[RunState, SideState, list[Moment]]:
    """Return the state once a needle has given way to what follows; it is judged then, once."""
    if side.needle_done:
        return state, side, []
    done = attrs.evolve(side, needle_done=True)
    track = _track(side, max(side.channel_mm, side.reach_mm)) if side.bone_mm is not None else ()
    final = _track(side, side.reach_mm) if side.bone_mm is not None else ()
    state = attrs.evolve(
        state,
        tracks=(*state.tracks, *track),
        final_needles=(*state.final_needles, *final),
    )
    moments = [
        m for needle in final for m in checkpoints.at_needle_end(needle, state.time_s, stage)
    ]
    return state, done, moments


def _inflated(
    volume_ml: float, side: SideState, state: RunState, stage: RehearsalStage
) -> RunState:
    if side.tool is not Tool.BALLOON:
        raise RunProblem("There is no balloon to inflate on this side.")
    if side.is_burst and volume_ml > 0.0:
        raise RunProblem("This balloon has burst: take it out.")
    changed = attrs.evolve(side, balloon_ml=volume_ml)
    moments = checkpoints.at_inflation(state, changed, stage) if volume_ml > 0.0 else []
    burst = complications.at_inflation(state, changed, stage)
    state = with_hollow(state, changed, stage)
    if burst:
        changed = attrs.evolve(changed, balloon_ml=0.0, is_burst=True)
    return _with(state, changed, [*moments, *burst])


def _injected(by_ml: float, side: SideState, state: RunState, stage: RehearsalStage) -> RunState:
    tool_chain.refuse_injection(side)
    moments = tool_chain.at_first_injection(side, state, stage)
    state, side, judged = _needle_ended(side, state, stage)
    counted = attrs.evolve(state, unseen_ml=state.unseen_ml + by_ml)
    moments += judged + checkpoints.at_injection(counted, state.fill, state.time_s, side.side)
    in_bone = attrs.evolve(state.fill, cuts=cuts_of(state, side, stage))
    fill = stage.fill_model.injected(in_bone, side.tip_lps_mm, by_ml)
    has_new_leak = len(fill.leaks) > len(state.fill.leaks)
    counted = attrs.evolve(
        counted,
        fill=fill,
        leak_at_s=state.time_s if has_new_leak else state.leak_at_s,
        closed_sides=_closed_sides(counted, fill, side, moments),
    )
    return _with(counted, side, moments)


def _closed_sides(
    state: RunState, fill: CementFill, side: SideState, moments: Sequence[Moment]
) -> tuple[Side, ...]:
    """Return the sides on which a leak went on although the plunger had rested."""
    rested = any(moment.code == "after-leak" and moment.passed for moment in moments)
    grew_ml = fill.outside_ml - state.fill.outside_ml
    if not rested or grew_ml < LEAST_LEAK_ML or side.side in state.closed_sides:
        return state.closed_sides
    return (*state.closed_sides, side.side)


def _finished(state: RunState, stage: RehearsalStage) -> RunState:
    for side in state.sides:
        state, done, moments = _needle_ended(side, state, stage)
        state = _with(state, done, moments)
    return attrs.evolve(
        state,
        is_finished=True,
        moments=(*state.moments, *tool_chain.at_finish(state, stage)),
    )
