"""Model spines that tests share: the table's mean adult, and bones over a whole spine."""

import functools
from collections.abc import Mapping

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.lattice import Field, Lattice
from planner.digital_spine.model_patient import ModelPatient
from planner.digital_spine.model_spine import ModelSpine, build_model
from planner.digital_spine.pathology import Fracture, Pathology, fracture_of_kind
from planner.digital_spine.vertebra_field import BoneField, bone_fields
from planner.geometry.grids import GridGeometry
from planner.imaging.volume import VoxelMask

MEAN = ModelPatient(height_cm=170.0, variation=0.0)
"""As large as the table says, and like nobody in particular."""
POSTURES: Mapping[str, tuple[ModelPatient, tuple[Fracture, ...]]] = {
    "straight": (attrs.evolve(MEAN, kyphosis_deg=5.0, lordosis_deg=5.0), ()),
    "kyphotic": (attrs.evolve(MEAN, kyphosis_deg=60.0, lordosis_deg=60.0), ()),
    "scoliotic": (attrs.evolve(MEAN, scoliosis_deg=30.0, rotation_deg=15.0), ()),
    "fractured": (
        MEAN,
        (
            fracture_of_kind(VertebraLevel.T8, "crush", 0.6),
            fracture_of_kind(VertebraLevel.T12, "wedge", 0.6),
            fracture_of_kind(VertebraLevel.L3, "biconcave", 0.6),
        ),
    ),
    "thirteen ribs": (ModelPatient(extra_level=VertebraLevel.T13), ()),
    "six lumbar": (ModelPatient(extra_level=VertebraLevel.L6), ()),
}


@functools.cache
def mean_model(*pathologies: Pathology) -> ModelSpine:
    """Return the table's mean adult with what is wrong with it."""
    return build_model(MEAN, pathologies, 1)


@attrs.frozen(eq=False)
class WholeSpine:
    """Every bone of a model on one grid."""

    model: ModelSpine
    grid: GridGeometry
    fields: tuple[BoneField, ...]
    """From T4 down and last the sacrum."""

    @property
    def names(self) -> tuple[str, ...]:
        """What each field is."""
        return (*(v.level.name for v in self.model.spine.vertebrae), "S1")

    @property
    def lattice(self) -> Lattice:
        """Where the fields lie."""
        return Lattice.of(self.grid)

    def mask(self, field: BoneField, values: Field) -> VoxelMask:
        """Return where one of a bone's fields is negative."""
        k, j, i = field.window
        lower, upper = (i.start, j.start, k.start), (i.stop, j.stop, k.stop)
        return VoxelMask(values < 0.0, self.grid.cropped(lower, upper))


def whole_spine(model: ModelSpine, step_mm: float) -> WholeSpine:
    """Return every bone of a model; the wings of the sacrum are cut off at the sides."""
    centres = np.array(
        [v.lps_from_vertebra.translation_mm for v in model.spine.vertebrae]
        + [model.spine.lps_from_sacral_plate.translation_mm]
    )
    lower = np.subtract(centres.min(axis=0), (52, 34, 95))
    upper = np.add(centres.max(axis=0), (52, 85, 40))
    i, j, k = (int(n) for n in (upper - lower) / step_mm)
    grid = GridGeometry.axis_aligned((i, j, k), lower, (step_mm,) * 3)
    fields = bone_fields(model.spine, Lattice.of(grid))
    assert all(field is not None for field in fields)
    return WholeSpine(model, grid, tuple(f for f in fields if f is not None))
