"""The score of a finished run: 100 points in published parts, and what makes it fail."""

from collections.abc import Iterator

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import angle_deg, distance_mm
from planner.planning.cement_plan import cement_band
from planner.planning.measures import BreachGrade, NeedleMeasures
from planner.planning.needle_checks import needle_checks, unmet
from planner.planning.needle_margins import breach_grade, measure_needle
from planner.planning.needle_ranking import tip_aim
from planner.planning.plan import PlannedNeedle
from planner.planning.side_search import SideSearch
from planner.rehearsal.limit_checks import CEMENT, DOSE, SHOTS, TIME, codes_over, limit_uses
from planner.rehearsal.run_state import Moment, RunState
from planner.rehearsal.stage import RehearsalStage

_GRADE_SHARES = {BreachGrade.A: 1.0, BreachGrade.B: 0.6}
"""Of the points for an unhurt wall; from grade C on there are none, and the run has failed."""
_SEQUENCE_CODES = frozenset(
    {
        "level",
        "pointer-level",
        "skin-entry",
        "true-ap",
        "true-lateral",
        "entry",
        "oval",
        "look-in-pedicle",
        "tip",
        "tool-order",
        "no-channel",
        "balloon",
        "balloon-inflated",
        "balloon-burst",
        "missing-needle",
        "missing-balloon",
        "missing-cement",
        "last-look",
    }
)
_CEMENT_CODES = frozenset(
    {"cement-unseen", "posterior-quarter", "after-leak", "leak-went-on", "cement-place"}
)
_LEAK_SHARE, _OVERFILL_SHARE = 0.5, 0.5
"""Of the points for cement, lost to a leak and to more than the band's hard warning."""


@attrs.frozen
class ScorePart:
    """Points for one thing, with the reason."""

    name: str
    points: float
    most: float
    text: str


@attrs.frozen
class Score:
    """How a run is marked."""

    total: float
    parts: tuple[ScorePart, ...]
    failures: tuple[str, ...]
    """Sentences about what no points can make good; empty for a run that may pass."""
    passed: bool


@attrs.frozen
class NeedleResult:
    """How one needle of the task ended, against the nearest admissible one."""

    side: Side
    tip_error_mm: float
    angle_error_deg: float
    grade: BreachGrade | None
    """The worst of all its ways through bone; None where none was judged."""
    is_in_body: bool


def needle_results(state: RunState, stage: RehearsalStage) -> tuple[NeedleResult, ...]:
    """Return the results of every needle that was put into bone."""
    return tuple(_needle_result(needle, state, stage) for needle in state.final_needles)


def _needle_result(needle: PlannedNeedle, state: RunState, stage: RehearsalStage) -> NeedleResult:
    measures = measure_needle(needle, stage.maps, stage.catalog)
    tip_mm, turned_deg = _errors(needle, measures, stage)
    margins = [
        measure_needle(track, stage.maps, stage.catalog).margins.pedicle_wall
        for track in state.tracks
        if track.side is needle.side
    ]
    known = [margin for margin in margins if margin is not None]
    worst = min(known, key=lambda margin: margin.distance_mm) if known else None
    return NeedleResult(
        side=needle.side,
        tip_error_mm=tip_mm,
        angle_error_deg=turned_deg,
        grade=None if worst is None else breach_grade(worst, None),
        is_in_body=bool(stage.maps.body.at(np.array([needle.tip_lps_mm]))[0] > 0.0),
    )


def _errors(
    needle: PlannedNeedle, measures: NeedleMeasures, stage: RehearsalStage
) -> tuple[float, float]:
    """Return the distance of the tip and the angle to the nearest admissible needle.

    Both are zero for a needle that is admissible itself and ends where tips belong.
    """
    model = stage.catalog.needle(needle.model_id)
    broken = unmet(needle_checks(measures, model, stage.vertebra))
    if not broken and _tip_belongs(measures, stage):
        return 0.0, 0.0
    pairs = [
        (
            distance_mm(needle.tip_lps_mm, other.tip_lps_mm),
            angle_deg(needle.path.direction_lps, other.path.direction_lps),
        )
        for other in _admissible(needle, stage)
    ]
    tip_mm, turn_deg = clinical_number("expert-tip-error"), clinical_number("expert-angle-error")
    return min(pairs, key=lambda pair: pair[0] / tip_mm + pair[1] / turn_deg)


def _tip_belongs(measures: NeedleMeasures, stage: RehearsalStage) -> bool:
    aim = tip_aim(is_bipedicular=len(stage.scenario.approach.sides) > 1)
    lateral = measures.tip_lateral_share
    return (
        clinical_number("tip-depth-least") <= measures.tip_depth_share
        and measures.tip_depth_share <= clinical_number("tip-depth-most")
        and lateral is not None
        and aim.lateral_least <= lateral <= aim.lateral_most
    )


def _admissible(needle: PlannedNeedle, stage: RehearsalStage) -> tuple[PlannedNeedle, ...]:
    """Return needles of the same kind through the same pedicle; the least bad if none is good."""
    pedicle = stage.vertebra.pedicle(needle.side)
    assert pedicle is not None  # noqa: S101 - a stage cannot be set without both
    gauge = stage.catalog.needle(needle.model_id).gauge
    search = SideSearch(
        stage.maps,
        pedicle,
        stage.catalog.needles_of_gauge(gauge),
        stage.catalog,
        len(stage.scenario.approach.sides) > 1,
    )
    found = search.run(is_strict=True).found or search.run(is_strict=False).found
    return tuple(item.needle for item in found)


