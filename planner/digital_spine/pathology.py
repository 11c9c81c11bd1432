"""What may be wrong with a vertebra, and what a treatment has left in it: values of a case."""

import enum
from collections.abc import Callable

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import PlanProblem

_within = attrs.validators.and_


def _share(most: float = 1.0) -> Callable[..., None]:
    return _within(attrs.validators.ge(0.0), attrs.validators.le(most))


class LeakClass(enum.Enum):
    """Ways of cement out of a body: Yeom's three, and into the disc."""

    BASIVERTEBRAL = "B"
    SEGMENTAL = "S"
    CORTICAL = "C"
    DISC = "D"


class Wall(enum.Enum):
    """A face of the vertebral body."""

    SUPERIOR = "superior"
    INFERIOR = "inferior"
    ANTERIOR = "anterior"
    POSTERIOR = "posterior"
    LEFT = "left"
    RIGHT = "right"


@attrs.frozen
class Fracture:
    """A collapsed body; losses are shares of its own heights before."""

    level: VertebraLevel
    anterior_loss: float = attrs.field(default=0.3, validator=_share(0.8))
    middle_loss: float = attrs.field(default=0.2, validator=_share(0.8))
    posterior_loss: float = attrs.field(default=0.0, validator=_share(0.8))
    upper_share: float = attrs.field(default=1.0, validator=_share())
    """How much of the loss is the upper endplate's; the rest is the lower one's."""
    posterior_bulge_mm: float = attrs.field(default=0.0, validator=_share(8.0))
    """How far the posterior wall stands in the canal."""
    step_mm: float = attrs.field(default=0.0, validator=_share(6.0))
    """Height of a step across the broken endplate."""
    condensed_hu: float = attrs.field(default=170.0, validator=_share(800.0))
    """What crushed bone under the endplate has gained."""
    is_healed: bool = False
    """Healed bone is not condensed and shows no oedema."""
    restored: float = attrs.field(default=0.0, validator=_share())
    """How much of each loss a treatment has given back."""
    heights_mm: tuple[float, float, float] | None = None
    """Anterior, middle and posterior height that the losses must come to, instead of shares."""
    wedge_deg: float | None = attrs.field(
        default=None,
        validator=attrs.validators.optional(
            _within(attrs.validators.ge(0.0), attrs.validators.le(45.0))
        ),
    )
    """Angle between the endplates that the anterior and middle loss must come to."""


@attrs.frozen
class WallHole:
    """A round hole in a wall of the body, filled with what lies outside."""

    level: VertebraLevel
    wall: Wall = Wall.SUPERIOR
    diameter_mm: float = attrs.field(default=3.0, validator=_share(15.0))
    offset_mm: tuple[float, float] = (0.0, 0.0)
    """From the middle of the wall: to the left and to the back, or up for a wall at a side."""


@attrs.frozen
class Cleft:
    """A flat hollow under an endplate, as in a body that does not heal."""

    level: VertebraLevel
    holds_gas: bool = True
    width_mm: float = attrs.field(default=20.0, validator=_share(40.0))
    height_mm: float = attrs.field(default=4.0, validator=_share(15.0))


@attrs.frozen
class Lesion:
    """A metastasis: lytic eats bone away, sclerotic makes it dense."""

    level: VertebraLevel
    is_lytic: bool = True
    diameter_mm: float = attrs.field(default=14.0, validator=_share(40.0))
    offset_mm: tuple[float, float, float] = (6.0, 2.0, 0.0)
    """From the body's centre: left, posterior, superior."""


@attrs.frozen
class Spurs:
    """Osteophytes at both rims of a body."""

    level: VertebraLevel
    reach_mm: float = attrs.field(default=4.0, validator=_share(12.0))
    bridges_below: bool = False
    """Whether they are joined with those of the level below."""


@attrs.frozen
class Screws:
    """A pair of pedicle screws of an earlier operation."""

    level: VertebraLevel
    diameter_mm: float = attrs.field(default=5.5, validator=_share(9.0))
    length_mm: float = attrs.field(default=42.0, validator=_share(70.0))


@attrs.frozen
class NeedleTrack:
    """The empty way of a needle through a pedicle."""

    level: VertebraLevel
    side: Side = Side.LEFT
    diameter_mm: float = attrs.field(default=3.0, validator=_share(6.0))


@attrs.frozen
class Cavity:
    """What a balloon has left behind, unfilled."""

    level: VertebraLevel
    volume_ml: float = attrs.field(default=1.5, validator=_share(10.0))


@attrs.frozen
class Cement:
    """Cement of a known volume in a body, and ways it has left by.

    The volume is all of it: what leaked is part of it.
    """

    level: VertebraLevel
    volume_ml: float = attrs.field(
        default=3.0, validator=_within(attrs.validators.gt(0.0), attrs.validators.le(12.0))
    )
    spongy: float = attrs.field(default=0.5, validator=_share())
    """0 a solid lump, 1 fingers between trabeculae."""
    leaks: tuple[LeakClass, ...] = ()
    leak_share: float = attrs.field(default=0.12, validator=_share(0.6))
    """How much of the volume lies outside, over all leaks."""


Pathology = Fracture | WallHole | Cleft | Lesion | Spurs | Screws | NeedleTrack | Cavity | Cement

_WEDGE, _BICONCAVE, _CRUSH = "wedge", "biconcave", "crush"
FRACTURE_KINDS = (_WEDGE, _BICONCAVE, _CRUSH)


def fracture_of_kind(level: VertebraLevel, kind: str, severity: float) -> Fracture:
    """Return a fracture of a textbook shape.

    Parameters
    ----------
    level
        Which body.
    kind
        ``wedge``, ``biconcave`` or ``crush``.
    severity
        The largest of its three losses, a share of the height before.

    Raises
    ------
    PlanProblem
        If there is no such kind.
    """
    if kind == _WEDGE:
        return Fracture(level, severity, 0.58 * severity, 0.04 * severity)
    if kind == _BICONCAVE:
        return Fracture(level, 0.18 * severity, severity, 0.12 * severity, upper_share=0.55)
    if kind == _CRUSH:
        return Fracture(
            level, severity, 0.97 * severity, 0.85 * severity, 0.75, posterior_bulge_mm=3.0
        )
    raise PlanProblem(
        f"There is no fracture of the kind {kind!r}.", hint=f"Use one of {FRACTURE_KINDS}."
    )
