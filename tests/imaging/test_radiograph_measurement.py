import math

import numpy as np
import pytest

from planner.geometry.measurement import MeasureKind
from planner.imaging.radiograph import PixelSpacing, Radiograph, SpacingKind
from planner.imaging.radiograph_measurement import RadiographMeasurement, measured


def _radiograph(spacing: PixelSpacing | None) -> Radiograph:
    pixels = np.zeros((100, 120), dtype=np.float32)
    pixels[:, 60:] = 10.0
    return Radiograph(pixels, spacing, "DX", "LL", "")


OBLONG = PixelSpacing(0.2, 0.1, SpacingKind.DETECTOR, "enlarged")


def _of(kind: MeasureKind, *points: tuple[float, float]) -> RadiographMeasurement:
    return RadiographMeasurement("m", kind, points)


def test_rows_and_columns_have_their_own_spacing() -> None:
    across = measured(_of(MeasureKind.DISTANCE, (0, 0), (50, 0)), _radiograph(OBLONG))
    down = measured(_of(MeasureKind.DISTANCE, (0, 0), (0, 50)), _radiograph(OBLONG))
    assert (across.length, across.unit) == (pytest.approx(5.0), "mm")
    assert (down.length, down.unit) == (pytest.approx(10.0), "mm")


def test_without_a_spacing_no_length_is_in_millimetres() -> None:
    for kind, points in (
        (MeasureKind.DISTANCE, ((0, 0), (30, 40))),
        (MeasureKind.HEIGHTS, ((0, 0), (0, 20), (10, 0), (10, 22), (20, 0), (20, 26))),
        (MeasureKind.REGION, ((10, 10), (20, 20))),
    ):
        assert measured(_of(kind, *points), _radiograph(None)).unit == "px"


def test_ratios_and_angles_are_the_same_with_and_without_a_square_spacing() -> None:
    square = PixelSpacing(0.143, 0.143, SpacingKind.CALIBRATED, "")
    points = ((0, 0), (0, 20), (15, -1), (15, 22), (30, -2), (30, 26))
    with_mm = measured(_of(MeasureKind.HEIGHTS, *points), _radiograph(square)).heights
    in_px = measured(_of(MeasureKind.HEIGHTS, *points), _radiograph(None)).heights
    assert with_mm is not None
    assert in_px is not None
    assert with_mm.wedge_ratio == pytest.approx(in_px.wedge_ratio) == pytest.approx(20 / 28)
    assert with_mm.wedge_deg == pytest.approx(in_px.wedge_deg)
    assert with_mm.posterior == pytest.approx(28 * 0.143)


def test_an_angle_is_measured_in_the_patient_not_in_oblong_pixels() -> None:
    found = measured(_of(MeasureKind.ANGLE, (10, 0), (0, 0), (10, 10)), _radiograph(OBLONG))
    assert found.angle_deg == pytest.approx(math.degrees(math.atan2(2.0, 1.0)))


def test_a_region_has_the_values_inside_it() -> None:
    found = measured(_of(MeasureKind.REGION, (70, 20), (90, 60)), _radiograph(OBLONG))
    assert (found.mean, found.standard_deviation) == (10.0, 0.0)
    assert found.area == pytest.approx(math.pi * 1.0 * 4.0)
