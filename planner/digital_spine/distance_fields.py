"""Signed distances of ideal parts, negative inside, and how parts are joined."""

from collections.abc import Sequence

import attrs
import numpy as np

from planner.digital_spine.lattice import Field, Lattice
from planner.geometry.points import FloatArray, PointLike, Triple, as_triple
from planner.geometry.transforms import RigidTransform

FAR_MM = 8.0
"""What a field reads where no part is near."""
_NEAR_MM = 5.0
"""How far around a part its distance is worked out."""
_SMALLEST = np.float32(1e-6)


def smooth_union(first: Field, second: Field, radius_mm: float) -> Field:
    """Return the union of two parts with a fillet of about a radius where they meet."""
    if radius_mm <= 0.0:
        sharp: Field = np.minimum(first, second)
        return sharp
    share = np.maximum(np.float32(radius_mm) - np.abs(first - second), np.float32(0.0))
    joined: Field = np.minimum(first, second) - share * share * np.float32(0.25 / radius_mm)
    return joined


def smooth_intersection(first: Field, second: Field, radius_mm: float) -> Field:
    """Return what two parts share, its edges rounded by about a radius."""
    return -smooth_union(-first, -second, radius_mm)


def separated(first: Field, second: Field, gap_mm: float) -> tuple[Field, Field]:
    """Return two parts kept a gap apart, each losing what lies nearer to the other."""
    middle = (first - second) * np.float32(0.5)
    half = np.float32(gap_mm / 2.0)
    return np.maximum(first, middle + half), np.maximum(second, half - middle)


def coverage(distance: Field, voxel_mm: float) -> Field:
    """Return how much of each voxel a part fills, 0 to 1: its partial volume."""
    share: Field = np.clip(
        np.float32(0.5) - distance / np.float32(voxel_mm), np.float32(0), np.float32(1)
    )
    return share


@attrs.frozen
class Limb:
    """An elliptic rod that may taper: pedicle, lamina, process, rib.

    All lengths are millimetres of the frame that the limb is given in.
    """

    start_mm: Triple = attrs.field(converter=as_triple)
    end_mm: Triple = attrs.field(converter=as_triple)
    across: Triple = attrs.field(converter=as_triple)
    """The direction of the first half axis; made square to the rod."""
    start_radii_mm: tuple[float, float]
    """Half axes at the start: along `across`, and square to it."""
    end_radii_mm: tuple[float, float]
    flare: float = 0.0
    """How much wider the ends are than the middle, as a share."""
    squareness: float = 2.0
    """Exponent of the cross-section: 2 an ellipse, more a rounded box."""

    @property
    def axes(self) -> tuple[FloatArray, FloatArray, FloatArray, float]:
        """Unit vectors along the rod, across it, square to both, and the rod's length."""
        along = np.asarray(self.end_mm) - np.asarray(self.start_mm)
        length = float(np.linalg.norm(along))
        along = along / length
        across = np.asarray(self.across) - (np.asarray(self.across) @ along) * along
        across = across / np.linalg.norm(across)
        return along, across, np.cross(along, across), length

    @property
    def widest_mm(self) -> float:
        """The largest half axis anywhere."""
        return max(*self.start_radii_mm, *self.end_radii_mm) * (1.0 + self.flare)

    def distance_mm(self, u: Field, v: Field, w: Field) -> Field:
        """Return the distance to the limb's surface at points, nearly exact close to it."""
        along, across, square, length = self.axes
        offset = [c - np.float32(s) for c, s in zip((u, v, w), self.start_mm, strict=True)]

        def component(axis: FloatArray) -> Field:
            x, y, z = (np.float32(a) for a in axis)
            found: Field = offset[0] * x + offset[1] * y + offset[2] * z
            return found

        place = component(along)
        share = np.clip(place / np.float32(length), np.float32(0), np.float32(1))
        beyond = place - share * np.float32(length)
        widening = 1.0 + self.flare * (2.0 * share - 1.0) ** 2 if self.flare else 1.0
        (a0, b0), (a1, b1) = self.start_radii_mm, self.end_radii_mm
        a = (np.float32(a0) + np.float32(a1 - a0) * share) * widening
        b = (np.float32(b0) + np.float32(b1 - b0) * share) * widening
        return _elliptic_distance(
            component(across), component(square), beyond, (a, b, np.minimum(a, b)), self.squareness
        )


def _elliptic_distance(
    x: Field, y: Field, z: Field, radii: tuple[Field, Field, Field], exponent: float
) -> Field:
    """Return the distance to a superellipsoid by its value over its slope."""
    p = np.float32(exponent)
    a, b, c = radii
    parts = [np.abs(x) / a, np.abs(y) / b, np.abs(z) / c]
    if exponent == 2.0:
        norm = np.sqrt(sum(part * part for part in parts))
        slope = np.sqrt(sum((t / r) ** 2 for t, r in zip(parts, radii, strict=True)))
        norm = np.maximum(norm, _SMALLEST)
        return norm * (norm - 1.0) / np.maximum(slope, _SMALLEST)
    total = np.maximum(sum(part**p for part in parts), _SMALLEST)
    norm = total ** np.float32(1.0 / exponent)
    ratios = [(t ** (p - 1) / r) for t, r in zip(parts, radii, strict=True)]
    slope = np.sqrt(sum(t * t for t in ratios)) * total ** np.float32(1.0 / exponent - 1.0)
    return (norm - 1.0) / np.maximum(slope, _SMALLEST)


def block(
    centre_mm: PointLike, along: PointLike, across: PointLike, half_mm: tuple[float, float, float]
) -> Limb:
    """Return a rounded block: `half_mm` along, across, and square to both."""
    direction = np.asarray(along, dtype=np.float64) / np.linalg.norm(along)
    stem = max(half_mm[0] - min(half_mm[1:]), 0.05)
    centre = np.asarray(centre_mm, dtype=np.float64)
    return Limb(
        as_triple(centre - stem * direction),
        as_triple(centre + stem * direction),
        as_triple(across),
        half_mm[1:],
        half_mm[1:],
        squareness=3.0,
    )


@attrs.frozen
class Joined:
    """A limb and the radius of the fillet by which it joins what was there before."""

    limb: Limb
    fillet_mm: float


def add_limbs(
    distance: Field, lattice: Lattice, frame: RigidTransform, limbs: Sequence[Joined]
) -> None:
    """Join limbs to a field in place.

    Parameters
    ----------
    distance
        The field on the lattice; `FAR_MM` where nothing is yet.
    lattice
        Where the field is evaluated.
    frame
        ``lps_from_frame`` of the frame the limbs are given in.
    limbs
        In order.
    """
    for joined in limbs:
        limb = joined.limb
        start, end = np.asarray(limb.start_mm), np.asarray(limb.end_mm)
        reach = limb.widest_mm + _NEAR_MM
        half = np.abs(end - start) / 2.0 + reach
        window = lattice.box((start + end) / 2.0, half, frame)
        if window is None:
            continue
        found = limb.distance_mm(*lattice.cropped(window).coordinates(frame))
        distance[window] = smooth_union(distance[window], found, joined.fillet_mm)
