"""Clinical numbers: one data file, each with unit, source and whether somebody read it there."""

import functools
from collections.abc import Mapping
from typing import cast

import attrs

from planner.foundation.resource_files import read_toml


@attrs.frozen
class ClinicalNumber:
    """A number the program judges by."""

    id: str
    value: float
    unit: str
    title: str
    source: str
    verified: bool
    """False: shown as unverified wherever it appears, and the user may change it."""


@functools.cache
def clinical_numbers() -> Mapping[str, ClinicalNumber]:
    """Return every number of ``resources/clinical-numbers.toml`` by its id."""
    table = cast("Mapping[str, Mapping[str, object]]", read_toml("clinical-numbers.toml"))
    return {
        number_id: ClinicalNumber(
            id=number_id,
            value=float(cast("float", row["value"])),
            unit=str(row["unit"]),
            title=str(row["title"]),
            source=str(row["source"]),
            verified=bool(row["verified"]),
        )
        for number_id, row in table.items()
    }


def clinical_number(number_id: str) -> float:
    """Return the value of one number.

    Raises
    ------
    KeyError
        If the data file has no such number.
    """
    return clinical_numbers()[number_id].value
