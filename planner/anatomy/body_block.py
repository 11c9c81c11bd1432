"""Hounsfield units around a vertebral body in the body's own axes."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.anatomy.canal import CanalLine
from planner.anatomy.spine_crop import FloatVoxels, SpineCrop
from planner.geometry.points import FloatArray, PointLike
from planner.geometry.transforms import RigidTransform
from planner.imaging.linear_lattice import read_lattice
from planner.imaging.trilinear import trilinear

BLOCK_STEP_MM = 0.8


@attrs.frozen(eq=False)
class BodyAxes:
    """Axes that run to the left, to the back and to the head of a body, from a point in it.

    ``u`` is to the left, ``v`` posterior and ``w`` superior, in millimetres.
    """

    lps_from_body: RigidTransform

    def lps_of(self, uvw_mm: FloatArray) -> FloatArray:
        """Return LPS points of body coordinates, shape (..., 3)."""
        axes = self.lps_from_body.rotation
        lps_mm: FloatArray = np.asarray(uvw_mm) @ axes.T + self.lps_from_body.translation_mm
        return lps_mm

    def uvw_of(self, lps_mm: FloatArray) -> FloatArray:
        """Return body coordinates of LPS points, shape (..., 3)."""
        axes = self.lps_from_body.rotation
        uvw_mm: FloatArray = (np.asarray(lps_mm) - self.lps_from_body.translation_mm) @ axes
        return uvw_mm

    def moved_to(self, uvw_mm: PointLike) -> "BodyAxes":
        """Return the same axes from another point."""
        origin = self.lps_of(np.asarray(uvw_mm, np.float64))
        return BodyAxes(RigidTransform(self.lps_from_body.rotation, origin))


def axes_at(
    centre_lps_mm: PointLike, superior_lps: FloatArray, behind_lps_mm: FloatArray
) -> BodyAxes:
    """Return the axes from a centre, along a direction, turned so that a point lies behind it."""
    w = np.asarray(superior_lps, np.float64) / np.linalg.norm(superior_lps)
    back = np.asarray(behind_lps_mm) - np.asarray(centre_lps_mm)
    v = back - w * (back @ w)
    v /= np.linalg.norm(v)
    return BodyAxes(RigidTransform.from_axes(centre_lps_mm, np.cross(v, w), v, w))


def axes_behind(centre_lps_mm: PointLike, line: CanalLine) -> BodyAxes:
    """Return the axes of a body from its centre: along the canal, and towards it."""
    centre = np.asarray(centre_lps_mm, np.float64)
    along = line.direction_lps(float(centre[2]))
    offset = np.abs((line.points_lps_mm - centre) @ along)
    behind = line.points_lps_mm[int(offset.argmin())]
    # At the level the canal crosses the body's own plane, which in a tilted body is another layer.
    along = line.direction_lps(float(behind[2]))
    return axes_at(centre, along, behind)


@attrs.frozen(eq=False)
class BodyBlock:
    """Samples ``hu[w, v, u]`` on a regular grid in body axes."""

    axes: BodyAxes
    u_mm: FloatArray
    v_mm: FloatArray
    w_mm: FloatArray
    hu: FloatVoxels

    def at(self, uvw_mm: FloatArray) -> FloatArray:
        """Return the Hounsfield units at body coordinates (..., 3), linear."""
        points = np.asarray(uvw_mm)
        start = np.array([self.u_mm[0], self.v_mm[0], self.w_mm[0]])
        ijk = ((points - start) / BLOCK_STEP_MM).reshape(-1, 3)
        return trilinear(self.hu, ijk).reshape(points.shape[:-1])


def sample_block(
    crop: SpineCrop,
    axes: BodyAxes,
    half_width_mm: float,
    v_mm: tuple[float, float],
    half_height_mm: float,
) -> BodyBlock:
    """Return the crop resampled in body axes."""
    step = BLOCK_STEP_MM
    u = np.arange(-half_width_mm, half_width_mm + step / 2, step)
    v = np.arange(v_mm[0], v_mm[1] + step / 2, step)
    w = np.arange(-half_height_mm, half_height_mm + step / 2, step)
    steps = axes.lps_from_body.rotation * (step / crop.spacing_mm)
    start = crop.geometry.ijk_of(axes.lps_of(np.array([u[0], v[0], w[0]])))
    return BodyBlock(axes, u, v, w, read_lattice(crop.hu, steps, start, (len(w), len(v), len(u))))


BoolVoxels = NDArray[np.bool_]
