"""The vertebral body: waisted, with hollow endplates, and broken where a fracture says so.

Frame of all fields here: the vertebra's, u to its left, v posterior, w superior, in millimetres,
origin in the middle of the unbroken body.
"""

import functools

import attrs
import numpy as np

from planner.digital_spine.distance_fields import smooth_intersection
from planner.digital_spine.lattice import Field
from planner.digital_spine.level_table import LevelAnatomy
from planner.digital_spine.pathology import Fracture, Spurs
from planner.geometry.points import FloatArray, as_triple

ANTERIOR_SHARE, MIDDLE_SHARE, POSTERIOR_SHARE = 0.96, 0.5, 0.04
"""Where heights are read, from the posterior (0) to the anterior (1) wall, as they are measured."""
_WAIST = 0.055
_EXPONENT = 2.65
_THORACIC_HEART, _LUMBAR_HEART = 0.22, 0.07
"""How much narrower a body is in front than at its back."""
_HOLLOW_BACK_MM = 1.3
"""How far the middle of the posterior wall stands in."""
_DISH_SHARE = 0.74
"""Where an endplate's hollow begins, of its half axes."""
_RIM_MM = 1.6
_STEP_WIDTH_MM = 1.5


def _bump(share: Field | FloatArray) -> Field | FloatArray:
    """Return 1 at 0, falling smoothly to 0 at 1 and beyond."""
    inside = np.clip(1.0 - share * share, 0.0, 1.0)
    return inside * inside


@attrs.frozen
class BodyLandmarks:
    """Where the three heights are read on the mid-plane, and the surfaces there."""

    v_mm: tuple[float, float, float]
    """Anterior, middle, posterior."""
    upper_mm: tuple[float, float, float]
    lower_mm: tuple[float, float, float]

    @property
    def heights_mm(self) -> tuple[float, float, float]:
        """Anterior, middle and posterior height."""
        a, m, p = (up - low for up, low in zip(self.upper_mm, self.lower_mm, strict=True))
        return a, m, p


