"""What the tools of a run have cut in the bone: the ways cement may take besides its pores."""

import attrs

from planner.geometry.shapes import Capsule, Segment
from planner.geometry.units import ml_from_mm3
from planner.planning.balloon_contact import volume_inside_mm3
from planner.planning.balloon_placement import inflated_shape
from planner.planning.level_balloons import level_balloons
from planner.planning.measures import BalloonMeasures
from planner.planning.plan import LevelPlan, PlannedBalloon, PlannedNeedle, Procedure
from planner.rehearsal.run_state import Hollow, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.cut_bone import Cuts


def balloon_shape(side: SideState, stage: RehearsalStage) -> Capsule:
    """Return the balloon that stands on a side, as it is inflated."""
    model = stage.catalog.balloon(side.balloon_id)
    middle_mm = side.reach_mm - model.working_length_mm / 2.0
    return inflated_shape(side.line, middle_mm, model, side.balloon_ml)


def standing_balloons(
    state: RunState, side: SideState, stage: RehearsalStage
) -> tuple[BalloonMeasures, ...]:
    """Return the balloons that stand inflated, a side's own first, as it is about to be.

    They lie as planned ones do: where two meet, both are flat.
    """
    others = (other for other in state.sides if other.side is not side.side)
    standing = [side, *(other for other in others if other.balloon_ml > 0.0)]
    level_plan = LevelPlan(
        stage.vertebra.level,
        Procedure.KYPHOPLASTY,
        tuple(PlannedNeedle(s.side, s.model_id, s.skin_lps_mm, s.tip_lps_mm) for s in standing),
        tuple(PlannedBalloon(s.side, s.balloon_id, 0.0, s.balloon_ml) for s in standing),
    )
    return level_balloons(level_plan, stage.maps, stage.catalog)


def with_hollow(state: RunState, side: SideState, stage: RehearsalStage) -> RunState:
    """Return the state with what inflated balloons push open; deflated, it stays open."""
    if side.balloon_ml <= 0.0:
        return state
    hollows = state.hollows
    for measures in standing_balloons(state, side, stage):
        of = side if measures.side is side.side else state.on(measures.side)
        if of is not None:
            hollow = Hollow(of.side, of.reach_mm, of.balloon_ml, measures.pushed_open)
            hollows = _with_larger(hollows, hollow)
    return attrs.evolve(state, hollows=hollows)


def _with_larger(hollows: tuple[Hollow, ...], hollow: Hollow) -> tuple[Hollow, ...]:
    """Return the hollows with one in its place's stead, unless a fuller balloon stood there."""
    here = hollow.side, hollow.reach_mm
    before = [h for h in hollows if (h.side, h.reach_mm) == here]
    if any(h.volume_ml > hollow.volume_ml for h in before):
        return hollows
    return (*(h for h in hollows if h not in before), hollow)


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
    return Cuts(tuple(tracks), tuple(hollow.shape for hollow in state.hollows))


def _track(
    tip_lps_mm: tuple[float, float, float],
    skin_lps_mm: tuple[float, float, float],
    model_id: str,
    stage: RehearsalStage,
) -> Capsule:
    radius_mm = stage.catalog.needle(model_id).outer_radius_mm
    return Capsule(Segment(tip_lps_mm, skin_lps_mm), radius_mm)


def hollow_ml(state: RunState, stage: RehearsalStage) -> float:
    """Return how much of the body balloons have pushed open; shared space counts once."""
    shapes = tuple(hollow.shape for hollow in state.hollows)
    return ml_from_mm3(
        sum(
            volume_inside_mm3(shape, stage.maps, besides=shapes[:number])
            for number, shape in enumerate(shapes)
        )
    )
