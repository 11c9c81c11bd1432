"""The patient's skin: the body without couch and clothes, and where a needle passes through it."""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.geometry.points import PointLike, Vec3, as_point_mm, as_unit_vector
from planner.imaging.hounsfield import sample_hu
from planner.imaging.resample import isotropic_crop_geometry, resample_volume
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import Volume, VoxelMask

_SPACING_MM = 2.5
_SKIN_HU = -300.0
_THIN_MM = 9.0
"""Couch tops, straps and clothes are thinner than this, the patient is not."""
_SLAB_LAYERS = 12
_RAY_STEP_MM = 0.5
_OUTSIDE_MM = 8.0
"""How long a ray must stay outside before it has left the patient."""
_REFINE_MM = 7.0


def _disc(radius_mm: float) -> NDArray[np.bool_]:
    reach = round(radius_mm / _SPACING_MM)
    j, i = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    disc: NDArray[np.bool_] = np.hypot(j, i) <= reach + 0.3
    return disc[np.newaxis]


def _tissue(volume: Volume, grid: GridGeometry, progress: Progress) -> NDArray[np.bool_]:
    """Return what is denser than air on a grid, a slab at a time: a volume may be large."""
    columns, rows, layers = grid.shape_ijk
    tissue = np.empty(grid.shape_kji, np.bool_)
    for first in range(0, layers, _SLAB_LAYERS):
        progress(first / layers, "Finding the skin")
        last = min(first + _SLAB_LAYERS, layers)
        slab = grid.cropped((0, 0, first), (columns, rows, last))
        tissue[first:last] = resample_volume(volume, slab).voxels > _SKIN_HU
    progress(1.0, "Finding the skin")
    return tissue


def find_skin(volume: Volume, progress: Progress = no_progress) -> VoxelMask:
    """Return the patient's body, lungs and bowel included, without couch and clothes.

    Raises
    ------
    AnatomyProblem
        If there is no body in the volume.
    """
    corners = volume.geometry.corners_lps_mm()
    grid = isotropic_crop_geometry(
        volume.geometry, corners.min(axis=0), corners.max(axis=0), _SPACING_MM
    )
    tissue = _tissue(volume, grid, part_of(progress, 0.0, 0.4))
    structure = _disc(_THIN_MM / 2)
    thick = ndimage.binary_opening(tissue, structure)
    parts, count = ndimage.label(thick)
    if not count:
        raise AnatomyProblem("No patient can be seen in this CT.")
    sizes = np.bincount(parts.ravel())
    sizes[0] = 0
    patient = parts == sizes.argmax()
    progress(0.7, "Finding the skin")
    # What the opening rounded off comes back, but nothing that is thin comes with it.
    patient = ndimage.binary_dilation(patient, structure) & tissue
    filled = np.array([ndimage.binary_fill_holes(layer) for layer in patient])
    progress(1.0, "")
    return VoxelMask(filled, grid)


def _mask_along(skin: VoxelMask, points_lps_mm: NDArray[np.float64]) -> NDArray[np.bool_]:
    inside: NDArray[np.bool_] = trilinear(skin.voxels, skin.geometry.ijk_of(points_lps_mm)) > 0.5
    return inside


def skin_crossing_lps_mm(
    volume: Volume, skin: VoxelMask, from_bone_lps_mm: PointLike, direction_lps: PointLike
) -> Vec3 | None:
    """Return where a ray from a bone leaves the patient.

    Parameters
    ----------
    volume
        The CT: the place is where its Hounsfield units fall to air.
    skin
        The patient as found by `find_skin`.
    from_bone_lps_mm
        Where the ray starts.
    direction_lps
        Where it runs to, outwards.

    Returns
    -------
    The point on the skin; None where the ray leaves the volume inside the patient.
    """
    start, direction = as_point_mm(from_bone_lps_mm), as_unit_vector(direction_lps)
    corners = volume.geometry.corners_lps_mm()
    length = float(np.linalg.norm(np.ptp(corners, axis=0)))
    along = np.arange(0.0, length, _RAY_STEP_MM)
    points = start + along[:, np.newaxis] * direction
    in_volume = ((points >= corners.min(axis=0)) & (points <= corners.max(axis=0))).all(axis=1)
    points = points[: int(in_volume.argmin())] if not in_volume.all() else points
    if not len(points):
        return None
    inside = _mask_along(skin, points)
    needed = round(_OUTSIDE_MM / _RAY_STEP_MM)
    stays_inside = ndimage.maximum_filter1d(inside, needed, origin=-(needed // 2))
    if stays_inside.all():
        return None
    exit_at = int(stays_inside.argmin())
    return as_point_mm(points[_refined(volume, points, exit_at)])


def _refined(volume: Volume, points_lps_mm: NDArray[np.float64], exit_at: int) -> int:
    """Return the index near a coarse exit where tissue turns to air."""
    reach = round(_REFINE_MM / _RAY_STEP_MM)
    first, last = max(exit_at - reach, 0), min(exit_at + reach, len(points_lps_mm) - 1)
    hu = np.nan_to_num(sample_hu(volume, points_lps_mm[first : last + 1]), nan=-1000.0)
    falls = np.flatnonzero((hu[:-1] >= _SKIN_HU) & (hu[1:] < _SKIN_HU))
    if not len(falls):
        return exit_at
    nearest = falls[np.abs(falls + first - exit_at).argmin()]
    return int(nearest) + first
