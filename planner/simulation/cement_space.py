"""What cement finds around a vertebra: pores, walls and ways out, on a grid of its own."""

import itertools
from typing import Any

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.progress import Progress, no_progress
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray
from planner.imaging.volume import BoolArray
from planner.planning.safety_maps import SafetyMaps
from planner.simulation.cement_assumptions import (
    CLEFT_HU,
    CONDUCTANCE,
    CONDUCTANCE_RANGE,
    FLUID_CLEFT_HU,
    FLUID_CLEFT_LEAST_MM3,
    FLUID_CLEFT_LOWEST_HU,
    GAP_CONDUCTANCE,
    GAP_DEPTH_MM,
    POROSITY_RANGE,
    STEP_MM,
    USUAL_HU,
)
from planner.simulation.cement_march import Ways
from planner.simulation.cement_zones import WayOut, Zone
from planner.simulation.cortex_gaps import CortexGap, brightest_hu, find_gaps, surface_of

FloatGrid = NDArray[np.float32]
ZoneGrid = NDArray[np.uint8]

_BESIDE_MM, _BEHIND_MM, _ABOVE_MM = 10.0, 26.0, 9.0
_PEDICLE_MM = 5.0
"""Spongy bone this far behind the posterior wall still takes cement; behind it is the track's."""
_DEEP_MM = 3.0
_FOOTPRINT_VOXELS = 3
_FORAMEN_DEPTH_MM = 14.0
_VEIN_RADIUS_MM, _VEIN_REACH_SHARE = 1.2, 0.45
"""The basivertebral channel, from its gap towards the middle of the body."""
_SEGMENTAL_OUT_MM, _SEGMENTAL_BACK_MM = 2.5, 14.0
_CLEFT_DEPTH_MM = 1.0
_HOLLOW_MM = 2.5
_AT_SURFACE_MM = 1.5


@attrs.frozen(eq=False)
class CementSpace:
    """A vertebra as cement finds it, before any instrument has been in it.

    All grids are read ``[k, j, i]`` and run along the vertebra's left, posterior and superior.
    """

    vertebra: VertebraModel
    geometry: GridGeometry
    zones: ZoneGrid
    """As `Zone`; the outermost layer is wall."""
    porosity: FloatGrid
    """The share of each voxel that cement can fill."""
    conductance: FloatGrid
    """How easily cement moves on; 1 in spongy bone of the usual density."""
    openings: ZoneGrid
    """The `WayOut` of each surface voxel in a gap, 0 elsewhere."""
    gaps: tuple[CortexGap, ...]
    marrow_hu: float
    depth_mm: FloatGrid
    """Signed distance to the surface of the bone, positive inside."""

    @property
    def voxel_ml(self) -> float:
        """Volume of one voxel."""
        return STEP_MM**3 / 1000.0

    def ways(self, zones: ZoneGrid, porosity: FloatGrid, conductance: FloatGrid) -> Ways:
        """Return what a front moves through, with instruments or cement in it; flat arrays."""
        ni, nj, _ = self.geometry.shape_ijk
        return Ways(
            zones,
            porosity * np.float32(self.voxel_ml),
            np.log(conductance),
            self.openings.ravel(),
            ni,
            ni * nj,
        )

    @property
    def pores_ml(self) -> float:
        """What the body's own pores and clefts can take."""
        inside = (self.zones != Zone.WALL) & (self.zones < Zone.CANAL)
        return float(self.porosity[inside].sum(dtype=np.float64)) * self.voxel_ml


