"""What was measured by hand as measurement groups of TID 1500; loads highdicom.

In slices the points are coordinates in the frame of reference, in radiographs they are pixels of
the image. Coordinates have single precision, so the plan's own points stand beside them.
"""

from collections.abc import Iterator, Sequence

import highdicom as hd
import numpy as np
from highdicom.sr import (
    CoordinatesForMeasurement,
    CoordinatesForMeasurement3D,
    FindingSite,
    GraphicTypeValues,
    GraphicTypeValues3D,
    Measurement,
    MeasurementsAndQualitativeEvaluations,
    QualitativeEvaluation,
    SourceImageForRegion,
    TrackingIdentifier,
)
from pydicom.dataset import Dataset
from pydicom.uid import UID

from planner.export.hand_measurement import HandMeasurement
from planner.export.quantity import Quantity, Unit
from planner.export.snapshot import PlanSnapshot
from planner.geometry.measurement import MeasureKind
from planner.geometry.measurement import Measurement as SliceMeasurement
from planner.geometry.points import FloatArray
from planner.imaging.radiograph_measurement import RadiographMeasurement
from planner_writer_dicom import codes as own
from planner_writer_dicom.measurement_points import point_numbers
from planner_writer_dicom.series import tracking_uid

_TO_PIXEL_CORNER = 0.5
"""DICOM counts from the outer corner of the first pixel, we from its middle."""
_LINES: dict[MeasureKind, tuple[slice, ...]] = {
    MeasureKind.DISTANCE: (slice(0, 2),),
    MeasureKind.ANGLE: (slice(0, 3),),
    MeasureKind.COBB: (slice(0, 2), slice(2, 4)),
    MeasureKind.HEIGHTS: (slice(0, 2), slice(2, 4), slice(4, 6)),
}
"""Which points each line of a measurement joins."""
_Coordinates = CoordinatesForMeasurement | CoordinatesForMeasurement3D


def measurement_group(
    item: HandMeasurement, snapshot: PlanSnapshot
) -> MeasurementsAndQualitativeEvaluations:
    """Return one measurement with its values, its points, where it lies and what to mind."""
    kind = item.kind
    site = own.SPINE if item.level is None else own.vertebra_code(item.level)
    name = hd.sr.CodedConcept(kind.name.lower(), own.SCHEME, kind.value)
    drawn = list(_coordinates(item, snapshot))
    group = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(
            uid=tracking_uid(snapshot, f"measurement {item.id}"), identifier=item.id
        ),
        finding_type=own.HAND_MEASUREMENT,
        finding_sites=[FindingSite(site)],
        measurements=[*_values(item.quantities, drawn), *_points(item)],
        qualitative_evaluations=[QualitativeEvaluation(own.MEASUREMENT_KIND, name)],
    )
    for words in (item.where, item.image.words, item.caveat):
        if words:
            group[0].ContentSequence.append(_comment(words))
    return group


def measured_evidence(snapshot: PlanSnapshot) -> list[Dataset]:
    """Return a dataset for each radiograph that a measurement refers to."""
    found: dict[str, Dataset] = {}
    for item in snapshot.measured:
        if item.in_radiograph is not None and _is_named(item):
            image, dataset = item.image, Dataset()
            dataset.StudyInstanceUID = image.study_uid
            dataset.SeriesInstanceUID = image.series_uid
            dataset.SOPClassUID = UID(image.sop_class_uid)
            dataset.SOPInstanceUID = UID(image.sop_instance_uid)
            found[image.sop_instance_uid] = dataset
    return list(found.values())


def _is_named(item: HandMeasurement) -> bool:
    image = item.image
    uids = (image.study_uid, image.series_uid, image.sop_class_uid, image.sop_instance_uid)
    return all(uid and UID(uid).is_valid for uid in uids)


def _values(quantities: Sequence[Quantity], drawn: Sequence[_Coordinates]) -> Iterator[Measurement]:
    """Yield every value; the lines stand with the first that they belong to."""
    per_height = len(drawn) == len(_LINES[MeasureKind.HEIGHTS])
    for number, quantity in enumerate(quantities):
        lines = drawn[number : number + 1] if per_height else drawn if number == 0 else ()
        derivation = {"mean": own.MEAN, "standard-deviation": own.STANDARD_DEVIATION}.get(
            quantity.id
        )
        name = own.quantity_code(quantity)
        if derivation is not None:
            is_hu = quantity.unit is Unit.HOUNSFIELD
            name = own.ATTENUATION if is_hu else own.PIXEL_VALUE
        yield Measurement(
            name,
            float(quantity.number),
            own.UNITS[quantity.unit],
            derivation=derivation,
            referenced_coordinates=list(lines) or None,
        )


def _points(item: HandMeasurement) -> Iterator[Measurement]:
    if item.in_slice is not None:
        for quantity in point_numbers(item.in_slice):
            unit = own.UNITS[quantity.unit]
            yield Measurement(own.quantity_code(quantity), float(quantity.number), unit)


def _coordinates(item: HandMeasurement, snapshot: PlanSnapshot) -> Iterator[_Coordinates]:
    if item.in_slice is not None:
        frame_uid = str(snapshot.study.frame_of_reference_uid)
        for points in _drawn_lps_mm(item.in_slice):
            graphic = _graphic(item.kind)
            yield CoordinatesForMeasurement3D(GraphicTypeValues3D[graphic], points, frame_uid)
    elif item.in_radiograph is not None and _is_named(item):
        image = item.image
        source = SourceImageForRegion(
            image.sop_class_uid,
            image.sop_instance_uid,
            referenced_frame_numbers=None if image.frame is None else [image.frame],
        )
        for points in _drawn_px(item.in_radiograph):
            flat = GraphicTypeValues[_graphic(item.kind)]
            yield CoordinatesForMeasurement(flat, points + _TO_PIXEL_CORNER, source)


def _graphic(kind: MeasureKind) -> str:
    return "ELLIPSE" if kind is MeasureKind.REGION else "POLYLINE"


def _drawn_lps_mm(measurement: SliceMeasurement) -> list[FloatArray]:
    points = np.array(measurement.points_lps_mm)
    if measurement.kind is not MeasureKind.REGION:
        return [points[part] for part in _LINES[measurement.kind]]
    across = points[1] - points[0]
    half = [
        abs(float(across @ direction)) / 2.0 * np.asarray(direction)
        for direction in (measurement.right_lps, measurement.down_lps)
    ]
    return [_ellipse(points.mean(axis=0), half[0], half[1])]


def _drawn_px(measurement: RadiographMeasurement) -> list[FloatArray]:
    points = np.array(measurement.points_px)
    if measurement.kind is not MeasureKind.REGION:
        return [points[part] for part in _LINES[measurement.kind]]
    width, height = np.abs(points[1] - points[0]) / 2.0
    return [_ellipse(points.mean(axis=0), np.array([width, 0.0]), np.array([0.0, height]))]


def _ellipse(centre: FloatArray, one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the ends of the longer axis, then of the shorter one, as the standard asks."""
    longer, shorter = sorted((one, other), key=lambda axis: -float(np.linalg.norm(axis)))
    return np.array([centre - longer, centre + longer, centre - shorter, centre + shorter])


def _comment(words: str) -> Dataset:
    return hd.sr.TextContentItem(
        name=own.COMMENT, value=words, relationship_type=hd.sr.RelationshipTypeValues.CONTAINS
    )
