"""Who the model spine is of: size, sex, bone, posture, and what makes each patient another."""

import enum
from collections.abc import Mapping

import attrs
import numpy as np

from planner.anatomy.levels import Side, VertebraLevel
from planner.digital_spine.level_table import LevelAnatomy, level_anatomies, table_levels

_MEAN_HEIGHT_CM = {"female": 163.0, "male": 177.0}
_MEAN_OF_TABLE_CM = 170.0
_SIZE_EXPONENT = 0.8
"""Vertebrae grow more slowly than people."""
_SIZE_SPREAD, _SIDE_SPREAD, _ANGLE_SPREAD_DEG = 0.02, 0.025, 1.2
_LENGTHS = tuple(
    field.name
    for field in attrs.fields(LevelAnatomy)
    if field.name
    not in {
        "pedicle_transverse",
        "pedicle_sagittal",
        "spinous_drop",
        "facet_from_sagittal",
        "facet_tilt",
    }
)


class BoneQuality(enum.Enum):
    """How much bone is left."""

    HEALTHY = "healthy"
    OSTEOPENIC = "osteopenic"
    OSTEOPOROTIC = "osteoporotic"
    SEVERE = "severe"


@attrs.frozen
class Bone:
    """How bone of a quality looks in a CT at 120 kV."""

    trabecular_hu: float
    texture_hu: float
    """Spread of the spongy bone about its mean, over distances of a trabecula's spacing."""
    cortex_share: float
    """Thickness of every cortex against the healthy one."""
    cortex_hu: float


BONES: Mapping[BoneQuality, Bone] = {
    BoneQuality.HEALTHY: Bone(185.0, 55.0, 1.0, 1080.0),
    BoneQuality.OSTEOPENIC: Bone(125.0, 60.0, 0.85, 990.0),
    BoneQuality.OSTEOPOROTIC: Bone(80.0, 65.0, 0.7, 900.0),
    BoneQuality.SEVERE: Bone(45.0, 60.0, 0.55, 820.0),
}


@attrs.frozen
class ModelPatient:
    """Everything that is not wrong with a model patient."""

    sex: str = attrs.field(default="female", validator=attrs.validators.in_(("female", "male")))
    height_cm: float | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(
            attrs.validators.and_(attrs.validators.ge(140.0), attrs.validators.le(205.0))
        ),
    )
    """None: the mean of the sex."""
    bone: BoneQuality = BoneQuality.HEALTHY
    kyphosis_deg: float = attrs.field(default=32.0, validator=attrs.validators.ge(0.0))
    """From the upper endplate of T4 to the lower one of T12, lying, without any fracture."""
    lordosis_deg: float = attrs.field(default=44.0, validator=attrs.validators.ge(0.0))
    """From the upper endplate of L1 to that of S1, lying."""
    scoliosis_deg: float = 0.0
    """Cobb angle about the apex; the curve's convexity is to the left where positive."""
    scoliosis_apex: VertebraLevel = VertebraLevel.L1
    rotation_deg: float = 0.0
    """Of the vertebra at the apex about its own axis, front to the left positive."""
    extra_level: VertebraLevel | None = attrs.field(
        default=None,
        validator=attrs.validators.in_((None, VertebraLevel.T13, VertebraLevel.L6)),
    )
    variation: float = attrs.field(default=1.0, validator=attrs.validators.ge(0.0))
    """How far the patient departs from the mean, 0 not at all."""
    waist_mm: float = attrs.field(default=320.0, validator=attrs.validators.ge(220.0))
    """Width of the trunk."""

    @property
    def scale(self) -> float:
        """Size of the vertebrae against the table's."""
        height_cm = self.height_cm or _MEAN_HEIGHT_CM[self.sex]
        return float((height_cm / _MEAN_OF_TABLE_CM) ** _SIZE_EXPONENT)

    @property
    def levels(self) -> tuple[VertebraLevel, ...]:
        """The vertebrae from T4 down, without the sacrum."""
        levels = list(table_levels())
        if self.extra_level is VertebraLevel.T13:
            levels.insert(levels.index(VertebraLevel.T12) + 1, VertebraLevel.T13)
        if self.extra_level is VertebraLevel.L6:
            levels.append(VertebraLevel.L6)
        return tuple(levels)


@attrs.frozen
class VertebraAnatomy:
    """One vertebra of one patient: both sides are not alike."""

    level: VertebraLevel
    left: LevelAnatomy
    right: LevelAnatomy

    def side(self, side: Side) -> LevelAnatomy:
        """Return the measures of a side; those of the body are the same on both."""
        return self.left if side is Side.LEFT else self.right

    @property
    def body(self) -> LevelAnatomy:
        """Measures that have no side."""
        return self.left


def _varied(
    mean: LevelAnatomy, scale: float, spread: float, random: np.random.Generator
) -> LevelAnatomy:
    factors = scale * (1.0 + spread * _SIZE_SPREAD * random.standard_normal(len(_LENGTHS)))
    lengths = {
        name: getattr(mean, name) * factor
        for name, factor in zip(_LENGTHS, factors.tolist(), strict=True)
    }
    drop = mean.spinous_drop + spread * 3.0 * random.standard_normal()
    return attrs.evolve(mean, **lengths, spinous_drop=float(drop))


def _other_side(one: LevelAnatomy, spread: float, random: np.random.Generator) -> LevelAnatomy:
    width, height, span = (1.0 + spread * _SIDE_SPREAD * random.standard_normal(3)).tolist()
    turn, tilt, facet = (spread * _ANGLE_SPREAD_DEG * random.standard_normal(3)).tolist()
    return attrs.evolve(
        one,
        pedicle_width=one.pedicle_width * width,
        pedicle_height=one.pedicle_height * height,
        transverse_span=one.transverse_span * span,
        pedicle_transverse=one.pedicle_transverse + turn,
        pedicle_sagittal=one.pedicle_sagittal + tilt,
        facet_from_sagittal=one.facet_from_sagittal + 2.0 * facet,
    )


def anatomy_of(patient: ModelPatient, seed: int) -> tuple[VertebraAnatomy, ...]:
    """Return the vertebrae of a patient, from the head down; the same seed, the same patient."""
    random = np.random.default_rng([seed, 1])
    whole = patient.scale * (1.0 + patient.variation * _SIZE_SPREAD * random.standard_normal())
    found = []
    for level in patient.levels:
        left = _varied(level_anatomies()[level], whole, patient.variation, random)
        found.append(VertebraAnatomy(level, left, _other_side(left, patient.variation, random)))
    return tuple(found)
