"""What was measured in radiographs, as it is handed on: each length with what it is worth."""

from collections.abc import Iterator, Sequence

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
from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph_measurement import (
    MeasuredRadiograph,
    RadiographMeasurement,
    measured_on,
)

_NO_SIZE = (
    "The file gives no pixel size: lengths are in pixels, only angles and ratios can be relied on."
)
_SIZE_NOT_KEPT = (
    "Measured by an earlier version, which did not keep the pixel size: lengths are in pixels. "
    "Show the picture again, then export."
)
_WHERE = "radiograph: a projection, not a slice"


def radiograph_measurements(
    pictures: Sequence[MeasuredRadiograph],
) -> tuple[HandMeasurement, ...]:
    """Return what was measured in radiographs, picture by picture."""
    return tuple(_in_radiograph(m, picture) for picture in pictures for m in picture.measurements)


def _in_radiograph(
    measurement: RadiographMeasurement, picture: MeasuredRadiograph
) -> HandMeasurement:
    origin = picture.origin
    place = (picture.modality, picture.view, f"picture {picture.number + 1}")
    return HandMeasurement(
        id=measurement.id,
        kind=measurement.kind,
        level=None,
        where=_WHERE,
        image=MeasuredImage(
            study_uid=origin.study_uid if origin else "",
            series_uid=picture.series_uid,
            sop_class_uid=origin.sop_class_uid if origin else "",
            sop_instance_uid=origin.sop_instance_uid if origin else "",
            frame=origin.frame if origin else None,
            description=origin.description if origin else "",
            place=" ".join(part for part in place if part),
        ),
        quantities=tuple(_quantities(measurement, picture)),
        caveat=_caveat(picture),
        in_radiograph=measurement,
        spacing=picture.spacing,
    )


def _caveat(picture: MeasuredRadiograph) -> str:
    if picture.spacing is not None:
        return picture.spacing.caveat
    return _SIZE_NOT_KEPT if picture.origin is None else _NO_SIZE


def _quantities(
    measurement: RadiographMeasurement, picture: MeasuredRadiograph
) -> Iterator[Quantity]:
    found = measured_on(measurement, picture.spacing)
    in_mm = found.unit == "mm"
    length_unit = Unit.MILLIMETRE if in_mm else Unit.PIXEL
    if found.length is not None:
        yield distance_quantity(found.length, length_unit)
    if found.angle_deg is not None:
        is_cobb = measurement.kind is MeasureKind.COBB
        yield cobb_quantity(found.angle_deg) if is_cobb else angle_quantity(found.angle_deg)
    if found.heights is not None:
        yield from heights_quantities(found.heights, length_unit)
    if found.area is not None:
        yield area_quantity(found.area, Unit.SQUARE_MILLIMETRE if in_mm else Unit.PIXEL)
    if found.mean is not None and found.standard_deviation is not None:
        yield from values_quantities(found.mean, found.standard_deviation, Unit.NONE)
