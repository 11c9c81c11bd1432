"""Take the vertebrae of an open study from another program's label map.

What the map names is checked against the CT: where it lies, whether it lies on bone, and whether
ribs and sacrum speak against its names.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import attrs
import numpy as np

from planner.anatomy.chain import find_chain
from planner.anatomy.great_vessels import GreatVessels, labelled_vessels, rounds_of_vertebrae
from planner.anatomy.label_numbers import LabelMeaning, meaning_of
from planner.anatomy.labelled_vertebra import (
    largest_part,
    require_whole,
    thickest_point_lps_mm,
    vertebra_of_label,
)
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.read_segmentation import is_segmentation, read_segmentation
from planner.foundation.errors import AnatomyProblem
from planner.foundation.progress import Progress, no_progress, part_of
from planner.geometry.grids import GridGeometry
from planner.geometry.points import distance_mm
from planner.imaging.label_map_file import LABEL_FILE_SUFFIXES, read_label_map
from planner.imaging.labels import LabelMap
from planner.imaging.volume import Volume, VoxelMask
from planner.workflow.open_study import OpenStudy

_SAME_CT_HINT = "Use a map made from this series."
_SHARE_OF_READING, _SHARE_OF_MEASURING = 0.2, 0.9


@attrs.frozen(eq=False)
class LabelledLevels:
    """The vertebrae of a label map."""

    vertebrae: tuple[VertebraModel, ...]
    """From the head down."""
    sentences: tuple[str, ...]
    """How the numbers were read, what speaks against the names, and which levels were left out
    and why."""
    vessels: GreatVessels | None = None
    """Aorta and vena cava, where the map has one of them."""


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
        labels = read_labels(path, part_of(progress, 0.0, _SHARE_OF_READING))
        return levels_of_map(study, labels, path.name, part_of(progress, _SHARE_OF_READING, 1.0))
    except AnatomyProblem as problem:
        raise AnatomyProblem(problem.message, path=path, hint=problem.hint) from problem


def read_labels(path: Path, progress: Progress = no_progress) -> LabelMap:
    """Return the label map of a NIfTI or NRRD file or a DICOM Segmentation.

    Raises
    ------
    DicomProblem
        If it cannot be read as one.
    """
    is_volume = path.name.lower().endswith(LABEL_FILE_SUFFIXES)
    if not is_volume and path.is_file() and is_segmentation(path):
        return read_segmentation(path, progress)
    return read_label_map(path)


def levels_of_map(
    study: OpenStudy, labels: LabelMap, source: str, progress: Progress = no_progress
) -> LabelledLevels:
    """Return every whole thoracic and lumbar vertebra of a label map, as `levels_of_labels` does.

    Parameters
    ----------
    study
        The images.
    labels
        The map, on any grid.
    source
        What the map is called: each vertebra says where its outline comes from.
    progress
        Told of every level.

    Raises
    ------
    AnatomyProblem
        If it was made on another scan, names no vertebra, lies elsewhere than the CT, or none of
        its vertebrae can be measured.
    """
    _require_same_place(study, labels)
    meaning = meaning_of(labels.numbers, labels.names)
    masks = _masks_of(labels, meaning)
    _require_overlap(masks, study.volume.geometry)
    problems = _cut_off(masks, study.volume)
    whole = {level: mask for level, mask in masks.items() if level not in problems}
    _require_order(whole)
    found: list[VertebraModel] = []
    for done, (level, mask) in enumerate(whole.items()):
        progress(_SHARE_OF_MEASURING * done / len(whole), f"Measuring {level.name}")
        others = labels.where(meaning.bones - meaning.numbers_of(level))
        try:
            vertebra = vertebra_of_label(study.volume, mask, others, level)
        except AnatomyProblem as problem:
            problems[level] = problem
        else:
            found.append(_with_source(vertebra, source))
    left_out = [f"{level.name}: {problems[level]}" for level in masks if level in problems]
    if not found:
        raise AnatomyProblem(
            f"None of the labelled vertebrae can be used. {left_out[0]}", hint=_SAME_CT_HINT
        )
    progress(_SHARE_OF_MEASURING, "Comparing the names with ribs and sacrum")
    doubts = _name_doubts(study.volume, found)
    progress(1.0, "")
    return LabelledLevels(
        tuple(found),
        (_evidence(meaning), *doubts, *left_out),
        _vessels(study.volume, labels, meaning, found),
    )


def _masks_of(labels: LabelMap, meaning: LabelMeaning) -> dict[VertebraLevel, VoxelMask]:
    """Return the largest part of each vertebra, from the head down."""
    named = set(meaning.levels.values())
    return {
        level: largest_part(labels.where(meaning.numbers_of(level)))
        for level in VertebraLevel
        if level in named
    }


def _cut_off(
    masks: Mapping[VertebraLevel, VoxelMask], volume: Volume
) -> dict[VertebraLevel, AnatomyProblem]:
    problems: dict[VertebraLevel, AnatomyProblem] = {}
    for level, mask in masks.items():
        try:
            require_whole(mask, volume)
        except AnatomyProblem as problem:
            problems[level] = problem
    return problems


def _with_source(vertebra: VertebraModel, source: str) -> VertebraModel:
    said = f"The outline comes from label map {source}."
    return attrs.evolve(vertebra, notes=(*vertebra.notes, said))


def _name_doubts(volume: Volume, vertebrae: Sequence[VertebraModel]) -> tuple[str, ...]:
    """Return a sentence where ribs and sacrum surely give the vertebrae other names."""
    try:
        chain = find_chain(volume)
    except AnatomyProblem:
        return ()
    if not chain.naming.certain:
        return ()
    for vertebra in vertebrae:
        for place in chain.levels:
            gap_mm = distance_mm(place.centre_lps_mm, vertebra.centre_lps_mm)
            if gap_mm < place.height_mm / 2 and place.level is not vertebra.level:
                return (
                    f"The label map calls {vertebra.level.name} what counts as "
                    f"{place.level.name} by ribs and sacrum: check the names before you plan.",
                )
    return ()


def _vessels(
    volume: Volume, labels: LabelMap, meaning: LabelMeaning, found: Sequence[VertebraModel]
) -> GreatVessels | None:
    if not meaning.vessels:
        return None
    masks = {
        vessel: labels.where(frozenset({number})) for vessel, number in meaning.vessels.items()
    }
    return labelled_vessels(volume, rounds_of_vertebrae(found), masks)


def _require_same_place(study: OpenStudy, labels: LabelMap) -> None:
    """Raise if the map was made on images whose places have nothing to do with the study's."""
    ours, theirs = study.volume.frame_of_reference_uid, labels.frame_of_reference_uid
    if ours and theirs and ours != theirs:
        raise AnatomyProblem(
            "The segmentation was made on images of another scan: its frame of reference is "
            "not that of this CT.",
            hint=_SAME_CT_HINT,
        )


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
