"""What was measured by hand, as it is handed on: values, where, in which image, what to mind."""

import math
from collections.abc import Iterator

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.export.quantity import Quantity, Unit
from planner.geometry.measurement import BodyHeights, MeasureKind, Measurement
from planner.imaging.radiograph import PixelSpacing
from planner.imaging.radiograph_measurement import RadiographMeasurement


@attrs.frozen
class MeasuredImage:
    """The image something was measured in; empty where nothing says."""

    study_uid: str
    series_uid: str
    sop_class_uid: str = ""
    sop_instance_uid: str = ""
    frame: int | None = None
    """Which frame of a multi-frame image, from 1."""
    description: str = ""
    """The series' own words."""
    place: str = ""
    """Which image of the series, for people."""

    @property
    def words(self) -> str:
        """The image, for people."""
        return ", ".join(part for part in (self.description, self.place) if part)


@attrs.frozen
class HandMeasurement:
    """One measurement with its values; its points lie in patient space or in a radiograph."""

    id: str
    kind: MeasureKind
    level: VertebraLevel | None
    """The level it lies at; None in a radiograph, and where no found level is near."""
    where: str
    """For people."""
    image: MeasuredImage
    quantities: tuple[Quantity, ...]
    caveat: str = ""
    """What stands beside the values; empty where they hold as they are."""
    in_slice: Measurement | None = None
    in_radiograph: RadiographMeasurement | None = None
    spacing: PixelSpacing | None = None
    """Of the radiograph."""


def distance_quantity(length: float, unit: Unit) -> Quantity:
    """Return a length."""
    return Quantity("distance", "Distance", length, unit)


def angle_quantity(angle_deg: float) -> Quantity:
    """Return an angle at a point."""
    return Quantity("angle", "Angle", angle_deg, Unit.DEGREE)


def cobb_quantity(angle_deg: float) -> Quantity:
    """Return an angle between two endplates."""
    return Quantity("cobb-angle", "Cobb angle", angle_deg, Unit.DEGREE)


def area_quantity(area: float, unit: Unit) -> Quantity:
    """Return the area of a region."""
    return Quantity("area", "Area", area, unit)


def values_quantities(mean: float, standard_deviation: float, unit: Unit) -> Iterator[Quantity]:
    """Yield what a region holds."""
    yield Quantity("mean", "Mean", mean, unit)
    yield Quantity("standard-deviation", "Standard deviation", standard_deviation, unit)


def heights_quantities(heights: BodyHeights, unit: Unit) -> Iterator[Quantity]:
    """Yield the heights of a body and what they say of its shape."""
    for name, height in (
        ("anterior", heights.anterior),
        ("middle", heights.middle),
        ("posterior", heights.posterior),
    ):
        yield Quantity(f"{name}-height", f"{name.capitalize()} height", height, unit)
    yield Quantity("wedge-angle", "Wedge angle", heights.wedge_deg, Unit.DEGREE)
    for identifier, words, ratio in (
        ("wedge-ratio", "Anterior to posterior height", heights.wedge_ratio),
        ("biconcave-ratio", "Middle to posterior height", heights.biconcave_ratio),
    ):
        if not math.isnan(ratio):
            yield Quantity(identifier, words, ratio, Unit.NONE)
