"""What is written of a radiograph and of what was measured in it."""

import math

from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph import PixelSpacing, Radiograph, SpacingKind
from planner.imaging.radiograph_measurement import (
    Measured,
    RadiographMeasurement,
    measured,
)

NO_SPACING = "The file gives no pixel size: lengths are in pixels, only angles and ratios count."
NO_SIDES = "sides not stated: look for the marker in the picture"
_SIDES = {"L": "left", "R": "right", "B": "both sides"}


def caveat_of(spacing: PixelSpacing | None) -> str:
    """Return the sentence that stands by every length."""
    return NO_SPACING if spacing is None else spacing.caveat


def measured_words(measurement: RadiographMeasurement, radiograph: Radiograph) -> str:
    """Return what is written beside a measurement, with where its millimetres hold."""
    found = measured(measurement, radiograph)
    unit = _unit(found, radiograph.spacing)
    if found.length is not None:
        return f"{found.length:.1f} {unit}"
    if found.angle_deg is not None:
        name = "Cobb " if measurement.kind is MeasureKind.COBB else ""
        return f"{name}{found.angle_deg:.1f}\N{DEGREE SIGN}"
    if found.heights is not None:
        heights = found.heights
        return (
            f"A {heights.anterior:.1f}  M {heights.middle:.1f}  P {heights.posterior:.1f} {unit}"
            f"   A/P {_ratio(heights.wedge_ratio)}  M/P {_ratio(heights.biconcave_ratio)}"
            f"   wedge {heights.wedge_deg:.0f}\N{DEGREE SIGN}"
        )
    mean = (
        "" if found.mean is None else f"mean {found.mean:.0f}  SD {found.standard_deviation:.0f}   "
    )
    area = found.area or 0.0
    return f"{mean}{area:.0f} {unit.replace(found.unit, found.unit + _SQUARED, 1)}"


def listed_words(measurement: RadiographMeasurement, radiograph: Radiograph) -> str:
    """Return a measurement in a list, with what it is of."""
    words = measured_words(measurement, radiograph)
    names_itself = measurement.kind in {MeasureKind.COBB, MeasureKind.HEIGHTS}
    return words if names_itself else f"{measurement.kind.value}: {words}"


_SQUARED = "\N{SUPERSCRIPT TWO}"


def sides_words(radiograph: Radiograph) -> str:
    """Return the projection and the side as the file gives them, or that it does not."""
    side = _SIDES.get(radiograph.laterality)
    unstated = "" if radiograph.sides else NO_SIDES
    parts = [radiograph.view, f"part: {side}" if side else "", unstated]
    return "   ".join(part for part in parts if part)


def _unit(found: Measured, spacing: PixelSpacing | None) -> str:
    if spacing is None:
        return found.unit
    where = "on the detector" if spacing.kind is SpacingKind.DETECTOR else "calibrated"
    return f"{found.unit} {where}"


def _ratio(ratio: float) -> str:
    return "-" if math.isnan(ratio) else f"{ratio:.2f}"
