"""What the views draw of modelled cement, of what may leak, and of a body lifted by balloons."""

import attrs
import numpy as np

from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray, Triple
from planner.imaging.volume import HuArray, Volume, VoxelMask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.simulation.fill_arrival import ArrivalMap, ShareMap

OUTSIDE_BONE = 1 << 14
"""Added to the value of a voxel where cement has left the bone."""
NEVER = (1 << 15) - 1
SHOWN_IN_3D_SHARE = 0.5
"""Of the runs: the surface drawn of a map of shares."""
_STEPS_PER_ML = 1000.0
_STEPS_PER_WHOLE = 10_000.0


@attrs.frozen(eq=False)
class FillPicture:
    """A fill whose volume may change without anything being made anew."""

    arrival: ArrivalMap
    steps: Volume = attrs.field(init=False)
    """When each voxel is full, in microlitres, for slices to read."""

    @steps.default
    def _as_steps(self) -> Volume:
        at = self.arrival.at_ml
        steps = np.full(at.shape, NEVER, np.int16)
        full = np.isfinite(at)
        steps[full] = np.ceil(at[full] * _STEPS_PER_ML)
        steps[full & self.arrival.is_outside] += OUTSIDE_BONE
        return _stored(steps, self.arrival.geometry)

    def inside_at(self, volume_ml: float) -> VoxelMask:
        """Return the cement in bone at a volume."""
        return self._part(volume_ml, outside=False)

    def outside_at(self, volume_ml: float) -> VoxelMask:
        """Return the cement that has leaked at a volume."""
        return self._part(volume_ml, outside=True)

    def _part(self, volume_ml: float, *, outside: bool) -> VoxelMask:
        here = self.arrival.is_outside == outside
        return VoxelMask(here & (self.arrival.at_ml <= volume_ml), self.arrival.geometry)


@attrs.frozen(eq=False)
class SharePicture:
    """In what share of runs cement came to a place."""

    share: ShareMap
    steps: Volume = attrs.field(init=False)
    """Ten-thousandths of the runs."""

    @steps.default
    def _as_steps(self) -> Volume:
        steps = np.rint(self.share.share_of_runs * _STEPS_PER_WHOLE).astype(np.int16)
        return _stored(steps, self.share.geometry)

    def at_least(self, share_of_runs: float) -> VoxelMask:
        """Return where so many of the runs came to."""
        return VoxelMask(self.share.share_of_runs >= share_of_runs, self.share.geometry)


@attrs.frozen
class CementPicture:
    """Modelled cement as drawn: one fill at a volume, or the map of shares."""

    fill: FillPicture | SharePicture
    volume_ml: float
    words: str
    """What every view says of it: that it is a model, and of which volume."""
    words_in_3d: str = attrs.field()
    """Where these differ: a surface shows one share of the runs."""

    @words_in_3d.default
    def _as_in_slices(self) -> str:
        return self.words

    @property
    def steps(self) -> Volume:
        """What slices read."""
        return self.fill.steps

    @property
    def last_step(self) -> int:
        """The last step of a fill that is shown."""
        return int(self.volume_ml * _STEPS_PER_ML + 1e-6)


@attrs.frozen
class RoutePicture:
    """The way of a leak, from the tip to the place outside the bone."""

    path_lps_mm: tuple[Triple, ...]

    @property
    def segments_lps_mm(self) -> FloatArray:
        """The way piece by piece, shape (n, 2, 3)."""
        points = np.array(self.path_lps_mm)
        return np.stack([points[:-1], points[1:]], axis=1)


@attrs.frozen(eq=False)
class GhostPicture:
    """A body as it may be with its balloons."""

    mesh: TriangleMesh


def _stored(steps: HuArray, grid: GridGeometry) -> Volume:
    return Volume(steps, grid, modality="")
