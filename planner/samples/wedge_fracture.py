"""A wedge fracture made by a known deformation, so that its true heights are known.

The deformation moves tissue towards the feet only, each column of voxels for itself: upper
endplate down, linearly towards the front, fading out in the discs above, to both sides and in
front. Behind the hinge, where the canal lies, nothing moves.
"""

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import cast

import attrs
import numpy as np

from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import BodyHeights, HeightLine
from planner.foundation.errors import GeometryProblem
from planner.foundation.resource_files import read_toml
from planner.geometry.points import FloatArray, Triple, as_triple
from planner.imaging.volume import Volume

_HINGE_MM = 4.0
"""Depth over which the slope begins and ends, so that it has no edge."""
_SEARCH_STEPS = 60
_BODY_RADIUS_XY_MM = (18.0, 11.0)
"""Half width and half depth of the oval that condensed bone lies in."""


def _smooth_step(share: FloatArray) -> FloatArray:
    clipped = np.clip(share, 0.0, 1.0)
    step: FloatArray = clipped * clipped * (3.0 - 2.0 * clipped)
    return step


def _ramp_mm(distance_mm: FloatArray) -> FloatArray:
    """Return 0 below 0, then a slope that grows to 1 within the hinge."""
    bent = np.clip(distance_mm, 0.0, _HINGE_MM)
    beyond = np.maximum(distance_mm - _HINGE_MM, 0.0)
    ramp: FloatArray = bent * bent / (2.0 * _HINGE_MM) + beyond
    return ramp


@attrs.frozen
class SagittalLine:
    """A line across the sagittal plane that moves by a part of the whole lowering."""

    anterior_yz_mm: tuple[float, float]
    posterior_yz_mm: tuple[float, float]
    part: float

    def z_mm(self, y_mm: FloatArray) -> FloatArray:
        """Return its height before the fracture; level beyond its two points."""
        (y0, z0), (y1, z1) = self.anterior_yz_mm, self.posterior_yz_mm
        heights: FloatArray = np.interp(y_mm, [y0, y1], [z0, z1])
        return heights


@attrs.frozen
class FractureTruth:
    """The heights of the broken body before and after, by the deformation itself."""

    level: VertebraLevel
    before: BodyHeights
    after: BodyHeights

    @property
    def anterior_loss(self) -> float:
        """The share of the anterior height that was lost."""
        return 1.0 - self.after.anterior_mm / self.before.anterior_mm


@attrs.frozen
class WedgeFracture:
    """The deformation, and the landmarks of the body that it breaks."""

    level: VertebraLevel
    superior_lps_mm: tuple[Triple, Triple, Triple]
    """Anterior, middle and posterior point of the upper endplate before the fracture."""
    inferior_lps_mm: tuple[Triple, Triple, Triple]
    lines: tuple[SagittalLine, ...]
    """From below."""
    anterior_lowering_mm: float
    """How far the anterior point of the upper endplate goes down."""
    hinge_y_mm: float
    front_y_mm: float
    front_fade_mm: float
    flat_half_width_mm: float
    lateral_fade_mm: float
    condensed_hu: float
    condensed_depth_mm: float

    def lowering_mm(self, x_mm: FloatArray, y_mm: FloatArray) -> FloatArray:
        """Return how far the upper endplate goes down at each place of the axial plane."""
        anterior = self.superior_lps_mm[0]
        at_anterior_mm = float(_ramp_mm(np.array(self.hinge_y_mm - anterior[1])))
        slope = self.anterior_lowering_mm / at_anterior_mm
        wedge_mm = slope * (_ramp_mm(self.hinge_y_mm - y_mm) - _ramp_mm(self.front_y_mm - y_mm))
        aside_mm = np.abs(x_mm - anterior[0]) - self.flat_half_width_mm
        to_front = 1.0 - _smooth_step((self.front_y_mm - y_mm) / self.front_fade_mm)
        to_side = 1.0 - _smooth_step(aside_mm / self.lateral_fade_mm)
        lowering: FloatArray = wedge_mm * to_front * to_side
        return lowering

    def rise_mm(self, x_mm: FloatArray, y_mm: FloatArray, z_mm: FloatArray) -> FloatArray:
        """Return how far above each place of the broken spine its tissue came from.

        The coordinates are LPS; their arrays need not have one shape, only fit each other.
        """
        lowering_mm = self.lowering_mm(x_mm, y_mm)
        part = np.zeros(np.broadcast_shapes(lowering_mm.shape, z_mm.shape))
        for below, line in itertools.pairwise(self.lines):
            bottom_mm = below.z_mm(y_mm) - lowering_mm * below.part
            top_mm = line.z_mm(y_mm) - lowering_mm * line.part
            share = (z_mm - bottom_mm) / (top_mm - bottom_mm)
            part += (line.part - below.part) * _smooth_step(share)
        rise: FloatArray = lowering_mm * part
        return rise

    def broken_place_of(self, before_lps_mm: Triple) -> Triple:
        """Return where a point of the whole spine lies after the fracture, exactly."""
        x_mm, y_mm, z_mm = before_lps_mm
        x, y = np.array(x_mm), np.array(y_mm)
        low_mm, high_mm = z_mm - float(self.lowering_mm(x, y)), z_mm
        for _ in range(_SEARCH_STEPS):
            middle_mm = (low_mm + high_mm) / 2
            came_from_mm = middle_mm + float(self.rise_mm(x, y, np.array(middle_mm)))
            low_mm, high_mm = (low_mm, middle_mm) if came_from_mm > z_mm else (middle_mm, high_mm)
        return as_triple((x_mm, y_mm, (low_mm + high_mm) / 2))

    def condensed_at(self, x_mm: FloatArray, y_mm: FloatArray, z_mm: FloatArray) -> FloatArray:
        """Return the Hounsfield units that crushed bone has gained, arrays as for `rise_mm`."""
        lowering_mm = self.lowering_mm(x_mm, y_mm)
        endplate = max(self.lines, key=lambda line: line.part)
        depth = (endplate.z_mm(y_mm) - lowering_mm - z_mm) / self.condensed_depth_mm
        middle = self.superior_lps_mm[1]
        radius_x_mm, radius_y_mm = _BODY_RADIUS_XY_MM
        inside = ((x_mm - middle[0]) / radius_x_mm) ** 2 + ((y_mm - middle[1]) / radius_y_mm) ** 2
        band = _smooth_step(4.0 * depth) * _smooth_step(4.0 * (1.0 - depth))
        crushed = lowering_mm / self.anterior_lowering_mm
        gained: FloatArray = self.condensed_hu * band * crushed * _smooth_step(3.0 * (1.0 - inside))
        return gained

    @property
    def truth(self) -> FractureTruth:
        """The heights before and after."""
        places = [self.broken_place_of(point) for point in self.superior_lps_mm]
        lower = [self.broken_place_of(point) for point in self.inferior_lps_mm]
        return FractureTruth(
            self.level,
            before=BodyHeights(*map(HeightLine, self.superior_lps_mm, self.inferior_lps_mm)),
            after=BodyHeights(*map(HeightLine, places, lower)),
        )


