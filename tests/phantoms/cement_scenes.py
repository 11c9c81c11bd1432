"""Model vertebrae with known holes, as cement finds them, and tips given in their own frame."""

import functools

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.pathology import Cleft, Pathology, Wall, WallHole
from planner.digital_spine.scan_settings import ScanSettings
from planner.digital_spine.scanner import scan_hu
from planner.digital_spine.truth import VertebraTruth, vertebra_truth
from planner.geometry.grids import GridGeometry
from planner.geometry.points import Triple
from planner.imaging.volume import Volume, VoxelMask
from planner.planning.safety_maps import SafetyMaps, build_safety_maps
from planner.simulation.cement_fill import CementInjection, CementSource
from planner.simulation.cement_space import CementSpace, build_cement_space

LEVEL = VertebraLevel.L1
HOLE_MM = 3.0
USUAL_STEP_MM = 0.7
_HALF_MM = (33.0, 36.0, 25.0)
PATHOLOGIES: dict[str, tuple[Pathology, ...]] = {
    "intact": (),
    "hole in the upper endplate": (WallHole(LEVEL, Wall.SUPERIOR, HOLE_MM, (8.0, -6.0)),),
    "hole in the left wall": (WallHole(LEVEL, Wall.LEFT, HOLE_MM, (0.0, 0.0)),),
    "gas cleft": (Cleft(LEVEL),),
}


@attrs.frozen(eq=False)
class CementScene:
    """A vertebra of the model spine, scanned."""

    truth: VertebraTruth
    maps: SafetyMaps
    space: CementSpace

    def injection(
        self, *tips_mm: Triple, volume_ml: float, viscosity: str = "high"
    ) -> CementInjection:
        """Return an injection at tips given in the vertebra's frame."""
        frame = self.truth.model.lps_from_vertebra
        sources = tuple(CementSource(frame.point(tip)) for tip in tips_mm)
        return CementInjection(sources, volume_ml, viscosity)


@functools.cache
def cement_scene(
    name: str, step_mm: float = USUAL_STEP_MM, slice_step_mm: float | None = None
) -> CementScene:
    """Return the L1 of the model patient with something wrong, scanned at a spacing.

    Slices lie as far apart as pixels where nothing else is said.
    """
    slice_mm = step_mm if slice_step_mm is None else slice_step_mm
    steps_mm = (step_mm, step_mm, slice_mm)
    model = build_model(ModelPatient(), PATHOLOGIES[name], seed=3)
    truth = vertebra_truth(model, LEVEL, step_mm=1.0)
    centre = np.asarray(truth.model.centre_lps_mm)
    shape = tuple(int(2.0 * half / mm) for half, mm in zip(_HALF_MM, steps_mm, strict=True))
    grid = GridGeometry.axis_aligned(shape, centre - _HALF_MM, steps_mm)
    settings = ScanSettings(spacing_mm=step_mm, step_mm=slice_mm, thickness_mm=slice_mm)
    volume = Volume(scan_hu(model, Lattice.of(grid), settings), grid)
    skin = VoxelMask(np.ones(grid.shape_kji, np.bool_), grid)
    maps = build_safety_maps(truth.model, skin, volume)
    return CementScene(truth, maps, build_cement_space(maps))
