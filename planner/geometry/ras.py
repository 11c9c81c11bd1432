"""LPS to RAS, for receivers and formats whose x grows to the right and y to the front."""

from planner.geometry.points import FloatArray, PointLike, as_point_mm


def ras_from_lps(point_lps_mm: PointLike) -> FloatArray:
    """Return a point or a direction of LPS in RAS, shape (3,)."""
    x, y, z = as_point_mm(point_lps_mm)
    return as_point_mm((-x, -y, z))
