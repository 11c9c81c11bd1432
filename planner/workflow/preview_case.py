"""What a digital-spine case will look like, before it is made."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import build_model
from planner.digital_spine.scanner import scan_hu
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry

_SPACING_MM = 0.8
_HEIGHT_MM, _DEPTH_MM = 176.0, 150.0
_SHARE_IN_FRONT = 0.45
"""Of the depth: less of the belly, all of the spinous processes."""


@attrs.frozen(eq=False)
class CasePreview:
    """The slice through the middle of the level that a case is about."""

    voxels_hu: NDArray[np.int16]
    """``[j, i]``: rows from the feet up, columns from the front to the back."""
    geometry: GridGeometry
    """Of the one slice."""
    heights_mm: tuple[float, float, float]
    """Of the level: anterior, middle and posterior."""


def preview_case(spec: CaseSpec, progress: Progress = no_progress) -> CasePreview:
    """Return the mid-sagittal slice of a case and the heights its level will have.

    Raises
    ------
    PlanProblem
        If the model cannot be: the sentence says why.
    Cancelled
        If the user has cancelled.
    """
    progress(0.0, "Posing the spine")
    model = build_model(spec.patient, spec.pathologies, spec.seed)
    vertebra = model.spine.vertebra(spec.focus_level)
    centre = vertebra.lps_from_vertebra.point((0.0, 0.0, 0.0))
    columns, rows = round(_DEPTH_MM / _SPACING_MM), round(_HEIGHT_MM / _SPACING_MM)
    matrix = np.diag([_SPACING_MM, _SPACING_MM, _SPACING_MM, 1.0])
    matrix[:3, 3] = centre - np.array([0.0, _SHARE_IN_FRONT * _DEPTH_MM, _HEIGHT_MM / 2.0])
    lattice = Lattice((rows, columns, 1), matrix)
    voxels = scan_hu(model, lattice, spec.scan, part_of(progress, 0.1, 1.0))
    progress(1.0, "")
    return CasePreview(
        voxels[:, :, 0], _sagittal_grid(matrix, columns, rows), vertebra.body.landmarks.heights_mm
    )


def _sagittal_grid(lps_from_lattice: NDArray[np.float64], columns: int, rows: int) -> GridGeometry:
    """Return the grid whose columns run along the lattice's j, its rows along k."""
    matrix = np.eye(4)
    matrix[:, :3] = lps_from_lattice[:, [1, 2, 0]]
    matrix[:, 3] = lps_from_lattice[:, 3]
    return GridGeometry((columns, rows, 1), matrix)
