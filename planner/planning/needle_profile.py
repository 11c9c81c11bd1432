"""What a needle passes on its way in: Hounsfield units, and the bone all around it."""

import attrs
import numpy as np
from numpy.typing import NDArray

from planner.geometry.points import FloatArray
from planner.imaging.hounsfield import sample_hu
from planner.planning.needle_path import (
    beside_isthmus_mm,
    bone_entry_mm,
    posterior_wall_mm,
)
from planner.planning.needle_surface import clock_face_mm, field_of
from planner.planning.plan import PlannedNeedle
from planner.planning.safety_maps import SafetyMaps

_BEFORE_BONE_MM = 15.0
_BEYOND_TIP_MM = 5.0
_STEP_MM = 1.0


def _read_only(values: FloatArray) -> NDArray[np.float64]:
    values = np.array(values, dtype=np.float64)
    values.flags.writeable = False
    return values


@attrs.frozen(eq=False)
class NeedleProfile:
    """Along one needle, from a little before bone to a little beyond the tip."""

    needle: PlannedNeedle
    depth_mm: NDArray[np.float64] = attrs.field(converter=_read_only)
    """From where the needle meets bone, shape (n,)."""
    value_hu: NDArray[np.float64] = attrs.field(converter=_read_only)
    """Shape (n,); NaN where nothing was imaged."""
    clock_mm: NDArray[np.float64] = attrs.field(converter=_read_only)
    """From the needle's surface outwards to the surface of its bone, shape (n, 24): the first
    towards the midline, the others clockwise seen along the needle. Negative outside bone."""
    bone_mm: float
    """From the entry to where the needle meets bone."""
    landmarks: tuple[tuple[str, float], ...]
    """Names and depths from bone of what it passes."""


def needle_profile(
    needle: PlannedNeedle, maps: SafetyMaps, radius_mm: float
) -> NeedleProfile | None:
    """Return what a needle passes; None where it misses the bone."""
    path = needle.path
    bone_mm = bone_entry_mm(path, maps.bone)
    if bone_mm is None:
        return None
    start_mm = max(bone_mm - _BEFORE_BONE_MM, 0.0)
    places_mm = np.arange(start_mm, path.length_mm + _BEYOND_TIP_MM, _STEP_MM)
    points = np.asarray(path.start_lps_mm) + places_mm[:, np.newaxis] * np.asarray(
        path.direction_lps
    )
    medial = maps.vertebra.lps_from_vertebra.vector((-float(needle.side.sign), 0.0, 0.0))
    pedicle = maps.vertebra.pedicle(needle.side)
    passed = (
        ("bone", bone_mm),
        ("isthmus", None if pedicle is None else beside_isthmus_mm(path, pedicle)),
        ("wall", posterior_wall_mm(path, maps.vertebra)),
        ("tip", path.length_mm),
    )
    return NeedleProfile(
        needle,
        places_mm - bone_mm,
        np.full(len(places_mm), np.nan) if maps.volume is None else sample_hu(maps.volume, points),
        clock_face_mm(field_of(maps.bone, 1.0), path, places_mm, radius_mm, np.asarray(medial)),
        bone_mm,
        tuple(
            (name, mm - bone_mm) for name, mm in passed if mm is not None and mm <= path.length_mm
        ),
    )
