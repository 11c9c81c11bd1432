"""A number with its name and unit."""

import enum

import attrs


class Unit(enum.Enum):
    """What a number counts."""

    MILLIMETRE = "mm"
    MILLILITRE = "ml"
    DEGREE = "deg"
    SQUARE_MILLIMETRE = "mm2"
    HOUNSFIELD = "HU"
    PIXEL = "px"
    """Of a radiograph that gives no size; an area is a count of pixels."""
    NONE = ""


@attrs.frozen
class Quantity:
    """One number: what it is, how much and in which unit."""

    id: str
    """Stable, never translated, such as ``margin-canal``."""
    words: str
    number: float
    unit: Unit
