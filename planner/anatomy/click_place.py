"""What lies at a click that hits no whole vertebral body, in words for the user."""

import enum

import numpy as np

from planner.anatomy.canal import CLICK_HINT, UNLIKELY_COST, CanalLine, track_canal
from planner.anatomy.spine_crop import FloatVoxels, SpineCrop
from planner.foundation.errors import AnatomyProblem
from planner.geometry.grids import GridGeometry
from planner.geometry.points import FloatArray

_AROUND_VOXELS, _NEAR_VOXELS = 2, 4
"""Half a box in which a click's own tissue is read, and one that reaches a cortex beside it."""
_AIR_HU, _FAT_HU = -300.0, -40.0
_IMPLANT_HU, _IMPLANT_SHARE = 1000.0, 0.3
_BONE_HU, _CORTEX_HU, _RIM_HU = 90.0, 300.0, 80.0
"""Spongy bone, and a cortex near it; a vessel with contrast has no brighter rim."""
_NEAREST_FRONT_MM, _FURTHEST_FRONT_MM, _FURTHEST_ASIDE_MM = 7.0, 48.0, 26.0
"""Where bodies lie, from the middle of the canal."""
_IN_CANAL_MM = 7.0
_ARCH_MM = 32.0
"""How far aside of the canal bone may still belong to a vertebra's arch."""
_HALF_BODY_MM = 24.0
"""A body's middle lies no further than this from the slice where it ends."""
_WHOLE_HINT = "Choose a level that lies wholly inside the scan."
_END_MM = 40.0
_NEAR_CANAL_MM = 15.0
"""Over how much height above and below a click the canal must be seen."""


class Tissue(enum.Enum):
    """What lies around a point, as far as its density tells."""

    AIR = "air or lung"
    FAT = "fat"
    SOFT = "soft tissue"
    BONE = "bone"
    IMPLANT = "cement or metal"


def tissue_at(crop: SpineCrop, at_lps_mm: FloatArray) -> Tissue:
    """Return what lies around a point."""
    own, near = (_box(crop, at_lps_mm, half) for half in (_AROUND_VOXELS, _NEAR_VOXELS))
    mean = float(own.mean())
    if float((own > _IMPLANT_HU).mean()) >= _IMPLANT_SHARE:
        return Tissue.IMPLANT
    if mean < _AIR_HU:
        return Tissue.AIR
    if mean < _FAT_HU:
        return Tissue.FAT
    has_cortex = float(np.percentile(near, 98)) > max(_CORTEX_HU, mean + _RIM_HU)
    return Tissue.BONE if mean > _BONE_HU and has_cortex else Tissue.SOFT


def _box(crop: SpineCrop, at_lps_mm: FloatArray, half_voxels: int) -> FloatVoxels:
    middle = crop.voxel_of(at_lps_mm)
    k, j, i = (slice(max(n - half_voxels, 0), n + half_voxels + 1) for n in middle)
    return crop.hu[k, j, i]


def canal_before(crop: SpineCrop, as_seen: SpineCrop, at_lps_mm: FloatArray) -> CanalLine:
    """Return the canal that runs behind a point.

    The canal is found without regard to the point: told to look behind it, it would find
    something like a canal behind every rib.

    Parameters
    ----------
    crop
        The CT around the point, without implants.
    as_seen
        The same as it is.
    at_lps_mm
        The point.

    Raises
    ------
    AnatomyProblem
        If no canal is seen near the point, or it does not lie where bodies lie, in front of the
        canal; a sentence on what lies there instead, and where from the canal.
    """
    line = track_canal(crop)
    near = np.abs(line.points_lps_mm[:, 2] - at_lps_mm[2]) < _NEAR_CANAL_MM
    if float(line.cost[near].mean()) > UNLIKELY_COST:
        tissue = tissue_at(as_seen, at_lps_mm).value
        raise AnatomyProblem(
            f"This point lies in {tissue}, and no spinal canal is seen near it.", hint=CLICK_HINT
        )
    left_mm, back_mm = _from_canal_mm(line, at_lps_mm)
    is_before = _NEAREST_FRONT_MM <= -back_mm <= _FURTHEST_FRONT_MM
    if not is_before or abs(left_mm) > _FURTHEST_ASIDE_MM:
        raise AnatomyProblem(_beside_bodies(as_seen, left_mm, back_mm, at_lps_mm), hint=CLICK_HINT)
    return line