def _moved_part(fracture: WedgeFracture, volume: Volume) -> tuple[slice, slice, slice]:
    """Return the voxels that the deformation can reach, of a grid along L, P and S."""
    middle_x_mm = fracture.superior_lps_mm[0][0]
    half_width_mm = fracture.flat_half_width_mm + fracture.lateral_fade_mm
    heights_mm = [
        z for line in fracture.lines for _, z in (line.anterior_yz_mm, line.posterior_yz_mm)
    ]
    lower = volume.geometry.ijk_of(
        (
            middle_x_mm - half_width_mm,
            fracture.front_y_mm - fracture.front_fade_mm,
            min(heights_mm) - fracture.anterior_lowering_mm,
        )
    )
    upper = volume.geometry.ijk_of(
        (middle_x_mm + half_width_mm, fracture.hinge_y_mm, max(heights_mm))
    )
    i, j, k = (
        slice(max(0, int(a)), min(n, int(b) + 2))
        for a, b, n in zip(lower, upper, volume.geometry.shape_ijk, strict=True)
    )
    return k, j, i


def break_spine(volume: Volume, fracture: WedgeFracture) -> Volume:
    """Return the volume with the fracture; voxels that do not move keep their values.

    Parameters
    ----------
    volume
        A CT on a grid along L, P and S that reaches above the highest line.
    fracture
        The deformation.

    Raises
    ------
    GeometryProblem
        If the grid runs otherwise.
    """
    if not np.array_equal(volume.geometry.axes_lps, np.eye(3)):
        raise GeometryProblem("A fracture is made on a grid along L, P and S.")
    part = _moved_part(fracture, volume)
    k, j, i = np.ogrid[part]
    step_mm = np.diag(volume.geometry.lps_from_ijk)
    origin_mm = volume.geometry.lps_from_ijk[:3, 3]
    x_mm, y_mm, z_mm = (origin_mm[n] + step_mm[n] * index for n, index in enumerate((i, j, k)))
    source_k = k + fracture.rise_mm(x_mm, y_mm, z_mm) / step_mm[2]
    below = np.minimum(source_k.astype(np.intp), len(volume.voxels) - 2)
    share = source_k - below
    moved = (1.0 - share) * volume.voxels[below, j, i] + share * volume.voxels[below + 1, j, i]
    voxels = np.array(volume.voxels)
    voxels[part] = np.rint(moved + fracture.condensed_at(x_mm, y_mm, z_mm)).astype(np.int16)
    return Volume(voxels, volume.geometry)


def _points(rows: object) -> tuple[Triple, Triple, Triple]:
    first, second, third = (as_triple(row) for row in cast("Sequence[Sequence[float]]", rows))
    return first, second, third


def _line(row: Mapping[str, object]) -> SagittalLine:
    anterior, posterior = cast("Sequence[tuple[float, float]]", row["yz_mm"])
    return SagittalLine(
        (anterior[0], anterior[1]), (posterior[0], posterior[1]), cast("float", row["part"])
    )


@functools.cache
def sample_fracture() -> WedgeFracture:
    """Return the fracture of the shipped sample."""
    table = cast("Mapping[str, object]", read_toml("samples", "samples.toml")["wedge_fracture"])
    lengths = {name: value for name, value in table.items() if isinstance(value, float)}
    return WedgeFracture(
        level=VertebraLevel.named(str(table["level"])),
        superior_lps_mm=_points(table["superior_lps_mm"]),
        inferior_lps_mm=_points(table["inferior_lps_mm"]),
        lines=tuple(map(_line, cast("Sequence[Mapping[str, object]]", table["lines"]))),
        **lengths,
    )


def sample_truth() -> FractureTruth:
    """Return the heights of the shipped sample's fracture."""
    return sample_fracture().truth
