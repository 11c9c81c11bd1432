"""Is the plan safe? Every measure and every checked rule, computed anew each time."""

from collections.abc import Iterator, Mapping

from planner.anatomy.levels import VertebraLevel
from planner.assessment.filling_findings import balloon_findings, cement_finding
from planner.assessment.findings import (
    Assessment,
    Finding,
    LevelAssessment,
    Severity,
    urgency,
)
from planner.assessment.needle_findings import needle_findings
from planner.devices.device_values import DeviceCatalog
from planner.foundation.clinical_numbers import clinical_number
from planner.planning.cement_plan import measure_cement
from planner.planning.kept_measures import measured_once
from planner.planning.level_balloons import hollow_ml, level_balloons
from planner.planning.measures import BalloonMeasures, NeedleMeasures
from planner.planning.needle_margins import measure_needle
from planner.planning.plan import LevelPlan, Plan, PlannedNeedle
from planner.planning.safety_maps import SafetyMaps


def assess(
    plan: Plan,
    maps_by_level: Mapping[VertebraLevel, SafetyMaps],
    catalog: DeviceCatalog,
    *,
    slice_step_mm: float | None,
) -> Assessment:
    """Return a plan's measures and findings.

    Parameters
    ----------
    plan
        Any plan, finished or not.
    maps_by_level
        Of the vertebrae found. A planned level without maps gets a finding that it is unchecked.
    slice_step_mm
        Of the CT; None where it is not known.

    Raises
    ------
    PlanProblem
        If the plan names an instrument or cement that the catalogue has not.
    """
    levels = tuple(
        _assessed(item, maps_by_level[item.level], catalog, slice_step_mm)
        if item.level in maps_by_level
        else _unchecked(item)
        for item in plan.levels
    )
    findings = (*_slice_findings(slice_step_mm), *_level_count_findings(plan))
    return Assessment(levels, tuple(sorted(findings, key=urgency)))


def _assessed(
    item: LevelPlan, maps: SafetyMaps, catalog: DeviceCatalog, slice_step_mm: float | None
) -> LevelAssessment:
    vertebra = maps.vertebra
    needles = tuple(_needle(needle, maps, catalog, slice_step_mm) for needle in item.needles)
    balloons = _balloons(item, maps, catalog)
    cement = measure_cement(item, vertebra, catalog, hollow_ml(item, balloons))
    findings = [
        finding
        for needle, measures in zip(item.needles, needles, strict=True)
        for finding in needle_findings(measures, catalog.needle(needle.model_id), vertebra)
    ]
    findings.extend(balloon_findings(item, balloons, vertebra, catalog))
    if cement is not None:
        findings.append(cement_finding(cement, vertebra))
    findings.extend(
        Finding(Severity.NOTE, "vertebra-note", note, item.level) for note in vertebra.notes
    )
    return LevelAssessment(
        item.level, needles, balloons, cement, tuple(sorted(findings, key=urgency))
    )


def _needle(
    needle: PlannedNeedle, maps: SafetyMaps, catalog: DeviceCatalog, slice_step_mm: float | None
) -> NeedleMeasures:
    return measured_once(
        maps,
        (needle, catalog.needle(needle.model_id), slice_step_mm),
        lambda: measure_needle(needle, maps, catalog, slice_step_mm=slice_step_mm),
    )


def _balloons(
    item: LevelPlan, maps: SafetyMaps, catalog: DeviceCatalog
) -> tuple[BalloonMeasures, ...]:
    models = tuple(catalog.balloon(balloon.model_id) for balloon in item.balloons)
    return measured_once(
        maps,
        (item.needles, item.balloons, models),
        lambda: level_balloons(item, maps, catalog),
    )


def _unchecked(item: LevelPlan) -> LevelAssessment:
    finding = Finding(
        Severity.DANGER,
        "level-unchecked",
        f"Nothing was checked at {item.level.name}: its vertebra has not been found in the CT.",
        item.level,
    )
    return LevelAssessment(item.level, (), (), None, (finding,))


def _slice_findings(slice_step_mm: float | None) -> Iterator[Finding]:
    if slice_step_mm is None:
        yield Finding(Severity.CAUTION, "slice-step", "How far apart the slices lie is not known.")
        return
    steps = (
        ("slice-step-no-grade", Severity.CAUTION, "no breach grade is given"),
        ("slice-step-warning", Severity.CAUTION, "margins are uncertain by half of it"),
        ("slice-step-note", Severity.NOTE, "margins are uncertain by half of it"),
    )
    for limit_id, severity, words in steps:
        limit_mm = clinical_number(limit_id)
        if slice_step_mm > limit_mm:
            yield Finding(
                severity,
                "slice-step",
                f"Slices are {slice_step_mm:.2f} mm apart, above {limit_mm:.2f} mm: {words}.",
                value=slice_step_mm,
                limit=limit_mm,
                unit="mm",
            )
            return


def _level_count_findings(plan: Plan) -> Iterator[Finding]:
    count, limit = len(plan.levels), clinical_number("levels-embolism")
    if count < limit:
        return
    yield Finding(
        Severity.CAUTION if count > limit else Severity.NOTE,
        "level-count",
        f"{count} levels in one session: from {limit:.0f} levels on, pulmonary cement embolism is "
        "more frequent.",
        value=float(count),
        limit=limit,
        unit="levels",
    )
