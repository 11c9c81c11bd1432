"""Between the pixels of a view (device pixels, y down) and patient space, both ways."""

import attrs
import numpy as np

from planner.geometry.planes import Plane
from planner.geometry.points import (
    FloatArray,
    PointLike,
    Triple,
    as_point_mm,
    as_triple,
    as_unit_vector,
)
from planner.geometry.shapes import Segment
from planner.rendering.cameras import SlicePlane

Px = tuple[float, float]
"""Right and down from the upper left corner, in device pixels."""


@attrs.frozen
class SliceMapping:
    """A slice as it fills a view: which plane, how many pixels, how large one is."""

    plane: SlicePlane
    width_px: int
    height_px: int
    mm_per_px: float

    def lps_of(self, px: Px, depth_mm: float = 0.0) -> Triple:
        """Return the point under a pixel, on the plane or a depth behind it."""
        right_mm = (px[0] - self.width_px / 2.0) * self.mm_per_px
        down_mm = (px[1] - self.height_px / 2.0) * self.mm_per_px
        plane = self.plane
        return as_triple(
            np.asarray(plane.centre_lps_mm)
            + right_mm * np.asarray(plane.right_lps)
            + down_mm * np.asarray(plane.down_lps)
            + depth_mm * plane.into_screen_lps
        )

    def px_of(self, lps_mm: PointLike) -> Px:
        """Return the pixel straight before a point."""
        offset = np.asarray(lps_mm) - self.plane.centre_lps_mm
        right_px = float(offset @ np.asarray(self.plane.right_lps)) / self.mm_per_px
        down_px = float(offset @ np.asarray(self.plane.down_lps)) / self.mm_per_px
        return right_px + self.width_px / 2.0, down_px + self.height_px / 2.0

    def depth_mm(self, lps_mm: PointLike) -> float:
        """Return how far a point lies behind the plane; negative: before it."""
        return float(self.plane.plane.signed_distance_mm(np.asarray(lps_mm)[np.newaxis])[0])

    def shows(self, lps_mm: PointLike) -> bool:
        """Return whether a point lies within the view, at whatever depth."""
        x_px, y_px = self.px_of(lps_mm)
        return 0.0 <= x_px <= self.width_px and 0.0 <= y_px <= self.height_px


@attrs.frozen
class CameraMapping:
    """A 3D view: how its camera maps patient space to the cube of clip space."""

    clip_from_lps: FloatArray = attrs.field(eq=attrs.cmp_using(eq=np.array_equal))
    """4 x 4, homogeneous."""
    into_screen_lps: Triple
    width_px: int
    height_px: int

    def px_of(self, lps_mm: PointLike) -> Px:
        """Return the pixel before a point."""
        clip = self.clip_from_lps @ np.append(np.asarray(lps_mm, dtype=np.float64), 1.0)
        x, y = clip[:2] / clip[3]
        return (float(x) + 1.0) / 2.0 * self.width_px, (1.0 - float(y)) / 2.0 * self.height_px

    def ray_of(self, px: Px) -> Segment:
        """Return the line of sight through a pixel, from the near to the far end of the scene."""
        x = 2.0 * px[0] / self.width_px - 1.0
        y = 1.0 - 2.0 * px[1] / self.height_px
        lps_from_clip = np.linalg.inv(self.clip_from_lps)
        ends = [lps_from_clip @ np.array([x, y, z, 1.0]) for z in (-1.0, 1.0)]
        near, far = (as_triple(end[:3] / end[3]) for end in ends)
        return Segment(near, far)

    def lps_on_screen_plane(self, px: Px, through_lps_mm: PointLike) -> Triple:
        """Return the point under a pixel on the plane parallel to the screen through a point."""
        ray = self.ray_of(px)
        plane = Plane(as_triple(through_lps_mm), self.into_screen_lps)
        direction = as_unit_vector(ray.direction_lps)
        return as_triple(plane.crossed_by_line(as_point_mm(ray.start_lps_mm), direction))
