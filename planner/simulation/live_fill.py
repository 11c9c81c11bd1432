"""Cement as it is injected push by push, from wherever the cannula ends meanwhile."""

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.foundation.progress import Progress, no_progress
from planner.geometry.points import Triple
from planner.imaging.volume import VoxelMask
from planner.planning.safety_maps import SafetyMaps
from planner.simulation.cement_assumptions import CONDUCTANCE, LEAST_LEAK_ML
from planner.simulation.cement_fill import MOST_ML, grain_for
from planner.simulation.cement_march import Grain, Ways, march_front, workspace_for
from planner.simulation.cement_space import CementSpace, build_cement_space
from planner.simulation.cement_zones import DESTINATION_OF_ZONE, Destination, Zone
from planner.simulation.cut_bone import CutBone, Cuts, cut_bone
from planner.simulation.filled_voxels import mask_around

_AHEAD_ML = 0.5
"""A front is marched on by at least this: most pushes from the same place are then looked up."""
_REARMOST_SHARE = 0.01
"""Of the filled voxels: single ones that reach further back are not seen in a picture."""
_SOURCE_REACH_MM = 4.0
"""How far from a cannula's end that stands in cortex the next way for cement may lie."""
_SEED = 1

Voxels = NDArray[np.int32]


@attrs.frozen
class CementLeak:
    """Cement outside the bone, and the volume injected when it came out."""

    destination: Destination
    volume_ml: float


@attrs.frozen(eq=False)
class _Start:
    """Where a front began, and what was there already."""

    tip_lps_mm: Triple
    cuts: Cuts
    full: Voxels
    injected_ml: float


@attrs.frozen(eq=False)
class _Stretch:
    """A front from one place, marched a little further than was injected yet."""

    start: _Start
    order: Voxels
    at_ml: NDArray[np.float64]
    """What the stretch had taken once each voxel of `order` was full."""
    to_ml: float
    """As far as it was marched."""

    def voxels_at(self, volume_ml: float) -> Voxels:
        """Return every full voxel once a volume is in, over all stretches."""
        own_ml = volume_ml - self.start.injected_ml
        count = int(np.searchsorted(self.at_ml, own_ml + 1e-9, "right"))
        new: Voxels = np.union1d(self.start.full, self.order[:count]).astype(np.int32)
        return new


@attrs.frozen(eq=False)
class CementFill:
    """Where the cement of a level is."""

    filled: VoxelMask
    """On a block just large enough."""
    cement_share: NDArray[np.float32]
    """How much of each voxel of that block is cement, 0 to 1: in bone, its pores."""
    volume_ml: float = 0.0
    rearmost_share: float | None = None
    """Depth of its hindmost part between the posterior (0) and the anterior (1) wall; None
    while there is none."""
    leaks: tuple[CementLeak, ...] = ()
    """Each destination once, in the order in which they were reached."""
    outside_ml: float = 0.0
    """How much of it has left the bone."""
    stretch: _Stretch | None = None
    """The front that the last push moved."""
    cuts: Cuts = attrs.field(factory=Cuts)
    """What instruments had cut when the next push comes."""


