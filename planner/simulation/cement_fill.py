"""One picture of cement flowing into a vertebra: where it is at each volume, and what leaked."""

import math

import attrs
import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import PlanProblem
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.geometry.shapes import Capsule, CutCapsule
from planner.imaging.volume import VoxelMask
from planner.simulation.cement_assumptions import (
    COARSE_GRAIN_MM,
    COARSE_SPREAD,
    FINE_SPREAD,
    LEAST_LEAK_ML,
    OBEDIENCE,
    STEP_MM,
)
from planner.simulation.cement_march import (
    Grain,
    Ways,
    Workspace,
    march_front,
    way_back,
    workspace_for,
)
from planner.simulation.cement_space import CementSpace, ZoneGrid
from planner.simulation.cement_zones import (
    DESTINATION_OF_ZONE,
    Destination,
    LeakClass,
    WayOut,
    Zone,
)
from planner.simulation.cut_bone import Cuts, cut_bone

MOST_ML = 12.0
"""No picture goes further: nobody injects as much into one body."""
_SAME_PLACE = 1e-9


@attrs.frozen
class CementSource:
    """Where cement comes out, and the way that was made for it."""

    tip_lps_mm: Triple = attrs.field(converter=as_triple)
    share: float = attrs.field(default=1.0, validator=attrs.validators.gt(0.0))
    """Of the volume; all shares of an injection are taken together."""
    track: Capsule | None = None
    """What the needle has cut through bone, tip first."""


@attrs.frozen
class CementInjection:
    """What is injected into one level, and how."""

    sources: tuple[CementSource, ...] = attrs.field(validator=attrs.validators.min_len(1))
    volume_ml: float = attrs.field(
        validator=[attrs.validators.ge(0.0), attrs.validators.le(MOST_ML)]
    )
    viscosity: str = attrs.field(default="high", validator=attrs.validators.in_(OBEDIENCE))
    cavities: tuple[CutCapsule, ...] = ()
    """What balloons have pushed open."""

    @property
    def shares(self) -> FloatArray:
        """Each source's share, adding up to 1."""
        shares = np.array([source.share for source in self.sources])
        total: FloatArray = shares / shares.sum()
        return total


@attrs.frozen
class Leak:
    """Cement outside the bone, in one picture."""

    destination: Destination
    leak_class: LeakClass | None
    """None where it came back along a needle."""
    volume_at_leak_ml: float
    """What had been injected when it came out."""
    leaked_ml: float
    """How much lies there at the end."""
    path_lps_mm: tuple[Triple, ...]
    """From the tip to the place outside the bone."""

    @property
    def place_lps_mm(self) -> Triple:
        """Where it was first outside."""
        return self.path_lps_mm[-1]


@attrs.frozen(eq=False)
class PreparedInjection:
    """A vertebra with an injection's cavities and tracks in it: what every run starts from."""

    space: CementSpace
    injection: CementInjection
    zones: ZoneGrid
    ways: Ways
    inside: NDArray[np.intp]
    """Flat indices of every voxel a tip can lie in."""
    tips_kji: FloatArray
    """Where the tips are planned, as continuous indices, shape (tips, 3)."""

    def new_workspace(self) -> Workspace:
        """Return room for the runs of one thread."""
        return workspace_for(self.zones.size, len(self.injection.sources))


@attrs.frozen(eq=False)
class FillPicture:
    """One run: the voxels in the order in which cement came to them."""

    prepared: PreparedInjection
    order: NDArray[np.int32]
    """Flat indices of voxels."""
    at_ml: FloatArray
    """What had been injected once each was full."""
    parent: NDArray[np.int32]
    way_out: NDArray[np.uint8]

    @property
    def filled_ml(self) -> float:
        """What went in: as asked, or less where the pores took no more."""
        wanted = self.prepared.injection.volume_ml
        return min(float(self.at_ml[-1]), wanted) if len(self.at_ml) else 0.0

    def voxels_at(self, volume_ml: float) -> NDArray[np.int32]:
        """Return the flat indices of the voxels filled at a volume."""
        return self.order[: int(np.searchsorted(self.at_ml, volume_ml + _SAME_PLACE, "right"))]

    def mask_at(self, volume_ml: float) -> VoxelMask:
        """Return where cement is at a volume."""
        grid = self.prepared.space.geometry
        voxels = np.zeros(grid.shape_kji, np.bool_)
        voxels.ravel()[self.voxels_at(volume_ml)] = True
        return VoxelMask(voxels, grid)

    def leaks(self) -> tuple[Leak, ...]:
        """Return what leaked, the gravest destination first."""
        return leaks_of(self)


def prepare_injection(space: CementSpace, injection: CementInjection) -> PreparedInjection:
    """Return a vertebra with the cavities and tracks of an injection cut into it.

    Raises
    ------
    PlanProblem
        If a tip lies outside the bone, or the vertebra has no pores at all.
    """
    tracks = tuple(source.track for source in injection.sources if source.track is not None)
    cut = cut_bone(space, Cuts(tracks, injection.cavities))
    zones = cut.zones
    inside = np.flatnonzero((zones != Zone.WALL) & (zones < Zone.TRACK))
    if not len(inside):
        raise PlanProblem(f"The model found no pores in {space.vertebra.level.name}.")
    tips = [source.tip_lps_mm for source in injection.sources]
    tips_kji = space.geometry.ijk_of(np.array(tips))[:, ::-1]
    _refuse_outside(space, tips_kji)
    ways = cut.ways(space)
    return PreparedInjection(space, injection, zones, ways, inside, tips_kji)


