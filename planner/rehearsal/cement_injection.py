"""Cement as it is injected: what a fill model promises, and an even one to rehearse with."""

import enum
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.geometry.points import FloatArray, Triple
from planner.geometry.units import mm3_from_ml
from planner.imaging.resample import resample_volume
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import SafetyMaps

_REACH_MM = 20.0
_UNEVEN_MM, _MOST_UNEVEN_MM = 1.5, 4.0
"""How much further cement goes through bone that is looser by one spread of its density, and at
most: the edge of a fill is never smooth."""
_GRAIN_MM = 1.2
_CORTEX_MM = 5.0
"""Cement presses on inside the body for this long before it breaks out through a cortex."""
_REARMOST_SHARE = 0.01
"""Of the filled voxels: single ones that reach further back are not seen in a picture."""


class Destination(enum.Enum):
    """Where cement goes that leaves the body, the gravest first."""

    CANAL = "canal"
    VEIN = "vein"
    DISC = "disc"
    SOFT_TISSUE = "soft tissue"

    @property
    def is_grave(self) -> bool:
        """Whether nothing more may be injected after it, at all."""
        return self in {Destination.CANAL, Destination.VEIN}


@attrs.frozen
class CementLeak:
    """Cement outside the body, and the volume injected when it came out."""

    destination: Destination
    volume_ml: float


@attrs.frozen(eq=False)
class CementFill:
    """Where the cement of a level is."""

    filled: VoxelMask
    volume_ml: float = 0.0
    rearmost_share: float | None = None
    """Depth of its hindmost part between the posterior (0) and the anterior (1) wall; None
    while there is none."""
    leaks: tuple[CementLeak, ...] = ()
    """Each destination once, in the order in which they were reached."""


class FillModel(Protocol):
    """How cement spreads. The same injections always give the same fill."""

    def empty(self) -> CementFill:
        """Return a level without cement."""
        ...

    def injected(self, fill: CementFill, tip_lps_mm: Triple, by_ml: float) -> CementFill:
        """Return the fill after a push of the plunger with the cannula's end at a point."""
        ...


