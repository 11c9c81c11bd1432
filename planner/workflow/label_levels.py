"""Take the vertebrae of an open study from another program's label map."""

from collections.abc import Mapping
from pathlib import Path

import attrs
import numpy as np

from planner.anatomy.label_numbers import LabelMeaning, meaning_of
from planner.anatomy.labelled_vertebra import (
    largest_part,
    require_whole,
    thickest_point_lps_mm,
    vertebra_of_label,
)
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress
from planner.geometry.grids import GridGeometry
from planner.imaging.label_map_file import LabelMap, read_label_map
from planner.imaging.volume import VoxelMask
from planner.workflow.open_study import OpenStudy

_SAME_CT_HINT = "Use a map made from this series."


@attrs.frozen(eq=False)
class LabelledLevels:
    """The vertebrae of a label map."""

    vertebrae: tuple[VertebraModel, ...]
    """From the head down."""
    sentences: tuple[str, ...]
    """How the numbers were read, and which levels were left out and why."""


def levels_of_labels(
    study: OpenStudy, path: Path, progress: Progress = no_progress
) -> LabelledLevels:
    """Return every whole thoracic and lumbar vertebra that a label map outlines.

    The map lies where its own header says; its grid need not be the CT's.

    Raises
    ------
    DicomProblem
        If the file cannot be read as a label map.
    AnatomyProblem
        If it names no vertebra, lies elsewhere than the CT, or none of its vertebrae can be
        measured.
    """
    try:
        return _levels(study, read_label_map(path), progress)
    except AnatomyProblem as problem:
        raise AnatomyProblem(problem.message, path=path, hint=problem.hint) from problem


def _levels(study: OpenStudy, labels: LabelMap, progress: Progress) -> LabelledLevels:
    meaning = meaning_of(labels.numbers, labels.names)
    by_level = {level: number for number, level in meaning.levels.items()}
    masks = {
        level: largest_part(labels.where(frozenset({by_level[level]})))
        for level in VertebraLevel
        if level in by_level
    }
    _require_overlap(masks, study.volume.geometry)
    problems: dict[VertebraLevel, AnatomyProblem] = {}
    for level, mask in masks.items():
        try:
            require_whole(mask, study.volume)
        except AnatomyProblem as problem:
            problems[level] = problem
    whole = {level: mask for level, mask in masks.items() if level not in problems}
    _require_order(whole)
    found: list[VertebraModel] = []
    for done, (level, mask) in enumerate(whole.items()):
        progress(done / len(whole), f"Measuring {level.name}")
        others = labels.where(meaning.bones - {by_level[level]})
        try:
            found.append(vertebra_of_label(study.volume, mask, others, level))
        except AnatomyProblem as problem:
            problems[level] = problem
    progress(1.0, "")
    left_out = [f"{level.name}: {problems[level]}" for level in masks if level in problems]
    if not found:
        raise AnatomyProblem(
            f"None of the labelled vertebrae can be used. {left_out[0]}", hint=_SAME_CT_HINT
        )
    return LabelledLevels(tuple(found), (_evidence(meaning), *left_out))


def _evidence(meaning: LabelMeaning) -> str:
    return f"The levels are named by the label map ({meaning.scheme})."


def _require_overlap(masks: Mapping[VertebraLevel, VoxelMask], ct: GridGeometry) -> None:
    """Raise unless some labelled vertebra lies inside the CT."""
    if not any(ct.contains(thickest_point_lps_mm(mask)) for mask in masks.values()):
        raise AnatomyProblem(
            "The vertebrae of the label map lie outside this CT.", hint=_SAME_CT_HINT
        )


def _require_order(masks: Mapping[VertebraLevel, VoxelMask]) -> None:
    """Raise unless the names run from the head to the feet: else they mean something else."""
    heights = [thickest_point_lps_mm(mask)[2] for mask in masks.values()]
    if (np.diff(heights) >= 0.0).any():
        raise AnatomyProblem(
            "The label map's vertebrae do not follow each other from the head to the feet.",
            hint="Check its numbering and its orientation.",
        )
