"""What the user asks a digital-spine case to be, as one value."""

import enum

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.digital_spine.case_spec import CaseSpec
from planner.digital_spine.level_table import table_levels
from planner.digital_spine.model_patient import BoneQuality, ModelPatient
from planner.digital_spine.pathology import (
    Cleft,
    Lesion,
    Pathology,
    Wall,
    WallHole,
    fracture_of_kind,
)
from planner.digital_spine.tissues import MrContrast

LEAST_SEVERITY, MOST_SEVERITY = 0.10, 0.60
MOST_SEED = 9999
_LEVELS_AROUND = 2
"""How many whole levels the images reach above and below."""
_LESION_MM, _HOLE_MM, _LESION_OFFSET_MM = 18.0, 5.0, (7.0, 3.0)


class CaseKind(enum.Enum):
    """What is wrong with the level."""

    HEALTHY = "Healthy"
    WEDGE = "Wedge fracture"
    BICONCAVE = "Biconcave fracture"
    CRUSH = "Crush fracture"
    HEALED = "Wedge fracture, healed"
    CLEFT = "Wedge fracture, gas cleft"
    LYTIC = "Lytic lesion"

    @property
    def has_severity(self) -> bool:
        """Whether it has a loss of height to choose."""
        return self not in {CaseKind.HEALTHY, CaseKind.LYTIC}


_FRACTURES = {
    CaseKind.WEDGE: "wedge",
    CaseKind.BICONCAVE: "biconcave",
    CaseKind.CRUSH: "crush",
    CaseKind.HEALED: "wedge",
    CaseKind.CLEFT: "wedge",
}


@attrs.frozen
class CaseRequest:
    """One choice of everything on the page."""

    level: VertebraLevel = VertebraLevel.L1
    kind: CaseKind = CaseKind.WEDGE
    severity: float = attrs.field(
        default=0.3,
        validator=attrs.validators.and_(
            attrs.validators.ge(LEAST_SEVERITY), attrs.validators.le(MOST_SEVERITY)
        ),
    )
    """The largest loss of height, a share of the height before."""
    bone: BoneQuality = BoneQuality.OSTEOPOROTIC
    sex: str = "female"
    seed: int = attrs.field(
        default=1,
        validator=attrs.validators.and_(attrs.validators.ge(0), attrs.validators.le(MOST_SEED)),
    )
    """Another seed is another patient."""
    has_companions: bool = False
    """Whether MR images and X-rays of the same patient are made as well."""

    @property
    def title(self) -> str:
        """What it is, in a few words."""
        loss = f", {self.severity:.0%}" if self.kind.has_severity else ""
        return f"{self.level.name}: {self.kind.value.lower()}{loss}"

    def spec(self) -> CaseSpec:
        """Return the spec of the case: the level in the middle, two whole ones on each side."""
        levels = table_levels()
        place = levels.index(self.level)
        last = len(levels) - 1
        return CaseSpec(
            title=self.title,
            description=f"Model with {self.bone.value} bone, made on this machine",
            seed=self.seed,
            patient=ModelPatient(sex=self.sex, bone=self.bone),
            first_level=levels[max(0, place - _LEVELS_AROUND)],
            last_level=levels[min(last, place + _LEVELS_AROUND)],
            focus_level=self.level,
            mr=tuple(MrContrast) if self.has_companions else (),
            radiographs=self.has_companions,
            pathologies=self._pathologies(),
        )

    def _pathologies(self) -> tuple[Pathology, ...]:
        if self.kind is CaseKind.HEALTHY:
            return ()
        if self.kind is CaseKind.LYTIC:
            lesion = Lesion(self.level, diameter_mm=_LESION_MM, offset_mm=(*_LESION_OFFSET_MM, 4.0))
            hole = WallHole(
                self.level, Wall.SUPERIOR, diameter_mm=_HOLE_MM, offset_mm=_LESION_OFFSET_MM
            )
            return lesion, hole
        fracture = fracture_of_kind(self.level, _FRACTURES[self.kind], self.severity)
        fracture = attrs.evolve(fracture, is_healed=self.kind is CaseKind.HEALED)
        return (fracture, Cleft(self.level)) if self.kind is CaseKind.CLEFT else (fracture,)
