"""What the tools of a run have cut in the bone: the ways cement may take besides its pores."""

import attrs

from planner.geometry.shapes import Capsule, CutCapsule, Segment
from planner.geometry.units import ml_from_mm3
from planner.planning.balloon_contact import volume_inside_mm3
from planner.planning.balloon_placement import inflated_shape
from planner.rehearsal.run_state import Hollow, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.cut_bone import Cuts


def balloon_shape(side: SideState, stage: RehearsalStage) -> Capsule:
    """Return the balloon that stands on a side, as it is inflated."""
    model = stage.catalog.balloon(side.balloon_id)
    middle_mm = side.reach_mm - model.working_length_mm / 2.0
    return inflated_shape(side.line, middle_mm, model, side.balloon_ml)


def with_hollow(state: RunState, side: SideState, stage: RehearsalStage) -> RunState:
    """Return the state with what a side's balloon pushes open; deflated, it stays open."""
    if side.balloon_ml <= 0.0:
        return state
    here = side.side, side.reach_mm
    before = [h for h in state.hollows if (h.side, h.reach_mm) == here]
    shape = balloon_shape(side, stage)
    if any(hollow.shape.volume_mm3 >= shape.volume_mm3 for hollow in before):
        return state
    others = tuple(hollow for hollow in state.hollows if hollow not in before)
    return attrs.evolve(state, hollows=(*others, Hollow(*here, shape)))


def cuts_of(state: RunState, side: SideState, stage: RehearsalStage) -> Cuts:
    """Return what cement finds cut when it comes out at the end of a side's tool.

    Every way a needle has gone is a way for cement, also one that was left again. Along its own
    needle it comes back from where it comes out.
    """
    tracks = [
        _track(needle.tip_lps_mm, needle.skin_lps_mm, needle.model_id, stage)
        for needle in state.tracks
        if needle.side is not side.side or needle.skin_lps_mm != side.skin_lps_mm
    ]
    tracks.append(_track(side.tip_lps_mm, side.skin_lps_mm, side.model_id, stage))
    cavities = tuple(CutCapsule(hollow.shape) for hollow in state.hollows)
    return Cuts(tuple(tracks), cavities)


def _track(
    tip_lps_mm: tuple[float, float, float],
    skin_lps_mm: tuple[float, float, float],
    model_id: str,
    stage: RehearsalStage,
) -> Capsule:
    radius_mm = stage.catalog.needle(model_id).outer_radius_mm
    return Capsule(Segment(tip_lps_mm, skin_lps_mm), radius_mm)


def hollow_ml(state: RunState, stage: RehearsalStage) -> float:
    """Return how much of the body balloons have pushed open, each counted by itself."""
    shapes = (CutCapsule(hollow.shape) for hollow in state.hollows)
    return ml_from_mm3(sum(volume_inside_mm3(shape, stage.maps) for shape in shapes))
