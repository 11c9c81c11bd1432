"""The mean adult's vertebrae, level by level, with the sources of the numbers."""

import functools
from collections.abc import Mapping, Sequence
from typing import cast

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.foundation.resource_files import read_toml

_FILE = ("digital-spine", "levels.toml")
_FROM_TABLE: Mapping[VertebraLevel, VertebraLevel] = {
    VertebraLevel.T13: VertebraLevel.T12,
    VertebraLevel.L6: VertebraLevel.L5,
}
"""Supernumerary levels take the shape of the one above them."""


@attrs.frozen
class LevelAnatomy:
    """Measures of one vertebra and of the disc and facet joints below it, in mm and degrees."""

    superior_width: float
    inferior_width: float
    superior_depth: float
    inferior_depth: float
    posterior_height: float
    anterior_height: float
    superior_concavity: float
    inferior_concavity: float
    pedicle_width: float
    pedicle_height: float
    pedicle_transverse: float
    """Convergent to the front positive."""
    pedicle_sagittal: float
    """Falling to the front positive."""
    canal_width: float
    canal_depth: float
    transverse_span: float
    spinous_length: float
    spinous_drop: float
    spinous_height: float
    lamina_height: float
    facet_from_sagittal: float
    facet_tilt: float
    facet_distance: float
    facet_height: float
    facet_width: float
    disc_anterior: float
    disc_posterior: float


@attrs.frozen
class Column:
    """One measure over all levels."""

    name: str
    title: str
    unit: str
    source: str
    verified: bool


@attrs.frozen
class PublishedRange:
    """A range that the finished model must keep to."""

    quantity: str
    levels: tuple[VertebraLevel, ...]
    least: float
    most: float
    unit: str
    source: str
    verified: bool


def _table() -> Mapping[str, object]:
    return read_toml(*_FILE)


@functools.cache
def table_levels() -> tuple[VertebraLevel, ...]:
    """Return the levels that the table has, from the head down."""
    return tuple(map(VertebraLevel.named, cast("Sequence[str]", _table()["levels"])))


@functools.cache
def level_anatomies() -> Mapping[VertebraLevel, LevelAnatomy]:
    """Return the mean adult's vertebrae by level, T13 and L6 included."""
    columns = cast("Mapping[str, Mapping[str, object]]", _table()["columns"])
    by_level = {}
    for place, level in enumerate(table_levels()):
        row = {
            name: float(cast("Sequence[float]", column["values"])[place])
            for name, column in columns.items()
        }
        by_level[level] = LevelAnatomy(**row)
    for extra, like in _FROM_TABLE.items():
        by_level[extra] = by_level[like]
    return by_level


@functools.cache
def columns() -> tuple[Column, ...]:
    """Return what the table's columns are and where their numbers come from."""
    table = _table()
    sources = cast("Mapping[str, Mapping[str, object]]", table["sources"])
    rows = cast("Mapping[str, Mapping[str, object]]", table["columns"])
    return tuple(
        Column(
            name=name,
            title=str(row["title"]),
            unit=str(row["unit"]),
            source=str(sources[str(row["source"])]["text"]),
            verified=bool(sources[str(row["source"])]["verified"]),
        )
        for name, row in rows.items()
    )


@functools.cache
def published_ranges() -> tuple[PublishedRange, ...]:
    """Return the ranges that the finished model is held to."""
    rows = cast("Sequence[Mapping[str, object]]", _table()["published"])
    return tuple(
        PublishedRange(
            quantity=str(row["quantity"]),
            levels=tuple(map(VertebraLevel.named, cast("Sequence[str]", row["levels"]))),
            least=float(cast("float", row["least"])),
            most=float(cast("float", row["most"])),
            unit=str(row["unit"]),
            source=str(row["source"]),
            verified=bool(row["verified"]),
        )
        for row in rows
    )
