"""Where a case's pictures are taken: the field around its levels."""

import attrs
import numpy as np

from planner.dicom.write_series import SliceLayout
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.lattice import Lattice
from planner.digital_spine.model_spine import ModelSpine
from planner.foundation.errors import PlanProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import as_triple

_ABOVE_MM, _BELOW_MM = 22.0, 26.0
"""Beyond the outermost whole bodies' middles and half heights."""
_BEHIND_SKIN_MM = 6.0
_BEFORE_BODY_MM = 24.0
"""From the middle of the foremost body to the front of a field that cannot hold the back too."""
_TRUNK_FIELD_MM = 300.0
"""Fields wider than this hold the whole trunk and are centred on it."""


@attrs.frozen(eq=False)
class CaseField:
    """The CT of a case: its voxel centres, and how its slices are stacked."""

    lattice: Lattice
    grid: GridGeometry
    """How the first slice lies; that of all voxels where the gantry is not tilted."""
    layout: SliceLayout

    @property
    def upright_grid(self) -> GridGeometry:
        """A grid along L, P and S with the same spacing over the same field, for label maps."""
        if not self.layout.gantry_tilt_deg:
            return self.grid
        k, j, i = self.lattice.shape_kji
        corners = [
            self.lattice.lps_from_ijk @ (a, b, c, 1)
            for a in (0, i - 1)
            for b in (0, j - 1)
            for c in (0, k - 1)
        ]
        lower, upper = np.min(corners, axis=0)[:3], np.max(corners, axis=0)[:3]
        spacing = np.array(self.grid.spacing_ijk_mm)
        shape = np.floor((upper - lower) / spacing).astype(int) + 1
        return GridGeometry.axis_aligned(
            (int(shape[0]), int(shape[1]), int(shape[2])), lower, spacing
        )


def _z_range_mm(spec: CaseSpec, model: ModelSpine) -> tuple[float, float]:
    levels = [v.level for v in model.spine.vertebrae]
    for level in (spec.first_level, spec.last_level, spec.focus_level):
        if level not in levels:
            raise PlanProblem(
                f"This model has no vertebra {level.name}.",
                hint="It reaches from T4 to L5; T13 and L6 exist only where they are asked for.",
            )
    if levels.index(spec.first_level) > levels.index(spec.last_level):
        raise PlanProblem(
            f"{spec.first_level.name} lies below {spec.last_level.name}.",
            hint="Give the upper level first.",
        )
    first, last = (model.spine.vertebra(v) for v in (spec.first_level, spec.last_level))
    top = first.lps_from_vertebra.translation_mm[2] + first.body.half_height_mm + _ABOVE_MM
    measures = last.anatomy.body
    fall = np.sin(np.radians(measures.spinous_drop)) * measures.spinous_length
    below = max(last.body.half_height_mm + _BELOW_MM, fall + measures.spinous_height)
    return float(last.lps_from_vertebra.translation_mm[2] - below), float(top)


def case_field(spec: CaseSpec, model: ModelSpine) -> CaseField:
    """Return where the CT of a case is taken.

    Raises
    ------
    PlanProblem
        If the spec's levels do not exist or stand in the wrong order.
    """
    bottom, top = _z_range_mm(spec, model)
    scan, stacks = spec.scan, model.stacks
    inside = [
        v.lps_from_vertebra.translation_mm
        for v in model.spine.vertebrae
        if bottom <= v.lps_from_vertebra.translation_mm[2] <= top
    ]
    middle_x = float(np.mean([point[0] for point in inside]))
    rows = np.arange(int(bottom - stacks.bottom_z_mm), int(top - stacks.bottom_z_mm))
    skin = stacks.ovals[0][np.clip(rows, 0, stacks.ovals.shape[1] - 1)]
    back = float((skin[:, 1] + skin[:, 3]).max()) + _BEHIND_SKIN_MM
    if spec.field_mm > _TRUNK_FIELD_MM:
        back = float(skin[:, 1].mean()) + spec.field_mm / 2.0
    # A field too small to reach from the skin to the bodies keeps the bodies.
    foremost = min(point[1] for point in inside)
    back = min(back, float(foremost) - _BEFORE_BODY_MM + spec.field_mm)
    across = round(spec.field_mm / scan.spacing_mm)
    origin = np.array([middle_x - spec.field_mm / 2.0, back - spec.field_mm, bottom])
    turn = np.radians(scan.tilt_deg)
    row, column = np.array([1.0, 0.0, 0.0]), np.array([0.0, np.cos(turn), np.sin(turn)])
    step = np.array([0.0, 0.0, scan.step_mm])
    # A tilted slice passes the middle of the field at the height that an upright one would.
    middle = origin + np.array([0.0, spec.field_mm / 2.0, 0.0])
    origin = middle - column * spec.field_mm / 2.0
    slices = int((top - bottom) / scan.step_mm) + 1
    matrix = np.eye(4)
    matrix[:3, 0], matrix[:3, 1] = row * scan.spacing_mm, column * scan.spacing_mm
    matrix[:3, 2], matrix[:3, 3] = step, origin
    first = np.array(matrix)
    first[:3, 2] = np.cross(row, column) * scan.step_mm * np.cos(turn)
    return CaseField(
        Lattice((slices, across, across), matrix),
        GridGeometry((across, across, slices), first),
        SliceLayout(as_triple(step), scan.thickness_mm or scan.step_mm, scan.tilt_deg),
    )
