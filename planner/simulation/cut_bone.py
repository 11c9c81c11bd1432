"""What instruments have left in the bone before cement comes: their tracks, balloons' hollows."""

from collections.abc import Sequence

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.shapes import Capsule, CutCapsule, Segment
from planner.simulation.cement_assumptions import (
    CONDUCTANCE,
    SHELL_CONDUCTANCE,
    SHELL_MM,
    STEP_MM,
)
from planner.simulation.cement_march import Ways
from planner.simulation.cement_space import CementSpace, ZoneGrid
from planner.simulation.cement_zones import Zone

_TRACK_FROM_TIP_MM = 4.0
"""The track is a way back only behind the opening of the needle."""


@attrs.frozen
class Cuts:
    """Everything that instruments have cut in a vertebra."""

    tracks: tuple[Capsule, ...] = ()
    """Each needle's, tip first."""
    cavities: tuple[CutCapsule, ...] = ()
    """What balloons have pushed open."""


@attrs.frozen(eq=False)
class CutBone:
    """A vertebra's grids, read ``[k, j, i]`` as those of its `CementSpace`, with what was cut."""

    zones: ZoneGrid
    porosity: NDArray[np.float32]
    conductance: NDArray[np.float32]

    def ways(self, space: CementSpace) -> Ways:
        """Return what a front moves through; flat arrays."""
        return space.ways(self.zones.ravel(), self.porosity.ravel(), self.conductance.ravel())


def cut_bone(space: CementSpace, cuts: Cuts) -> CutBone:
    """Return a vertebra with needles' tracks and balloons' cavities cut into it."""
    zones, porosity = space.zones.copy(), space.porosity.copy()
    conductance = space.conductance.copy()
    for track in cuts.tracks:
        _cut_track(zones, porosity, space, track)
    _cut_cavities(zones, porosity, conductance, space, cuts.cavities)
    for zone in (Zone.TRACK, Zone.BEHIND_TRACK, Zone.CAVITY):
        conductance[zones == zone] = CONDUCTANCE[zone]
    return CutBone(zones, porosity, conductance)


def _block_around(
    shape: CutCapsule, space: CementSpace, reach_mm: float
) -> tuple[tuple[slice, slice, slice], NDArray[np.float32]] | None:
    """Return the voxels around a capsule and their signed distance to it, negative inside."""
    grid, axis = space.geometry, shape.capsule.axis
    ends = grid.ijk_of(np.array([axis.start_lps_mm, axis.end_lps_mm]))
    reach = (shape.capsule.radius_mm + reach_mm) / STEP_MM
    low = np.clip(np.floor(ends.min(axis=0) - reach), 0, grid.shape_ijk).astype(int)
    high = np.clip(np.ceil(ends.max(axis=0) + reach) + 1, 0, grid.shape_ijk).astype(int)
    if (high <= low).any():
        return None
    window = tuple(slice(int(a), int(b)) for a, b in zip(low[::-1], high[::-1], strict=True))
    k, j, i = np.meshgrid(*(np.arange(s.start, s.stop) for s in window), indexing="ij")
    points = grid.lps_of(np.stack([i, j, k], axis=-1).reshape(-1, 3))
    distance = shape.signed_distance_mm(points).reshape(k.shape).astype(np.float32)
    return (window[0], window[1], window[2]), distance


def _cut_track(
    zones: ZoneGrid, porosity: NDArray[np.float32], space: CementSpace, track: Capsule
) -> None:
    """Cut a needle's way through the pedicle, and mark where it leaves the bone."""
    length_mm = track.axis.length_mm
    if length_mm <= _TRACK_FROM_TIP_MM:
        return
    behind = attrs.evolve(
        track,
        axis=Segment(track.axis.point_at(_TRACK_FROM_TIP_MM), track.axis.end_lps_mm),
    )
    found = _block_around(CutCapsule(behind), space, STEP_MM)
    if found is None:
        return
    window, distance = found
    in_bone = space.depth_mm[window] > 0.0
    block, edge = zones[window], _edge_of(zones.shape, window)
    way = (distance < 0.0) & ~edge
    into = way & in_bone & ((block == Zone.WALL) | (block == Zone.BONE))
    block[into] = Zone.TRACK
    porosity[window][into] = 1.0
    # What a needle that went astray brings into the canal stays a leak into the canal.
    block[way & ~in_bone & (block > Zone.CANAL)] = Zone.BEHIND_TRACK


def _edge_of(shape: tuple[int, ...], window: tuple[slice, slice, slice]) -> NDArray[np.bool_]:
    """Return which voxels of a block lie in the grid's outermost layer."""
    rows = [
        (np.arange(s.start, s.stop) == 0) | (np.arange(s.start, s.stop) == n - 1)
        for s, n in zip(window, shape, strict=True)
    ]
    edge: NDArray[np.bool_] = rows[0][:, np.newaxis, np.newaxis] | rows[1][:, np.newaxis] | rows[2]
    return edge


def _cut_cavities(
    zones: ZoneGrid,
    porosity: NDArray[np.float32],
    conductance: NDArray[np.float32],
    space: CementSpace,
    cavities: Sequence[CutCapsule],
) -> None:
    """Cut what balloons have pushed open, where bone was, and pack the bone around it."""
    for cavity in cavities:
        found = _block_around(cavity, space, SHELL_MM)
        if found is None:
            continue
        window, distance = found
        block = zones[window]
        spongy = np.isin(block, (Zone.BONE, Zone.VEIN_IN_BONE, Zone.CLEFT, Zone.TRACK))
        hollow = spongy & (distance < 0.0)
        packed = (block == Zone.BONE) & (distance >= 0.0) & (distance < SHELL_MM)
        share = SHELL_CONDUCTANCE + (1.0 - SHELL_CONDUCTANCE) * distance / SHELL_MM
        conductance[window][packed] *= share[packed]
        block[hollow] = Zone.CAVITY
        porosity[window][hollow] = 1.0
