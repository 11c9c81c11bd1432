"""Conversions between units, each named for both ends."""

_MM3_IN_ML = 1000.0


def ml_from_mm3(volume_mm3: float) -> float:
    """Return a volume in millilitres."""
    return volume_mm3 / _MM3_IN_ML


def mm3_from_ml(volume_ml: float) -> float:
    """Return a volume in cubic millimetres."""
    return volume_ml * _MM3_IN_ML
