"""The endplates and walls of a body, read from its mask."""

import attrs
import numpy as np
from scipy import ndimage

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.vertebra import BodyHeights, BodyWalls, HeightLine
from planner.foundation.errors import AnatomyProblem
from planner.geometry.planes import Plane, fit_plane
from planner.geometry.points import FloatArray, as_triple
from planner.imaging.volume import VoxelMask

_STEP_MM, _FINE_MM = 1.0, 0.4
_HALF_WIDTH_MM, _HALF_DEPTH_MM, _HALF_HEIGHT_MM = 34.0, 30.0, 30.0
_MID_STRIP_MM = 3.0
_PLATE_HALF_WIDTH_MM, _PLATE_RIM_MM = 11.0, 2.0
_WALL_ANGLES_DEG = np.linspace(-25.0, 25.0, 11)
_WALL_LAYERS = (0.2, 0.8)
HEIGHT_SHARES = (0.96, 0.5, 0.04)
"""Where the anterior, middle and posterior height are read, from the posterior (0) to the anterior
(1) wall: a little inside the walls, for their rims are rounded."""
_BAND_SHARE = 0.03
_COLUMN_SHARE = 0.35
"""Lower columns belong to lips and rims; the front of a severe wedge does not."""
_RIM_COLUMNS = 2
_FEWEST_COLUMNS = 60
_NOT_MEASURABLE = "What is left of the body can no longer be measured."
_HINT = "Undo, or paint the body until it reaches from wall to wall."


@attrs.frozen(eq=False)
class MaskSurfaces:
    """The upper and lower surface of a body's mask over a grid in body axes; NaN beside it."""

    axes: BodyAxes
    u_mm: FloatArray
    v_mm: FloatArray
    top_mm: FloatArray
    """Shape (v, u)."""
    bottom_mm: FloatArray
    front_mm: float
    """Where the anterior wall lies on the mid-plane; the front is negative."""
    back_mm: float

    def profile_mm(self, *, upper: bool) -> FloatArray:
        """Return the mean surface of a strip about the mid-plane, at each of `v_mm`."""
        strip = np.abs(self.u_mm) <= _MID_STRIP_MM
        heights = (self.top_mm if upper else self.bottom_mm)[:, strip]
        known = np.isfinite(heights)
        profile: FloatArray = np.where(
            known.any(axis=1),
            np.nansum(heights, axis=1) / np.maximum(known.sum(axis=1), 1),
            np.nan,
        )
        return profile

    def height_at_mm(self, v_mm: FloatArray, *, upper: bool) -> float:
        """Return the mean height of a surface over places on the mid-plane.

        Lips and rounded rims do not count: there it goes on as high as it is just inside them.
        """
        tops, bottoms = self.profile_mm(upper=True), self.profile_mm(upper=False)
        tall = tops - bottoms >= _COLUMN_SHARE * float(np.nanmedian(tops - bottoms))
        known = np.flatnonzero(ndimage.binary_erosion(tall, iterations=_RIM_COLUMNS))
        if not len(known):
            raise AnatomyProblem(_NOT_MEASURABLE, hint=_HINT)
        profile = tops if upper else bottoms
        return float(np.interp(v_mm, self.v_mm[known], profile[known]).mean())

    def place_mm(self, share: float) -> float:
        """Return where a share of the depth lies, from the posterior (0) to the anterior wall."""
        return self.back_mm - share * (self.back_mm - self.front_mm)

    def end_mm(self, share: float, *, upper: bool) -> FloatArray:
        """Return an end of a height line at a share of the depth, in body axes."""
        band = (self.back_mm - self.front_mm) * _BAND_SHARE * np.array([-1.0, 0.0, 1.0])
        place_mm = self.place_mm(share)
        return np.array([0.0, place_mm, self.height_at_mm(place_mm + band, upper=upper)])


def share_inside(mask: VoxelMask, axes: BodyAxes, uvw_mm: FloatArray) -> FloatArray:
    """Return how much a mask holds of points in body axes, 0 to 1."""
    ijk = mask.geometry.ijk_of(axes.lps_of(uvw_mm))
    found: FloatArray = ndimage.map_coordinates(
        mask.voxels.astype(np.float32), np.moveaxis(ijk, -1, 0)[::-1], order=1, prefilter=False
    )
    return found


def last_crossing(inside: FloatArray, along_mm: FloatArray) -> FloatArray:
    """Return where samples along the last axis leave a mask for good, NaN where they never do."""
    solid = inside >= 0.5
    last = inside.shape[-1] - 1 - solid[..., ::-1].argmax(axis=-1)
    step = np.minimum(last + 1, inside.shape[-1] - 1)
    here = np.take_along_axis(inside, last[..., np.newaxis], -1)[..., 0]
    there = np.take_along_axis(inside, step[..., np.newaxis], -1)[..., 0]
    share = np.clip((here - 0.5) / np.maximum(here - there, 1e-6), 0.0, 1.0)
    place = along_mm[last] + share * (along_mm[step] - along_mm[last])
    crossing: FloatArray = np.where(solid.any(axis=-1), place, np.nan)
    return crossing


