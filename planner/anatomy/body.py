"""The outline of a vertebral body: two endplates and a wall around."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body_block import BodyAxes, BodyBlock
from planner.anatomy.canal import CLICK_HINT
from planner.anatomy.disc import DiscFit, DiscPair
from planner.anatomy.half_level import ALONG_MM, half_level_offset_mm
from planner.anatomy.spine_crop import SpineCrop
from planner.anatomy.surface_search import cheapest_surface
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import FloatArray

_ANGLES = 64
_RADII_MM = np.arange(6.0, 34.0, 0.8)
_LAYER_MM = 1.0
_WAIST_MM = 4.0
_CLEAR_WALL_HU, _CLEAR_PLATE_HU = 180.0, 140.0
"""Drops from which an edge counts in full: a bone island is no better than a cortex."""
_WALL_REACH_MM = 1.5
"""How far the body's posterior corners reach behind the middle of the canal's front wall."""
_PLATE_STEP_MM = 2.0
_PLATE_RADIUS_MM = 30.0
_PLATE_REACH_MM = 22.0
_HALF_PLATE_MM = 0.8
"""A disc's fit lies in the middle of the endplates, their outer faces this much further."""
_PLATE_PULL = 0.03
_PLATE_SEARCH_MM = np.arange(-6.0, 7.21, 0.4)
_BACK = np.pi / 2
"""The direction of the canal in the angle around the body, from the left."""


@attrs.frozen(eq=False)
class EndplateSurface:
    """A height field over the body's cross-section, in body axes."""

    u_mm: FloatArray
    v_mm: FloatArray
    w_mm: FloatArray
    """Shape (v, u)."""

    def height_mm(self, u_mm: FloatArray, v_mm: FloatArray) -> FloatArray:
        """Return the height at body coordinates of any one shape; its rim goes on outside."""
        step = self.u_mm[1] - self.u_mm[0]
        rows, columns = (v_mm - self.v_mm[0]) / step, (u_mm - self.u_mm[0]) / step
        height: FloatArray = ndimage.map_coordinates(
            self.w_mm, np.stack([rows, columns]), order=1, mode="nearest"
        )
        return height