def no_body_at(
    crop: SpineCrop, line: CanalLine, volume_grid: GridGeometry, at_lps_mm: FloatArray
) -> AnatomyProblem:
    """Return the problem of a point in front of the canal around which no body was found."""
    tissue = tissue_at(crop, at_lps_mm)
    if tissue is Tissue.IMPLANT:
        return AnatomyProblem(
            "This point lies in cement or metal, and no vertebral body can be outlined around it.",
            hint="Click in the bone of the same body beside it, or plan another level.",
        )
    end = _nearest_end(line, volume_grid, at_lps_mm)
    if end is not None and tissue not in {Tissue.AIR, Tissue.FAT}:
        return AnatomyProblem(
            f"No whole vertebral body lies at this point: the CT ends {end}.", hint=_WHOLE_HINT
        )
    where = _where(*_from_canal_mm(line, at_lps_mm))
    doubt = " It may lie in a disc." if tissue is Tissue.SOFT else ""
    return AnatomyProblem(
        f"This point lies in {tissue.value} {where}, in no vertebral body that can be outlined."
        + doubt,
        hint=CLICK_HINT,
    )


def cut_body(where: str) -> AnatomyProblem:
    """Return the problem of a body that the end of the CT cuts."""
    return AnatomyProblem(
        f"This vertebral body is cut off by the end of the CT, {where}.", hint=_WHOLE_HINT
    )


def disc_at(line: CanalLine, at_lps_mm: FloatArray) -> AnatomyProblem:
    """Return the problem of something between bright plates from which no pedicle springs."""
    where = _where(*_from_canal_mm(line, at_lps_mm))
    return AnatomyProblem(
        f"No pedicle springs from what lies at this point, {where}: it may be a disc.",
        hint=CLICK_HINT,
    )


def _from_canal_mm(line: CanalLine, at_lps_mm: FloatArray) -> tuple[float, float]:
    """Return how far to the left and to the back of the canal a point lies in its axial plane."""
    centre = line.points_lps_mm[line.nearest_layer(float(at_lps_mm[2]))]
    return float(at_lps_mm[0] - centre[0]), float(at_lps_mm[1] - centre[1])


def _where(left_mm: float, back_mm: float) -> str:
    if abs(left_mm) > abs(back_mm):
        side = "left" if left_mm > 0.0 else "right"
        return f"{abs(left_mm):.0f} mm to the patient's {side} of the spinal canal"
    return f"{abs(back_mm):.0f} mm {'behind' if back_mm > 0.0 else 'in front of'} the spinal canal"


def _beside_bodies(crop: SpineCrop, left_mm: float, back_mm: float, at_lps_mm: FloatArray) -> str:
    tissue = tissue_at(crop, at_lps_mm)
    if tissue is Tissue.SOFT and np.hypot(left_mm, back_mm) <= _IN_CANAL_MM:
        return "This point lies in the spinal canal, not in a vertebral body."
    sentence = f"This point lies in {tissue.value} {_where(left_mm, back_mm)}"
    if tissue is not Tissue.BONE:
        return f"{sentence}, not in a vertebral body."
    if abs(left_mm) <= _ARCH_MM:
        return f"{sentence}, in the arch of a vertebra or a rib, not in a vertebral body."
    return f"{sentence}, in a rib or a process, not in a vertebral body."


def _nearest_end(line: CanalLine, grid: GridGeometry, at_lps_mm: FloatArray) -> str | None:
    """Return how near along the spine the CT ends, None where a whole body has room."""
    up = line.direction_lps(float(at_lps_mm[2]))
    ends = [(_room_mm(grid, at_lps_mm, sign * up), name) for sign, name in _ENDS]
    room_mm, name = min(ends)
    return f"{room_mm:.0f} mm {name} it" if room_mm <= _HALF_BODY_MM else None


_ENDS = ((1.0, "above"), (-1.0, "below"))


def _room_mm(grid: GridGeometry, at_lps_mm: FloatArray, along_lps: FloatArray) -> float:
    """Return how far one can go from a point inside a grid."""
    steps_mm = np.arange(0.0, _END_MM, 0.5)
    ijk = grid.ijk_of(at_lps_mm + steps_mm[:, np.newaxis] * along_lps)
    outside = ((ijk < -0.5) | (ijk > np.asarray(grid.shape_ijk) - 0.5)).any(axis=-1)
    return float(steps_mm[outside.argmax()]) if outside.any() else _END_MM
