import math

import numpy as np
import pytest

from planner.geometry.grids import GridGeometry
from planner.geometry.measurement import MeasureKind, Measurement
from planner.imaging.region_statistics import region_statistics
from planner.imaging.volume import Volume

GRID = GridGeometry.axis_aligned((60, 60, 10), (-30, -30, -5), (1.0, 1.0, 1.0))


def _region(first: tuple[float, ...], second: tuple[float, ...]) -> Measurement:
    return Measurement("r", MeasureKind.REGION, (first, second), (1, 0, 0), (0, 1, 0))


def _halves(padding_hu: int | None = None) -> Volume:
    """Return 100 to the patient's right and 300 to the left."""
    voxels = np.full(GRID.shape_kji, 100, dtype=np.int16)
    voxels[:, :, 30:] = 300
    return Volume(voxels, GRID, padding_hu=padding_hu)


def test_a_region_within_one_tissue_has_its_value_and_no_deviation() -> None:
    left = region_statistics(_halves(), _region((5, -10, 0), (25, 10, 0)))
    right = region_statistics(_halves(), _region((-25, -10, 0), (-5, 10, 0)))
    assert (left.mean, left.standard_deviation) == (300.0, 0.0)
    assert (right.mean, right.standard_deviation) == (100.0, 0.0)


def test_a_region_across_two_tissues_has_their_mean_and_half_their_difference() -> None:
    found = region_statistics(_halves(), _region((-10.5, -10, 0), (9.5, 10, 0)))
    assert found.mean == pytest.approx(200.0, abs=4.0)
    assert found.standard_deviation == pytest.approx(100.0, abs=1.0)


def test_its_area_is_that_of_the_ellipse_in_square_millimetres() -> None:
    found = region_statistics(_halves(), _region((0, 0, 0), (20, 10, 0)))
    assert found.area_mm2 == pytest.approx(math.pi * 10 * 5)


def test_noise_keeps_its_deviation_because_no_value_is_interpolated() -> None:
    noise = np.random.default_rng(1).normal(50, 20, GRID.shape_kji).astype(np.int16)
    found = region_statistics(Volume(noise, GRID), _region((-20.3, -20.3, 0.2), (19.7, 19.7, 0.2)))
    assert found.standard_deviation == pytest.approx(20.0, rel=0.06)


def test_what_the_scanner_did_not_see_does_not_count() -> None:
    found = region_statistics(_halves(padding_hu=100), _region((-10, -10, 0), (10, 10, 0)))
    assert found.mean == 300.0


def test_a_region_beside_the_images_has_no_mean() -> None:
    found = region_statistics(_halves(), _region((500, 0, 0), (520, 20, 0)))
    assert math.isnan(found.mean)
