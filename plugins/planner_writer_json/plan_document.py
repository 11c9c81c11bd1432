"""A snapshot as the open plan format: plain JSON values, each key with its unit and frame."""

from collections.abc import Iterable

import attrs

from planner.anatomy.vertebra import HeightLine, Pedicle, VertebraModel
from planner.assessment.acceptance import acceptance_of
from planner.assessment.findings import Finding, LevelAssessment
from planner.devices.device_values import BalloonModel, CementModel, DeviceCatalog, NeedleModel
from planner.dicom.study_reference import StudyReference
from planner.export.hand_measurement import HandMeasurement
from planner.export.snapshot import PlanSnapshot
from planner.geometry.measurement import MeasureKind
from planner.geometry.planes import Plane
from planner.imaging.radiograph import PixelSpacing
from planner.planning.measures import (
    BalloonMeasures,
    CementMeasures,
    Margin,
    NeedleMargins,
    NeedleMeasures,
)
from planner.planning.plan import AcceptedFinding, LevelPlan, Plan

FORMAT = "vertebroplan-plan"
FORMAT_VERSION = 1
KIND_NAMES = {kind: kind.value.lower().replace(" ", "-") for kind in MeasureKind}
"""Of measurements, as the format writes them."""

JsonObject = dict[str, object]


def plan_document(snapshot: PlanSnapshot) -> JsonObject:
    """Return the whole document, as ``resources/schemas/plan-1.json`` describes it."""
    return {
        "format": FORMAT,
        "format_version": FORMAT_VERSION,
        "disclaimer": snapshot.disclaimer,
        "title": snapshot.title,
        "made_at": snapshot.made_at.isoformat(),
        "software": snapshot.software,
        "coordinate_system": {
            "name": "LPS",
            "unit": "mm",
            "axes": "x to the patient's left, y to posterior, z to superior",
        },
        "study": _study(snapshot.study),
        "entered": _entered(snapshot.plan),
        "levels": [_level(level, snapshot) for level in snapshot.plan.levels],
        "findings": [_finding(f, snapshot.plan) for f in snapshot.assessment.findings],
        "devices": _devices_used(snapshot.plan, snapshot.devices),
        "measurements": [_measurement(item) for item in snapshot.measured],
    }


def _entered(plan: Plan) -> JsonObject:
    """Return what the user has read on devices' sheets and entered."""
    return {
        "balloon_limits": [attrs.asdict(limits) for limits in plan.balloon_limits],
        "dead_volumes": [attrs.asdict(lumen) for lumen in plan.dead_volumes],
        "injector": None if plan.injector is None else attrs.asdict(plan.injector),
        "cement_phases": None if plan.cement_phases is None else attrs.asdict(plan.cement_phases),
        "accepted": [_accepted(item) for item in plan.accepted],
    }


def _accepted(item: AcceptedFinding) -> JsonObject:
    return {
        **attrs.asdict(item),
        "level": None if item.level is None else item.level.name,
        "side": None if item.side is None else item.side.value,
    }


def _study(study: StudyReference) -> JsonObject:
    return attrs.asdict(study)


def _level(level: LevelPlan, snapshot: PlanSnapshot) -> JsonObject:
    vertebra = next((v for v in snapshot.vertebrae if v.level is level.level), None)
    assessed = next((a for a in snapshot.assessment.levels if a.level is level.level), None)
    return {
        "level": level.level.name,
        "procedure": level.procedure.value,
        "is_healed": level.is_healed,
        "variant": _variant(level, snapshot.plan),
        "vertebra": None if vertebra is None else _vertebra(vertebra),
        "needles": _needles(level, assessed),
        "balloons": _balloons(level, assessed),
        "cement": _cement(level, assessed),
        "findings": [_finding(f, snapshot.plan) for f in assessed.findings] if assessed else [],
    }


def _variant(level: LevelPlan, plan: Plan) -> JsonObject | None:
    """Return which variant the level is and which others the case keeps."""
    variants = plan.variants_at(level.level)
    if variants is None:
        return None
    others = [attrs.asdict(item.label) for item in variants.kept]
    return {**attrs.asdict(variants.active), "others_in_case": others}


