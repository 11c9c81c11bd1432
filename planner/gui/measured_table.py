"""What was measured in images without a case, as a table to paste elsewhere."""

import math
from collections.abc import Sequence

from planner.dicom.study_reference import StudyReference
from planner.export.slice_measurements import slice_measurements
from planner.geometry.measurement import Measurement
from planner.imaging.volume import Volume

_HEAD = ("Study date", "Series", "Measured", "Value", "Number", "Unit", "Remark")


def measured_table(
    measurements: Sequence[Measurement], volume: Volume, study: StudyReference
) -> str:
    """Return a row for each value, its columns between tabs as spreadsheets take them.

    The patient is not named: the clipboard is for every program to read.
    """
    rows = [_HEAD]
    series = study.description or volume.modality
    for item in slice_measurements(measurements, volume, (), study, None):
        for quantity in item.quantities:
            number = "" if math.isnan(quantity.number) else f"{quantity.number:.2f}"
            unit = quantity.unit.value
            place = (study.study_date, series, item.kind.value)
            rows.append((*place, quantity.words, number, unit, item.caveat))
    return "".join("\t".join(map(_cell, row)) + "\n" for row in rows)


def _cell(text: str) -> str:
    return " ".join(text.split())