@attrs.frozen(eq=False)
class BodyOutline:
    """A body between its endplates and inside its wall, in body axes."""

    axes: BodyAxes
    upper: EndplateSurface
    lower: EndplateSurface
    layers_w_mm: FloatArray
    radius_mm: FloatArray
    """Distance of the wall from the axis, shape (layers, angles from left towards the back)."""

    def contains(self, lps_mm: FloatArray) -> NDArray[np.bool_]:
        """Return which LPS points (..., 3) lie in the body."""
        uvw = self.axes.uvw_of(lps_mm)
        u, v, w = uvw[..., 0], uvw[..., 1], uvw[..., 2]
        inside: NDArray[np.bool_] = (
            (w <= self.upper.height_mm(u, v))
            & (w >= self.lower.height_mm(u, v))
            & (np.hypot(u, v) <= self.wall_mm(u, v, w))
        )
        return inside

    def rim_lps_mm(self) -> FloatArray:
        """Return points of the wall in every layer, shape (n, 3)."""
        angles = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
        u, v = self.radius_mm * np.cos(angles), self.radius_mm * np.sin(angles)
        w = np.broadcast_to(self.layers_w_mm[:, np.newaxis], u.shape)
        return self.axes.lps_of(np.stack([u, v, w], axis=-1).reshape(-1, 3))

    def half_width_mm(self) -> float:
        """Return half the body's width at the middle of its height."""
        middle = self.radius_mm[np.abs(self.layers_w_mm) <= _WAIST_MM]
        return float(np.median(middle[:, [0, _ANGLES // 2]]))

    def wall_mm(self, u_mm: FloatArray, v_mm: FloatArray, w_mm: FloatArray) -> FloatArray:
        """Return the wall's distance from the axis in the direction and layer of points."""
        angle = np.mod(np.arctan2(v_mm, u_mm), 2 * np.pi) * _ANGLES / (2 * np.pi)
        layer = (w_mm - self.layers_w_mm[0]) / _LAYER_MM
        wall: FloatArray = ndimage.map_coordinates(
            np.concatenate([self.radius_mm, self.radius_mm[:, :1]], axis=1),
            np.stack([layer, angle]),
            order=1,
            mode="nearest",
        )
        return wall


def _around(radii_mm: FloatArray, layers_mm: FloatArray) -> FloatArray:
    """Return body coordinates around the axis, shape (layers, angles, radii, 3)."""
    angles = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    w, angle, radius = np.meshgrid(layers_mm, angles, radii_mm, indexing="ij")
    return np.stack([radius * np.cos(angle), radius * np.sin(angle), w], axis=-1)


def canal_front_mm(
    canal: NDArray[np.bool_], crop: SpineCrop, axes: BodyAxes, layers_mm: FloatArray
) -> FloatArray:
    """Return how far behind the axis the canal begins in each layer, near the midline."""
    behind = np.arange(0.0, 45.0, 0.4)
    beside = np.array([-4.0, -2.0, 0.0, 2.0, 4.0])
    w, u, v = np.meshgrid(layers_mm, beside, behind, indexing="ij")
    ijk = crop.geometry.ijk_of(axes.lps_of(np.stack([u, v, w], axis=-1)))
    inside = ndimage.map_coordinates(
        canal.astype(np.float32), np.moveaxis(ijk, -1, 0)[::-1], order=1, mode="constant"
    )
    first = np.where((inside > 0.5).any(axis=-1), behind[(inside > 0.5).argmax(axis=-1)], np.nan)
    front = np.array([np.nanmedian(row) if np.isfinite(row).any() else np.nan for row in first])
    known = np.isfinite(front)
    if not known.any():
        raise AnatomyProblem("No spinal canal runs behind this point.", hint=CLICK_HINT)
    filled: FloatArray = np.interp(layers_mm, layers_mm[known], front[known])
    return np.asarray(ndimage.gaussian_filter1d(filled, 1.5, mode="nearest"))


def find_wall(
    block: BodyBlock,
    crop: SpineCrop,
    discs: DiscPair,
    front_mm: FloatArray,
    layers_mm: FloatArray,
) -> FloatArray:
    """Return the wall's distance from the axis, shape (layers, angles)."""
    reach = np.r_[_RADII_MM[0] - 0.8, _RADII_MM, _RADII_MM[-1] + 0.8]
    points = _around(reach, layers_mm)
    hu = block.at(points)
    clipped = np.clip(hu, 20.0, 450.0)
    drop = np.clip((clipped[..., :-2] - clipped[..., 2:]) / _CLEAR_WALL_HU, -0.5, 1.0)
    marrow = float(np.median(hu[..., :4]))
    soft_limit = min(60.0, 0.6 * marrow)
    outside = np.clip((soft_limit - hu[..., 1:-1]) / 40.0, 0.0, 1.0)
    crossed = np.minimum(0.15 * np.cumsum(outside, axis=-1), 0.9)
    places = points[..., 1:-1, :]
    u, v, w = places[..., 0], places[..., 1], places[..., 2]
    cost = -drop + crossed
    behind = v > front_mm[:, np.newaxis, np.newaxis] + np.minimum(np.abs(u) * 0.15, _WALL_REACH_MM)
    cost = np.where(behind, 20.0 + 5.0 * (v - front_mm[:, np.newaxis, np.newaxis]), cost)
    # In the discs the wall has no edge of its own.
    in_disc = (w > discs.above.plate_mm(u, v, upper=False)) | (
        w < discs.below.plate_mm(u, v, upper=True)
    )
    cost = np.where(in_disc & ~behind, 0.3 * cost, cost)
    surface = cheapest_surface(
        cost, step_cost_along=0.12, step_cost_across=0.12, closed_along=True, sweeps=8
    )
    radius = ndimage.gaussian_filter(_RADII_MM[surface], (0.7, 0.7), mode=("nearest", "wrap"))
    return radius + _finer_wall_mm(block, crop, radius, front_mm, layers_mm)


def _finer_wall_mm(
    block: BodyBlock,
    crop: SpineCrop,
    radius_mm: FloatArray,
    front_mm: FloatArray,
    layers_mm: FloatArray,
) -> FloatArray:
    """Return how far outside a found wall the bone really ends; the canal bounds its back."""
    angles = 2 * np.pi * np.arange(_ANGLES) / _ANGLES
    along = radius_mm[..., np.newaxis] + ALONG_MM
    u, v = along * np.cos(angles)[:, np.newaxis], along * np.sin(angles)[:, np.newaxis]
    w = np.broadcast_to(layers_mm[:, np.newaxis, np.newaxis], along.shape)
    outwards = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    blur = crop.blur_mm(outwards @ block.axes.lps_from_body.rotation[:, :2].T)
    finer = half_level_offset_mm(
        block.at(np.stack([u, v, w], axis=-1)), blur, (0.7, 0.7), is_closed=True
    )
    at_back = radius_mm * np.sin(angles) > front_mm[:, np.newaxis] - 2.0
    return np.where(at_back, 0.0, finer)


def find_endplate(
    block: BodyBlock, disc: DiscFit, crop: SpineCrop, *, upper: bool
) -> EndplateSurface:
    """Return the endplate of the body that faces a disc."""
    sign = 1.0 if upper else -1.0
    half = np.arange(-_PLATE_RADIUS_MM, _PLATE_RADIUS_MM + 0.1, _PLATE_STEP_MM)
    v, u = np.meshgrid(half, half, indexing="ij")
    plane = disc.plate_mm(u, v, upper=not upper)
    outwards = np.r_[_PLATE_SEARCH_MM[0] - 1.2 : _PLATE_SEARCH_MM[-1] + 1.3 : 0.4]
    heights = plane[..., np.newaxis] + sign * outwards
    points = np.stack(
        [
            np.broadcast_to(u[..., np.newaxis], heights.shape),
            np.broadcast_to(v[..., np.newaxis], heights.shape),
            heights,
        ],
        axis=-1,
    )
    hu = np.clip(block.at(points), 0.0, 450.0)
    drop = np.clip((hu[..., :-6] - hu[..., 6:]) / _CLEAR_PLATE_HU, -0.5, 1.0)
    # Beyond the middle of the disc an edge belongs to the neighbour.
    beyond = np.clip(_PLATE_SEARCH_MM - disc.half_gap_mm, 0.0, None)
    cost = -drop + _PLATE_PULL * (_PLATE_SEARCH_MM - _HALF_PLATE_MM) ** 2 + 0.5 * beyond
    # Outside the body the surface goes on as it comes from inside.
    cost[np.hypot(u, v) > _PLATE_REACH_MM] *= 0.1
    surface = cheapest_surface(cost, step_cost_along=0.05, step_cost_across=0.05, sweeps=8)
    offset = ndimage.gaussian_filter(_PLATE_SEARCH_MM[surface], 0.7, mode="nearest")
    found = plane + sign * offset
    heights = found[..., np.newaxis] + sign * ALONG_MM
    across = [np.broadcast_to(x[..., np.newaxis], heights.shape) for x in (u, v)]
    hu = block.at(np.stack([*across, heights], axis=-1))
    blur = crop.blur_mm(block.axes.lps_from_body.rotation[:, 2])
    finer = half_level_offset_mm(hu, blur, (0.7, 0.7))
    finer[np.hypot(u, v) > _PLATE_REACH_MM] = 0.0
    return EndplateSurface(half, half, found + sign * finer)


def find_outline(
    block: BodyBlock, discs: DiscPair, canal: NDArray[np.bool_], crop: SpineCrop
) -> BodyOutline:
    """Return the outline of the body between two discs."""
    upper = find_endplate(block, discs.above, crop, upper=True)
    lower = find_endplate(block, discs.below, crop, upper=False)
    bottom, top = discs.below.w_mm - 6.0, discs.above.w_mm + 6.0
    layers = np.arange(max(bottom, block.w_mm[0]), min(top, block.w_mm[-1]), _LAYER_MM)
    front = canal_front_mm(canal, crop, block.axes, layers)
    radius = find_wall(block, crop, discs, front, layers)
    return BodyOutline(block.axes, upper, lower, layers, radius)


def body_voxels(
    outline: BodyOutline, canal: NDArray[np.bool_], crop: SpineCrop
) -> NDArray[np.bool_]:
    """Return the voxels of a crop inside a body's outline and outside the canal."""
    box = crop.box_around(outline.rim_lps_mm(), 1.0)
    voxels = np.zeros(crop.hu.shape, np.bool_)
    voxels[box] = outline.contains(crop.points_lps_mm(box)) & ~canal[box]
    return voxels