def _needles(level: LevelPlan, assessed: LevelAssessment | None) -> list[JsonObject]:
    rows: list[JsonObject] = []
    for needle in level.needles:
        measures = assessed.needle(needle.side) if assessed else None
        rows.append(
            {
                "side": needle.side.value,
                "model_id": needle.model_id,
                "route": needle.route.value,
                "entry_skin_lps_mm": needle.skin_lps_mm,
                "tip_lps_mm": needle.tip_lps_mm,
                "measures": None if measures is None else _needle_measures(measures),
            }
        )
    return rows


def _needle_measures(measures: NeedleMeasures) -> JsonObject:
    return {
        "entry_bone_lps_mm": measures.bone_entry_lps_mm,
        "transverse_deg": measures.transverse_deg,
        "sagittal_deg": measures.sagittal_deg,
        "skin_entry_from_midline_mm": measures.skin_entry_from_midline_mm,
        "depth_from_skin_mm": measures.depth_from_skin_mm,
        "depth_from_bone_mm": measures.depth_from_bone_mm,
        "pedicle_fill_share": measures.pedicle_fill_share,
        "tip_depth_share": measures.tip_depth_share,
        "margin_mm": {
            name: None if margin is None else margin.distance_mm
            for name, margin in _margins(measures.margins)
        },
        "margin_uncertainty_mm": {
            name: None if margin is None else margin.uncertainty_mm
            for name, margin in _margins(measures.margins)
        },
        "grade": None if measures.grade is None else measures.grade.value,
        "en_face": {
            "orbital_deg": measures.en_face.orbital_deg,
            "angular_deg": measures.en_face.angular_deg,
        },
    }


def _margins(margins: NeedleMargins) -> Iterable[tuple[str, Margin | None]]:
    return (
        ("pedicle_wall", margins.pedicle_wall),
        ("canal", margins.canal),
        ("foramen", margins.foramen),
        ("endplate", margins.endplate),
        ("anterior_cortex", margins.anterior_cortex),
    )


def _balloons(level: LevelPlan, assessed: LevelAssessment | None) -> list[JsonObject]:
    rows: list[JsonObject] = []
    for balloon in level.balloons:
        measures = assessed.balloon(balloon.side) if assessed else None
        rows.append(
            {
                "side": balloon.side.value,
                "model_id": balloon.model_id,
                "front_beyond_tip_mm": balloon.front_beyond_tip_mm,
                "volume_ml": balloon.volume_ml,
                "gauge_psi": balloon.gauge_psi,
                "measures": None if measures is None else _balloon_measures(measures),
            }
        )
    return rows


def _balloon_measures(measures: BalloonMeasures) -> JsonObject:
    return {
        "axis_start_lps_mm": measures.shape.axis.start_lps_mm,
        "axis_end_lps_mm": measures.shape.axis.end_lps_mm,
        "radius_mm": measures.shape.radius_mm,
        "front_marker_lps_mm": measures.front_marker_lps_mm,
        "rear_marker_lps_mm": measures.rear_marker_lps_mm,
        "rear_marker_beyond_cannula_mm": measures.rear_marker_beyond_cannula_mm,
        "contact_mm": measures.contact_mm,
        "nearest_wall": measures.nearest_wall,
        "touched_mm2": {contact.wall: contact.area_mm2 for contact in measures.touched},
        "cavity_ml": measures.cavity_ml,
    }


def _cement(level: LevelPlan, assessed: LevelAssessment | None) -> JsonObject | None:
    if level.cement is None:
        return None
    measures = assessed.cement if assessed else None
    return {
        "model_id": level.cement.model_id,
        "volume_ml": level.cement.volume_ml,
        "measures": None if measures is None else _cement_measures(measures),
    }


def _cement_measures(measures: CementMeasures) -> JsonObject:
    return {
        "band_ml": {
            "reference": measures.band.reference_ml,
            "soft": measures.band.soft_ml,
            "hard": measures.band.hard_ml,
        },
        "binding_limit": measures.band.binding_limit,
        "reference_limit": measures.band.reference_limit,
        "reasons": list(measures.band.reasons),
        "syringe_ml": measures.syringe_ml,
        "fill_share": measures.fill_share,
    }


