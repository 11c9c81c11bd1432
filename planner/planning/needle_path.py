"""A needle's line in the vertebra: where it crosses what, as distances from the skin entry."""

import math

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.foundation.errors import GeometryProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple, Vec3, angle_deg, as_triple
from planner.geometry.shapes import Segment
from planner.imaging.distance_maps import DistanceMap
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import VoxelMask
from planner.planning.measures import CArmAngles

STEP_MM = 0.5
"""Distance between samples of a path: below the edge of any CT voxel."""
PEDICLE_BEHIND_ISTHMUS_MM = 3.0
"""A pedicle's walls are judged from this far behind its isthmus, where it widens into the arch,
to the posterior wall of the body."""
SKIM_DEPTH_MM = 1.0
"""A needle this close to the surface of its bone, inside or outside, skims it."""
SKIM_REACH_MM = 30.0
"""How far behind the pedicle a needle is watched for skimming: past any arch."""
LEAST_TURN_DEG, MOST_TURN_DEG = 15.0, 60.0
"""Medial turn of a needle lateral of the pedicle: less misses the body, more meets the canal."""
ENTRY_SLOPE_MM = 6.0
"""How much of its way into a body a needle may take through a slanting wall."""
_LEAST_ALONG_PEDICLE = 0.3
"""Cosine to the pedicle's axis below which a line does not run along the pedicle at all."""


@attrs.frozen
class Stretch:
    """A part of a path, from and to in millimetres from the skin entry."""

    start_mm: float
    end_mm: float

    def distances_mm(self, step_mm: float = STEP_MM) -> FloatArray:
        """Return evenly spaced places from start to end, both included."""
        count = max(2, math.ceil((self.end_mm - self.start_mm) / step_mm) + 1)
        return np.linspace(self.start_mm, self.end_mm, count)


def points_on(path: Segment, distances_mm: FloatArray) -> FloatArray:
    """Return the points of a path at distances from its start, shape (n, 3), LPS."""
    direction = np.asarray(path.direction_lps)
    points: FloatArray = np.asarray(path.start_lps_mm) + distances_mm[:, np.newaxis] * direction
    return points


def stretch_in_grid(path: Segment, grid: GridGeometry) -> Stretch | None:
    """Return the part of a path inside a grid, None where it stays outside."""
    start, end = grid.ijk_of(np.array([path.start_lps_mm, path.end_lps_mm]))
    along = end - start
    with np.errstate(divide="ignore", invalid="ignore"):
        to_low = -start / along
        to_high = (np.array(grid.shape_ijk) - 1 - start) / along
    first = max(0.0, float(np.nanmax(np.minimum(to_low, to_high))))
    last = min(1.0, float(np.nanmin(np.maximum(to_low, to_high))))
    if first >= last:
        return None
    return Stretch(first * path.length_mm, last * path.length_mm)


def bone_entry_mm(path: Segment, bone: DistanceMap) -> float | None:
    """Return where the axis, coming from the skin, first meets bone; None when it never does."""
    stretch = stretch_in_grid(path, bone.geometry)
    if stretch is None:
        return None
    distances_mm = stretch.distances_mm()
    depth_mm = bone.at(points_on(path, distances_mm))
    inside = np.flatnonzero(depth_mm >= 0.0)
    if not len(inside):
        return None
    first = int(inside[0])
    if first == 0:
        return float(distances_mm[0])
    share = -depth_mm[first - 1] / (depth_mm[first] - depth_mm[first - 1])
    return float(distances_mm[first - 1] + share * (distances_mm[first] - distances_mm[first - 1]))


def first_in_mask_mm(path: Segment, mask: VoxelMask) -> float | None:
    """Return where the axis, coming from the skin, first enters a mask; None when it never does."""
    stretch = stretch_in_grid(path, mask.geometry)
    if stretch is None:
        return None
    distances_mm = stretch.distances_mm()
    ijk = mask.geometry.ijk_of(points_on(path, distances_mm))
    inside = trilinear(mask.voxels, ijk) >= 0.5
    return float(distances_mm[int(inside.argmax())]) if inside.any() else None


def posterior_wall_mm(path: Segment, vertebra: VertebraModel) -> float | None:
    """Return where the line crosses the posterior-wall plane; None when it runs beside it."""
    try:
        crossing = vertebra.walls.posterior.crossed_by_line(path.start_lps_mm, path.direction_lps)
    except GeometryProblem:
        return None
    return float((crossing - np.asarray(path.start_lps_mm)) @ np.asarray(path.direction_lps))


