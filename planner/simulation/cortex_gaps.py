"""Where the cortex of a body is open: gaps that a CT shows, told from noise."""

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.transforms import RigidTransform
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import BoolArray
from planner.simulation.cement_assumptions import STEP_MM, least_opening_radius_mm
from planner.simulation.cement_zones import WayOut

_OUTWARDS_MM, _INWARDS_MM, _PROFILE_STEP_MM = 1.5, 1.25, 0.25
"""How far the cortex is looked for on either side of the outline in a fine CT."""
_OUTWARDS_STEPS, _INWARDS_STEPS = 1.0, 1.2
"""And in steps of a coarse one: its outlines may be a voxel off."""
_NEIGHBOURS, _NEAR_MM = 9, 0.8
_CLOSED_SHARE = 0.27
"""Of the usual step from marrow to the brightest of the cortex: below it a wall is open."""
_LEAST_STEP_HU, _FINE_STEP_MM = 60.0, 1.25
"""The least such step, and up to which spacing: in coarser slices marrow and what lies outside
fill more of each voxel, and thin cortex stands out less from them."""
_BASIVERTEBRAL_HALF_MM = (8.0, 6.0)
"""Half width and height of the place at the back where the basivertebral vein leaves."""
_VEIN_DIAMETER_MM = 2.2
"""A gap at the waist of a side wall that is no wider than this is a vein's."""
_WAIST_SHARE = 0.3

FloatGrid = NDArray[np.float32]
IntArray = NDArray[np.intp]


@attrs.frozen
class CortexGap:
    """A place where the wall of a body is open."""

    way_out: WayOut
    place_lps_mm: Triple
    area_mm2: float
    wall: str
    """``superior endplate``, ``inferior endplate``, ``anterior wall``, ``posterior wall`` or
    ``lateral wall``."""

    @property
    def diameter_mm(self) -> float:
        """Of a round hole of the same area."""
        return 2.0 * math.sqrt(self.area_mm2 / math.pi)


WALLS = (
    "lateral wall",
    "anterior wall",
    "posterior wall",
    "inferior endplate",
    "superior endplate",
)


@attrs.frozen(eq=False)
class WallSurface:
    """The voxels of a body's surface, in the vertebra's frame."""

    kji: IntArray
    """Shape (n, 3)."""
    places_mm: FloatArray
    """In the vertebra's frame, shape (n, 3)."""
    outward: FloatArray
    """Unit vectors in the same frame, shape (n, 3)."""

    @property
    def area_mm2(self) -> FloatArray:
        """How much of the surface each voxel stands for, shape (n,)."""
        steepest = np.abs(self.outward).max(axis=1)
        area: FloatArray = STEP_MM**2 / np.where(steepest > 0.0, steepest, 1.0)
        return area


def wall_numbers(outward: FloatArray) -> IntArray:
    """Return the number in `WALLS` of the wall that each direction (n, 3) points out of."""
    x, y, z = outward.T
    side = np.where(np.abs(y) >= np.abs(x), np.where(y > 0, 2, 1), 0)
    is_plate = np.abs(z) >= np.maximum(np.abs(x), np.abs(y))
    numbers: IntArray = np.where(is_plate, np.where(z > 0, 4, 3), side).astype(np.intp)
    return numbers


def surface_of(inside: BoolArray, depth_mm: FloatGrid, lower_mm: FloatArray) -> WallSurface:
    """Return the voxels of a region that touch its outside by a face.

    Parameters
    ----------
    inside
        The region, ``[k, j, i]`` in the vertebra's frame, clear of the grid's edges.
    depth_mm
        Signed distance to its surface, positive inside.
    lower_mm
        Where the first voxel's centre lies.
    """
    core = ndimage.binary_erosion(inside)
    kji = np.argwhere(inside & ~core)
    smooth = ndimage.gaussian_filter(depth_mm, 1.5)
    slopes = np.stack([_slope(smooth, kji, axis) for axis in (2, 1, 0)], axis=1)
    lengths = np.linalg.norm(slopes, axis=1, keepdims=True)
    outward = -slopes / np.where(lengths > 0.0, lengths, 1.0)
    return WallSurface(kji, lower_mm + STEP_MM * kji[:, ::-1], outward)


def _slope(values: FloatGrid, kji: IntArray, axis: int) -> FloatArray:
    ahead, behind = kji.copy(), kji.copy()
    ahead[:, axis] += 1
    behind[:, axis] -= 1
    slope: FloatArray = (values[tuple(ahead.T)] - values[tuple(behind.T)]).astype(np.float64)
    return slope


def brightest_hu(
    surface: WallSurface,
    hu: FloatGrid,
    lower_mm: FloatArray,
    step_mm: float,
) -> FloatArray:
    """Return the brightest value across the wall at each voxel, noise evened out, shape (n,).

    `step_mm` is the largest spacing of the CT: cortex is looked for over a step of it.
    """
    brightest = np.full(len(surface.kji), -np.inf)
    outwards_mm = max(_OUTWARDS_MM, _OUTWARDS_STEPS * step_mm)
    inwards_mm = max(_INWARDS_MM, _INWARDS_STEPS * step_mm)
    depths_mm = np.arange(-outwards_mm, inwards_mm + 0.01, _PROFILE_STEP_MM)
    for depth_mm in depths_mm:
        places = surface.places_mm - depth_mm * surface.outward
        values = trilinear(hu, (places - lower_mm) / STEP_MM)
        np.maximum(brightest, values, out=brightest)
    tree = cKDTree(surface.places_mm)
    count = min(_NEIGHBOURS, len(brightest))
    _, near = tree.query(surface.places_mm, k=count)
    evened: FloatArray = np.median(brightest[near.reshape(len(brightest), count)], axis=1)
    return evened


