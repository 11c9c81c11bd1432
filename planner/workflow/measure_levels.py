"""What is measured of vertebrae found together: each against its neighbours."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from planner.anatomy.expected_heights import norm_heights
from planner.anatomy.fracture import (
    FractureGrade,
    HeightRatios,
    ReferenceHeights,
    fracture_grade,
    height_ratios,
    local_kyphosis_deg,
    reference_heights,
    wedge_angle_deg,
)
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.imaging.label_map import write_label_map
from planner.imaging.resample import resample_mask
from planner.workflow.level_norms import level_norms
from planner.workflow.open_study import OpenStudy


@attrs.frozen(eq=False)
class LevelReport:
    """A vertebra with what follows from its heights and its neighbours'."""

    vertebra: VertebraModel
    reference: ReferenceHeights | None
    """Mean heights of the neighbours; None where none was found."""
    ratios: HeightRatios
    grade: FractureGrade
    wedge_deg: float
    norm: ReferenceHeights | None = None
    """The mean adult's heights at this patient's size; None with too few other levels."""
    cobb_deg: float | None = None
    """From the level above to the one below, kyphotic positive; None without both."""


def measure_levels(vertebrae: Sequence[VertebraModel]) -> tuple[LevelReport, ...]:
    """Return a report of each vertebra, in the order given."""
    by_level = {vertebra.level: vertebra for vertebra in vertebrae}
    return tuple(_report(vertebra, by_level) for vertebra in vertebrae)


def _report(
    vertebra: VertebraModel, by_level: Mapping[VertebraLevel, VertebraModel]
) -> LevelReport:
    neighbours = tuple(
        by_level[level].heights for level in _neighbours(vertebra.level) if level in by_level
    )
    reference = reference_heights(neighbours) if neighbours else None
    return LevelReport(
        vertebra=vertebra,
        reference=reference,
        ratios=height_ratios(vertebra.heights, reference),
        grade=fracture_grade(vertebra.heights, reference),
        wedge_deg=wedge_angle_deg(vertebra),
        norm=norm_heights(
            vertebra.level, {v.level: v.heights for v in by_level.values()}, level_norms()
        ),
        cobb_deg=_cobb_deg(vertebra.level, by_level),
    )


def _cobb_deg(
    level: VertebraLevel, by_level: Mapping[VertebraLevel, VertebraModel]
) -> float | None:
    around = [by_level[n] for n in _neighbours(level) if n in by_level]
    return local_kyphosis_deg(*around) if len(around) == 2 else None


def _neighbours(level: VertebraLevel) -> list[VertebraLevel]:
    found = []
    for step in (-1, 1):
        try:
            found.append(level.below(step))
        except AnatomyProblem:
            continue
    return found


def kyphosis_deg(vertebrae: Sequence[VertebraModel]) -> dict[str, float]:
    """Return the angle over each three neighbouring levels, kyphotic positive, by their names.

    The angle runs from the upper endplate of the level above to the lower one of the level
    below; the images were taken lying down.
    """
    by_level = {vertebra.level: vertebra for vertebra in vertebrae}
    angles = {}
    for level in by_level:
        around = [by_level[n] for n in _neighbours(level) if n in by_level]
        if len(around) == 2:
            above, below = around
            name = f"{above.level.name}-{below.level.name}"
            angles[name] = local_kyphosis_deg(above, below)
    return angles


def write_labels(path: Path, study: OpenStudy, vertebrae: Sequence[VertebraModel]) -> None:
    """Write a label map in VerSe numbers on the study's own grid.

    Raises
    ------
    PlannerError
        If the file cannot be written.
    """
    geometry = study.volume.geometry
    labels = np.zeros(geometry.shape_kji, dtype=np.uint8)
    for vertebra in vertebrae:
        labels[resample_mask(vertebra.whole, geometry).voxels] = vertebra.level.verse_number
    write_label_map(path, labels, geometry)
