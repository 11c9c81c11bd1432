"""A great vessel in front of the phantom vertebra, seen or only possible."""

import numpy as np
from phantom_vertebra import IN_PLACE

from planner.anatomy.great_vessels import GreatVessels, VesselCertainty
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask

AORTA_MM = (10.0, -26.0)
"""Left of the middle and in front of the body, in the vertebra's frame."""
AORTA_RADIUS_MM = 9.0


def phantom_aorta(certainty: VesselCertainty = VesselCertainty.SEEN) -> GreatVessels:
    """Return a round vessel along the spine."""
    lower = IN_PLACE.point((-40.0, -60.0, -40.0))
    grid = GridGeometry.axis_aligned((54, 54, 54), lower, (1.5, 1.5, 1.5))
    k, j, i = np.indices(grid.shape_kji)
    points = IN_PLACE.inverse.points(grid.lps_of(np.stack([i, j, k], axis=-1)).reshape(-1, 3))
    round_it = np.hypot(points[:, 0] - AORTA_MM[0], points[:, 1] - AORTA_MM[1]) <= AORTA_RADIUS_MM
    vessel = VoxelMask(round_it.reshape(grid.shape_kji), grid)
    nothing = VoxelMask(np.zeros(grid.shape_kji, np.bool_), grid)
    is_seen = certainty is not VesselCertainty.POSSIBLE
    seen, possible = (vessel, nothing) if is_seen else (nothing, vessel)
    return GreatVessels(seen, possible, certainty, "A vessel.")
