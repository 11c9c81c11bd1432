"""Hounsfield units at points and along lines."""

import math

import attrs
import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import FloatArray
from planner.geometry.shapes import Segment
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import Volume


def sample_voxels(volume: Volume, points_lps_mm: FloatArray) -> FloatArray:
    """Return what the voxels say at points, those outside the scanner's field too.

    Parameters
    ----------
    volume
        CT or another modality.
    points_lps_mm
        Points, shape (n, 3).

    Returns
    -------
    Trilinear between voxel centres, shape (n,). In the outer half of the outermost voxels the
    value is that of the voxel; beyond it is NaN.
    """
    grid = volume.geometry
    ijk = grid.ijk_of(points_lps_mm)
    outside = ((ijk < -0.5) | (ijk > np.asarray(grid.shape_ijk) - 0.5)).any(axis=1)
    return np.where(outside, np.nan, trilinear(volume.voxels, ijk))


def sample_hu(volume: Volume, points_lps_mm: FloatArray) -> FloatArray:
    """Return the Hounsfield units at points.

    Parameters
    ----------
    volume
        The CT.
    points_lps_mm
        Points, shape (n, 3).

    Returns
    -------
    Trilinear between voxel centres, shape (n,). In the outer half of the outermost voxels the
    value is that of the voxel; beyond, and where a voxel outside the scanner's field takes part,
    it is NaN.
    """
    values_hu = sample_voxels(volume, points_lps_mm)
    if volume.padding_hu is None:
        return values_hu
    ijk = volume.geometry.ijk_of(points_lps_mm)
    # Only the voxels around the points: comparing all of a CT takes longer than a frame.
    last = np.array(volume.geometry.shape_ijk) - 1
    low = np.clip(np.floor(ijk.min(axis=0, initial=np.inf)), 0, last).astype(int)
    high = np.clip(np.ceil(ijk.max(axis=0, initial=-np.inf)), low, last).astype(int)
    near = volume.voxels[low[2] : high[2] + 1, low[1] : high[1] + 1, low[0] : high[0] + 1]
    unseen = trilinear(near == volume.padding_hu, ijk - low) > 0.0
    return np.where(unseen, np.nan, values_hu)


@attrs.frozen(eq=False)
class HuProfile:
    """Hounsfield units along a line."""

    distance_mm: FloatArray
    """From the start of the line, shape (n,)."""
    value_hu: FloatArray
    """Shape (n,); NaN outside the volume."""


def profile_along(volume: Volume, line: Segment, step_mm: float) -> HuProfile:
    """Return the Hounsfield units along a line, both its ends included.

    The points are equally far apart, at most `step_mm`.

    Raises
    ------
    GeometryProblem
        If the step is not above zero or the line has no length.
    """
    if not step_mm > 0.0:
        raise GeometryProblem("A profile needs a step above zero.")
    direction = np.asarray(line.direction_lps)
    steps = math.ceil(line.length_mm / step_mm)
    distance_mm: FloatArray = np.linspace(0.0, line.length_mm, steps + 1)
    points = np.asarray(line.start_lps_mm) + distance_mm[:, np.newaxis] * direction
    return HuProfile(distance_mm, sample_hu(volume, points))
