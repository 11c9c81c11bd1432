"""The checkpoints of a run, each judged from geometry at the moment it matters."""

import numpy as np

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import Triple, as_triple
from planner.planning.needle_margins import tip_depth_share
from planner.planning.needle_path import lateral_mm, medial_border_mm
from planner.planning.plan import PlannedNeedle
from planner.rehearsal.bone_cuts import standing_balloons
from planner.rehearsal.complications import MAY_FOLLOW
from planner.rehearsal.events import Panel
from planner.rehearsal.run_state import Moment, RunState, SideState
from planner.rehearsal.stage import RehearsalStage
from planner.simulation.live_fill import CementFill

_OUTER_LEAST, _UPPER_LEAST, _FARTHEST = -0.1, -0.6, 3.0
"""Where a needle may meet bone, from the pedicle's middle in its half widths and half heights:
outwards and upwards positive."""
_BALLOON_TOUCH_MM = 0.0
_AT_MOST_FORWARD = 0.97
"""Depth of a tip beyond which it is at the anterior cortex."""


def at_bone_contact(state: RunState, side: SideState, stage: RehearsalStage) -> list[Moment]:
    """Return what is judged when a needle first meets the vertebra."""
    time_s, moments = state.time_s, []
    if not state.has("level"):
        named, wanted = state.named_level, stage.scenario.level
        said = "no level was named" if named is None else f"{named.name} was named"
        moments.append(
            Moment(
                "level",
                time_s,
                None,
                f"Bone of {wanted.name}; {said}.",
                passed=named is wanted,
                is_critical=named is not None and named is not wanted,
            )
        )
        moments += [_true_view(state, panel) for panel in Panel]
    return [*moments, _entry(side, stage, time_s)]


def _true_view(state: RunState, panel: Panel) -> Moment:
    limit_deg = clinical_number("true-view-tolerance")
    off_deg = [shot.off_true_deg for shot in state.shots if shot.panel is panel]
    name = "AP" if panel is Panel.AP else "lateral"
    text = (
        f"The best {name} before bone was {min(off_deg):.1f} degrees off."
        if off_deg
        else f"Bone was met without a look at the {name}."
    )
    passed = bool(off_deg) and min(off_deg) <= limit_deg
    return Moment(f"true-{panel.value}", state.time_s, None, text, passed=passed)


def _entry(side: SideState, stage: RehearsalStage, time_s: float) -> Moment:
    pedicle = _pedicle(side, stage)
    outwards, upwards = _on_oval(side.tip_lps_mm, pedicle, stage)
    passed = _OUTER_LEAST <= outwards <= _FARTHEST and _UPPER_LEAST <= upwards <= _FARTHEST
    across = "lateral" if outwards >= 0.0 else "medial"
    along = "above" if upwards >= 0.0 else "below"
    text = (
        f"Bone was met {across} of and {along} the middle of the {side.side.value} pedicle "
        f"({abs(outwards):.1f} half widths, {abs(upwards):.1f} half heights)."
    )
    return Moment("entry", time_s, side.side, text, passed=passed)


def _pedicle(side: SideState, stage: RehearsalStage) -> Pedicle:
    pedicle = stage.vertebra.pedicle(side.side)
    assert pedicle is not None  # noqa: S101 - a stage cannot be set without both
    return pedicle


def _on_oval(point: Triple, pedicle: Pedicle, stage: RehearsalStage) -> tuple[float, float]:
    """Return a point's place on the pedicle's oval as a true AP shows it.

    In half widths outwards and half heights upwards from the oval's middle.
    """
    vertebra_from_lps = stage.vertebra.lps_from_vertebra.inverse
    offset = vertebra_from_lps.point(point) - vertebra_from_lps.point(pedicle.isthmus_lps_mm)
    outwards_mm = float(offset[0]) * pedicle.side.sign
    return outwards_mm / (pedicle.width_mm / 2.0), float(offset[2]) / (pedicle.height_mm / 2.0)


def at_posterior_wall(
    state: RunState, side: SideState, wall_mm: float, stage: RehearsalStage
) -> list[Moment]:
    """Return what is judged when a needle passes from the pedicle into the body.

    Parameters
    ----------
    state
        Just before.
    side
        The needle.
    wall_mm
        Where its line crosses the posterior wall, from the skin.
    """
    pedicle, time_s = _pedicle(side, stage), state.time_s
    crossing = side.point_at(wall_mm)
    medial_mm = lateral_mm(crossing, stage.vertebra, side.side) - (
        medial_border_mm(pedicle, stage.vertebra)
    )
    place = "lateral" if medial_mm >= 0.0 else "medial"
    return [
        _inside_oval(side, pedicle, stage, time_s),
        Moment(
            "medial-wall",
            time_s,
            side.side,
            f"At the posterior wall the {side.side.value} needle was {abs(medial_mm):.1f} mm "
            f"{place} of the medial border of its pedicle.",
            passed=medial_mm >= clinical_number("medial-wall-limit"),
            is_critical=True,
        ),
        _looked_in_pedicle(state, side),
    ]


