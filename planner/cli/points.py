"""Points and levels on the command line."""

from collections.abc import Iterable

import attrs
import typer

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import Triple

_DECIMALS = 4


@attrs.frozen
class LevelClick:
    """A point inside a vertebral body and, where the user said so, its level."""

    lps_mm: Triple
    level: VertebraLevel | None


def parse_point_lps_mm(text: str) -> Triple:
    """Return the point of ``X,Y,Z``; anything else is wrong usage."""
    try:
        x, y, z = (float(part) for part in text.split(","))
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a point X,Y,Z in LPS millimetres.") from error
    return x, y, z


def parse_click(text: str) -> LevelClick:
    """Return the point and level of ``X,Y,Z`` or ``X,Y,Z=L1``."""
    point, _, name = text.partition("=")
    return LevelClick(parse_point_lps_mm(point), parse_level(name) if name else None)


def parse_level(text: str) -> VertebraLevel:
    """Return the level of a name such as ``L1``; anything else is wrong usage."""
    try:
        return VertebraLevel.named(text)
    except AnatomyProblem as error:
        raise typer.BadParameter(str(error)) from error


def rounded(values: Iterable[float]) -> list[float]:
    """Return numbers for JSON, to a ten-thousandth of their unit."""
    return [round(float(value), _DECIMALS) for value in values]


def number(value: float | None) -> float | None:
    """Return a number for JSON, None where it is not known."""
    return None if value is None else round(float(value), _DECIMALS)
