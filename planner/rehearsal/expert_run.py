"""A run as an expert does it: the plan itself, true views, few shots."""

from collections.abc import Iterator

import attrs
import numpy as np

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlanProblem
from planner.geometry.points import as_triple
from planner.planning.balloon_placement import cannula_end_mm
from planner.planning.measures import CArmAngles
from planner.planning.needle_path import bone_entry_mm, posterior_wall_mm
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle
from planner.rehearsal.events import (
    Advance,
    Event,
    Exchange,
    Finish,
    Inflate,
    Inject,
    LayPointer,
    MoveArm,
    NameLevel,
    Panel,
    PlaceNeedle,
    TakeShot,
    Tool,
    aim_deg,
)
from planner.rehearsal.run_file import RecordedRun
from planner.rehearsal.session import after, replayed
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.true_views import true_ap_angles, true_lateral_angles

_STEP_S, _LOOK_S = 4.0, 6.0
_INFLATION_ML, _INJECTION_ML = 0.5, 0.2
_PAST_BONE_MM, _PAST_WALL_MM = 0.5, 1.0
_WITHDRAWN_SHARE = 0.6
"""Of the way back from the tip to the cannula's end, while cement goes in."""
_STOP_SHARE = 0.3
"""A little before the posterior quarter."""


@attrs.define
class _Script:
    """The actions so far and the clock."""

    events: list[Event] = attrs.field(factory=list)
    time_s: float = 0.0

    def tick(self, seconds: float = _STEP_S) -> float:
        self.time_s += seconds
        return self.time_s


def expert_run(level_plan: LevelPlan, stage: RehearsalStage) -> RecordedRun:
    """Return the run that carries out a plan of the stage's level.

    Raises
    ------
    PlanProblem
        If the plan is of another level or one of its needles misses the bone.
    """
    if level_plan.level is not stage.scenario.level:
        raise PlanProblem("An expert's run carries out a plan of the scenario's own level.")
    script = _Script()
    _look(script, stage, Panel.AP)
    _look(script, stage, Panel.LATERAL)
    script.events.append(NameLevel(script.tick(), level_plan.level))
    _point(script, level_plan.needles[0], stage)
    for needle in level_plan.needles:
        script.events += _needle_events(script, needle, stage)
    for needle in level_plan.needles:
        balloon = level_plan.balloon(needle.side)
        if balloon is not None:
            _balloon(script, needle, balloon, stage)
    _cement(script, level_plan, stage)
    script.events.append(Finish(script.tick()))
    return RecordedRun(stage.scenario.id, tuple(script.events))


def _point(script: _Script, needle: PlannedNeedle, stage: RehearsalStage) -> None:
    """Show the pointer over the level before the first needle goes in, and put it away."""
    pedicle = stage.vertebra.pedicle(needle.side)
    if pedicle is None:
        return
    behind = np.subtract(needle.skin_lps_mm, pedicle.isthmus_lps_mm)
    axes = stage.vertebra.lps_from_vertebra.rotation
    # On the skin where the needle goes in, but level with the pedicle.
    level = np.asarray(needle.skin_lps_mm) - (behind @ axes[:, 2]) * axes[:, 2]
    script.events.append(LayPointer(script.tick(), as_triple(level)))
    _look(script, stage, Panel.AP)
    script.events.append(LayPointer(script.tick(), None))


def _look(script: _Script, stage: RehearsalStage, panel: Panel) -> None:
    angles = (true_ap_angles if panel is Panel.AP else true_lateral_angles)(stage.marks)
    script.events.append(_arm_at(script.tick(_LOOK_S), angles, stage))
    script.events.append(TakeShot(script.tick(1.0), panel))


def _arm_at(time_s: float, angles: CArmAngles, stage: RehearsalStage) -> MoveArm:
    centre = stage.vertebra.centre_lps_mm
    return MoveArm(time_s, centre, angles.orbital_deg, angles.angular_deg)