def _refuse_outside(space: CementSpace, tips_kji: FloatArray) -> None:
    depth_mm = ndimage.map_coordinates(space.depth_mm, tips_kji.T, order=1, cval=-99.0)
    if (depth_mm < -1.0).any():
        raise PlanProblem(
            f"A tip lies outside {space.vertebra.level.name}: no fill was pictured.",
            hint="Put the tip inside the body.",
        )


def picture_fill(
    prepared: PreparedInjection, seed: int = 1, room: Workspace | None = None
) -> FillPicture:
    """Return one run of cement flowing in; the same seed gives the same picture.

    Parameters
    ----------
    prepared
        The vertebra and what is injected.
    seed
        Of the bone between the CT's voxels and of how far the tips miss their plan; 0 has the
        tips as planned and bone as the CT shows it.
    room
        A workspace no other thread uses; made where none is given.
    """
    injection = prepared.injection
    tips = _tips(prepared, seed)
    grain = grain_for(prepared.space, injection.viscosity, seed)
    found = march_front(
        prepared.ways,
        room or prepared.new_workspace(),
        tips,
        injection.shares,
        grain,
        injection.volume_ml,
    )
    return FillPicture(prepared, *found)


def grain_for(space: CementSpace, viscosity: str, seed: int) -> Grain:
    """Return the bone between the CT's voxels as a seed draws it; 0: as the CT shows it."""
    spread = COARSE_SPREAD if seed else 0.0
    points = [int(n * STEP_MM / COARSE_GRAIN_MM) + 2 for n in space.geometry.shape_kji]
    coarse = np.random.default_rng([seed, 5]).standard_normal(points, dtype=np.float32)
    return Grain(
        seed=seed,
        coarse=np.float32(spread) * coarse,
        coarse_voxels=COARSE_GRAIN_MM / STEP_MM,
        fine_spread=FINE_SPREAD if seed else 0.0,
        across_over_along=clinical_number("permeability-axial")
        / clinical_number("permeability-across"),
        obedience=OBEDIENCE[viscosity],
    )


def _tips(prepared: PreparedInjection, seed: int) -> NDArray[np.int32]:
    """Return the voxel of each tip in a run: moved a little, and then to the nearest pore."""
    tips_kji = prepared.tips_kji
    if seed:
        # The mean length of a step with equal spreads along three axes is 1.6 of them.
        spread = clinical_number("tip-scatter") / math.sqrt(8.0 / math.pi) / STEP_MM
        random = np.random.default_rng([seed, 17])
        tips_kji = tips_kji + spread * random.standard_normal(tips_kji.shape)
    voxels = [_nearest_pore(prepared, place) for place in tips_kji]
    return np.array(voxels, np.int32)


def _nearest_pore(prepared: PreparedInjection, place_kji: FloatArray) -> int:
    shape = prepared.zones.shape
    whole = np.rint(place_kji).astype(int)
    if (whole >= 0).all() and (whole < shape).all():
        flat = int(np.ravel_multi_index(tuple(whole), shape))
        if Zone.WALL < prepared.ways.zones[flat] < Zone.TRACK:
            return flat
    k, j, i = np.unravel_index(prepared.inside, shape)
    away = (k - place_kji[0]) ** 2 + (j - place_kji[1]) ** 2 + (i - place_kji[2]) ** 2
    return int(prepared.inside[int(away.argmin())])


def leaks_of(picture: FillPicture) -> tuple[Leak, ...]:
    """Return what leaked in a picture, one of each destination and class, the gravest first."""
    outside = np.flatnonzero(picture.way_out != WayOut.INSIDE)
    if not len(outside):
        return ()
    ways = picture.prepared.ways
    voxels = picture.order[outside]
    zones, volumes = ways.zones[voxels], ways.pore_ml[voxels].astype(np.float64)
    found = []
    for zone, destination in DESTINATION_OF_ZONE.items():
        for way in WayOut:
            here = (zones == zone) & (picture.way_out[outside] == way)
            total = np.cumsum(volumes[here])
            if not len(total) or total[-1] < LEAST_LEAK_ML:
                continue
            first = int(outside[np.flatnonzero(here)[0]])
            told = int(outside[np.flatnonzero(here)[np.searchsorted(total, LEAST_LEAK_ML)]])
            found.append(
                Leak(
                    destination,
                    way.leak_class,
                    float(picture.at_ml[told]),
                    float(total[-1]),
                    path_to(picture, first),
                )
            )
    return tuple(sorted(found, key=lambda leak: tuple(Destination).index(leak.destination)))


def path_to(picture: FillPicture, place: int) -> tuple[Triple, ...]:
    """Return the way cement took from a tip to the voxel at a place of the order, in LPS."""
    way = way_back(picture.order, picture.parent, place)
    grid = picture.prepared.space.geometry
    kji = np.stack(np.unravel_index(way[::-1], grid.shape_kji), axis=1)
    kept = [*range(0, len(kji) - 1, 4), len(kji) - 1]
    return tuple(as_triple(point) for point in grid.lps_of(kji[kept, ::-1]))
