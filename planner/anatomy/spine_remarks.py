"""What in a spine makes its outlines or measures doubtful, as sentences."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from planner.anatomy.body_places import BodyPlace
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.spine_strip import STEP_MM, SpineStrip

_SCOLIOSIS_DEG = 10.0
"""Cobb angle from which a bend counts as scoliosis (usual definition, Scoliosis Research Society).
"""
_BEND_OVER = 2
"""Vertebrae from one centre to the other of which the lean is read."""
_METAL_HU, _METAL_MM3 = 2800.0, 40.0
_CEMENT_HU, _CEMENT_MM3 = 900.0, 250.0
_SCLEROTIC_HU, _SCLEROTIC_SHARE = 350.0, 0.30
_LYTIC_LOSS_HU, _LYTIC_SHARE, _CALM = 50.0, 0.18, (5, 3, 3)
"""Against the body's own median, over blocks of so many voxels: single voxels are noise."""
_FUSED_HU = 15.0
_RIM_MM = 5.0
"""How much of a body's cortex and endplates is left out."""
_VOXEL_MM3 = STEP_MM * 2.0 * 2.0


def _name(level: VertebraLevel | None) -> str:
    return level.name if level else "an unnamed vertebra"


def _core(strip: SpineStrip, body: BodyPlace) -> NDArray[np.float32]:
    """Return the Hounsfield units inside a body, away from its walls."""
    first = round(body.low.layer + _RIM_MM / STEP_MM)
    last = max(round(body.high.layer - _RIM_MM / STEP_MM), first + 1)
    middle = round((first + last) / 2)
    from_canal = np.subtract(body.centre_lps_mm, strip.canal_lps_mm[middle])
    v_centre = float(from_canal @ strip.back_lps[middle])
    half_depth = max(body.depth_mm / 2.0 - _RIM_MM, 4.0)
    u = np.abs(strip.u_mm) <= max(body.half_width_mm - _RIM_MM, 4.0)
    v = np.abs(strip.v_mm - v_centre) <= half_depth
    return strip.hu[first:last][:, v][:, :, u]


def _around(strip: SpineStrip, body: BodyPlace) -> NDArray[np.float32]:
    first, last = round(body.low.layer), round(body.high.layer)
    return strip.hu[first:last][:, :, np.abs(strip.u_mm) <= 40.0]


def sideways_bend_deg(bodies: Sequence[BodyPlace]) -> float:
    """Return the largest angle in the coronal plane between parts of a chain of bodies."""
    centres = np.array([body.centre_lps_mm for body in bodies])
    if len(centres) < 2 * _BEND_OVER:
        return 0.0
    along = centres[:-_BEND_OVER] - centres[_BEND_OVER:]
    return float(np.ptp(np.degrees(np.arctan2(along[:, 0], along[:, 2]))))


def spine_remarks(
    strip: SpineStrip, bodies: Sequence[BodyPlace], names: Sequence[VertebraLevel | None]
) -> tuple[str, ...]:
    """Return a sentence on each thing that is unusual, bodies given from the head to the feet."""
    return (
        *_on_bend(bodies),
        *_on_metal(strip, bodies, names),
        *_on_density(strip, bodies, names),
        *_on_fusion(bodies, names),
    )


def _on_bend(bodies: Sequence[BodyPlace]) -> Iterator[str]:
    bend = sideways_bend_deg(bodies)
    if bend >= _SCOLIOSIS_DEG:
        yield (
            f"The spine bends sideways by about {bend:.0f} degrees, lying: "
            "check each level's frame before you plan."
        )


def has_metal(strip: SpineStrip, body: BodyPlace) -> bool:
    """Return whether metal lies in or beside a body of the strip as it was seen."""
    return float((_around(strip, body) > _METAL_HU).sum()) * _VOXEL_MM3 >= _METAL_MM3


def _on_metal(
    strip: SpineStrip, bodies: Sequence[BodyPlace], names: Sequence[VertebraLevel | None]
) -> Iterator[str]:
    metal = [_name(n) for b, n in zip(bodies, names, strict=True) if has_metal(strip, b)]
    if metal:
        yield (
            f"Metal lies at {', '.join(metal)}: its streaks spoil outlines and densities there; "
            "check them against the slices."
        )


def _on_density(
    strip: SpineStrip, bodies: Sequence[BodyPlace], names: Sequence[VertebraLevel | None]
) -> Iterator[str]:
    cores = [_core(strip, body) for body in bodies]
    usual_hu = float(np.median([np.median(core) for core in cores]))
    for body, core, level in zip(bodies, cores, names, strict=True):
        name = _name(level)
        if has_metal(strip, body):
            continue
        if float((core > _CEMENT_HU).sum()) * _VOXEL_MM3 >= _CEMENT_MM3:
            yield f"{name} holds something as dense as cement: its outline there is doubtful."
        elif float((core > usual_hu + _SCLEROTIC_HU).mean()) >= _SCLEROTIC_SHARE:
            yield (
                f"{name} is much denser than the other vertebrae, as with sclerosis or a "
                "metastasis: its outline is doubtful."
            )
        elif (
            float((ndimage.uniform_filter(core, _CALM) < np.median(core) - _LYTIC_LOSS_HU).mean())
            >= _LYTIC_SHARE
        ):
            yield (
                f"{name} is much less dense in one part than elsewhere, as with a lytic lesion or "
                "a cleft: look at its walls before you trust its outline."
            )


def _on_fusion(bodies: Sequence[BodyPlace], names: Sequence[VertebraLevel | None]) -> Iterator[str]:
    faint = [
        f"{_name(upper)} and {_name(lower)}"
        for body, upper, lower in zip(bodies[:-1], names[:-1], names[1:], strict=True)
        if body.low.score_hu < _FUSED_HU and math.isfinite(body.low.score_hu)
    ]
    if faint:
        yield (
            f"Hardly any disc is seen between {', between '.join(faint)}: "
            "they may have grown together, and the border drawn there is a guess."
        )
