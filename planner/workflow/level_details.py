"""What is measured of one vertebra with its images, beyond its heights."""

from collections.abc import Mapping

import attrs
import numpy as np

from planner.anatomy.gas_cleft import GasCleft, gas_cleft
from planner.anatomy.levels import Side
from planner.anatomy.pedicle_cortex import PedicleCortex, pedicle_cortex
from planner.anatomy.posterior_bulge import PosteriorBulge, posterior_bulge
from planner.anatomy.remeasure import hu_on_grid_of
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import DeviceCatalog, NeedleModel
from planner.foundation.progress import Progress, no_progress, part_of
from planner.imaging.volume import VoxelMask
from planner.mesh.surface import surface_of_mask
from planner.mesh.triangle_mesh import TriangleMesh
from planner.planning.largest_needle import largest_needle
from planner.planning.safety_maps import SafetyMaps
from planner.simulation.cement_space import CementSpace, build_cement_space
from planner.simulation.cement_zones import WayOut
from planner.simulation.cortex_gaps import CortexGap

_DEFECTS = (WayOut.DISC, WayOut.CORTICAL)
"""Ways out that no whole vertebra has; those of its veins are."""
_SMOOTHING = 10


@attrs.frozen(eq=False)
class LevelDetails:
    """The measures of exactly one vertebra as it was outlined."""

    vertebra: VertebraModel
    bulge: PosteriorBulge | None
    cortex: Mapping[Side, PedicleCortex]
    """Of the pedicles that were found."""
    needles: Mapping[Side, NeedleModel | None]
    """The widest of the catalogue that each pedicle found takes."""
    defects: tuple[CortexGap, ...]
    """Where endplates and walls are open, the largest first."""
    defect_surface: TriangleMesh
    cleft: GasCleft | None
    cleft_surface: TriangleMesh


def level_details(
    maps: SafetyMaps, catalog: DeviceCatalog, progress: Progress = no_progress
) -> LevelDetails:
    """Return the details of a vertebra whose maps are made.

    Parameters
    ----------
    maps
        Of the vertebra; without a CT no cortex, gas or defect is looked for.
    catalog
        The needles there are.
    progress
        Told how far the work is.
    """
    vertebra, volume = maps.vertebra, maps.volume
    space = build_cement_space(maps, part_of(progress, 0.0, 0.7))
    pedicles = [p for p in (vertebra.left_pedicle, vertebra.right_pedicle) if p is not None]
    cleft = None if volume is None else gas_cleft(vertebra, hu_on_grid_of(vertebra, volume))
    progress(0.8)
    defects = [gap for gap in space.gaps if gap.way_out in _DEFECTS]
    return LevelDetails(
        vertebra=vertebra,
        bulge=posterior_bulge(vertebra),
        cortex={p.side: pedicle_cortex(vertebra, p, volume) for p in pedicles} if volume else {},
        needles={p.side: largest_needle(p, catalog) for p in pedicles},
        defects=tuple(sorted(defects, key=lambda gap: -gap.area_mm2)),
        defect_surface=_defect_surface(space),
        cleft=cleft,
        cleft_surface=_surface(cleft.gas) if cleft else TriangleMesh.empty(),
    )


def _defect_surface(space: CementSpace) -> TriangleMesh:
    open_ = np.isin(space.openings, _DEFECTS)
    return _surface(VoxelMask(open_, space.geometry))


def _surface(mask: VoxelMask) -> TriangleMesh:
    if mask.is_empty:
        return TriangleMesh.empty()
    return surface_of_mask(mask, smoothing_iterations=_SMOOTHING)