def find_gaps(
    surface: WallSurface,
    brightest: FloatArray,
    marrow_hu: float,
    vertebra: VertebraModel,
    step_mm: float,
) -> tuple[IntArray, tuple[CortexGap, ...]]:
    """Return the number of each surface voxel's gap, -1 where the wall is closed, and the gaps.

    A wall is open where its brightest value stays near the marrow's, judged against the same
    wall's usual cortex, over a spot wide enough not to be noise. What is near, and what is wide
    enough, follows `step_mm`, the largest spacing of the CT.
    """
    least_step_hu = _LEAST_STEP_HU * min(1.0, _FINE_STEP_MM / step_mm)
    walls = wall_numbers(surface.outward)
    is_open = np.zeros(len(walls), np.bool_)
    for number in range(len(WALLS)):
        here = walls == number
        if here.any():
            usual = float(np.median(brightest[here]))
            limit = marrow_hu + max(_CLOSED_SHARE * (usual - marrow_hu), least_step_hu)
            is_open |= here & (brightest < limit)
    patch = _wide_patches(surface.places_mm, is_open, least_opening_radius_mm(step_mm))
    gaps = tuple(_gap_of(surface, patch == number, vertebra) for number in range(patch.max() + 1))
    return patch, gaps


def _gap_of(surface: WallSurface, of_patch: BoolArray, vertebra: VertebraModel) -> CortexGap:
    """Return the gap that a patch of a surface is, however deep its sides reach into the bone."""
    frame = vertebra.lps_from_vertebra
    place = surface.places_mm[of_patch].mean(axis=0)
    # Directions times areas add up to those of the flat opening, by the divergence theorem.
    areas = surface.area_mm2[of_patch, np.newaxis]
    opening = (areas * surface.outward[of_patch]).sum(axis=0)
    area_mm2 = _opening_area_mm2(surface.kji[of_patch], opening / np.linalg.norm(opening))
    wall = WALLS[int(wall_numbers(opening[np.newaxis])[0])]
    middle_mm, height_mm = _middle_and_height(vertebra, frame)
    way = _way_of(wall, place - middle_mm, area_mm2, height_mm)
    return CortexGap(way, as_triple(frame.point(place)), area_mm2, wall)


def _opening_area_mm2(kji: IntArray, outwards: FloatArray) -> float:
    """Return the area of a patch as seen from outside.

    Each column of voxels counts once: where the outline dips into a gap, its steep sides hold
    several voxels a column, and adding them up would make a hole of 3 mm one of 4 mm.
    """
    axis = int(np.abs(outwards).argmax())
    across = np.delete(kji[:, ::-1], axis, axis=1)
    columns = len(np.unique(across, axis=0))
    return columns * STEP_MM**2 / abs(float(outwards[axis]))


def _middle_and_height(vertebra: VertebraModel, frame: RigidTransform) -> tuple[FloatArray, float]:
    line = vertebra.heights.posterior
    ends = frame.inverse.points(np.array([line.superior_lps_mm, line.inferior_lps_mm]))
    middle = np.array([0.0, 0.0, ends[:, 2].mean()])
    return middle, line.height_mm


def _way_of(wall: str, place_mm: FloatArray, area_mm2: float, height_mm: float) -> WayOut:
    half_width_mm, half_height_mm = _BASIVERTEBRAL_HALF_MM
    x, _, z = np.abs(place_mm)
    if wall == "posterior wall" and x <= half_width_mm and z <= half_height_mm:
        return WayOut.BASIVERTEBRAL
    is_side = wall in {"lateral wall", "anterior wall"}
    if is_side and z <= _WAIST_SHARE * height_mm:
        diameter_mm = 2.0 * math.sqrt(area_mm2 / math.pi)
        return WayOut.SEGMENTAL if diameter_mm <= _VEIN_DIAMETER_MM else WayOut.CORTICAL
    return WayOut.DISC if "endplate" in wall else WayOut.CORTICAL


def _wide_patches(places_mm: FloatArray, is_open: BoolArray, least_radius_mm: float) -> IntArray:
    """Return for each place the number of its patch of open ones, -1 where it is in none."""
    patch = np.full(len(places_mm), -1, np.intp)
    opened = np.flatnonzero(is_open)
    if not len(opened) or is_open.all():
        return patch
    to_closed_mm = np.asarray(cKDTree(places_mm[~is_open]).query(places_mm[opened])[0])
    pairs = cKDTree(places_mm[opened]).query_pairs(_NEAR_MM, output_type="ndarray")
    links = coo_matrix(
        (np.ones(len(pairs), np.int32), (pairs[:, 0], pairs[:, 1])), (len(opened),) * 2
    )
    count, label = connected_components(links, directed=False)
    number = 0
    for part in range(count):
        of_part = label == part
        if to_closed_mm[of_part].max() >= least_radius_mm:
            patch[opened[of_part]] = number
            number += 1
    return patch