def score_run(state: RunState, stage: RehearsalStage) -> Score:
    """Return the score of a run; a run that is not finished is marked as it stands."""
    results = needle_results(state, stage)
    parts = tuple(_parts(state, results, stage))
    total = sum(part.points for part in parts)
    failures = tuple(_failures(state, results))
    is_passed = state.is_finished and not failures and total >= stage.scenario.key.pass_mark
    return Score(total, parts, failures, is_passed)


def _parts(
    state: RunState, results: tuple[NeedleResult, ...], stage: RehearsalStage
) -> Iterator[ScorePart]:
    most, needles = stage.scenario.key.weights, len(stage.scenario.approach.sides)
    tip = _mean([_share(r.tip_error_mm, "tip-error") for r in results], needles)
    errors = ", ".join(f"{r.tip_error_mm:.1f}" for r in results) or "no needle in bone"
    yield ScorePart("tip", most["tip"] * tip, most["tip"], f"off by {errors} mm")
    angle = _mean([_share(r.angle_error_deg, "angle-error") for r in results], needles)
    errors = ", ".join(f"{r.angle_error_deg:.1f}" for r in results) or "no needle in bone"
    yield ScorePart("angle", most["angle"] * angle, most["angle"], f"off by {errors} degrees")
    breach = _mean([_breach_share(r) for r in results], needles)
    grades = ", ".join(r.grade.value if r.grade else "none" for r in results) or "none"
    yield ScorePart("breach", most["breach"] * breach, most["breach"], f"grade {grades}")
    # What is saved on shots and time counts only for needles that got where they belong.
    done = _mean([float(r.is_in_body and _breach_share(r) > 0.0) for r in results], needles)
    yield from _spent(state, stage, done)
    yield _sequence(state, most["sequence"], done)
    yield _cement(state, stage, most["leak"], done)


def _spent(state: RunState, stage: RehearsalStage, done: float) -> Iterator[ScorePart]:
    """Yield what is left for shots and for time; beyond a limit of the task it is nothing."""
    most, needles = stage.scenario.key.weights, len(stage.scenario.approach.sides)
    uses = {use.code: use for use in limit_uses(state, stage.scenario.limits)}
    for name, curve, codes, words in (
        ("shots", "shots", (SHOTS, DOSE), f"{uses[SHOTS].words}, relative dose {uses[DOSE].words}"),
        ("time", "needle-time", (TIME,), uses[TIME].words),
    ):
        is_over = any(uses[code].is_over for code in codes)
        share = 0.0 if is_over else done * _share(uses[codes[0]].used / needles, curve)
        text = f"{words} with the needle{': over the limit' if is_over else ''}"
        yield ScorePart(name, most[name] * share, most[name], text)


def _mean(shares: list[float], needles: int) -> float:
    """Return the mean over the needles of the task; one that is missing counts nothing."""
    return sum(shares[:needles]) / needles


def _share(value: float, limit: str) -> float:
    """Return 1 up to an expert's value, 0 from a novice's on."""
    expert, novice = clinical_number(f"expert-{limit}"), clinical_number(f"novice-{limit}")
    return min(max((novice - value) / (novice - expert), 0.0), 1.0)


def _breach_share(result: NeedleResult) -> float:
    return 0.0 if result.grade is None else _GRADE_SHARES.get(result.grade, 0.0)


def _sequence(state: RunState, most: float, done: float) -> ScorePart:
    errors = {(m.code, m.side) for m in _unpassed(state) if m.code in _SEQUENCE_CODES}
    lost = clinical_number("score-sequence-penalty") * len(errors)
    text = "nothing left out" if not errors else f"{len(errors)} steps left out or out of order"
    return ScorePart("sequence", max(most * done - lost, 0.0), most, text)


def _cement(state: RunState, stage: RehearsalStage, most: float, done: float) -> ScorePart:
    band = cement_band(stage.vertebra.body_volume_ml)
    faults = [m.text for m in _unpassed(state) if m.code in _CEMENT_CODES]
    volume_ml = state.fill.volume_ml
    share = done if volume_ml > 0.0 and not faults else 0.0
    if state.fill.leaks:
        share -= _LEAK_SHARE
    if volume_ml > band.hard_ml:
        share -= _OVERFILL_SHARE
    is_over = CEMENT in codes_over(state, stage.scenario.limits)
    if is_over:
        share = 0.0
    where = ", ".join(leak.destination.value for leak in state.fill.leaks)
    text = f"{volume_ml:.1f} of {stage.scenario.limits.cement_ml:.1f} ml"
    text += ": over the limit" if is_over else ""
    text += f", leaked into {where}" if where else ", no leak"
    return ScorePart("leak", most * max(share, 0.0), most, text)


def _unpassed(state: RunState) -> list[Moment]:
    return [moment for moment in state.moments if not moment.passed]


def _failures(state: RunState, results: tuple[NeedleResult, ...]) -> Iterator[str]:
    yield from dict.fromkeys(m.text for m in _unpassed(state) if m.is_critical)
    for result in results:
        if result.grade is not None and result.grade not in _GRADE_SHARES:
            yield f"The {result.side.value} pedicle wall was breached, grade {result.grade.value}."
