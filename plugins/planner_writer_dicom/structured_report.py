"""The plan as a Comprehensive 3D SR, TID 1500; loads highdicom.

Each needle and each balloon is a polyline in the frame of reference. Coordinates of a polyline
have single precision, so the plan's own numbers stand beside it in double precision.
"""

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import highdicom as hd
import numpy as np
from highdicom.sr import (
    CoordinatesForMeasurement3D,
    FindingSite,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.sr.coding import Code

from planner.anatomy.levels import Side, VertebraLevel
from planner.assessment.acceptance import acceptance_of
from planner.assessment.findings import Finding
from planner.export.plan_quantities import (
    balloon_quantities,
    level_quantities,
    needle_quantities,
)
from planner.export.quantity import Quantity
from planner.export.snapshot import PlanSnapshot
from planner.export.variant_words import variants_of_plan
from planner.geometry.points import Triple
from planner.planning.plan import LevelPlan, Plan, PlannedBalloon, PlannedNeedle
from planner_writer_dicom import codes as own
from planner_writer_dicom.entered_words import entered_words
from planner_writer_dicom.headers import (
    add_file_meta,
    add_own_coding_scheme,
    add_patient_and_study,
    add_series_and_maker,
)
from planner_writer_dicom.measurement_groups import measured_evidence, measurement_group
from planner_writer_dicom.series import (
    MANUFACTURER,
    MODEL_NAME,
    STRUCTURED_REPORT,
    instance_uid,
    series_uid,
    tracking_uid,
)
from planner_writer_dicom.source_datasets import evidence_datasets

_NAME = "plan"
_LONGEST_MEANING = 64

_Group = MeasurementsAndQualitativeEvaluations


def write_structured_report(snapshot: PlanSnapshot, path: Path) -> None:
    """Write one report with the whole plan."""
    report = hd.sr.MeasurementReport(
        observation_context=_observer(snapshot),
        procedure_reported=own.PROCEDURE_REPORTED,
        imaging_measurements=[
            *(group for level in snapshot.plan.levels for group in _groups(level, snapshot)),
            *(measurement_group(item, snapshot) for item in snapshot.measured),
        ],
    )
    report[0].ContentSequence.append(_comment(f"{snapshot.disclaimer} {snapshot.software}."))
    for words in entered_words(snapshot.plan):
        report[0].ContentSequence.append(_text(own.ENTERED, words))
    if variants := variants_of_plan(snapshot.plan):
        report[0].ContentSequence.append(_comment(variants))
    for finding in snapshot.assessment.findings:
        report[0].ContentSequence.append(_finding_text(finding, snapshot.plan))
    document = hd.sr.Comprehensive3DSR(
        evidence=[*evidence_datasets(snapshot), *measured_evidence(snapshot)],
        content=report,
        series_instance_uid=series_uid(STRUCTURED_REPORT, snapshot),
        series_number=STRUCTURED_REPORT.number,
        sop_instance_uid=instance_uid(STRUCTURED_REPORT, snapshot, _NAME),
        instance_number=1,
        manufacturer=MANUFACTURER,
        is_complete=True,
    )
    add_patient_and_study(document, snapshot)
    add_series_and_maker(document, snapshot, STRUCTURED_REPORT, _NAME, 1)
    add_own_coding_scheme(document)
    add_file_meta(document)
    document.save_as(path, enforce_file_format=True)


def _observer(snapshot: PlanSnapshot) -> hd.sr.ObservationContext:
    attributes = hd.sr.DeviceObserverIdentifyingAttributes(
        uid=tracking_uid(snapshot, "observer"),
        name=MODEL_NAME,
        manufacturer_name=MANUFACTURER,
        model_name=snapshot.software,
    )
    return hd.sr.ObservationContext(
        observer_device_context=hd.sr.ObserverContext(
            observer_type=hd.sr.CodedConcept("121007", "DCM", "Device"),
            observer_identifying_attributes=attributes,
        )
    )


def _groups(level: LevelPlan, snapshot: PlanSnapshot) -> Iterator[_Group]:
    yield _level_group(level, snapshot)
    for needle in level.needles:
        yield _needle_group(level, needle, snapshot)
    for balloon in level.balloons:
        yield _balloon_group(level, balloon, snapshot)


def _level_group(level: LevelPlan, snapshot: PlanSnapshot) -> _Group:
    assessed, devices = snapshot.assessment.at(level.level), snapshot.devices
    evaluations = [_evaluation(own.PROCEDURE, level.procedure.value, level.procedure.value)]
    healed = "yes" if level.is_healed else "no"
    evaluations.append(_evaluation(own.HEALED, healed, healed))
    if level.cement is not None:
        titles = {model.id: model.title for model in devices.cements}
        evaluations.append(_model(own.CEMENT_MODEL, level.cement.model_id, titles))
    group = _group(
        f"{level.level.name} plan",
        own.LEVEL_PLAN,
        FindingSite(own.vertebra_code(level.level)),
        [_measurement(value) for value in level_quantities(level, snapshot)],
        evaluations,
        snapshot,
    )
    return _with_findings(group, (f for f in assessed.findings if f.side is None), snapshot)


def _needle_group(level: LevelPlan, needle: PlannedNeedle, snapshot: PlanSnapshot) -> _Group:
    assessed = snapshot.assessment.at(level.level)
    measures = assessed.needle(needle.side)
    titles = {model.id: model.title for model in snapshot.devices.needles}
    route = needle.route.value
    evaluations = [
        _model(own.DEVICE_MODEL, needle.model_id, titles),
        _evaluation(own.ROUTE, route, route),
    ]
    if measures and measures.grade:
        evaluations.append(_evaluation(own.BREACH_GRADE, measures.grade.value, measures.grade.name))
    path = _polyline(needle.path.length_mm, (needle.skin_lps_mm, needle.tip_lps_mm), snapshot)
    group = _group(
        f"{level.level.name} {needle.side.value} needle",
        own.NEEDLE,
        _site(level.level, needle.side),
        [path, *(_measurement(v) for v in needle_quantities(level, needle, snapshot))],
        evaluations,
        snapshot,
    )
    return _with_findings(group, (f for f in assessed.findings if f.side is needle.side), snapshot)


def _balloon_group(level: LevelPlan, balloon: PlannedBalloon, snapshot: PlanSnapshot) -> _Group:
    measures = snapshot.assessment.at(level.level).balloon(balloon.side)
    titles = {model.id: model.title for model in snapshot.devices.balloons}
    evaluations = [_model(own.DEVICE_MODEL, balloon.model_id, titles)]
    measurements = [_measurement(value) for value in balloon_quantities(balloon, measures)]
    if balloon.gauge_psi is not None:
        measurements.append(Measurement(own.GAUGE_PRESSURE, balloon.gauge_psi, own.PSI))
    if measures is not None:
        markers = measures.rear_marker_lps_mm, measures.front_marker_lps_mm
        length_mm = float(np.linalg.norm(np.subtract(*markers)))
        measurements.insert(0, _polyline(length_mm, markers, snapshot))
        wall = measures.nearest_wall
        evaluations.append(_evaluation(own.NEAREST_WALL, wall.replace(" ", "-"), wall))
    name = f"{level.level.name} {balloon.side.value} balloon"
    site = _site(level.level, balloon.side)
    return _group(name, own.BALLOON, site, measurements, evaluations, snapshot)


def _group(
    name: str,
    kind: Code,
    site: FindingSite,
    measurements: Sequence[Measurement],
    evaluations: Sequence[QualitativeEvaluation],
    snapshot: PlanSnapshot,
) -> _Group:
    return MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=tracking_uid(snapshot, name), identifier=name),
        finding_type=kind,
        finding_sites=[site],
        measurements=measurements,
        qualitative_evaluations=evaluations,
    )


