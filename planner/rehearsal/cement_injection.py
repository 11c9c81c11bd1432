"""Cement as it is injected: what a fill model promises, and an even one to rehearse with."""

import enum
from typing import Protocol

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray, Triple
from planner.geometry.units import mm3_from_ml
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import SafetyMaps

_REACH_MM = 32.0
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
        # Sorted whole, so that ties fall the same way on every machine.
        chosen = places[np.argsort(pressure_mm, kind="stable")[:missing]]
        voxels = fill.filled.voxels.copy()
        voxels.ravel()[chosen] = True
        filled = VoxelMask(voxels, grid)
        return CementFill(
            filled, volume_ml, self._rearmost_share(filled), self._leaks(fill, filled, volume_ml)
        )

    def _near(self, tip_lps_mm: Triple, fill: CementFill) -> tuple[NDArray[np.intp], FloatArray]:
        """Return flat indices of voxels still free near a tip, and the pressure each asks for."""
        grid, body = fill.filled.geometry, self.maps.vertebra.body.voxels
        axes = [
            np.arange(n) * step_mm
            for n, step_mm in zip(grid.shape_kji, grid.spacing_ijk_mm[::-1], strict=True)
        ]
        i, j, k = grid.ijk_of(np.asarray(tip_lps_mm)) * grid.spacing_ijk_mm
        z, y, x = axes[0] - k, axes[1] - j, axes[2] - i
        distance_mm = np.sqrt((z**2)[:, np.newaxis, np.newaxis] + (y**2)[:, np.newaxis] + x**2)
        free = (distance_mm <= _REACH_MM) & ~fill.filled.voxels
        places = np.flatnonzero(free)
        outside = ~body.ravel()[places]
        return places, distance_mm.ravel()[places] + _CORTEX_MM * outside

    def _rearmost_share(self, filled: VoxelMask) -> float:
        walls = self.maps.vertebra.walls
        points = _points_lps_mm(filled)
        from_posterior_mm = -walls.posterior.signed_distance_mm(points)
        from_anterior_mm = -walls.anterior.signed_distance_mm(points)
        shares = from_posterior_mm / (from_posterior_mm + from_anterior_mm)
        return float(np.quantile(shares, _REARMOST_SHARE))

    def _leaks(
        self, before: CementFill, filled: VoxelMask, volume_ml: float
    ) -> tuple[CementLeak, ...]:
        known = {leak.destination for leak in before.leaks}
        new = [d for d in self._destinations(filled) if d not in known]
        return (*before.leaks, *(CementLeak(destination, volume_ml) for destination in new))

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


def _points_lps_mm(mask: VoxelMask) -> FloatArray:
    k, j, i = np.nonzero(mask.voxels)
    return mask.geometry.lps_of(np.stack([i, j, k], axis=1))
