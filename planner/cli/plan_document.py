"""A plan's measures and findings as the documents that scripts read."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.findings import Assessment, Finding, LevelAssessment
from planner.cli.points import number, rounded
from planner.devices.device_values import DeviceCatalog
from planner.planning.measures import (
    BalloonMeasures,
    CementMeasures,
    Margin,
    NeedleMargins,
    NeedleMeasures,
)
from planner.planning.needle_ranking import reasons_for, score_of
from planner.planning.plan import LevelPlan, Plan

LeaksByLevel = Mapping[VertebraLevel, Sequence[dict[str, object]]]
"""Ways out of the bone that a fill study found; a level that was not studied is missing."""


def plan_document(
    plan: Plan,
    assessment: Assessment,
    catalog: DeviceCatalog,
    leaks: LeaksByLevel = MappingProxyType({}),
) -> dict[str, object]:
    """Return a whole plan with what was measured of it, keys and units as scripts expect."""
    return {
        "levels": [
            _level_document(level_plan, assessment, catalog, leaks) for level_plan in plan.levels
        ],
        "findings": [_finding_document(finding) for finding in assessment.findings],
    }


def _level_document(
    plan: LevelPlan, assessment: Assessment, catalog: DeviceCatalog, leaks: LeaksByLevel
) -> dict[str, object]:
    measured = assessment.at(plan.level)
    return {
        "label": plan.level.name,
        "procedure": plan.procedure.value,
        "needles": [_needle_document(needle, plan, catalog) for needle in measured.needles],
        "balloons": [_balloon_document(balloon, plan) for balloon in measured.balloons],
        "cement": _cement_document(measured.cement, plan, leaks.get(plan.level)),
        "findings": [_finding_document(finding) for finding in measured.findings],
    }


def _needle_document(
    needle: NeedleMeasures, plan: LevelPlan, catalog: DeviceCatalog
) -> dict[str, object]:
    planned = plan.needle(needle.side)
    bone_mm = needle.bone_entry_lps_mm
    return {
        "side": needle.side.value,
        "approach": needle.route.value,
        "gauge": None if planned is None else catalog.needle(planned.model_id).gauge,
        "entry_skin_lps_mm": rounded(needle.skin_lps_mm),
        "entry_bone_lps_mm": None if bone_mm is None else rounded(bone_mm),
        "tip_lps_mm": rounded(needle.tip_lps_mm),
        "transverse_deg": number(needle.transverse_deg),
        "sagittal_deg": number(needle.sagittal_deg),
        "skin_entry_from_midline_mm": number(needle.skin_entry_from_midline_mm),
        "depth_from_skin_mm": number(needle.depth_from_skin_mm),
        "depth_from_bone_mm": number(needle.depth_from_bone_mm),
        "margin_mm": {
            name: number(margin.distance_mm if margin else None)
            for name, margin in _named(needle.margins).items()
        },
        "margin_uncertainty_mm": {
            name: number(margin.uncertainty_mm if margin else None)
            for name, margin in _named(needle.margins).items()
        },
        "grade": None if needle.grade is None else needle.grade.value,
        "en_face": {
            "orbital_deg": number(needle.en_face.orbital_deg),
            "angular_deg": number(needle.en_face.angular_deg),
        },
        "score": number(score_of(needle)),
        "reasons": list(reasons_for(needle)),
    }


def _named(margins: NeedleMargins) -> dict[str, Margin | None]:
    return {
        "pedicle_wall": margins.pedicle_wall,
        "canal": margins.canal,
        "foramen": margins.foramen,
        "endplate": margins.endplate,
        "anterior_cortex": margins.anterior_cortex,
    }


def _balloon_document(balloon: BalloonMeasures, plan: LevelPlan) -> dict[str, object]:
    planned = plan.balloon(balloon.side)
    return {
        "side": balloon.side.value,
        "model": None if planned is None else planned.model_id,
        "volume_ml": number(None if planned is None else planned.volume_ml),
        "front_marker_lps_mm": rounded(balloon.front_marker_lps_mm),
        "rear_marker_lps_mm": rounded(balloon.rear_marker_lps_mm),
        "diameter_mm": number(2.0 * balloon.shape.radius_mm),
        "contact_mm": number(balloon.contact_mm),
        "nearest_wall": balloon.nearest_wall,
        "touched_mm2": {contact.wall: number(contact.area_mm2) for contact in balloon.touched},
        "cavity_ml": number(balloon.cavity_ml),
    }


def _cement_document(
    cement: CementMeasures | None, plan: LevelPlan, leaks: Sequence[dict[str, object]] | None
) -> dict[str, object] | None:
    if cement is None:
        return None
    return {
        "model": None if plan.cement is None else plan.cement.model_id,
        "volume_ml": number(cement.volume_ml),
        "band_ml": {
            "reference": number(cement.band.reference_ml),
            "soft": number(cement.band.soft_ml),
            "hard": number(cement.band.hard_ml),
        },
        "binding_limit": cement.band.binding_limit,
        "reference_limit": cement.band.reference_limit,
        "reasons": list(cement.band.reasons),
        "syringe_ml": number(cement.syringe_ml),
        "fill_fraction": number(cement.fill_share),
        # Unknown where no fill was pictured; an empty list says that no route was found.
        "leaks": None if leaks is None else list(leaks),
    }


def _finding_document(finding: Finding) -> dict[str, object]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "side": None if finding.side is None else finding.side.value,
        "value": number(finding.value),
        "limit": number(finding.limit),
        "unit": finding.unit or None,
    }


def plan_lines(plan: Plan, assessment: Assessment, catalog: DeviceCatalog) -> list[str]:
    """Return a plan as lines to read."""
    lines = []
    for level_plan in plan.levels:
        measured = assessment.at(level_plan.level)
        lines.append(f"{level_plan.level.name} {level_plan.procedure.value}")
        lines.extend(_needle_line(needle, level_plan, catalog) for needle in measured.needles)
        lines.extend(_cement_lines(measured))
        lines.extend(
            f"  [{finding.severity.value}] {finding.message}" for finding in measured.findings
        )
    lines.extend(f"[{finding.severity.value}] {finding.message}" for finding in assessment.findings)
    return lines


def _needle_line(needle: NeedleMeasures, plan: LevelPlan, catalog: DeviceCatalog) -> str:
    planned = plan.needle(needle.side)
    gauge = "" if planned is None else f" {catalog.needle(planned.model_id).gauge} G"
    wall = needle.margins.pedicle_wall
    margin = (
        ""
        if wall is None
        else (f", {wall.distance_mm:.1f} +/- {wall.uncertainty_mm:.1f} mm to the pedicle wall")
    )
    grade = "" if needle.grade is None else f", grade {needle.grade.value}"
    side = "left " if needle.side is Side.LEFT else "right"
    return (
        f"  {side}{gauge}: {needle.transverse_deg:.0f} deg medial, "
        f"{needle.sagittal_deg:.0f} deg caudad{margin}{grade}"
    )


def _cement_lines(measured: LevelAssessment) -> list[str]:
    if measured.cement is None:
        return []
    cement, band = measured.cement, measured.cement.band
    return [
        f"  cement {cement.volume_ml:.1f} ml (reference {band.reference_ml:.1f}, "
        f"soft cap {band.soft_ml:.1f}, hard warning {band.hard_ml:.1f} ml), "
        f"draw up {cement.syringe_ml:.1f} ml"
    ]