def _site(level: VertebraLevel, side: Side) -> FindingSite:
    return FindingSite(own.vertebra_code(level), laterality=own.side_code(side))


def _measurement(quantity: Quantity) -> Measurement:
    unit = own.UNITS[quantity.unit]
    return Measurement(own.quantity_code(quantity), float(quantity.number), unit)


def _polyline(
    length_mm: float, points: tuple[Triple, Triple], snapshot: PlanSnapshot
) -> Measurement:
    coordinates = CoordinatesForMeasurement3D(
        graphic_type=hd.sr.GraphicTypeValues3D.POLYLINE,
        graphic_data=np.array(points),
        frame_of_reference_uid=str(snapshot.study.frame_of_reference_uid),
    )
    return Measurement(own.LENGTH, length_mm, own.MILLIMETRE, referenced_coordinates=[coordinates])


def _evaluation(name: Code, value: str, meaning: str) -> QualitativeEvaluation:
    return QualitativeEvaluation(name, hd.sr.CodedConcept(value, own.SCHEME, meaning))


def _model(name: Code, model_id: str, titles: dict[str, str]) -> QualitativeEvaluation:
    title = titles.get(model_id, model_id)
    return _evaluation(name, model_id, title[:_LONGEST_MEANING])


def _with_findings(group: _Group, findings: Iterable[Finding], snapshot: PlanSnapshot) -> _Group:
    for finding in findings:
        group[0].ContentSequence.append(_finding_text(finding, snapshot.plan))
    return group


def _finding_text(finding: Finding, plan: Plan) -> Dataset:
    words = f"{finding.severity.value.upper()}: {finding.message}"
    acceptance = acceptance_of(finding, plan)
    return _text(own.FINDING_TEXT, f"{words} ({acceptance.words})" if acceptance else words)


def _comment(words: str) -> Dataset:
    return _text(own.COMMENT, words)


def _text(name: Code, words: str) -> Dataset:
    return hd.sr.TextContentItem(
        name=name, value=words, relationship_type=hd.sr.RelationshipTypeValues.CONTAINS
    )
