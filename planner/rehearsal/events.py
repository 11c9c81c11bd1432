"""What a trainee does, one value an action: a run is nothing but its actions in order."""

import enum
import math
from typing import TypeAlias

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import PlannerError
from planner.geometry.points import Triple, as_triple

_STEEPEST_DEG = 80.0
_LONGEST_MM = 300.0
_time = attrs.validators.and_(attrs.validators.ge(0.0), attrs.validators.lt(math.inf))


class Panel(enum.Enum):
    """The two screens, each of which holds its last picture."""

    AP = "ap"
    LATERAL = "lateral"


class Tool(enum.Enum):
    """What is in the patient on one side, in the order of the chain."""

    NEEDLE = "needle"
    WIRE = "wire"
    CANNULA = "cannula"
    BIOPSY = "biopsy"
    """A trephine for a core of bone; may be left out."""
    DRILL = "drill"
    BALLOON = "balloon"
    FILLER = "filler"


@attrs.frozen
class MoveArm:
    """The arm is turned and centred."""

    time_s: float = attrs.field(validator=_time)
    isocentre_lps_mm: Triple = attrs.field(converter=as_triple)
    orbital_deg: float
    angular_deg: float
    wig_wag_deg: float = 0.0
    image_rotation_deg: float = 0.0


@attrs.frozen
class TakeShot:
    """The pedal is pressed: the arm's view appears on a screen and stays there."""

    time_s: float = attrs.field(validator=_time)
    panel: Panel
    beam_s: float = attrs.field(default=0.3, validator=attrs.validators.gt(0.0))
    opening: float = attrs.field(
        default=1.0, validator=[attrs.validators.gt(0.0), attrs.validators.le(1.0)]
    )
    """How far the collimator is open, as a share of the field's edge."""
    is_live: bool = False
    """Whether the pedal was still held from the shot before: more beam, but no shot of its own."""
    magnification: float = attrs.field(default=1.0, validator=attrs.validators.ge(1.0))
    """How much less of the detector is read out, for a picture as large."""


@attrs.frozen
class NameLevel:
    """The trainee says which vertebra lies in the middle of the picture."""

    time_s: float = attrs.field(validator=_time)
    level: VertebraLevel


@attrs.frozen
class LayPointer:
    """A metal pointer is held with its end on the skin, or taken away."""

    time_s: float = attrs.field(validator=_time)
    tip_lps_mm: Triple | None = attrs.field(converter=attrs.converters.optional(as_triple))


@attrs.frozen
class PlaceNeedle:
    """A needle is set on the skin and aimed; possible until it is in bone.

    Its angles are those of the table: 0, 0 points straight to the front of the patient.
    """

    time_s: float = attrs.field(validator=_time)
    side: Side
    model_id: str
    skin_lps_mm: Triple = attrs.field(converter=as_triple)
    transverse_deg: float
    """Medial positive."""
    sagittal_deg: float
    """Caudad positive."""

    def __attrs_post_init__(self) -> None:
        if not all(abs(a) <= _STEEPEST_DEG for a in (self.transverse_deg, self.sagittal_deg)):
            raise PlannerError(f"A needle is aimed at most {_STEEPEST_DEG:.0f} degrees off.")

    @property
    def direction_lps(self) -> Triple:
        """Unit vector from the skin inwards."""
        x = -self.side.sign * math.tan(math.radians(self.transverse_deg))
        z = -math.tan(math.radians(self.sagittal_deg))
        length = math.sqrt(x * x + 1.0 + z * z)
        return x / length, -1.0 / length, z / length


@attrs.frozen
class TurnBevel:
    """The needle's bevel is turned: in bone it drifts away from the side its face looks to."""

    time_s: float = attrs.field(validator=_time)
    side: Side
    bevel_turn_deg: float | None
    """Of the face, from the patient's head, clockwise as the needle goes; None: a trocar tip."""


@attrs.frozen
class Advance:
    """What is in the patient on a side is pushed on or, below zero, drawn back."""

    time_s: float = attrs.field(validator=_time)
    side: Side
    by_mm: float

    def __attrs_post_init__(self) -> None:
        if not abs(self.by_mm) <= _LONGEST_MM:
            raise PlannerError(f"An instrument moves at most {_LONGEST_MM:.0f} mm at a time.")


@attrs.frozen
class Hammer:
    """One blow on what is in the patient on a side: how far it goes is for the bone to say."""

    time_s: float = attrs.field(validator=_time)
    side: Side


@attrs.frozen
class Exchange:
    """One instrument is taken out and the next put in as far as the last one reached."""

    time_s: float = attrs.field(validator=_time)
    side: Side
    tool: Tool
    model_id: str = ""
    """Of the balloon; empty for other tools."""


@attrs.frozen
class Inflate:
    """A balloon is brought to a volume; 0 deflates it."""

    time_s: float = attrs.field(validator=_time)
    side: Side
    volume_ml: float = attrs.field(validator=attrs.validators.ge(0.0))


@attrs.frozen
class Inject:
    """The plunger is pushed."""

    time_s: float = attrs.field(validator=_time)
    side: Side
    by_ml: float = attrs.field(validator=attrs.validators.gt(0.0))


@attrs.frozen
class Finish:
    """The trainee is done."""

    time_s: float = attrs.field(validator=_time)


Event: TypeAlias = (
    MoveArm
    | TakeShot
    | NameLevel
    | LayPointer
    | PlaceNeedle
    | TurnBevel
    | Advance
    | Hammer
    | Exchange
    | Inflate
    | Inject
    | Finish
)


def aim_deg(direction_lps: Triple, side: Side) -> tuple[float, float]:
    """Return the transverse and sagittal angle of a direction against the table."""
    x, y, z = direction_lps
    return math.degrees(math.atan2(-side.sign * x, -y)), math.degrees(math.atan2(-z, -y))
