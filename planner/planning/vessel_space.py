"""The great vessels as a needle must keep away from them: those seen, and what may be one."""

import attrs

from planner.anatomy.great_vessels import GreatVessels, VesselCertainty
from planner.anatomy.vertebra import VertebraModel
from planner.imaging.distance_maps import DistanceMap, signed_distance_map
from planner.imaging.resample import resample_mask
from planner.imaging.volume import VoxelMask


@attrs.frozen(eq=False)
class VesselSpace:
    """Signed distances in millimetres, positive inside; None where there is nothing near."""

    outlined: DistanceMap | None
    """To vessels that are labelled or seen: a hard limit."""
    possible: DistanceMap | None
    """To soft tissue that may be a vessel not told apart: told, and no limit."""
    certainty: VesselCertainty
    """Of what is outlined."""
    sentence: str
    """What is known and what is not, for the user."""


def vessel_space(vessels: GreatVessels, vertebra: VertebraModel) -> VesselSpace:
    """Return the distances to great vessels around a vertebra, without the vertebra's bone."""
    bone = resample_mask(vertebra.whole, vessels.outlined.geometry).voxels

    def distance(mask: VoxelMask) -> DistanceMap | None:
        free = VoxelMask(mask.voxels & ~bone, mask.geometry)
        return None if free.is_empty else signed_distance_map(free)

    return VesselSpace(
        distance(vessels.outlined), distance(vessels.possible), vessels.certainty, vessels.sentence
    )
