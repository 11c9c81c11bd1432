"""A snapshot with measurements of every kind whose values are known, in slices and radiographs."""

import attrs
import numpy as np
import pytest
from phantom_snapshot import CENTRE, SOURCE, STUDY, left_sided_snapshot

from planner.export.radiograph_measurements import radiograph_measurements
from planner.export.slice_measurements import slice_measurements
from planner.export.snapshot import PlanSnapshot
from planner.geometry.grids import GridGeometry
from planner.geometry.measurement import MeasureKind, Measurement
from planner.geometry.points import Triple
from planner.imaging.radiograph import PixelSpacing, RadiographOrigin, SpacingKind
from planner.imaging.radiograph_measurement import (
    MeasuredRadiograph,
    PlacePx,
    RadiographMeasurement,
    RegionValues,
)
from planner.imaging.volume import Volume

CAVEAT = "Lengths are those on the detector: the patient is shown about 1.20 times larger."
ORIGIN = RadiographOrigin(
    study_uid="1.2.826.0.1.3680043.8.498.21",
    sop_class_uid="1.2.840.10008.5.1.4.1.1.1.1",
    sop_instance_uid="1.2.826.0.1.3680043.8.498.23",
    description="LWS seitlich, Dr. Beispiel",
    date="20260104",
)
"""Of another study of the same patient."""
RADIOGRAPH_SERIES = "1.2.826.0.1.3680043.8.498.22"
RIGHT_LPS: Triple = (1.0, 0.0, 0.0)
BACK_LPS: Triple = (0.0, 1.0, 0.0)
DOWN_LPS: Triple = (0.0, 0.0, -1.0)
SLICE_Z_MM = -415.0
"""Of the fifteenth slice, 5 mm above the phantom's centre."""


def a_volume() -> Volume:
    """Return a CT of the phantom's slices: 100 HU to the patient's left of its centre, else -20."""
    grid = GridGeometry.axis_aligned((220, 240, 24), (-70.0, -130.0, -450.0), (0.75, 0.7, 2.5))
    voxels = np.full(grid.shape_kji, -20, dtype=np.int16)
    first_left = int(np.ceil((CENTRE[0] + 70.0) / 0.75))
    voxels[:, :, first_left:] = 100
    return Volume(voxels, grid, STUDY.frame_of_reference_uid)


def axial(name: str, kind: MeasureKind, *xy_mm: tuple[float, float]) -> Measurement:
    """Return a measurement in the fifteenth slice, by places relative to the centre."""
    x, y, _ = CENTRE
    points = tuple((x + dx, y + dy, SLICE_Z_MM) for dx, dy in xy_mm)
    return Measurement(name, kind, points, RIGHT_LPS, BACK_LPS)


def sagittal(name: str, kind: MeasureKind, *yz_mm: tuple[float, float]) -> Measurement:
    """Return a measurement 7 mm to the patient's left of the centre."""
    x, y, z = CENTRE
    points = tuple((x + 7.0, y + dy, z + dz) for dy, dz in yz_mm)
    return Measurement(name, kind, points, BACK_LPS, DOWN_LPS)


IN_SLICES = (
    axial("ct-distance", MeasureKind.DISTANCE, (3.0, 0.0), (33.0, 40.0)),
    axial("ct-angle", MeasureKind.ANGLE, (10.0, 0.0), (0.0, 0.0), (0.0, 10.0)),
    axial("ct-region", MeasureKind.REGION, (5.0, -5.0), (25.0, 5.0)),
    sagittal(
        "ct-cobb", MeasureKind.COBB, (-15.0, 12.0), (15.0, 12.0), (-15.0, -12.0), (15.0, -42.0)
    ),
    sagittal(
        "ct-heights", MeasureKind.HEIGHTS,
        (-15.0, 8.0), (-15.0, -10.0), (0.0, 10.0), (0.0, -11.0), (15.0, 12.0), (15.0, -12.0),
    ),
)  # fmt: skip
"""50 mm; 90 degrees; 100 HU in 157 mm2; Cobb 45 degrees; 18, 21 and 24 mm."""


def in_radiograph(
    name: str, kind: MeasureKind, *places: PlacePx, values: RegionValues | None = None
) -> RadiographMeasurement:
    """Return a measurement in a radiograph."""
    return RadiographMeasurement(name, kind, places, values)


MEASURED_RADIOGRAPH = MeasuredRadiograph(
    RADIOGRAPH_SERIES,
    "",
    0,
    (
        in_radiograph("xr-distance", MeasureKind.DISTANCE, (100.0, 50.0), (400.0, 50.0)),
        in_radiograph("xr-cobb", MeasureKind.COBB, (0.0, 0.0), (9.0, 0.0), (0.0, 9.0), (9.0, 18.0)),
        in_radiograph(
            "xr-region", MeasureKind.REGION, (10.0, 20.0), (30.0, 40.0),
            values=RegionValues(812.0, 33.0),
        ),
    ),
    PixelSpacing(0.2, 0.1, SpacingKind.DETECTOR, CAVEAT),
    "DX",
    "LL",
    ORIGIN,
)  # fmt: skip
"""30 mm between columns of 0.1 mm; a Cobb angle; pixels between rows of 0.2 mm."""


def measured_snapshot(*radiographs: MeasuredRadiograph) -> PlanSnapshot:
    """Return the left-sided snapshot with the measurements in slices, and those of radiographs."""
    bare = left_sided_snapshot()
    measured = (
        *slice_measurements(IN_SLICES, a_volume(), bare.vertebrae, STUDY, SOURCE),
        *radiograph_measurements(radiographs),
    )
    plan = attrs.evolve(bare.plan, measurements=IN_SLICES)
    return attrs.evolve(bare, plan=plan, measured=measured)


@pytest.fixture
def a_measured_snapshot() -> PlanSnapshot:
    """Measurements of every kind in slices, and three in a radiograph."""
    return measured_snapshot(MEASURED_RADIOGRAPH)
