"""What the window says of a vertebra beyond its measures."""

import math

from planner.anatomy.vertebra import VertebraModel
from planner.dicom.study_reference import StudyReference

_DENSITY_VOLTAGE_KV = 120.0


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
