"""What was measured in the slices of the planned images, as it is handed on."""

import math
from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import StudyReference
from planner.export.hand_measurement import (
    HandMeasurement,
    MeasuredImage,
    angle_quantity,
    area_quantity,
    cobb_quantity,
    distance_quantity,
    heights_quantities,
    values_quantities,
)
from planner.export.quantity import Quantity, Unit
from planner.export.source_images import SourceImages
from planner.geometry.measurement import (
    MeasureKind,
    Measurement,
    angle_at_deg,
    angle_between_lines_deg,
    body_heights,
)
from planner.geometry.points import FloatArray, distance_mm
from planner.imaging.region_statistics import region_statistics
from planner.imaging.volume import Volume

_THICK_SLICES_MM = 2.0
"""Above it the planning rules warn too."""
_FARTHEST_FROM_LEVEL_MM = 40.0
"""What is measured farther from every body's centre belongs to none."""
_STRAIGHT_DEG = 5.0
"""A slice turned by less still has its plain name."""
_MIDDLE_MM = 1.0
"""Nearer to the middle of a body no side is named."""
_SLICES = ("sagittal", "coronal", "axial")
"""By the LPS axis that they lie across."""
_DIRECTIONS = (
    ("to the left of", "to the right of"),
    ("behind", "in front of"),
    ("above", "below"),
)
"""Of growing and of falling LPS x, y and z; left and right are the patient's."""


def slice_measurements(
    measurements: Sequence[Measurement],
    volume: Volume,
    vertebrae: Sequence[VertebraModel],
    study: StudyReference,
    source: SourceImages | None,
) -> tuple[HandMeasurement, ...]:
    """Return what was measured in the slices of a volume, in the order it was."""
    return tuple(
        _in_slice(measurement, volume, vertebrae, _slice_image(measurement, study, source))
        for measurement in measurements
    )


def _in_slice(
    measurement: Measurement,
    volume: Volume,
    vertebrae: Sequence[VertebraModel],
    image: MeasuredImage,
) -> HandMeasurement:
    middle = np.mean(measurement.points_lps_mm, axis=0)
    vertebra = min(
        vertebrae,
        key=lambda v: math.dist(v.centre_lps_mm, middle),
        default=None,
    )
    if vertebra and math.dist(vertebra.centre_lps_mm, middle) > _FARTHEST_FROM_LEVEL_MM:
        vertebra = None
    return HandMeasurement(
        id=measurement.id,
        kind=measurement.kind,
        level=None if vertebra is None else vertebra.level,
        where=_where(measurement, middle, vertebra),
        image=image,
        quantities=tuple(_slice_quantities(measurement, volume)),
        caveat="" if image.place else _caveat_across(volume),
        in_slice=measurement,
    )


def _slice_quantities(measurement: Measurement, volume: Volume) -> Iterator[Quantity]:
    points = measurement.points_lps_mm
    match measurement.kind:
        case MeasureKind.DISTANCE:
            yield distance_quantity(distance_mm(*points), Unit.MILLIMETRE)
        case MeasureKind.ANGLE:
            yield angle_quantity(angle_at_deg(*points))
        case MeasureKind.COBB:
            yield cobb_quantity(angle_between_lines_deg(points))
        case MeasureKind.HEIGHTS:
            yield from heights_quantities(body_heights(points), Unit.MILLIMETRE)
        case MeasureKind.REGION:
            found = region_statistics(volume, measurement)
            yield area_quantity(found.area_mm2, Unit.SQUARE_MILLIMETRE)
            if not math.isnan(found.mean):
                unit = Unit.HOUNSFIELD if volume.modality == "CT" else Unit.NONE
                yield from values_quantities(found.mean, found.standard_deviation, unit)


def _caveat_across(volume: Volume) -> str:
    thickest_mm = max(volume.geometry.spacing_ijk_mm)
    if thickest_mm <= _THICK_SLICES_MM:
        return ""
    return f"Slices {thickest_mm:.1f} mm apart: across them no length is known to less than that."


def _where(measurement: Measurement, middle: FloatArray, vertebra: VertebraModel | None) -> str:
    """Return the kind of slice, and how far from the middle of which body it lies.

    An axial slice lies above or below it, a sagittal one to the patient's left or right, a coronal
    one in front of it or behind it.
    """
    normal = np.cross(measurement.right_lps, measurement.down_lps)
    axis = int(np.abs(normal).argmax())
    name = _SLICES[axis]
    is_straight = np.degrees(np.arccos(min(1.0, abs(float(normal[axis]))))) <= _STRAIGHT_DEG
    slice_words = f"{name} slice" if is_straight else f"oblique slice, nearly {name}"
    if vertebra is None:
        return f"{slice_words}, at no level that was found"
    away_mm = float(np.subtract(middle, vertebra.centre_lps_mm)[axis])
    level = vertebra.level.name
    if abs(away_mm) < _MIDDLE_MM:
        return f"{level}, {slice_words} through its middle"
    towards = _DIRECTIONS[axis][0 if away_mm > 0.0 else 1]
    return f"{level}, {slice_words} {abs(away_mm):.0f} mm {towards} its middle"


def _slice_image(
    measurement: Measurement, study: StudyReference, source: SourceImages | None
) -> MeasuredImage:
    """Return the one slice of the source that holds every point, or the series where none does."""
    series = MeasuredImage(study.study_uid, study.series_uid, description=study.description)
    if source is None:
        return series
    normal = np.cross(source.row_lps, source.column_lps)
    points = np.asarray(measurement.points_lps_mm) @ normal
    places = np.array([image.position_lps_mm for image in source.images]) @ normal
    nearest = np.abs(places - points.mean()).argmin()
    if np.abs(points - places[nearest]).max() > source.slice_step_mm / 2.0:
        return series
    image = source.images[int(nearest)]
    return attrs.evolve(
        series,
        sop_class_uid=image.sop_class_uid,
        sop_instance_uid=image.sop_instance_uid,
        frame=image.frame,
        place=f"image {int(nearest) + 1} of {len(source.images)}",
    )