def pedicle_stretch(path: Segment, pedicle: Pedicle, vertebra: VertebraModel) -> Stretch:
    """Return the part of a path whose distance to the bone's surface is the pedicle wall margin.

    From just behind the isthmus to the posterior wall of the body. A path that ends before it
    or does not run along the pedicle is judged at its point nearest to the isthmus.
    """
    axis, isthmus = np.asarray(pedicle.axis_lps), np.asarray(pedicle.isthmus_lps_mm)
    direction = np.asarray(path.direction_lps)
    slope = float(direction @ axis)
    to_isthmus = isthmus - np.asarray(path.start_lps_mm)
    nearest_mm = min(max(float(to_isthmus @ direction), 0.0), path.length_mm)
    if slope < _LEAST_ALONG_PEDICLE:
        return Stretch(nearest_mm, nearest_mm)
    at_isthmus_mm = float(to_isthmus @ axis) / slope
    wall_mm = posterior_wall_mm(path, vertebra)
    end_mm = at_isthmus_mm if wall_mm is None else max(at_isthmus_mm, wall_mm)
    start_mm = max(at_isthmus_mm - PEDICLE_BEHIND_ISTHMUS_MM / slope, 0.0)
    end_mm = min(end_mm, path.length_mm)
    return Stretch(start_mm, end_mm) if start_mm < end_mm else Stretch(nearest_mm, nearest_mm)


def frame_angles_deg(path: Segment, vertebra: VertebraModel, side: Side) -> tuple[float, float]:
    """Return the transverse (medial positive) and sagittal (caudad positive) angle."""
    x, y, z = vertebra.lps_from_vertebra.inverse.vector(path.direction_lps)
    transverse = math.degrees(math.atan2(-side.sign * x, -y))
    return transverse, math.degrees(math.atan2(-z, -y))


def axis_angle_deg(path: Segment, vertebra: VertebraModel) -> float:
    """Return the true angle between a needle and the vertebra's axis from back to front."""
    return angle_deg(path.direction_lps, vertebra.lps_from_vertebra.vector((0.0, -1.0, 0.0)))


def beside_isthmus_mm(path: Segment, pedicle: Pedicle) -> float:
    """Return where a path passes the isthmus of a pedicle nearest, from its start."""
    to_isthmus = np.asarray(pedicle.isthmus_lps_mm) - np.asarray(path.start_lps_mm)
    return float(to_isthmus @ np.asarray(path.direction_lps))


def en_face_angles(path: Segment) -> CArmAngles:
    """Return where a C-arm's detector looks down a needle from behind.

    The direction from source to detector runs against the needle. Orbital turns it from
    posterior to the patient's left, then angular tilts it towards the head.
    """
    x, y, z = (-d for d in path.direction_lps)
    return CArmAngles(
        orbital_deg=math.degrees(math.atan2(x, y)),
        angular_deg=math.degrees(math.atan2(z, math.hypot(x, y))),
    )


def lateral_mm(point_lps_mm: Triple | Vec3, vertebra: VertebraModel, side: Side) -> float:
    """Return how far a point lies from the mid-sagittal plane to a side, negative beyond it."""
    return float(vertebra.lps_from_vertebra.inverse.point(point_lps_mm)[0]) * side.sign


def medial_border_mm(pedicle: Pedicle, vertebra: VertebraModel) -> float:
    """Return how far the pedicle's medial border lies from the mid-sagittal plane."""
    x, y, _ = vertebra.lps_from_vertebra.inverse.vector(pedicle.axis_lps)
    # The width is measured across the axis, so only its part along x brings the border inwards.
    share_along_x = float(abs(y) / math.hypot(x, y))
    centre_mm = lateral_mm(pedicle.isthmus_lps_mm, vertebra, pedicle.side)
    return centre_mm - pedicle.width_mm / 2.0 * share_along_x


def medial_wall_mm(path: Segment, pedicle: Pedicle, vertebra: VertebraModel) -> float | None:
    """Return how far lateral of the medial pedicle border the axis crosses the posterior wall.

    None when the needle ends before the posterior-wall plane.
    """
    at_wall_mm = posterior_wall_mm(path, vertebra)
    if at_wall_mm is None or not 0.0 <= at_wall_mm <= path.length_mm:
        return None
    crossing = path.point_at(at_wall_mm)
    return lateral_mm(crossing, vertebra, pedicle.side) - medial_border_mm(pedicle, vertebra)


def wall_name(point_lps_mm: Triple, bone: DistanceMap, vertebra: VertebraModel, side: Side) -> str:
    """Return which wall of a pedicle a point inside it is nearest to."""
    x, _, z = vertebra.lps_from_vertebra.inverse.vector(outward_lps(point_lps_mm, bone))
    if abs(z) > abs(x):
        return "superior" if z > 0 else "inferior"
    return "lateral" if x * side.sign > 0 else "medial"


def outward_lps(point_lps_mm: Triple, inside: DistanceMap) -> Triple:
    """Return the direction in which a signed distance falls fastest, not scaled."""
    offsets = np.vstack([np.eye(3), -np.eye(3)])
    values = inside.at(np.asarray(point_lps_mm) + offsets)
    return as_triple(values[3:] - values[:3])


def angle_to_pedicle_deg(path: Segment, pedicle: Pedicle) -> float:
    """Return the angle between a needle and the pedicle's axis."""
    return angle_deg(path.direction_lps, pedicle.axis_lps)
