"""Values inside a region that was drawn in a slice."""

import math

import attrs
import numpy as np

from planner.geometry.measurement import Measurement, ellipse_area
from planner.geometry.points import FloatArray
from planner.imaging.volume import Volume

_LEAST_STEP_MM, _MOST_STEPS = 0.25, 200


@attrs.frozen
class RegionStatistics:
    """What a region holds; NaN where none of it lies inside the volume."""

    mean: float
    standard_deviation: float
    area_mm2: float


def region_extent_mm(region: Measurement) -> tuple[float, float]:
    """Return the width and height of the box around a region, along its slice."""
    across = np.subtract(region.points_lps_mm[1], region.points_lps_mm[0])
    return (
        abs(float(across @ np.asarray(region.right_lps))),
        abs(float(across @ np.asarray(region.down_lps))),
    )


def region_statistics(volume: Volume, region: Measurement) -> RegionStatistics:
    """Return mean and standard deviation of the voxels in an ellipse, and its area.

    Each sample is the nearest voxel, as it was scanned: values between voxels would lower the
    deviation. Voxels outside the scanner's field do not count.
    """
    width_mm, height_mm = region_extent_mm(region)
    values = _values_inside(volume, region, width_mm, height_mm)
    area_mm2 = ellipse_area(width_mm, height_mm)
    if not len(values):
        return RegionStatistics(math.nan, math.nan, area_mm2)
    return RegionStatistics(float(values.mean()), float(values.std()), area_mm2)


def _values_inside(
    volume: Volume, region: Measurement, width_mm: float, height_mm: float
) -> FloatArray:
    step_mm = max(_LEAST_STEP_MM, min(volume.geometry.spacing_ijk_mm))
    counts = [max(1, min(_MOST_STEPS, round(mm / step_mm))) for mm in (width_mm, height_mm)]
    x, y = np.meshgrid(*[(np.arange(n) + 0.5) / n * 2.0 - 1.0 for n in counts])
    inside = x**2 + y**2 <= 1.0
    centre = np.mean(region.points_lps_mm, axis=0)
    points = (
        centre
        + np.outer(x[inside] * width_mm / 2.0, region.right_lps)
        + np.outer(y[inside] * height_mm / 2.0, region.down_lps)
    )
    grid = volume.geometry
    ijk = np.rint(grid.ijk_of(points)).astype(int)
    ijk = ijk[((ijk >= 0) & (ijk < np.asarray(grid.shape_ijk))).all(axis=1)]
    values: FloatArray = volume.voxels[ijk[:, 2], ijk[:, 1], ijk[:, 0]].astype(np.float64)
    return values if volume.padding_hu is None else values[values != volume.padding_hu]
