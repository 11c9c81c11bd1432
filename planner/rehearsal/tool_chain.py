"""The chain of tools through a needle: what follows what, and what is left out or too early."""

import math

import attrs
import numpy as np

from planner.geometry.points import FloatArray
from planner.planning.needle_margins import tip_depth_share
from planner.planning.plan import Procedure
from planner.rehearsal.events import Exchange, Tool
from planner.rehearsal.run_file import RunProblem
from planner.rehearsal.run_state import Moment, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.instruments import across_towards_head

_FOLLOWS = {
    Tool.WIRE: {Tool.NEEDLE},
    Tool.CANNULA: {Tool.WIRE},
    Tool.BIOPSY: {Tool.CANNULA},
    Tool.DRILL: {Tool.CANNULA, Tool.BIOPSY},
    Tool.BALLOON: {Tool.CANNULA, Tool.BIOPSY, Tool.DRILL},
    Tool.FILLER: {Tool.CANNULA, Tool.BIOPSY, Tool.DRILL, Tool.BALLOON, Tool.NEEDLE},
}
_CHANNEL_TOLERANCE_MM = 1.5


def at_exchange(event: Exchange, side: SideState, state: RunState) -> list[Moment]:
    """Return what is judged when one tool gives way to another."""
    in_order = side.tool in _FOLLOWS.get(event.tool, set())
    moments = []
    if not in_order:
        text = f"The {event.tool.value} does not follow the {side.tool.value}."
        moments.append(Moment("tool-order", state.time_s, side.side, text))
    if side.balloon_ml > 0.0:
        text = f"The {side.side.value} balloon was drawn out while inflated."
        moments.append(Moment("balloon-inflated", state.time_s, side.side, text))
    return moments


def exchanged(event: Exchange, side: SideState, stage: RehearsalStage) -> SideState:
    """Return a side with the next tool in.

    A cannula, which slides over the wire, begins at the skin; a trephine, drill, balloon or
    filler begins at the cannula's end; a wire takes the needle's place.

    Raises
    ------
    RunProblem
        If a needle is to be put back through a channel, or a tool needs a cannula that is not
        there.
    PlanProblem
        If the catalogue has no such balloon.
    """
    if event.tool is Tool.NEEDLE:
        raise RunProblem("A needle that was exchanged is not put back in the same channel.")
    needs_cannula = event.tool in {Tool.BIOPSY, Tool.DRILL, Tool.BALLOON}
    if needs_cannula and side.cannula_mm is None:
        raise RunProblem(f"A {event.tool.value} goes through a working cannula.")
    if event.tool is Tool.BALLOON:
        stage.catalog.balloon(event.model_id)
    start_mm = side.reach_mm
    if event.tool is Tool.CANNULA:
        start_mm = 0.0
    elif side.cannula_mm is not None:
        start_mm = side.cannula_mm
    return attrs.evolve(
        side,
        tool=event.tool,
        reach_mm=start_mm,
        balloon_id=event.model_id if event.tool is Tool.BALLOON else side.balloon_id,
        balloon_ml=0.0,
        is_burst=False,
    )


def beyond_channel(side: SideState, state: RunState) -> list[Moment]:
    """Return whether a blunt tool was pushed where no way had been made for it."""
    over_mm = side.reach_mm - side.channel_mm
    if over_mm <= _CHANNEL_TOLERANCE_MM or state.has("no-channel", side.side):
        return []
    text = f"The {side.tool.value} was pushed {over_mm:.1f} mm beyond its channel."
    return [Moment("no-channel", state.time_s, side.side, text)]


def refuse_injection(side: SideState) -> None:
    """Refuse cement where nothing can carry it.

    Raises
    ------
    RunProblem
        If a wire, drill or balloon is in the way.
    """
    if side.tool not in {Tool.NEEDLE, Tool.CANNULA, Tool.FILLER}:
        raise RunProblem(f"No cement goes in past the {side.tool.value}.")


def at_first_injection(side: SideState, state: RunState, stage: RehearsalStage) -> list[Moment]:
    """Return what is judged when cement first goes in on a side: the tip must be in the body."""
    if state.has("cement-place", side.side):
        return []
    share = tip_depth_share(side.tip_lps_mm, stage.vertebra)
    inside = bool(stage.maps.body.at(np.array([side.tip_lps_mm]))[0] > 0.0)
    text = (
        f"Cement began {100 * share:.0f} % of the way to the front."
        if inside
        else "Cement began outside the body."
    )
    return [
        Moment("cement-place", state.time_s, side.side, text, passed=inside, is_critical=not inside)
    ]


def at_finish(state: RunState, stage: RehearsalStage) -> list[Moment]:
    """Return the steps of the task that were left out, and whether the end was looked at."""
    moments = []
    for side in stage.scenario.approach.sides:
        if not any(needle.side is side for needle in state.final_needles):
            text = f"No needle was put into the {side.value} pedicle."
            moments.append(Moment("missing-needle", state.time_s, side, text))
        is_kyphoplasty = stage.scenario.procedure is Procedure.KYPHOPLASTY
        if is_kyphoplasty and not state.has("balloon", side):
            text = f"No balloon was inflated on the {side.value} side."
            moments.append(Moment("missing-balloon", state.time_s, side, text))
    if state.fill.volume_ml == 0.0:
        text = "No cement was injected."
        moments.append(Moment("missing-cement", state.time_s, None, text))
    elif state.unseen_ml > 0.0:
        text = "The end of the injection was not looked at."
        moments.append(Moment("last-look", state.time_s, None, text))
    return moments


def bevel_face_lps(side: SideState) -> FloatArray:
    """Return the direction a bevel's face looks to, across the needle."""
    along = np.asarray(side.direction_lps)
    upwards = across_towards_head(along)
    turn = math.radians(side.bevel_turn_deg or 0.0)
    face: FloatArray = math.cos(turn) * upwards + math.sin(turn) * np.cross(along, upwards)
    return face
