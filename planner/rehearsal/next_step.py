"""What comes next in a run, for a trainee who is guided."""

from planner.anatomy.levels import Side
from planner.foundation.clinical_numbers import clinical_number
from planner.planning.cement_plan import cement_band
from planner.planning.needle_margins import tip_depth_share
from planner.planning.plan import Procedure
from planner.rehearsal.bone_cuts import hollow_ml
from planner.rehearsal.events import Panel, Tool
from planner.rehearsal.run_state import RunState, SideState
from planner.rehearsal.stage import RehearsalStage

_NAMES = {Panel.AP: "AP", Panel.LATERAL: "lateral"}
_TRUE = {
    Panel.AP: "the spinous process midway between the pedicles and an endplate as one line",
    Panel.LATERAL: "the pedicles one behind the other and the endplates as single lines",
}
_CHAIN = {
    Tool.NEEDLE: "Put the wire through the {side} needle.",
    Tool.WIRE: "Slide the working cannula over the wire and push it just past the posterior wall.",
    Tool.BIOPSY: "Take the trephine out and drill: no further than the balloon shall reach.",
    Tool.CANNULA: "Drill through the cannula: no further than the balloon shall reach.",
    Tool.DRILL: "Take the drill out and put the balloon in, past the cannula's end.",
}


def next_step(state: RunState, stage: RehearsalStage) -> str:
    """Return what an expert would do now, in a sentence or two.

    It follows from where the run stands, not from a plan: any admissible way counts.
    """
    if state.is_finished:
        return "The run is finished: look at the debrief."
    if not any(side.bone_mm is not None or side.needle_done for side in state.sides):
        view = _view_step(state, stage)
        if view:
            return view
    sides = stage.scenario.approach.sides
    steps = [_placing_step(state, side, stage) for side in sides]
    if stage.scenario.procedure is Procedure.KYPHOPLASTY and state.fill.volume_ml == 0.0:
        steps += [_chain_step(state, side) for side in sides]
    return next(filter(None, steps), "") or _cement_step(state, stage)


def _view_step(state: RunState, stage: RehearsalStage) -> str:
    if state.named_level is not stage.scenario.level:
        return (
            f"Find {stage.scenario.level.name}: bring it to the middle of the picture, count from "
            "a level you are sure of, and name it."
        )
    limit_deg = clinical_number("true-view-tolerance")
    for panel in Panel:
        best = min((s.off_true_deg for s in state.shots if s.panel is panel), default=None)
        if best is None or best > limit_deg:
            return f"Turn the arm until the {_NAMES[panel]} is true: {_TRUE[panel]}."
    if not any(shot.pointer_lps_mm is not None for shot in state.shots):
        return (
            f"Hold the metal pointer (P) on the skin over {stage.scenario.level.name} and take an "
            "AP: its end marks the level, and then the entry beside the pedicle."
        )
    return ""


def _placing_step(state: RunState, which: Side, stage: RehearsalStage) -> str:
    side = state.on(which)
    if side is None:
        return (
            f"Set the {which.value} needle on the skin, outside the upper outer edge of its "
            "pedicle's oval on the AP, and aim it at the oval."
        )
    return "" if side.needle_done else _needle_step(state, side, stage)


def _needle_step(state: RunState, side: SideState, stage: RehearsalStage) -> str:
    name = side.side.value
    if side.bone_mm is None:
        return f"Push the {name} needle on until it meets bone, and check the AP there."
    if not state.has("medial-wall", side.side):
        return (
            f"Push the {name} needle through the pedicle. Before it passes the posterior wall on "
            "the lateral, its tip must still be lateral to the pedicle's medial border on the AP: "
            "look at both."
        )
    share = tip_depth_share(side.tip_lps_mm, stage.vertebra)
    if share < clinical_number("tip-depth-least"):
        return f"Push the {name} needle on into the front third of the body, on the lateral."
    return ""


def _chain_step(state: RunState, which: Side) -> str:
    side, name = state.on(which), which.value
    if side is None:
        return ""
    if side.tool is Tool.BALLOON:
        if not state.has("balloon", which):
            return f"Inflate the {name} balloon in small steps, with a look at each."
        if side.balloon_ml > 0.0:
            return f"Deflate the {name} balloon before it is drawn out."
        return f"Put the filler into the {name} cannula."
    return _CHAIN.get(side.tool, "").format(side=name)


def _cement_step(state: RunState, stage: RehearsalStage) -> str:
    if state.fill.leaks:
        place = state.fill.leaks[-1].destination
        if place.is_grave:
            return f"Cement is in the {place.value}: stop for good, look once more and finish."
        return (
            f"Cement is in the {place.value}: stop, wait a minute or two and look again. If it "
            "goes on, end through this needle."
        )
    band = cement_band(stage.vertebra.body_volume_ml, hollow_ml(state, stage))
    share = state.fill.rearmost_share
    if share is not None and share < clinical_number("cement-stop-share"):
        return "Cement has reached the posterior quarter: stop, look once more and finish."
    if state.fill.volume_ml >= min(band.reference_ml, stage.scenario.limits.cement_ml):
        return "The volume of reference is in: look once more and finish."
    return (
        "Inject in small pushes from the front to the back, with a look at the lateral after each "
        f"{clinical_number('cement-unseen-most'):.1f} ml."
    )