@attrs.frozen(eq=False)
class EvenFill:
    """Cement that spreads evenly from the cannula's end and breaks out where a wall is nearest.

    An illustration to rehearse the handling of the plunger with, not a prediction.
    """

    maps: SafetyMaps
    unevenness_mm: NDArray[np.float32] = attrs.field(init=False)
    """What looser or denser bone adds to a voxel's distance, on the grid of the masks."""

    @unevenness_mm.default
    def _from_density(self) -> NDArray[np.float32]:
        return _unevenness_mm(self.maps)

    def empty(self) -> CementFill:
        """Return a level without cement."""
        body = self.maps.vertebra.body
        return CementFill(VoxelMask(np.zeros(body.voxels.shape, np.bool_), body.geometry))

    def injected(self, fill: CementFill, tip_lps_mm: Triple, by_ml: float) -> CementFill:
        """Return the fill with the next voxels in the order of their distance from the tip."""
        grid = fill.filled.geometry
        volume_ml = fill.volume_ml + by_ml
        wanted = int(mm3_from_ml(volume_ml) / grid.voxel_mm3)
        missing = wanted - int(np.count_nonzero(fill.filled.voxels))
        if missing <= 0:
            return attrs.evolve(fill, volume_ml=volume_ml)
        places, pressure_mm = self._near(tip_lps_mm, fill)
        chosen = places[_least(pressure_mm, missing)]
        voxels = fill.filled.voxels.copy()
        voxels.ravel()[chosen] = True
        filled = VoxelMask(voxels, grid)
        # What finds no room near the tip has run off along the tissues.
        lost = (Destination.SOFT_TISSUE,) if len(chosen) < missing else ()
        found = (*self._destinations(filled), *lost)
        return CementFill(
            filled, volume_ml, self._rearmost_share(filled), _leaks(fill, found, volume_ml)
        )

    def _near(self, tip_lps_mm: Triple, fill: CementFill) -> tuple[NDArray[np.intp], FloatArray]:
        """Return flat indices of voxels still free near a tip, and the pressure each asks for."""
        grid, body = fill.filled.geometry, self.maps.vertebra.body.voxels
        tip_kji = grid.ijk_of(np.asarray(tip_lps_mm))[::-1]
        steps_mm = np.array(grid.spacing_ijk_mm[::-1])
        low = np.clip(np.floor(tip_kji - _REACH_MM / steps_mm), 0, grid.shape_kji).astype(int)
        high = np.clip(np.ceil(tip_kji + _REACH_MM / steps_mm) + 1, 0, grid.shape_kji).astype(int)
        box = tuple(slice(start, stop) for start, stop in zip(low, high, strict=True))
        z, y, x = (
            (np.arange(start, stop) - centre) * step_mm
            for start, stop, centre, step_mm in zip(low, high, tip_kji, steps_mm, strict=True)
        )
        distance_mm = np.sqrt((z**2)[:, np.newaxis, np.newaxis] + (y**2)[:, np.newaxis] + x**2)
        free = (distance_mm <= _REACH_MM) & ~fill.filled.voxels[box]
        pressure_mm = distance_mm + np.where(body[box], self.unevenness_mm[box], _CORTEX_MM)
        k, j, i = np.unravel_index(np.flatnonzero(free), free.shape)
        flat = np.ravel_multi_index((k + low[0], j + low[1], i + low[2]), grid.shape_kji)
        return flat, pressure_mm[free]

    def _rearmost_share(self, filled: VoxelMask) -> float | None:
        if filled.is_empty:
            return None
        walls = self.maps.vertebra.walls
        points = _points_lps_mm(filled)
        from_posterior_mm = -walls.posterior.signed_distance_mm(points)
        from_anterior_mm = -walls.anterior.signed_distance_mm(points)
        shares = from_posterior_mm / (from_posterior_mm + from_anterior_mm)
        return float(np.quantile(shares, _REARMOST_SHARE))

    def _destinations(self, filled: VoxelMask) -> tuple[Destination, ...]:
        vertebra = self.maps.vertebra
        in_canal = filled.voxels & vertebra.canal.voxels
        outside = VoxelMask(
            filled.voxels & ~vertebra.whole.voxels & ~vertebra.canal.voxels, filled.geometry
        )
        found = [Destination.CANAL] if in_canal.any() else []
        if not outside.is_empty:
            in_disc = self.maps.between_endplates.at(_points_lps_mm(outside)) < 0.0
            found += [Destination.DISC] if in_disc.any() else []
            found += [Destination.SOFT_TISSUE] if not in_disc.all() else []
        return tuple(found)


def _least(values: FloatArray, count: int) -> NDArray[np.intp]:
    """Return the places of the least values; of equal ones the first, on every machine."""
    if count >= len(values):
        return np.arange(len(values))
    limit = np.partition(values, count - 1)[count - 1]
    below = np.flatnonzero(values < limit)
    return np.concatenate([below, np.flatnonzero(values == limit)[: count - len(below)]])


def _leaks(
    before: CementFill, reached: tuple[Destination, ...], volume_ml: float
) -> tuple[CementLeak, ...]:
    """Return the leaks so far and those into places that were not reached before."""
    known = {leak.destination for leak in before.leaks}
    new = [place for place in dict.fromkeys(reached) if place not in known]
    return (*before.leaks, *(CementLeak(place, volume_ml) for place in new))


def _unevenness_mm(maps: SafetyMaps) -> NDArray[np.float32]:
    body = maps.vertebra.body
    if maps.volume is None or body.is_empty:
        return np.zeros(body.voxels.shape, np.float32)
    hu = resample_volume(maps.volume, body.geometry).voxels.astype(np.float32)
    smooth = ndimage.gaussian_filter(hu, _GRAIN_MM / body.geometry.spacing_ijk_mm[0])
    inside = smooth[body.voxels]
    spread = max(float(inside.std()), 1.0)
    denser: NDArray[np.float32] = (smooth - float(np.median(inside))) / spread
    uneven: NDArray[np.float32] = np.clip(
        denser * np.float32(_UNEVEN_MM), -_MOST_UNEVEN_MM, _MOST_UNEVEN_MM
    )
    return uneven.astype(np.float32)


def _points_lps_mm(mask: VoxelMask) -> FloatArray:
    k, j, i = np.unravel_index(np.flatnonzero(mask.voxels), mask.voxels.shape)
    return mask.geometry.lps_of(np.stack([i, j, k], axis=1))