def _vertebra(vertebra: VertebraModel) -> JsonObject:
    return {
        "lps_from_vertebra": vertebra.lps_from_vertebra.matrix.tolist(),
        "centre_lps_mm": vertebra.centre_lps_mm,
        "volume_ml": {"whole": vertebra.whole_volume_ml, "body": vertebra.body_volume_ml},
        "heights": {
            "anterior": _height(vertebra.heights.anterior),
            "middle": _height(vertebra.heights.middle),
            "posterior": _height(vertebra.heights.posterior),
        },
        "walls": {
            "superior": _plane(vertebra.walls.superior),
            "inferior": _plane(vertebra.walls.inferior),
            "anterior": _plane(vertebra.walls.anterior),
            "posterior": _plane(vertebra.walls.posterior),
        },
        "pedicles": {
            "left": _pedicle(vertebra.left_pedicle),
            "right": _pedicle(vertebra.right_pedicle),
        },
        "trabecular_hu": vertebra.trabecular_hu,
        "boundary_uncertainty_mm": vertebra.boundary_uncertainty_mm,
        "notes": list(vertebra.notes),
    }


def _height(line: HeightLine) -> JsonObject:
    return {
        "height_mm": line.height_mm,
        "superior_lps_mm": line.superior_lps_mm,
        "inferior_lps_mm": line.inferior_lps_mm,
    }


def _plane(plane: Plane) -> JsonObject:
    return {"point_lps_mm": plane.point_lps_mm, "normal_lps": plane.normal_lps}


def _pedicle(pedicle: Pedicle | None) -> JsonObject | None:
    if pedicle is None:
        return None
    return {
        "isthmus_lps_mm": pedicle.isthmus_lps_mm,
        "axis_lps": pedicle.axis_lps,
        "width_mm": pedicle.width_mm,
        "height_mm": pedicle.height_mm,
    }


def _finding(finding: Finding, plan: Plan) -> JsonObject:
    acceptance = acceptance_of(finding, plan)
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "message": finding.message,
        "level": None if finding.level is None else finding.level.name,
        "side": None if finding.side is None else finding.side.value,
        "value": finding.value,
        "limit": finding.limit,
        "unit": finding.unit,
        "acceptance": None if acceptance is None else acceptance.words,
    }


def _measurement(item: HandMeasurement) -> JsonObject:
    in_slice, in_radiograph = item.in_slice, item.in_radiograph
    return {
        "id": item.id,
        "kind": KIND_NAMES[item.kind],
        "level": None if item.level is None else item.level.name,
        "where": item.where,
        "points_lps_mm": None if in_slice is None else in_slice.points_lps_mm,
        "right_lps": None if in_slice is None else in_slice.right_lps,
        "down_lps": None if in_slice is None else in_slice.down_lps,
        "points_px": None if in_radiograph is None else in_radiograph.points_px,
        "pixel_spacing": None if item.spacing is None else _spacing(item.spacing),
        "image": attrs.asdict(item.image),
        "values": [
            {"name": q.id, "value": q.number, "unit": q.unit.value} for q in item.quantities
        ],
        "caveat": item.caveat,
    }


def _spacing(spacing: PixelSpacing) -> JsonObject:
    return {
        "row_mm": spacing.row_mm,
        "column_mm": spacing.column_mm,
        "kind": spacing.kind.value,
    }


def _devices_used(plan: Plan, devices: DeviceCatalog) -> JsonObject:
    needles = {needle.model_id for level in plan.levels for needle in level.needles}
    balloons = {balloon.model_id for level in plan.levels for balloon in level.balloons}
    cements = {level.cement.model_id for level in plan.levels if level.cement}
    return {
        "needles": [_device(m) for m in devices.needles if m.id in needles],
        "balloons": [_device(m) for m in devices.balloons if m.id in balloons],
        "cements": [_device(m) for m in devices.cements if m.id in cements],
    }


def _device(model: NeedleModel | BalloonModel | CementModel) -> JsonObject:
    values: JsonObject = attrs.asdict(model)
    if isinstance(model, NeedleModel):
        # One number, whoever says it: the sheet the user has read, or the catalogue's tube.
        del values["read_dead_volume_ml"]
        values["dead_volume_ml"] = model.dead_volume_ml
    return values