def build_cement_space(maps: SafetyMaps, progress: Progress = no_progress) -> CementSpace:
    """Return what cement finds around a vertebra.

    Without a CT every pore is alike and every wall is closed.

    Parameters
    ----------
    maps
        Of the vertebra, with the CT.
    progress
        Told of each step.
    """
    vertebra = maps.vertebra
    progress(0.0, f"Reading the pores of {vertebra.level.name}")
    grid = _grid_around(maps)
    lower_mm = np.asarray(vertebra.lps_from_vertebra.inverse.point(grid.lps_from_ijk[:3, 3]))
    depth_mm = _on_grid(maps.bone.values, maps.bone.geometry, grid)
    body_mm = _on_grid(maps.body.values, maps.body.geometry, grid)
    progress(0.3)
    if maps.volume is None:
        hu = np.full(grid.shape_kji, USUAL_HU, np.float32)
    else:
        hu = _on_grid(maps.volume.voxels, maps.volume.geometry, grid)
    deep = body_mm > _DEEP_MM
    marrow_hu = float(np.median(hu[deep])) if deep.any() else USUAL_HU
    inside = _pore_region(depth_mm, body_mm, grid, maps)
    progress(0.5)
    zones = _outside_zones(maps, grid, body_mm)
    zones[inside] = Zone.BONE
    zones[_clefts(hu, inside & (body_mm > _CLEFT_DEPTH_MM), marrow_hu)] = Zone.CLEFT
    seen = (
        None
        if maps.volume is None
        else _SeenWall(hu, marrow_hu, max(maps.volume.geometry.spacing_ijk_mm))
    )
    openings, gaps = _walled(zones, inside, depth_mm, seen, vertebra, lower_mm)
    progress(0.8)
    _name_hollows(zones, gaps, grid)
    _add_veins(zones, gaps, vertebra, lower_mm)
    _close_edges(zones)
    porosity, conductance = _pores(hu, zones, marrow_hu)
    _open(conductance, zones, openings)
    progress(1.0)
    return CementSpace(
        vertebra, grid, zones, porosity, conductance, openings, gaps, marrow_hu, depth_mm
    )


@attrs.frozen(eq=False)
class _SeenWall:
    hu: FloatGrid
    marrow_hu: float
    step_mm: float
    """The largest spacing of the CT."""


def _walled(
    zones: ZoneGrid,
    inside: BoolArray,
    depth_mm: FloatGrid,
    seen: _SeenWall | None,
    vertebra: VertebraModel,
    lower_mm: FloatArray,
) -> tuple[ZoneGrid, tuple[CortexGap, ...]]:
    """Close the surface of the pores in place but for its gaps; return these, on grid and named.

    Without a CT every wall is closed.
    """
    surface = surface_of(inside, depth_mm, lower_mm)
    kji = surface.kji[:, 0], surface.kji[:, 1], surface.kji[:, 2]
    patch = np.full(len(surface.kji), -1)
    gaps: tuple[CortexGap, ...] = ()
    if seen is not None:
        brightest = brightest_hu(surface, seen.hu, lower_mm, seen.step_mm)
        # Where spongy bone goes on into the arch there is no cortex to look for.
        brightest[np.abs(depth_mm[kji]) > _AT_SURFACE_MM] = np.inf
        patch, gaps = find_gaps(surface, brightest, seen.marrow_hu, vertebra, seen.step_mm)
    zones[kji] = np.where(patch < 0, np.uint8(Zone.WALL), zones[kji])
    ways = np.array([*(gap.way_out for gap in gaps), WayOut.INSIDE], np.uint8)
    openings = np.zeros(zones.shape, np.uint8)
    openings[kji] = ways[patch]
    return openings, gaps


def _open(conductance: FloatGrid, zones: ZoneGrid, openings: ZoneGrid) -> None:
    """Ease the way through each gap, where the blur of the CT still shows cortex."""
    if not openings.any():
        return
    reach = round(GAP_DEPTH_MM / STEP_MM)
    near = ndimage.binary_dilation(openings > 0, iterations=reach) & (zones == Zone.BONE)
    conductance[near] = np.maximum(conductance[near], np.float32(GAP_CONDUCTANCE))


def _grid_around(maps: SafetyMaps) -> GridGeometry:
    frame = maps.vertebra.lps_from_vertebra
    body = maps.vertebra.body
    places = frame.inverse.points(body.geometry.lps_of(np.argwhere(body.voxels)[:, ::-1]))
    lower = places.min(axis=0) - (_BESIDE_MM, _BESIDE_MM, _ABOVE_MM)
    beyond_mm = np.array([_BESIDE_MM, _BEHIND_MM, _ABOVE_MM])
    upper = places.max(axis=0) + beyond_mm
    i, j, k = (int(n) for n in np.ceil((upper - lower) / STEP_MM) + 1)
    matrix = frame.matrix
    matrix[:3, 3] = frame.point(lower)
    matrix[:3, :3] *= STEP_MM
    return GridGeometry((i, j, k), matrix)


def _on_grid(values: NDArray[Any], source: GridGeometry, grid: GridGeometry) -> FloatGrid:
    """Return numbers of one grid at the voxels of another, the edge's value outside."""
    source_from_grid = source.ijk_from_lps @ grid.lps_from_ijk
    turn = source_from_grid[:3, :3][::-1, ::-1]
    offset = source_from_grid[:3, 3][::-1]
    resampled: FloatGrid = ndimage.affine_transform(
        values,
        turn,
        offset,
        output_shape=grid.shape_kji,
        output=np.float32,
        order=1,
        mode="nearest",
    )
    return resampled