def mask_surfaces(body: VoxelMask, axes: BodyAxes) -> MaskSurfaces:
    """Return the surfaces of a body's mask.

    Raises
    ------
    AnatomyProblem
        If too little of a body is there.
    """
    u = np.arange(-_HALF_WIDTH_MM, _HALF_WIDTH_MM + 0.1, _STEP_MM)
    v = np.arange(-_HALF_DEPTH_MM, _HALF_DEPTH_MM + 0.1, _STEP_MM)
    w = np.arange(-_HALF_HEIGHT_MM, _HALF_HEIGHT_MM + 0.1, _FINE_MM)
    vv, uu, ww = np.meshgrid(v, u, w, indexing="ij")
    inside = share_inside(body, axes, np.stack([uu, vv, ww], axis=-1))
    top = last_crossing(inside, w)
    bottom = last_crossing(inside[..., ::-1], w[::-1])
    if np.isfinite(top).sum() < _FEWEST_COLUMNS or not np.isfinite(top[len(v) // 2]).any():
        raise AnatomyProblem(_NOT_MEASURABLE, hint=_HINT)
    front, back = _ends_mm(body, axes, top, bottom)
    return MaskSurfaces(axes, u, v, top, bottom, front, back)


def _ends_mm(
    body: VoxelMask, axes: BodyAxes, top: FloatArray, bottom: FloatArray
) -> tuple[float, float]:
    """Return where the front and back of a body lie on its mid-plane."""
    highest, lowest = float(np.nanmedian(top)), float(np.nanmedian(bottom))
    w = np.linspace(lowest + 0.25 * (highest - lowest), highest - 0.25 * (highest - lowest), 9)
    v = np.arange(-_HALF_DEPTH_MM, _HALF_DEPTH_MM + 0.1, _FINE_MM)
    ww, vv = np.meshgrid(w, v, indexing="ij")
    inside = share_inside(body, axes, np.stack([np.zeros_like(vv), vv, ww], axis=-1))
    back = last_crossing(inside, v)
    front = last_crossing(inside[:, ::-1], v[::-1])
    if not np.isfinite(back).any():
        raise AnatomyProblem(_NOT_MEASURABLE, hint=_HINT)
    return float(np.nanmedian(front)), float(np.nanmedian(back))


def heights_of(surfaces: MaskSurfaces) -> BodyHeights:
    """Return the anterior, middle and posterior height on the mid-plane of a body."""
    lines = []
    for share in HEIGHT_SHARES:
        ends = [
            as_triple(surfaces.axes.lps_of(surfaces.end_mm(share, upper=upper)))
            for upper in (True, False)
        ]
        lines.append(HeightLine(*ends))
    return BodyHeights(*lines)


def walls_of(body: VoxelMask, surfaces: MaskSurfaces) -> BodyWalls:
    """Return planes fitted to the endplates and to the front and back of a body.

    Raises
    ------
    AnatomyProblem
        If one of them is too small.
    """
    axes = surfaces.axes
    rotation = axes.lps_from_body.rotation
    vv, uu = np.meshgrid(surfaces.v_mm, surfaces.u_mm, indexing="ij")
    within = (vv >= surfaces.front_mm + _PLATE_RIM_MM) & (vv <= surfaces.back_mm - _PLATE_RIM_MM)
    within &= (np.abs(uu) <= _PLATE_HALF_WIDTH_MM) & np.isfinite(surfaces.top_mm)
    if within.sum() < _FEWEST_COLUMNS // 2:
        raise AnatomyProblem(_NOT_MEASURABLE, hint=_HINT)
    plates = [
        axes.lps_of(np.stack([uu[within], vv[within], plate[within]], axis=-1))
        for plate in (surfaces.top_mm, surfaces.bottom_mm)
    ]
    sides = [_wall_points(body, surfaces, angle_deg) for angle_deg in (-90.0, 90.0)]
    return BodyWalls(
        superior=fit_plane(plates[0], rotation[:, 2]),
        inferior=fit_plane(plates[1], -rotation[:, 2]),
        anterior=_outermost(fit_plane(sides[0], -rotation[:, 1]), sides[0]),
        posterior=fit_plane(sides[1], rotation[:, 1]),
    )


def _wall_points(body: VoxelMask, surfaces: MaskSurfaces, angle_deg: float) -> FloatArray:
    highest = float(np.nanmedian(surfaces.top_mm))
    lowest = float(np.nanmedian(surfaces.bottom_mm))
    low, high = _WALL_LAYERS
    w = np.linspace(lowest + low * (highest - lowest), lowest + high * (highest - lowest), 9)
    angles = np.radians(angle_deg + _WALL_ANGLES_DEG)
    radii = np.arange(2.0, _HALF_WIDTH_MM, _FINE_MM)
    ww, angle, radius = np.meshgrid(w, angles, radii, indexing="ij")
    uvw = np.stack([radius * np.cos(angle), radius * np.sin(angle), ww], axis=-1)
    wall = last_crossing(share_inside(body, surfaces.axes, uvw), radii)
    known = np.isfinite(wall)
    if known.sum() < 12:
        raise AnatomyProblem(_NOT_MEASURABLE, hint=_HINT)
    w_2d, angle_2d = np.meshgrid(w, angles, indexing="ij")
    points = np.stack([wall * np.cos(angle_2d), wall * np.sin(angle_2d), w_2d], axis=-1)
    return surfaces.axes.lps_of(points[known])


def _outermost(plane: Plane, points_lps_mm: FloatArray) -> Plane:
    """Return a plane moved to the front of a rounded wall, which a fit would cut through."""
    furthest = float(np.percentile(plane.signed_distance_mm(points_lps_mm), 90))
    moved = np.asarray(plane.point_lps_mm) + furthest * np.asarray(plane.normal_lps)
    return Plane(as_triple(moved), plane.normal_lps)
