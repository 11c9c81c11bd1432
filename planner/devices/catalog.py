"""The catalogue as shipped in ``resources/devices``."""

import functools
from collections.abc import Iterator, Mapping
from typing import cast

from planner.devices.device_values import (
    BalloonModel,
    CementModel,
    DeviceCatalog,
    NeedleModel,
    Source,
)
from planner.foundation.clinical_numbers import clinical_numbers
from planner.foundation.resource_files import read_toml

Table = Mapping[str, object]


@functools.cache
def device_catalog() -> DeviceCatalog:
    """Return every needle, balloon and cement the program ships."""
    return DeviceCatalog(
        needles=tuple(_needles(read_toml("devices", "needles.toml"))),
        balloons=tuple(_balloons(read_toml("devices", "balloons.toml"))),
        cements=tuple(_cements(read_toml("devices", "cements.toml"))),
    )


def _needles(file: Table) -> Iterator[NeedleModel]:
    lengths = _table(file["lengths"])
    for gauge, tube in _rows(file["gauge"]):
        for length_mm in cast("list[float]", lengths["values_mm"]):
            yield NeedleModel(
                id=f"access-{gauge}g-{length_mm:.0f}",
                title=f"Access needle {gauge} G, {length_mm:.0f} mm",
                gauge=int(gauge),
                outer_diameter_mm=_number(tube, "outer_diameter_mm"),
                inner_diameter_mm=_number(tube, "inner_diameter_mm"),
                length_mm=length_mm,
                source=_source(tube),
                length_source=_source(lengths),
            )


def _balloons(file: Table) -> Iterator[BalloonModel]:
    for family_id, family in _rows(file["family"]):
        for size_id, size in _rows(family["sizes"]):
            yield BalloonModel(
                id=f"{family_id}-{size_id}",
                title=f"{family['title']} {size_id.replace('-', '/')}",
                working_length_mm=_number(size, "working_length_mm"),
                deflated_diameter_mm=_number(family, "deflated_diameter_mm"),
                minimum_gauge=int(_number(family, "minimum_gauge")),
                maximum_volume_ml=_number(size, "maximum_volume_ml"),
                maximum_pressure_psi=_number(family, "maximum_pressure_psi"),
                source=_source(family),
                limits_source=Source(str(family["limits_source"]), bool(family["limits_verified"])),
                colour_band=str(size.get("colour_band", "")),
            )


def _cements(file: Table) -> Iterator[CementModel]:
    for cement_id, row in _rows(file["cement"]):
        yield CementModel(
            cement_id,
            str(row["title"]),
            str(row["viscosity"]),
            _source(row),
            kind=str(row.get("kind", "PMMA")),
            known=(*cast("list[str]", row.get("known", [])), *_known_numbers(row)),
            powder_g=_number(row, "powder_g") if "powder_g" in row else None,
            liquid_g=_number(row, "liquid_g") if "liquid_g" in row else None,
        )


def _known_numbers(row: Table) -> Iterator[str]:
    """Yield a sentence for each clinical number that a device's row names."""
    for number_id in cast("list[str]", row.get("numbers", [])):
        number = clinical_numbers()[number_id]
        mark = "" if number.verified else " Unverified."
        yield f"{number.title}: {number.value:g} {number.unit} ({number.source}).{mark}"


def _table(value: object) -> Table:
    return cast("Table", value)


def _rows(value: object) -> Iterator[tuple[str, Table]]:
    yield from cast("Mapping[str, Table]", value).items()


def _number(row: Table, key: str) -> float:
    return float(cast("float", row[key]))


def _source(row: Table) -> Source:
    return Source(str(row["source"]), bool(row["verified"]))