def _along(
    grid: GridGeometry, vertebra: VertebraModel
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return x, y and z of the vertebra's frame, shaped to be combined over a grid."""
    x0, y0, z0 = vertebra.lps_from_vertebra.inverse.point(grid.lps_from_ijk[:3, 3])
    i, j, k = (np.arange(n) * STEP_MM for n in grid.shape_ijk)
    return x0 + i, (y0 + j)[:, np.newaxis], (z0 + k)[:, np.newaxis, np.newaxis]


def _pore_region(
    depth_mm: FloatGrid, body_mm: FloatGrid, grid: GridGeometry, maps: SafetyMaps
) -> BoolArray:
    """Return the bone that takes cement: the body and the beginning of the pedicles."""
    _, y, _ = _along(grid, maps.vertebra)
    wall = maps.vertebra.lps_from_vertebra.inverse.point(maps.vertebra.walls.posterior.point_lps_mm)
    region = (depth_mm > 0.0) & ((body_mm > 0.0) | (y < wall[1] + _PEDICLE_MM))
    number, count = ndimage.label(region)
    if count > 1:
        sizes = np.bincount(number.ravel())[1:]
        region = number == int(sizes.argmax()) + 1
    kept: BoolArray = np.asarray(region, np.bool_)
    _clear_edges(kept)
    return kept


def _clear_edges(mask: BoolArray) -> None:
    for axis in range(3):
        along = np.moveaxis(mask, axis, 0)
        along[:2], along[-2:] = False, False


def _close_edges(zones: ZoneGrid) -> None:
    for axis in range(3):
        along = np.moveaxis(zones, axis, 0)
        along[0], along[-1] = Zone.WALL, Zone.WALL


def _outside_zones(maps: SafetyMaps, grid: GridGeometry, body_mm: FloatGrid) -> ZoneGrid:
    vertebra = maps.vertebra
    x, y, _ = _along(grid, vertebra)
    wall_mm = float(
        vertebra.lps_from_vertebra.inverse.point(vertebra.walls.posterior.point_lps_mm)[1]
    )
    zones = np.full(grid.shape_kji, Zone.SOFT_TISSUE, np.uint8)
    beside = np.abs(x) < maps.half_width_mm
    behind = (y > wall_mm - 1.0) & (y < wall_mm + _FORAMEN_DEPTH_MM)
    zones[np.broadcast_to(beside & behind, grid.shape_kji)] = Zone.FORAMEN
    canal = _on_grid(vertebra.canal.voxels.astype(np.float32), vertebra.canal.geometry, grid) > 0.5
    # Between the body and the canal as it was outlined lie its own veins and fat.
    before_canal = np.broadcast_to(behind & canal.any(axis=(0, 1)), grid.shape_kji)
    zones[before_canal] = Zone.CANAL
    footprint = ndimage.binary_dilation(
        np.asarray((body_mm > 0.0).any(axis=0)), iterations=_FOOTPRINT_VOXELS
    )
    plates_mm = _on_grid(maps.between_endplates.values, maps.between_endplates.geometry, grid)
    zones[footprint & (plates_mm < 0.0) & (y < wall_mm + 1.0)] = Zone.DISC
    zones[canal] = Zone.CANAL
    bones = vertebra.other_bone.voxels | vertebra.whole.voxels
    zones[_on_grid(bones.astype(np.float32), vertebra.whole.geometry, grid) > 0.5] = Zone.WALL
    return zones


def _clefts(hu: FloatGrid, deep: BoolArray, marrow_hu: float) -> BoolArray:
    """Return hollows of gas, and large ones of fluid."""
    gas = deep & (hu < CLEFT_HU)
    dark = deep & (hu < min(FLUID_CLEFT_HU, marrow_hu - 40.0)) & (hu > FLUID_CLEFT_LOWEST_HU)
    fluid = ndimage.binary_opening(dark, iterations=2)
    number, count = ndimage.label(fluid)
    if count:
        sizes_mm3 = np.bincount(number.ravel()) * STEP_MM**3
        sizes_mm3[0] = 0.0
        fluid = sizes_mm3[number] >= FLUID_CLEFT_LEAST_MM3
    # A gas cleft's edge is blurred over about a voxel of the CT.
    hollow: BoolArray = (ndimage.binary_dilation(gas) & deep) | fluid
    return hollow


def _name_hollows(zones: ZoneGrid, gaps: tuple[CortexGap, ...], grid: GridGeometry) -> None:
    """Call the hollow of a gap what lies beyond it: an outline may dip into the body there."""
    beyond = {
        "superior endplate": Zone.DISC,
        "inferior endplate": Zone.DISC,
        "posterior wall": Zone.CANAL,
    }
    for gap in gaps:
        zone = beyond.get(gap.wall)
        if zone is None:
            continue
        reach = (gap.diameter_mm / 2.0 + _HOLLOW_MM) / STEP_MM
        centre = grid.ijk_of(np.array(gap.place_lps_mm))[::-1]
        low = np.clip(np.floor(centre - reach), 0, None).astype(int)
        window = tuple(slice(int(a), int(a + 2 * reach) + 2) for a in low)
        block = zones[window]
        k, j, i = np.ogrid[tuple(slice(a, a + n) for a, n in zip(low, block.shape, strict=True))]
        away = (k - centre[0]) ** 2 + (j - centre[1]) ** 2 + (i - centre[2]) ** 2
        loose = (block == Zone.SOFT_TISSUE) | (block == Zone.FORAMEN)
        block[loose & (away <= reach**2)] = zone


def _add_veins(
    zones: ZoneGrid,
    gaps: tuple[CortexGap, ...],
    vertebra: VertebraModel,
    lower_mm: FloatArray,
) -> None:
    """Draw the veins that gaps belong to: inside the body, and on their way outside."""
    to_frame = vertebra.lps_from_vertebra.inverse
    for gap in gaps:
        x, y, z = to_frame.point(gap.place_lps_mm)
        if gap.way_out is WayOut.BASIVERTEBRAL:
            end = (0.0, (1.0 - 2.0 * _VEIN_REACH_SHARE) * y, z)
            _draw(zones, np.array([(x, y, z), end]), lower_mm, Zone.BONE, Zone.VEIN_IN_BONE)
        elif gap.way_out is WayOut.SEGMENTAL:
            outwards = np.array([x, min(y, 0.0), 0.0])
            out = np.array([x, y, z]) + _SEGMENTAL_OUT_MM * outwards / np.linalg.norm(outwards)
            back = out + np.array([0.0, _SEGMENTAL_BACK_MM, 0.0])
            line = np.array([(x, y, z), out, back])
            _draw(zones, line, lower_mm, Zone.SOFT_TISSUE, Zone.VEIN)


def _draw(
    zones: ZoneGrid, line_mm: FloatArray, lower_mm: FloatArray, over: Zone, into: Zone
) -> None:
    """Turn one zone into another along a bent line of the vertebra's frame."""
    for start, end in itertools.pairwise(line_mm):
        count = max(2, int(np.linalg.norm(end - start) / (STEP_MM / 2.0)) + 1)
        centres = (np.linspace(start, end, count) - lower_mm) / STEP_MM
        reach = int(np.ceil(_VEIN_RADIUS_MM / STEP_MM))
        for centre in centres:
            low = np.clip(np.rint(centre).astype(int) - reach, 0, None)
            high = np.rint(centre).astype(int) + reach + 1
            block = zones[low[2] : high[2], low[1] : high[1], low[0] : high[0]]
            k, j, i = np.ogrid[tuple(slice(0, n) for n in block.shape)]
            away = (i + low[0] - centre[0]) ** 2 + (j + low[1] - centre[1]) ** 2
            away = away + (k + low[2] - centre[2]) ** 2
            near = away <= (_VEIN_RADIUS_MM / STEP_MM) ** 2
            block[near & (block == over)] = into


def _pores(hu: FloatGrid, zones: ZoneGrid, marrow_hu: float) -> tuple[FloatGrid, FloatGrid]:
    """Return porosity, and conductance by Kozeny and Carman against the usual marrow."""
    solid = np.float32(
        clinical_number("bone-mineral-per-hu") / clinical_number("bone-mineral-of-solid-bone")
    )
    bone = (zones == Zone.BONE) | (zones == Zone.VEIN_IN_BONE)
    porosity = np.ones(zones.shape, np.float32)
    porosity[bone] = np.clip(1.0 - solid * hu[bone], *POROSITY_RANGE)
    usual = float(np.clip(1.0 - solid * marrow_hu, *POROSITY_RANGE))
    conductance = np.ones(zones.shape, np.float32)
    phi = porosity[bone]
    ease = (phi**3 / (1.0 - phi) ** 2) / (usual**3 / (1.0 - usual) ** 2)
    conductance[bone] = np.clip(ease, *CONDUCTANCE_RANGE)
    for zone, value in CONDUCTANCE.items():
        conductance[zones == zone] = value
    return porosity, conductance
