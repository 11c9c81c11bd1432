"""Where the posterior elements of a vertebra are sought."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body import BodyOutline, canal_front_mm
from planner.anatomy.canal import CanalLine
from planner.anatomy.disc import DiscPair
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.spine_crop import Box, SpineCrop
from planner.geometry.points import FloatArray

BoolVoxels = NDArray[np.bool_]
OWN, RIB, ABOVE, BELOW = 1, 2, 3, 4
"""Labels of bone: this vertebra's, a rib's, the upper and the lower neighbour's."""
REACH_MM = ((-54.0, 54.0), (-2.0, 66.0), (-52.0, 44.0))
"""How far the posterior elements and the neighbours that touch them reach, in body axes."""


@attrs.frozen(eq=False)
class Surroundings:
    """What the search for an arch starts from."""

    crop: SpineCrop
    line: CanalLine
    canal: BoolVoxels
    body: BoolVoxels
    outline: BodyOutline
    discs: DiscPair
    level: VertebraLevel


@attrs.frozen(eq=False)
class ArchPlace:
    """A box of the crop's voxels in body axes; every array is (k, j, i) of that box."""

    u_mm: FloatArray
    v_mm: FloatArray
    w_mm: FloatArray
    canal_u_mm: FloatArray
    """The centre of the canal in each voxel's own layer of the body axes."""
    canal_v_mm: FloatArray
    canal_front_v_mm: FloatArray
    canal_back_v_mm: FloatArray
    beyond_wall_mm: FloatArray
    """How far outside the body's wall, which goes on above and below the body."""
    beside_own_body: BoolVoxels
    """Whether a voxel lies between the planes of the body's own endplates."""
    half_width_mm: float
    """Half the body's width at its waist."""
    body: BoolVoxels
    disc_step_mm: float
    """From the disc below to the disc above."""


def reach_box(around: Surroundings) -> Box:
    """Return the part of the crop that the posterior elements lie in."""
    (u0, u1), (v0, v1), (w0, w1) = REACH_MM
    corners = np.array([(u, v, w) for u in (u0, u1) for v in (v0, v1) for w in (w0, w1)])
    return around.crop.box_around(around.outline.axes.lps_of(corners), 0.0)


def _canal_back_mm(
    around: Surroundings, layers_mm: FloatArray, centre_uvw: FloatArray
) -> FloatArray:
    """Return where the canal ends behind its centre in each layer, on the midline."""
    behind = np.arange(0.0, 16.0, 0.4)
    u, v = (np.interp(layers_mm, centre_uvw[:, 2], centre_uvw[:, n]) for n in (0, 1))
    w = np.broadcast_to(layers_mm[:, np.newaxis], (len(layers_mm), len(behind)))
    points = np.stack(
        [np.broadcast_to(u[:, np.newaxis], w.shape), v[:, np.newaxis] + behind, w], axis=-1
    )
    ijk = around.crop.geometry.ijk_of(around.outline.axes.lps_of(points))
    inside = ndimage.map_coordinates(
        around.canal.astype(np.float32), np.moveaxis(ijk, -1, 0)[::-1], order=1
    )
    back = v + behind[(inside < 0.5).argmax(axis=1)]
    return np.asarray(ndimage.gaussian_filter1d(back, 2.0, mode="nearest"))


def _between_plates(discs: DiscPair, u: FloatArray, v: FloatArray, w: FloatArray) -> BoolVoxels:
    between: BoolVoxels = (w < discs.above.plate_mm(u, v, upper=False)) & (
        w > discs.below.plate_mm(u, v, upper=True)
    )
    return between


def arch_place(around: Surroundings, box: Box) -> ArchPlace:
    """Return the coordinates of a box's voxels in body axes, and of the canal beside them."""
    axes = around.outline.axes
    uvw = axes.uvw_of(around.crop.points_lps_mm(box))
    u, v, w = uvw[..., 0], uvw[..., 1], uvw[..., 2]
    centre = axes.uvw_of(around.line.points_lps_mm)
    layers = np.arange(REACH_MM[2][0], REACH_MM[2][1], 1.0)
    front = canal_front_mm(around.canal, around.crop, axes, layers)
    back = _canal_back_mm(around, layers, centre)
    return ArchPlace(
        u_mm=u,
        v_mm=v,
        w_mm=w,
        canal_u_mm=np.interp(w, centre[:, 2], centre[:, 0]),
        canal_v_mm=np.interp(w, centre[:, 2], centre[:, 1]),
        canal_front_v_mm=np.interp(w, layers, front),
        canal_back_v_mm=np.interp(w, layers, back),
        beyond_wall_mm=np.hypot(u, v) - around.outline.wall_mm(u, v, w),
        beside_own_body=_between_plates(around.discs, u, v, w),
        half_width_mm=around.outline.half_width_mm(),
        body=around.body[box],
        disc_step_mm=around.discs.above.w_mm - around.discs.below.w_mm,
    )
