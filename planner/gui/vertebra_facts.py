"""What the window says of a vertebra beyond its measures."""

import math

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import StudyReference
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import PointLike, Triple, as_triple

_DENSITY_VOLTAGE_KV = 120.0
_USUAL_PITCH_MM = 28.0
"""From one body's centre to the next about the thoracolumbar junction, where nothing is known."""
_PITCH_TO_HEIGHT = 1.25
"""A body and its disc over the body's posterior height, which a fracture spares longest."""


def density_words(
    vertebra: VertebraModel, study: StudyReference | None, *, is_fractured: bool
) -> str:
    """Return why the Hounsfield units are not read as density; empty where they may be."""
    if study is None or vertebra.trabecular_hu is None:
        return ""
    if study.contrast_agent:
        return "Not read as density: the scan was made with contrast."
    if study.tube_voltage_kv is None or study.contrast_agent is None:
        return "Not read as density: contrast or tube voltage of the scan is not known."
    if not math.isclose(study.tube_voltage_kv, _DENSITY_VOLTAGE_KV):
        return f"Not read as density: scanned at {study.tube_voltage_kv:.0f} kVp, not 120."
    return "Not read as density: the body is fractured." if is_fractured else ""


@attrs.frozen
class KnownLevel:
    """A place whose name is known."""

    level: VertebraLevel
    lps_mm: Triple = attrs.field(converter=as_triple)
    pitch_mm: float = _USUAL_PITCH_MM


def known_levels(vertebrae: tuple[VertebraModel, ...]) -> tuple[KnownLevel, ...]:
    """Return the places of the vertebrae found so far."""
    return tuple(
        KnownLevel(v.level, v.centre_lps_mm, _PITCH_TO_HEIGHT * v.heights.posterior_mm)
        for v in vertebrae
    )


def suggested_level(
    known: tuple[KnownLevel, ...], at_lps_mm: PointLike
) -> tuple[VertebraLevel, KnownLevel] | None:
    """Return the name a body at a point most likely has and where it was counted from.

    None where nothing is known, or the count leaves the spine.
    """
    if not known:
        return None
    z_mm = float(at_lps_mm[2])
    nearest = min(known, key=lambda item: abs(item.lps_mm[2] - z_mm))
    steps = round((nearest.lps_mm[2] - z_mm) / nearest.pitch_mm)
    try:
        return nearest.level.below(steps), nearest
    except AnatomyProblem:
        return None
