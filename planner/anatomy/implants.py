"""Cement and metal in a CT: hidden where bone is outlined, and said."""

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.spine_crop import FloatVoxels, SpineCrop
from planner.geometry.points import FloatArray

_IMPLANT_HU, _CORTEX_MM = 1300.0, 2.4
"""Denser than any cortex that a CT shows, and thicker."""
_LEAST_MM3 = 60.0
_HIDDEN_BONE_HU, _MARROW_HU = 200.0, 110.0
_MARGIN_MM = 2.4
"""How far blur and streaks brighten what lies around."""
_NEAR_MM = 12.0


def implant_voxels(hu: FloatVoxels, spacing_mm: float) -> NDArray[np.bool_]:
    """Return where something thick is denser than bone."""
    bright = hu > _IMPLANT_HU
    if not bright.any():
        return bright
    width = max(round(_CORTEX_MM / spacing_mm), 2)
    core = _opened(bright, width)
    if float(core.sum()) * spacing_mm**3 < _LEAST_MM3:
        return np.zeros_like(bright)
    return np.asarray(ndimage.binary_propagation(core, mask=bright), np.bool_)


def _opened(mask: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return the parts of a mask that hold a whole cube, axis by axis."""
    cubes = mask
    for axis in range(mask.ndim):
        starts = max(cubes.shape[axis] - width + 1, 0)
        cubes = np.logical_and.reduce([_along(cubes, axis, n, starts) for n in range(width)])
    opened = cubes
    for axis in range(mask.ndim):
        starts, shape = opened.shape[axis], list(opened.shape)
        shape[axis] = mask.shape[axis]
        spread = np.zeros(shape, np.bool_)
        for n in range(width):
            part = _along(spread, axis, n, starts)
            np.logical_or(part, opened, out=part)
        opened = spread
    return opened


def _along(mask: NDArray[np.bool_], axis: int, first: int, count: int) -> NDArray[np.bool_]:
    """Return a view of so many places along an axis."""
    part: NDArray[np.bool_] = np.moveaxis(
        np.moveaxis(mask, axis, 0)[first : first + count], 0, axis
    )
    return part


def without_implants(crop: SpineCrop) -> SpineCrop:
    """Return a crop with marrow in place of cement and metal, which would pass for cortex."""
    implants = implant_voxels(crop.hu, crop.spacing_mm)
    if not implants.any():
        return crop
    around = ndimage.binary_dilation(implants, iterations=round(_MARGIN_MM / crop.spacing_mm))
    hidden = implants | (around & (crop.hu > _HIDDEN_BONE_HU))
    return attrs.evolve(crop, hu=np.where(hidden, np.float32(_MARROW_HU), crop.hu))


def implant_note(crop: SpineCrop, body_lps_mm: FloatArray) -> str:
    """Return a sentence where cement or metal lies in or near a body, else nothing.

    Parameters
    ----------
    crop
        The CT as it is.
    body_lps_mm
        Points that fill the body, shape (n, 3).
    """
    implants = implant_voxels(crop.hu, crop.spacing_mm)
    if not implants.any():
        return ""
    inside = np.rint(crop.geometry.ijk_of(body_lps_mm)).astype(int)
    body = np.zeros(crop.hu.shape, np.bool_)
    body[inside[:, 2], inside[:, 1], inside[:, 0]] = True
    if float((implants & body).sum()) * crop.geometry.voxel_mm3 >= _LEAST_MM3:
        return "Cement or metal lies in this body: check its outline; its density is not told."
    box = crop.box_around(body_lps_mm, _NEAR_MM)
    if implants[box].any():
        return "Cement or metal lies near this body: check its outline against the slices."
    return ""