@attrs.frozen(eq=False)
class MarchingFill:
    """Cement that marches on from the cannula's end, through what is there already.

    The same injections always give the same fill. The bone between the CT's voxels is drawn
    once; an illustration to rehearse with, not a prediction.
    """

    space: CementSpace
    viscosity: str = "high"
    _grain: Grain = attrs.field(init=False)
    _cut: dict[Cuts, tuple[CutBone, Ways]] = attrs.field(init=False, factory=dict)
    """The bone after the last cuts, and its ways, without any cement."""

    @_grain.default
    def _drawn_grain(self) -> Grain:
        return grain_for(self.space, self.viscosity, _SEED)

    def empty(self) -> CementFill:
        """Return a level without cement."""
        nothing = mask_around(np.empty(0, np.int32), self.space.geometry)
        return CementFill(nothing, np.zeros(nothing.voxels.shape, np.float32))

    def injected(self, fill: CementFill, tip_lps_mm: Triple, by_ml: float) -> CementFill:
        """Return the fill after a push of the plunger with the cannula's end at a point."""
        volume_ml = fill.volume_ml + by_ml
        stretch = self._stretch_to(volume_ml, tip_lps_mm, fill)
        if stretch is None:
            leaks = _with_new(fill.leaks, [Destination.SOFT_TISSUE], volume_ml)
            outside_ml = fill.outside_ml + by_ml
            return attrs.evolve(fill, volume_ml=volume_ml, leaks=leaks, outside_ml=outside_ml)
        voxels = stretch.voxels_at(volume_ml)
        filled = mask_around(voxels, self.space.geometry)
        share = np.zeros(filled.voxels.shape, np.float32)
        bone, _ = self._bone_after(fill.cuts)
        share[filled.voxels] = bone.porosity.ravel()[voxels]
        return CementFill(
            filled=filled,
            cement_share=share,
            volume_ml=volume_ml,
            rearmost_share=self._rearmost_share(voxels),
            leaks=_with_new(fill.leaks, self._reached(voxels, bone), volume_ml),
            outside_ml=max(self._outside_ml(voxels, bone), fill.outside_ml),
            stretch=stretch,
            cuts=fill.cuts,
        )

    def _bone_after(self, cuts: Cuts) -> tuple[CutBone, Ways]:
        if cuts not in self._cut:
            bone = cut_bone(self.space, cuts)
            # One is enough: cuts change when a tool does, not from push to push.
            self._cut.clear()
            self._cut[cuts] = bone, bone.ways(self.space)
        return self._cut[cuts]

    def _stretch_to(self, volume_ml: float, tip: Triple, fill: CementFill) -> _Stretch | None:
        """Return a front that reaches as far as a volume; None where the tip is far off."""
        last = fill.stretch
        if last is not None and (last.start.tip_lps_mm, last.start.cuts) == (tip, fill.cuts):
            # The same march from its beginning, only further: its first part comes out the same.
            return last if last.to_ml >= volume_ml else self._marched(last.start, volume_ml)
        full = np.empty(0, np.int32) if last is None else last.voxels_at(fill.volume_ml)
        return self._marched(_Start(tip, fill.cuts, full, fill.volume_ml), volume_ml)

    def _marched(self, start: _Start, to_ml: float) -> _Stretch | None:
        bone, ways = self._bone_after(start.cuts)
        source = self._source_near(start.tip_lps_mm, bone)
        if source is None:
            return None
        full, from_ml = start.full, start.injected_ml
        pore_ml, log_conductance = ways.pore_ml.copy(), ways.log_conductance.copy()
        # Fresh cement pushes on through what is there: it takes no room and holds nothing back.
        pore_ml[full], log_conductance[full] = 0.0, math.log(CONDUCTANCE[Zone.CAVITY])
        aimed_ml = min(to_ml - from_ml + _AHEAD_ML, MOST_ML)
        order, at_ml, _, _ = march_front(
            ways._replace(pore_ml=pore_ml, log_conductance=log_conductance),
            workspace_for(pore_ml.size, 1),
            np.array([source], np.int32),
            np.ones(1),
            self._grain,
            aimed_ml,
        )
        return _Stretch(start, order, at_ml, from_ml + aimed_ml)

    def _source_near(self, tip: Triple, bone: CutBone) -> int | None:
        """Return the voxel where cement comes out, None where the grid does not reach."""
        grid = self.space.geometry
        place = grid.ijk_of(np.array(tip))[::-1]
        if not grid.contains(tip):
            return None
        reach = round(_SOURCE_REACH_MM / grid.spacing_ijk_mm[0])
        low = np.clip(np.rint(place).astype(int) - reach, 0, None)
        window = tuple(slice(a, a + 2 * reach + 1) for a in low)
        open_kji = np.argwhere(bone.zones[window] != Zone.WALL) + low
        if not len(open_kji):
            return None
        nearest = open_kji[((open_kji - place) ** 2).sum(axis=1).argmin()]
        return int(np.ravel_multi_index(tuple(nearest), grid.shape_kji))

    def _rearmost_share(self, voxels: Voxels) -> float | None:
        if not len(voxels):
            return None
        grid, walls = self.space.geometry, self.space.vertebra.walls
        kji = np.stack(np.unravel_index(voxels, grid.shape_kji), axis=1)
        points = grid.lps_of(kji[:, ::-1])
        from_posterior_mm = -walls.posterior.signed_distance_mm(points)
        from_anterior_mm = -walls.anterior.signed_distance_mm(points)
        shares = from_posterior_mm / (from_posterior_mm + from_anterior_mm)
        return float(np.quantile(shares, _REARMOST_SHARE))

    def _outside_ml(self, voxels: Voxels, bone: CutBone) -> float:
        outside = np.isin(bone.zones.ravel()[voxels], list(DESTINATION_OF_ZONE))
        return float(np.count_nonzero(outside)) * self.space.voxel_ml

    def _reached(self, voxels: Voxels, bone: CutBone) -> list[Destination]:
        zones = bone.zones.ravel()[voxels]
        least = LEAST_LEAK_ML / self.space.voxel_ml
        sizes = ndimage.sum_labels(np.ones(len(zones)), zones, list(DESTINATION_OF_ZONE))
        found = zip(DESTINATION_OF_ZONE.values(), sizes, strict=True)
        return [destination for destination, size in found if size >= least]


def marching_fill(maps: SafetyMaps, progress: Progress = no_progress) -> MarchingFill:
    """Return a fill model of a vertebra, its pores read from the CT.

    Parameters
    ----------
    maps
        Of the vertebra, with the CT.
    progress
        Told of each step.
    """
    return MarchingFill(build_cement_space(maps, progress))


def _with_new(
    leaks: tuple[CementLeak, ...], reached: list[Destination], volume_ml: float
) -> tuple[CementLeak, ...]:
    """Return the leaks so far and those into places that were not reached before."""
    known = {leak.destination for leak in leaks}
    new = (CementLeak(place, volume_ml) for place in reached if place not in known)
    return (*leaks, *new)
