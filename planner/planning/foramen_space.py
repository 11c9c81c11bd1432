"""The neural foramina: the holes that bone encloses beside the canal, seen from the side."""

import math

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.foundation.compiled import compiled
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import VoxelMask
from planner.planning.mirrored_pedicle import mirrored_pedicle

_RAYS = 16
_LEAST_HITS = 13
"""Of so many rays in a sagittal plane that must meet bone: a disc and a joint leave gaps."""
_REACH_MM = 16.0
"""No foramen is wider or higher than twice this."""
_IN_CANAL_MM = 1.0
_BEYOND_PEDICLE_MM = 2.0
"""Where a root leaves its foramen, lateral of the pedicle."""
_BEHIND_WALL_MM, _BEFORE_WALL_MM = 16.0, 4.0
"""Behind and before the posterior-wall plane."""
_FROM_PEDICLE_MM = 18.0
"""Above and below a pedicle."""
_LEAST_ML = 0.05
"""Of a side; less is a gap in an outline and no foramen."""


def foramen_space(vertebra: VertebraModel) -> VoxelMask | None:
    """Return the foramina above and below a vertebra's pedicles, both sides.

    A voxel outside bone belongs to a foramen when it lies between the canal and the lateral
    border of the pedicles, and rays in the vertebra's sagittal plane meet bone all around it.

    Returns
    -------
    The space that the roots pass through, on the vertebra's grid; None where neighbours or
    pedicles that would bound it are not in the images.
    """
    bone = vertebra.whole.voxels | vertebra.other_bone.voxels
    free = _candidates(vertebra) & ~bone & ~vertebra.canal.voxels
    if not free.any():
        return None
    grid = vertebra.whole.geometry
    space = _enclosed(
        np.argwhere(free), bone, _rays(vertebra), round(_REACH_MM / grid.spacing_ijk_mm[0])
    )
    mask = np.zeros_like(bone)
    mask[free] = space
    found = VoxelMask(_without_slivers(mask), grid)
    return found if found.volume_mm3 > 1000.0 * _LEAST_ML else None


def _without_slivers(mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return a mask without gaps of joints and pores of bone, which are two voxels thin."""
    if not mask.any():
        return mask
    box = ndimage.find_objects(mask.astype(np.uint8))[0]
    opened = np.zeros_like(mask)
    opened[box] = ndimage.binary_opening(mask[box], np.ones((3, 3, 3), np.bool_))
    return opened


def _candidates(vertebra: VertebraModel) -> NDArray[np.bool_]:
    grid = vertebra.whole.geometry
    near = np.zeros(grid.shape_kji, np.bool_)
    box = _box_around_pedicles(vertebra)
    lower_ijk = [part.start for part in box[::-1]]
    part = grid.cropped(lower_ijk, [part.stop for part in box[::-1]])
    x, y, z = (_frame_coordinate(vertebra, part, axis) for axis in range(3))
    wall = vertebra.lps_from_vertebra.inverse.point(vertebra.walls.posterior.point_lps_mm)
    in_depth = (y > wall[1] - _BEFORE_WALL_MM) & (y < wall[1] + _BEHIND_WALL_MM)
    for pedicle in _pedicles(vertebra):
        middle = vertebra.lps_from_vertebra.inverse.point(pedicle.isthmus_lps_mm)
        beside = x * pedicle.side.sign - abs(float(middle[0]))
        near[box] |= (
            in_depth
            & (np.abs(z - float(middle[2])) < pedicle.height_mm / 2.0 + _FROM_PEDICLE_MM)
            & (beside > -pedicle.width_mm / 2.0 - _IN_CANAL_MM)
            & (beside < pedicle.width_mm / 2.0 + _BEYOND_PEDICLE_MM)
        )
    return near


def _box_around_pedicles(vertebra: VertebraModel) -> tuple[slice, slice, slice]:
    """Return the part of the vertebra's grid in which foramina can lie, along k, j and i."""
    grid = vertebra.whole.geometry
    reach_mm = _FROM_PEDICLE_MM + _BEHIND_WALL_MM
    places = np.array([p.isthmus_lps_mm for p in _pedicles(vertebra)] or [vertebra.centre_lps_mm])
    reach = reach_mm / np.array(grid.spacing_ijk_mm)
    ijk = grid.ijk_of(places)
    lower = np.clip(np.floor(ijk.min(axis=0) - reach), 0, np.array(grid.shape_ijk) - 1)
    upper = np.clip(np.ceil(ijk.max(axis=0) + reach) + 1, lower + 1, grid.shape_ijk)
    i, j, k = (slice(int(a), int(b)) for a, b in zip(lower, upper, strict=True))
    return k, j, i


def _pedicles(vertebra: VertebraModel) -> list[Pedicle]:
    # Roots leave on the side of a lost pedicle too: there its mirror image says where.
    both = (vertebra.pedicle(side) or mirrored_pedicle(vertebra, side) for side in Side)
    return [pedicle for pedicle in both if pedicle is not None]


def _frame_coordinate(
    vertebra: VertebraModel, grid: GridGeometry, axis: int
) -> NDArray[np.float32]:
    """Return each voxel's place along one axis of the vertebra's frame, shape (k, j, i)."""
    inverse = vertebra.lps_from_vertebra.inverse
    origin = float(inverse.point(grid.lps_from_ijk[:3, 3])[axis])
    step_i, step_j, step_k = (inverse.rotation @ grid.lps_from_ijk[:3, :3])[axis]
    i, j, k = (np.arange(n, dtype=np.float32) for n in grid.shape_ijk)
    rows = k[:, np.newaxis] * np.float32(step_k) + j * np.float32(step_j) + np.float32(origin)
    places: NDArray[np.float32] = rows[:, :, np.newaxis] + i * np.float32(step_i)
    return places


def _rays(vertebra: VertebraModel) -> FloatArray:
    """Return steps of a voxel's length around the left-right axis, shape (rays, 3), (k, j, i)."""
    turns = np.arange(_RAYS) * (2.0 * math.pi / _RAYS)
    rotation = vertebra.lps_from_vertebra.rotation
    back, up = rotation[:, 1], rotation[:, 2]
    lps = np.outer(np.cos(turns), back) + np.outer(np.sin(turns), up)
    return np.ascontiguousarray(lps[:, ::-1])


@compiled
def _enclosed(
    places_kji: NDArray[np.int64], bone: NDArray[np.bool_], rays: FloatArray, reach: int
) -> NDArray[np.bool_]:
    found = np.zeros(len(places_kji), np.bool_)
    n_k, n_j, n_i = bone.shape
    for n in range(len(places_kji)):
        hits = 0
        for ray in range(len(rays)):
            for step in range(1, reach + 1):
                k = round(places_kji[n, 0] + step * rays[ray, 0])
                j = round(places_kji[n, 1] + step * rays[ray, 1])
                i = round(places_kji[n, 2] + step * rays[ray, 2])
                if k < 0 or j < 0 or i < 0 or k >= n_k or j >= n_j or i >= n_i:
                    break
                if bone[k, j, i]:
                    hits += 1
                    break
            if hits + len(rays) - 1 - ray < _LEAST_HITS:
                break
        found[n] = hits >= _LEAST_HITS
    return found