@attrs.frozen
class BodyShape:
    """A body's form: its measures, and what has changed them."""

    anatomy: LevelAnatomy
    is_thoracic: bool
    fracture: Fracture | None = None
    spurs: Spurs | None = None

    @property
    def half_height_mm(self) -> float:
        """Half the mean height at the rims."""
        return (self.anatomy.anterior_height + self.anatomy.posterior_height) / 4.0

    @property
    def half_depth_mm(self) -> float:
        """Half the mean depth of both endplates."""
        return (self.anatomy.superior_depth + self.anatomy.inferior_depth) / 4.0

    @property
    def half_width_mm(self) -> float:
        """Half the mean width of both endplates."""
        return (self.anatomy.superior_width + self.anatomy.inferior_width) / 4.0

    @property
    def front_mm(self) -> float:
        """The anterior wall on the mid-plane, at the waist."""
        return -self.half_depth_mm * (1.0 - _WAIST)

    @property
    def back_mm(self) -> float:
        """The posterior wall on the mid-plane, at the waist."""
        return self.half_depth_mm * (1.0 - _WAIST) - _HOLLOW_BACK_MM

    @property
    def slope(self) -> float:
        """Rise of the upper rim to the back; the lower one falls as much."""
        difference = self.anatomy.posterior_height - self.anatomy.anterior_height
        return difference / (4.0 * self.half_depth_mm)

    @property
    def _heart(self) -> float:
        return _THORACIC_HEART if self.is_thoracic else _LUMBAR_HEART

    @functools.cached_property
    def _widening(self) -> float:
        """Return how much the outline must be widened to be as wide as the table says."""
        y = np.linspace(-1.0, 1.0, 201)
        edge = (1.0 - np.abs(y) ** _EXPONENT) ** (1.0 / _EXPONENT)
        return float(1.0 / (edge * (1.0 - self._heart * (0.5 - 0.5 * y))).max())

    def _plate(self, u: Field, v: Field, *, is_upper: bool) -> Field:
        """Return an endplate's height before any fracture."""
        anatomy = self.anatomy
        depth = anatomy.superior_depth if is_upper else anatomy.inferior_depth
        width = anatomy.superior_width if is_upper else anatomy.inferior_width
        hollow = anatomy.superior_concavity if is_upper else anatomy.inferior_concavity
        place = (u / (_DISH_SHARE * width / 2.0)) ** 2
        place = place + ((v - 0.02 * depth) / (_DISH_SHARE * depth / 2.0)) ** 2
        height = self.half_height_mm + self.slope * v - hollow * np.clip(1.0 - place, 0.0, 1.0)
        plate: Field = height if is_upper else -height
        return plate

    @functools.cached_property
    def _whole(self) -> BodyLandmarks:
        depth = self.back_mm - self.front_mm
        places = [self.back_mm - s * depth for s in (ANTERIOR_SHARE, MIDDLE_SHARE, POSTERIOR_SHARE)]
        v = np.array(places)
        upper, lower = (self._plate(0.0 * v, v, is_upper=up) for up in (True, False))
        return BodyLandmarks(as_triple(places), as_triple(upper), as_triple(lower))

    def lowering_mm(self, u: Field, v: Field, *, is_upper: bool) -> Field:
        """Return how far an endplate has gone towards the other one."""
        fracture = self.fracture
        if fracture is None:
            return np.zeros(np.broadcast_shapes(np.shape(u), np.shape(v)), np.float32)
        share = fracture.upper_share if is_upper else 1.0 - fracture.upper_share
        share *= 1.0 - fracture.restored
        losses = (fracture.anterior_loss, fracture.middle_loss, fracture.posterior_loss)
        front, middle, back = (
            share * loss * height
            for loss, height in zip(losses, self._whole.heights_mm, strict=True)
        )
        anterior_v, middle_v, posterior_v = self._whole.v_mm
        along = np.clip((posterior_v - v) / (posterior_v - anterior_v), -0.08, 1.08)
        lowering = back + (front - back) * along
        half = (posterior_v - anterior_v) / 2.0
        radius = np.sqrt((u / (0.95 * self.half_width_mm)) ** 2 + ((v - middle_v) / half) ** 2)
        lowering = lowering + (middle - (front + back) / 2.0) * _bump(radius)
        if is_upper and fracture.step_mm:
            # Zero at the three landmarks' plane, so that the heights stay what they are.
            beside = np.clip((np.abs(u) - 6.0) / _STEP_WIDTH_MM, 0.0, 1.0)
            lowering = lowering + fracture.step_mm * (1 - fracture.restored) * beside * (u > 0)
        lowered: Field = lowering
        return lowered

    def upper_mm(self, u: Field, v: Field) -> Field:
        """Return the height of the upper endplate."""
        return self._plate(u, v, is_upper=True) - self.lowering_mm(u, v, is_upper=True)

    def lower_mm(self, u: Field, v: Field) -> Field:
        """Return the height of the lower endplate."""
        return self._plate(u, v, is_upper=False) + self.lowering_mm(u, v, is_upper=False)

    @property
    def landmarks(self) -> BodyLandmarks:
        """The places and surfaces of the three heights as the body is now."""
        v = np.array(self._whole.v_mm)
        upper, lower = self.upper_mm(0.0 * v, v), self.lower_mm(0.0 * v, v)
        return BodyLandmarks(self._whole.v_mm, as_triple(upper), as_triple(lower))

    @property
    def landmarks_before(self) -> BodyLandmarks:
        """As `landmarks`, before any fracture."""
        return self._whole

    def rim_plane(self, *, is_upper: bool) -> tuple[float, float]:
        """Return an endplate's rim as height at the centre and slope to the back."""
        v = np.array([-self.half_depth_mm, self.half_depth_mm]) * 0.96
        zero = np.zeros(2)
        # The dish is empty at the rims, so these are the rims' own heights.
        front, back = (self.upper_mm if is_upper else self.lower_mm)(zero, v)
        return float(front + back) / 2.0, float(back - front) / float(v[1] - v[0])

    def _bulge_mm(self, u: Field, v: Field, w: Field) -> Field | float:
        fracture = self.fracture
        if fracture is None:
            return 0.0
        left = 1.0 - fracture.restored
        forward = 0.07 * fracture.anterior_loss * self.anatomy.anterior_height * left
        upper_third = self.half_height_mm * 0.35
        near = np.exp(-(((w - upper_third) / (0.45 * self.half_height_mm)) ** 2))
        front = forward * near * (v < 0)
        back = fracture.posterior_bulge_mm * left
        behind = np.exp(-((u / 8.0) ** 2)) * np.exp(
            -(((w - 0.35 * self.half_height_mm) / 5.5) ** 2)
        )
        bulge: Field = front + back * behind * (v > 0)
        return bulge

    def _spur_mm(self, u: Field, v: Field, low: Field, high: Field) -> Field | float:
        if self.spurs is None:
            return 0.0
        rim = np.maximum(_bump(np.clip(high, 0, None) / 4.5), _bump(np.clip(low, 0, None) / 4.5))
        angle = np.arctan2(-v, np.abs(u))
        ahead = np.clip((angle + 0.5) / 0.7, 0.0, 1.0)
        uneven = 0.75 + 0.25 * np.cos(5.0 * np.arctan2(v, u))
        return self.spurs.reach_mm * rim * ahead * uneven

    def distance_mm(self, u: Field, v: Field, w: Field) -> tuple[Field, Field]:
        """Return the signed distance to the body, and to its endplates alone, at points."""
        anatomy = self.anatomy
        high, low = self.upper_mm(u, v) - w, w - self.lower_mm(u, v)
        share = np.clip(low / np.maximum(high + low, 1.0), 0.0, 1.0)
        waist = 1.0 - _WAIST * 4.0 * share * (1.0 - share)
        a = (anatomy.inferior_width * (1 - share) + anatomy.superior_width * share) / 2.0 * waist
        b = (anatomy.inferior_depth * (1 - share) + anatomy.superior_depth * share) / 2.0 * waist
        x, y = u / a, v / b
        hollow = _HOLLOW_BACK_MM * _bump(x / 0.62) * np.clip(2.0 * y, 0.0, 1.0)
        y = y + hollow / b
        a = a * self._widening * (1.0 - self._heart * np.clip(0.5 - 0.5 * y, 0.0, 1.0))
        x = np.abs(u) / a
        y = np.abs(y)
        total = np.maximum(x**_EXPONENT + y**_EXPONENT, np.float32(1e-4))
        norm = total ** (1.0 / _EXPONENT)
        slope = np.hypot(x ** (_EXPONENT - 1) / a, y ** (_EXPONENT - 1) / b) * norm / total
        wall = (norm - 1.0) / np.maximum(slope, np.float32(1e-3))
        wall = wall - self._bulge_mm(u, v, w) - self._spur_mm(u, v, low, high)
        plates = np.maximum(-high, -low) * np.float32(np.cos(np.arctan(abs(self.slope))))
        return smooth_intersection(wall, plates, _RIM_MM).astype(np.float32), plates
