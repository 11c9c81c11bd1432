"""Planes in space."""

import attrs
import numpy as np

from planner.foundation.errors import GeometryProblem
from planner.geometry.points import (
    FloatArray,
    PointLike,
    Triple,
    Vec3,
    as_point_mm,
    as_triple,
    as_unit_vector,
)


def _as_unit_triple(value: PointLike) -> Triple:
    return as_triple(as_unit_vector(value))


@attrs.frozen
class Plane:
    """A plane through a point, with the side its normal points to counted positive."""

    point_lps_mm: Triple = attrs.field(converter=as_triple)
    normal_lps: Triple = attrs.field(converter=_as_unit_triple)

    def signed_distance_mm(self, points_lps_mm: FloatArray) -> FloatArray:
        """Return the distance of each point (n, 3) on the normal's side, shape (n,)."""
        distances: FloatArray = (np.asarray(points_lps_mm) - self.point_lps_mm) @ np.asarray(
            self.normal_lps
        )
        return distances

    def crossed_by_line(self, start_lps_mm: PointLike, direction_lps: PointLike) -> Vec3:
        """Return where a line crosses the plane.

        Raises
        ------
        GeometryProblem
            If the line runs parallel to the plane.
        """
        start, direction = as_point_mm(start_lps_mm), as_point_mm(direction_lps)
        slope = float(direction @ np.asarray(self.normal_lps))
        if abs(slope) < np.finfo(float).eps:
            raise GeometryProblem("The line runs parallel to the plane.")
        distance = float(self.signed_distance_mm(start[np.newaxis])[0])
        return as_point_mm(start - direction * (distance / slope))


def fit_plane(points_lps_mm: FloatArray, towards_lps: PointLike) -> Plane:
    """Return the least-squares plane of points (n, 3), its normal on the side of a direction."""
    points = np.asarray(points_lps_mm, dtype=np.float64)
    if len(points) < 3:
        raise GeometryProblem("A plane needs at least three points.")
    centre = points.mean(axis=0)
    normal = np.linalg.svd(points - centre, full_matrices=False)[2][2]
    if normal @ np.asarray(towards_lps) < 0:
        normal = -normal
    return Plane(as_triple(centre), as_triple(normal))
