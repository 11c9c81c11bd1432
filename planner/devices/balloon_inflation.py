"""How large a balloon is at a volume: a capsule by closed formulas, not a manufacturer's curve."""

import math

import attrs

from planner.devices.device_values import BalloonModel
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlanProblem
from planner.geometry.units import ml_from_mm3, mm3_from_ml


@attrs.frozen
class InflatedSize:
    """A capsule's outer measures."""

    diameter_mm: float
    length_mm: float
    """From pole to pole, never less than the diameter."""

    @property
    def volume_ml(self) -> float:
        """What the capsule holds."""
        radius_mm = self.diameter_mm / 2.0
        return ml_from_mm3(math.pi * radius_mm**2 * (self.length_mm - 2.0 / 3.0 * radius_mm))


def inflated_size(model: BalloonModel, volume_ml: float) -> InflatedSize:
    """Return a balloon's size: first it grows in diameter, then in length.

    From its deflated diameter it widens at its working length, up to a sphere and on as a
    sphere, until it is as wide as balloons get; then it only lengthens.

    Raises
    ------
    PlanProblem
        If the volume is below zero.
    """
    if volume_ml < 0.0:
        raise PlanProblem("A balloon's volume cannot be below zero.")
    volume_mm3, length_mm = mm3_from_ml(volume_ml), model.working_length_mm
    widest_mm = max(clinical_number("balloon-largest-diameter"), model.deflated_diameter_mm)
    sphere_mm3 = math.pi / 6.0 * length_mm**3
    diameter_mm = (
        _diameter_at_length_mm(volume_mm3, length_mm)
        if volume_mm3 <= sphere_mm3
        else math.cbrt(6.0 * volume_mm3 / math.pi)
    )
    if diameter_mm <= widest_mm:
        diameter_mm = max(diameter_mm, model.deflated_diameter_mm)
        return InflatedSize(diameter_mm, max(length_mm, diameter_mm))
    radius_mm = widest_mm / 2.0
    return InflatedSize(widest_mm, volume_mm3 / (math.pi * radius_mm**2) + 2.0 / 3.0 * radius_mm)


def _diameter_at_length_mm(volume_mm3: float, length_mm: float) -> float:
    """Return the diameter of the capsule of a length and a volume, at most a sphere's.

    Its radius solves ``2/3 r^3 - length r^2 + volume / pi = 0``; of the three real roots it is
    the one between 0 and half the length.
    """
    cosine = 1.0 - 6.0 * volume_mm3 / (math.pi * length_mm**3)
    third = math.acos(min(max(cosine, -1.0), 1.0)) / 3.0
    return length_mm * (1.0 + 2.0 * math.cos(third - 2.0 * math.pi / 3.0))