def _inside_oval(side: SideState, pedicle: Pedicle, stage: RehearsalStage, time_s: float) -> Moment:
    axis = np.asarray(pedicle.axis_lps)
    slope = float(axis @ np.asarray(side.direction_lps))
    to_isthmus = np.subtract(pedicle.isthmus_lps_mm, side.skin_lps_mm)
    depth_mm = float(axis @ to_isthmus) / slope if slope > 0.0 else 0.0
    outwards, upwards = _on_oval(side.point_at(depth_mm), pedicle, stage)
    share = float(np.hypot(outwards, upwards))
    where = "inside" if share <= 1.0 else "outside"
    text = f"On AP the {side.side.value} needle went {where} the oval of its pedicle."
    return Moment("oval", time_s, side.side, text, passed=share <= 1.0)


def _looked_in_pedicle(state: RunState, side: SideState) -> Moment:
    """Return whether both screens were looked at while the tip was between entry and body."""
    seen = set()
    for shot in state.shots:
        tip = dict(shot.tips).get(side.side)
        if tip is not None and side.bone_mm is not None:
            depth_mm = float(np.subtract(tip, side.skin_lps_mm) @ np.asarray(side.direction_lps))
            if depth_mm >= side.bone_mm - 1.0:
                seen.add(shot.panel)
    missing = " and ".join("AP" if p is Panel.AP else "lateral" for p in Panel if p not in seen)
    text = (
        "AP and lateral were looked at inside the pedicle."
        if not missing
        else f"The needle went into the body without a look at the {missing} in the pedicle."
    )
    return Moment("look-in-pedicle", state.time_s, side.side, text, passed=not missing)


def at_needle_end(needle: PlannedNeedle, time_s: float, stage: RehearsalStage) -> list[Moment]:
    """Return what is judged when a needle gives way to the next tool."""
    share = tip_depth_share(needle.tip_lps_mm, stage.vertebra)
    passed = clinical_number("anterior-third") <= share <= _AT_MOST_FORWARD
    text = f"The {needle.side.value} needle ended {100 * share:.0f} % of the way to the front."
    return [Moment("tip", time_s, needle.side, text, passed=passed)]


def at_inflation(state: RunState, side: SideState, stage: RehearsalStage) -> list[Moment]:
    """Return what is judged at each inflation: where the balloon lies and what it touches."""
    model = stage.catalog.balloon(side.balloon_id)
    measures = standing_balloons(state, side, stage)[0]
    middle = np.add(measures.front_marker_lps_mm, measures.rear_marker_lps_mm) / 2.0
    middle_share = tip_depth_share(as_triple(middle), stage.vertebra)
    in_front = middle_share >= clinical_number("balloon-middle-least")
    free = measures.contact_mm >= _BALLOON_TOUCH_MM
    out_of_cannula = side.cannula_mm is None or (
        side.reach_mm - model.working_length_mm >= side.cannula_mm
    )
    faults = [
        *(() if in_front else ("its middle lies behind the anterior two thirds",)),
        *(() if free else (f"it presses on the {measures.nearest_wall}",)),
        *(() if out_of_cannula else ("it is not out of the cannula",)),
    ]
    where = "; ".join(faults) or "in the anterior two thirds and free of the cortex"
    text = f"The {side.side.value} balloon at {side.balloon_ml:.1f} ml: {where}."
    return [Moment("balloon", state.time_s, side.side, text, passed=not faults)]


def at_injection(state: RunState, fill: CementFill, time_s: float, side: Side) -> list[Moment]:
    """Return what is judged at a push of the plunger.

    Parameters
    ----------
    state
        Before it, with what was injected unseen already counted up.
    fill
        Before it.
    """
    moments = []
    limit_ml = clinical_number("cement-unseen-most")
    if state.unseen_ml > limit_ml + 1e-9:
        text = f"{state.unseen_ml:.1f} ml of cement went in without a look."
        moments.append(Moment("cement-unseen", time_s, side, text, is_critical=True))
    stop = clinical_number("cement-stop-share")
    if fill.rearmost_share is not None and fill.rearmost_share < stop:
        text = "Cement was injected on after it had reached the posterior quarter of the body."
        moments.append(Moment("posterior-quarter", time_s, side, text))
    if fill.leaks:
        moments.append(_after_leak(state, fill, time_s, side))
    if side in state.closed_sides:
        text = f"The leak had gone on after a rest, and more went in through the {side.value} side."
        moments.append(Moment("leak-went-on", time_s, side, text))
    return moments


def _after_leak(state: RunState, fill: CementFill, time_s: float, side: Side) -> Moment:
    grave = [leak.destination for leak in fill.leaks if leak.destination.is_grave]
    if grave:
        text = f"Cement was injected on after a leak into the {grave[0].value}. "
        return Moment("after-leak", time_s, side, text + MAY_FOLLOW[grave[0]], is_critical=True)
    waited_s = time_s - (state.leak_at_s or 0.0)
    looked = state.unseen_ml <= clinical_number("cement-unseen-most")
    passed = waited_s >= clinical_number("leak-wait") and looked
    text = (
        f"After the leak the plunger rested for {waited_s:.0f} s before a little more went in."
        if passed
        else f"Cement was injected on {waited_s:.0f} s after it had leaked."
    )
    return Moment("after-leak", time_s, side, text, passed=passed)
