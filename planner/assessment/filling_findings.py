"""What there is to say about balloons and cement."""

from collections.abc import Iterator, Sequence

from planner.anatomy.vertebra import VertebraModel
from planner.assessment.check_findings import finding_of
from planner.assessment.findings import Finding, Severity
from planner.devices.device_values import BalloonModel, DeviceCatalog, NeedleModel
from planner.foundation.clinical_numbers import clinical_number, clinical_numbers
from planner.planning.measures import BalloonMeasures, CementMeasures
from planner.planning.needle_checks import NeedleCheck
from planner.planning.plan import LevelPlan, PlannedBalloon, Procedure


def balloon_findings(
    level_plan: LevelPlan,
    measured: Sequence[BalloonMeasures],
    vertebra: VertebraModel,
    catalog: DeviceCatalog,
) -> Iterator[Finding]:
    """Yield a finding for each rule of each balloon, and for balloons that meet."""
    for balloon, measures in zip(level_plan.balloons, measured, strict=True):
        needle = level_plan.needle(balloon.side)
        if needle is not None:
            yield _gauge(
                balloon,
                catalog.balloon(balloon.model_id),
                catalog.needle(needle.model_id),
                vertebra,
            )
        for check in _checks(balloon, measures, vertebra, catalog):
            subject = f"{balloon.side.value.capitalize()} balloon"
            yield finding_of(check, subject, vertebra.level, balloon.side)
        if measures.touched:
            yield _touched(balloon, measures, vertebra)
    if any(measures.flat is not None for measures in measured):
        yield Finding(
            Severity.NOTE,
            "balloon-overlap",
            "The inflated balloons meet and flatten each other: each is drawn wider elsewhere.",
            vertebra.level,
        )
    if level_plan.procedure is Procedure.KYPHOPLASTY:
        yield from _missing(level_plan)


def _missing(level_plan: LevelPlan) -> Iterator[Finding]:
    for needle in level_plan.needles:
        if level_plan.balloon(needle.side) is None:
            yield Finding(
                Severity.CAUTION,
                "balloon-missing",
                f"The {needle.side.value} needle of this kyphoplasty carries no balloon: "
                "there may be no room for one.",
                level_plan.level,
                needle.side,
            )


def _checks(
    balloon: PlannedBalloon,
    measures: BalloonMeasures,
    vertebra: VertebraModel,
    catalog: DeviceCatalog,
) -> tuple[NeedleCheck, ...]:
    model = catalog.balloon(balloon.model_id)
    return (
        NeedleCheck(
            "balloon-contact",
            f"to the {measures.nearest_wall}",
            measures.contact_mm,
            clinical_number("balloon-cortex-limit"),
            "mm",
            vertebra.boundary_uncertainty_mm,
            is_limit_verified=clinical_numbers()["balloon-cortex-limit"].verified,
        ),
        NeedleCheck(
            "balloon-cannula",
            "from the cannula's end to the rear marker",
            measures.rear_marker_beyond_cannula_mm,
            0.0,
            "mm",
            is_limit_verified=clinical_numbers()["cannula-past-posterior-wall"].verified,
        ),
        NeedleCheck(
            "balloon-volume",
            "inflated",
            balloon.volume_ml,
            model.maximum_volume_ml,
            "ml",
            is_upper_limit=True,
            is_limit_verified=model.limits_source.verified,
        ),
    )


def _touched(
    balloon: PlannedBalloon, measures: BalloonMeasures, vertebra: VertebraModel
) -> Finding:
    walls = ", ".join(f"{c.area_mm2:.0f} mm2 of the {c.wall}" for c in measures.touched)
    return Finding(
        Severity.CAUTION,
        "balloon-touches",
        f"{balloon.side.value.capitalize()} balloon presses on {walls}: stop inflating here.",
        vertebra.level,
        balloon.side,
        measures.touched_mm2,
        unit="mm2",
    )


def _gauge(
    balloon: PlannedBalloon, model: BalloonModel, cannula: NeedleModel, vertebra: VertebraModel
) -> Finding:
    passes = cannula.gauge <= model.minimum_gauge
    unverified = "" if model.cannula_source.verified else " (limit unverified)"
    return Finding(
        Severity.SAFE if passes else Severity.DANGER,
        "balloon-gauge",
        f"{balloon.side.value.capitalize()} balloon: {model.title} "
        f"{'passes' if passes else 'does not pass'} a cannula of {cannula.gauge} G; "
        f"it needs {model.minimum_gauge} G or wider{unverified}.",
        vertebra.level,
        balloon.side,
        float(cannula.gauge),
        float(model.minimum_gauge),
        "G",
    )


def cement_finding(cement: CementMeasures, vertebra: VertebraModel) -> Finding:
    """Return how a volume lies in its band; the limits are proposals and said to be so."""
    band, volume_ml = cement.band, cement.volume_ml
    severity, limit_ml, words = Severity.SAFE, band.soft_ml, "within the soft cap of"
    if volume_ml > band.hard_ml:
        severity, limit_ml, words = Severity.DANGER, band.hard_ml, "above the hard warning of"
    elif volume_ml > band.soft_ml:
        severity, words = Severity.CAUTION, "above the soft cap of"
    return Finding(
        severity,
        "cement-volume",
        f"Cement: {volume_ml:.1f} ml, {cement.fill_share:.0%} of the body as it is now, {words} "
        f"{limit_ml:.1f} ml set by the {band.binding_limit} (limit unverified).",
        vertebra.level,
        value=volume_ml,
        limit=limit_ml,
        unit="ml",
    )
