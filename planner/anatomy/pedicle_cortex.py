"""How thick the cortex of a pedicle is at its isthmus, as far as a CT shows it."""

import attrs
import numpy as np

from planner.anatomy.vertebra import Pedicle, VertebraModel
from planner.geometry.points import FloatArray
from planner.imaging.trilinear import trilinear
from planner.imaging.volume import Volume

_STEP_MM = 0.2
_OUTSIDE_MM = 5.0
_RAYS_MM = np.array([-1.5, -0.75, 0.0, 0.75, 1.5])
"""Above and below the isthmus' centre, along the height of the pedicle."""
_PEAK_INSIDE_MM, _PEAK_OUTSIDE_MM = 3.5, 2.0
"""How far from the mask's surface the cortex is looked for."""
_LEAST_RISE_HU = 80.0


@attrs.frozen
class PedicleCortex:
    """Width of the bright rim at half its height, millimetres; None where no rim stands out.

    The blur of the CT makes a thin cortex look wider: about as wide as a voxel is the least that
    can be read.
    """

    medial_mm: float | None
    lateral_mm: float | None


def pedicle_cortex(vertebra: VertebraModel, pedicle: Pedicle, volume: Volume) -> PedicleCortex:
    """Return the thickness of the medial and lateral cortex of a pedicle at its isthmus."""
    rotation = vertebra.lps_from_vertebra.rotation
    up = rotation[:, 2] - np.asarray(pedicle.axis_lps) * float(
        rotation[:, 2] @ np.asarray(pedicle.axis_lps)
    )
    up /= np.linalg.norm(up)
    across = np.cross(up, pedicle.axis_lps)
    lateral = across if float(across @ rotation[:, 0]) * pedicle.side.sign > 0.0 else -across
    return PedicleCortex(
        medial_mm=_thickness_mm(pedicle, volume, -lateral, up),
        lateral_mm=_thickness_mm(pedicle, volume, lateral, up),
    )


def _thickness_mm(
    pedicle: Pedicle, volume: Volume, outwards: FloatArray, up: FloatArray
) -> float | None:
    along = np.arange(0.0, pedicle.width_mm / 2.0 + _OUTSIDE_MM, _STEP_MM)
    points = (
        np.asarray(pedicle.isthmus_lps_mm)
        + along[np.newaxis, :, np.newaxis] * outwards
        + _RAYS_MM[:, np.newaxis, np.newaxis] * up
    )
    ijk = volume.geometry.ijk_of(points.reshape(-1, 3))
    profiles = trilinear(volume.voxels, ijk).reshape(len(_RAYS_MM), -1)
    found = [_rim_mm(profile, along, pedicle.width_mm / 2.0) for profile in profiles]
    known = [width for width in found if width is not None]
    return float(np.median(known)) if len(known) > len(found) // 2 else None


def _rim_mm(profile: FloatArray, along_mm: FloatArray, edge_mm: float) -> float | None:
    """Return the width of the rim along one ray, half way down its peak on either side."""
    near = np.flatnonzero(
        (along_mm >= edge_mm - _PEAK_INSIDE_MM) & (along_mm <= edge_mm + _PEAK_OUTSIDE_MM)
    )
    peak = int(near[profile[near].argmax()])
    inner, outer = profile[: peak + 1], profile[peak:]
    if profile[peak] - max(inner.min(), outer.min()) < _LEAST_RISE_HU:
        return None
    half_in = (profile[peak] + inner.min()) / 2.0
    half_out = (profile[peak] + outer.min()) / 2.0
    begins = _crossing_mm(inner[::-1], half_in)
    ends = _crossing_mm(outer, half_out)
    return begins + ends


def _crossing_mm(falling: FloatArray, level: float) -> float:
    """Return how far from its first sample a falling row goes below a level, linear between."""
    below = int(np.flatnonzero(falling <= level)[0])
    if below == 0:
        return 0.0
    before, after = falling[below - 1], falling[below]
    return _STEP_MM * (below - 1 + float((before - level) / (before - after)))