def _needle_events(
    script: _Script, needle: PlannedNeedle, stage: RehearsalStage
) -> Iterator[Event]:
    """Yield how a needle goes in: to bone, through the pedicle, past the wall, to its tip."""
    path = needle.path
    bone_mm = bone_entry_mm(path, stage.maps.bone)
    wall_mm = posterior_wall_mm(path, stage.vertebra)
    if bone_mm is None or wall_mm is None:
        raise PlanProblem(f"The {needle.side.value} needle of this plan misses the bone.")
    transverse_deg, sagittal_deg = aim_deg(path.direction_lps, needle.side)
    yield PlaceNeedle(
        script.tick(),
        needle.side,
        needle.model_id,
        needle.skin_lps_mm,
        transverse_deg,
        sagittal_deg,
    )
    yield from _to(script, needle, bone_mm + _PAST_BONE_MM, 0.0)
    yield from _looks(script, stage, Panel.AP)
    in_pedicle_mm = (bone_mm + wall_mm) / 2.0
    yield from _to(script, needle, in_pedicle_mm, bone_mm + _PAST_BONE_MM)
    yield from _looks(script, stage, Panel.LATERAL)
    yield from _to(script, needle, wall_mm + _PAST_WALL_MM, in_pedicle_mm)
    yield from _to(script, needle, path.length_mm, wall_mm + _PAST_WALL_MM)
    yield from _looks(script, stage, Panel.LATERAL, Panel.AP)


def _to(script: _Script, needle: PlannedNeedle, depth_mm: float, from_mm: float) -> Iterator[Event]:
    yield Advance(script.tick(), needle.side, depth_mm - from_mm)


def _looks(script: _Script, stage: RehearsalStage, *panels: Panel) -> Iterator[Event]:
    for panel in panels:
        angles = (true_ap_angles if panel is Panel.AP else true_lateral_angles)(stage.marks)
        yield _arm_at(script.tick(_LOOK_S), angles, stage)
        yield TakeShot(script.tick(1.0), panel)


def _balloon(
    script: _Script, needle: PlannedNeedle, balloon: PlannedBalloon, stage: RehearsalStage
) -> None:
    """Go through the chain on one side: wire, cannula, drill, balloon up and down."""
    side, add = needle.side, script.events.append
    cannula_mm = cannula_end_mm(needle.path, stage.vertebra)
    front_mm = needle.path.length_mm + balloon.front_beyond_tip_mm
    add(Exchange(script.tick(), side, Tool.WIRE))
    add(Exchange(script.tick(), side, Tool.CANNULA))
    add(Advance(script.tick(), side, cannula_mm))
    add(Exchange(script.tick(), side, Tool.DRILL))
    add(Advance(script.tick(), side, max(front_mm, needle.path.length_mm) - cannula_mm))
    add(Exchange(script.tick(), side, Tool.BALLOON, balloon.model_id))
    add(Advance(script.tick(), side, front_mm - cannula_mm))
    steps = int(np.ceil(balloon.volume_ml / _INFLATION_ML))
    for step in range(1, steps + 1):
        add(Inflate(script.tick(), side, balloon.volume_ml * step / steps))
        _look(script, stage, Panel.LATERAL)
    add(Inflate(script.tick(), side, 0.0))
    add(Exchange(script.tick(), side, Tool.FILLER))


def _cement(script: _Script, level_plan: LevelPlan, stage: RehearsalStage) -> None:
    """Fill from front to back through each needle in turn, with a look at every push.

    The expert sees cement come near the posterior quarter or a gap, and stops.
    """
    if level_plan.cement is None:
        return
    state = replayed(script.events, stage)
    share_ml = level_plan.cement.volume_ml / len(level_plan.needles)
    pushes = int(np.ceil(share_ml / min(_INJECTION_ML, clinical_number("cement-unseen-most"))))
    for needle in level_plan.needles:
        end_mm = cannula_end_mm(needle.path, stage.vertebra)
        if level_plan.balloon(needle.side) is not None:
            forwards_mm = needle.path.length_mm - end_mm
            script.events.append(Advance(script.tick(), needle.side, forwards_mm))
            state = after(script.events[-1], state, stage)
        back_mm = (needle.path.length_mm - end_mm) * _WITHDRAWN_SHARE / pushes
        for _ in range(pushes):
            push = Inject(script.tick(), needle.side, share_ml / pushes)
            coming = after(push, state, stage)
            if coming.fill.leaks or (coming.fill.rearmost_share or 1.0) < _STOP_SHARE:
                break
            done = len(script.events)
            script.events.append(push)
            _look(script, stage, Panel.LATERAL)
            script.events.append(Advance(script.tick(), needle.side, -back_mm))
            for event in script.events[done:]:
                state = after(event, state, stage)
