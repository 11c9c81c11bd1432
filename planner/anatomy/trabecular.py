"""The density of a body's spongy bone: the mean in an ellipsoid well inside its cortex."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body_block import BodyAxes
from planner.anatomy.mask_surfaces import last_crossing, share_inside
from planner.geometry.points import FloatArray
from planner.geometry.transforms import RigidTransform
from planner.imaging.volume import BoolArray, VoxelMask

_CORTEX_MM = 4.5
"""How much shorter the ellipsoid's half axes are than the body's."""
_ENDPLATE_MM = 3.0
"""How far inside every surface it stays, for endplates are hollow and fractures have steps."""
_LEAST_ML = 0.4
_REACH_MM, _STEP_MM = 36.0, 0.4
_IMPLANT_HU, _IMPLANT_SHARE = 1000.0, 0.02


def trabecular_ellipsoid(body: VoxelMask, lps_from_vertebra: RigidTransform) -> BoolArray:
    """Return the voxels of a body's grid in the ellipsoid that its spongy bone is read in.

    Its axes are the vertebra's, its centre the middle of the body along each; its half axes are
    the body's, less the cortex. Where endplates are hollow it keeps away from them.

    Parameters
    ----------
    body
        The vertebral body, on a grid of cubic voxels.
    lps_from_vertebra
        Its frame, the origin in the body.
    """
    axes = BodyAxes(lps_from_vertebra)
    ends = np.array([_ends_mm(body, axes, n) for n in range(3)])
    middle_mm, half_mm = ends.mean(axis=1), np.diff(ends, axis=1)[:, 0] / 2.0 - _CORTEX_MM
    if not (half_mm > 0.0).all():
        return np.zeros_like(body.voxels)
    depth = round(_ENDPLATE_MM / body.geometry.spacing_ijk_mm[0])
    inside = ndimage.binary_erosion(body.voxels, iterations=depth)
    kji = np.argwhere(inside)
    uvw = axes.uvw_of(body.geometry.lps_of(kji[:, ::-1]))
    within = (((uvw - middle_mm) / half_mm) ** 2).sum(axis=1) <= 1.0
    ellipsoid = np.zeros_like(body.voxels)
    ellipsoid[tuple(kji[within].T)] = True
    return ellipsoid


def _ends_mm(body: VoxelMask, axes: BodyAxes, axis: int) -> tuple[float, float]:
    """Return where a line along one axis through the origin leaves a body on either side."""
    along = np.arange(0.0, _REACH_MM, _STEP_MM)
    places = []
    for sign in (-1.0, 1.0):
        uvw = np.zeros((1, len(along), 3))
        uvw[0, :, axis] = sign * along
        places.append(sign * float(last_crossing(share_inside(body, axes, uvw), along)[0]))
    return places[0], places[1]


def trabecular_hu(
    body: VoxelMask,
    hu: NDArray[np.int16] | NDArray[np.float32] | FloatArray,
    lps_from_vertebra: RigidTransform,
) -> float | None:
    """Return the mean density of a body's spongy bone.

    Parameters
    ----------
    body
        The vertebral body, on a grid of cubic voxels.
    hu
        Hounsfield units ``hu[k, j, i]`` on that grid.
    lps_from_vertebra
        Its frame, the origin in the body.

    Returns
    -------
    None where too little spongy bone is left, or it holds cement or metal.
    """
    ellipsoid = trabecular_ellipsoid(body, lps_from_vertebra)
    if float(ellipsoid.sum()) * body.geometry.voxel_mm3 < _LEAST_ML * 1000.0:
        return None
    inside = hu[ellipsoid]
    if float((inside > _IMPLANT_HU).mean()) >= _IMPLANT_SHARE:
        return None
    return float(inside.mean())
