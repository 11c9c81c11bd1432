"""The plan: immutable values, a few kilobytes, nothing derived."""

import enum
from collections.abc import Iterable, Mapping

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import PlanProblem
from planner.geometry.measurement import Measurement
from planner.geometry.points import Triple, as_triple
from planner.geometry.shapes import Segment

_MINIMUM_PATH_MM = 5.0
"""A needle shorter than this from skin to tip is a slip of the hand, not a plan."""
VARIANT_LETTERS = "ABCD"
"""As many variants of a level as can be told apart side by side."""
LONGEST_VARIANT_NAME = 40


class Procedure(enum.Enum):
    """What is done at a level."""

    VERTEBROPLASTY = "vertebroplasty"
    KYPHOPLASTY = "kyphoplasty"


class Approach(enum.Enum):
    """The way in, for one level."""

    BIPEDICULAR = "bipedicular"
    UNIPEDICULAR_LEFT = "unipedicular-left"
    UNIPEDICULAR_RIGHT = "unipedicular-right"
    EXTRAPEDICULAR_LEFT = "extrapedicular-left"
    EXTRAPEDICULAR_RIGHT = "extrapedicular-right"
    EXTRAPEDICULAR_BOTH = "extrapedicular-both"
    LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR = "left-extrapedicular-right-pedicular"
    LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR = "left-pedicular-right-extrapedicular"

    @property
    def routes(self) -> Mapping[Side, "NeedleRoute"]:
        """The sides that get a needle, and how each goes in."""
        return _ROUTES[self]

    @property
    def sides(self) -> tuple[Side, ...]:
        """The sides that get a needle."""
        return tuple(self.routes)


class NeedleRoute(enum.Enum):
    """How one needle gets into the body; it decides what the needle is held against."""

    TRANSPEDICULAR = "transpedicular"
    """Through the pedicle."""
    EXTRAPEDICULAR = "extrapedicular"
    """Lateral of the pedicle, into the back corner of the body."""


_THROUGH, _BESIDE = NeedleRoute.TRANSPEDICULAR, NeedleRoute.EXTRAPEDICULAR
_ROUTES: Mapping[Approach, Mapping[Side, NeedleRoute]] = {
    Approach.BIPEDICULAR: {Side.LEFT: _THROUGH, Side.RIGHT: _THROUGH},
    Approach.UNIPEDICULAR_LEFT: {Side.LEFT: _THROUGH},
    Approach.UNIPEDICULAR_RIGHT: {Side.RIGHT: _THROUGH},
    Approach.EXTRAPEDICULAR_LEFT: {Side.LEFT: _BESIDE},
    Approach.EXTRAPEDICULAR_RIGHT: {Side.RIGHT: _BESIDE},
    Approach.EXTRAPEDICULAR_BOTH: {Side.LEFT: _BESIDE, Side.RIGHT: _BESIDE},
    Approach.LEFT_EXTRAPEDICULAR_RIGHT_PEDICULAR: {Side.LEFT: _BESIDE, Side.RIGHT: _THROUGH},
    Approach.LEFT_PEDICULAR_RIGHT_EXTRAPEDICULAR: {Side.LEFT: _THROUGH, Side.RIGHT: _BESIDE},
}


def approach_of(needles: "Iterable[PlannedNeedle]") -> Approach | None:
    """Return the approach that needles make; None without a needle."""
    routes = {needle.side: needle.route for needle in needles}
    return next((approach for approach, those in _ROUTES.items() if those == routes), None)


@attrs.frozen
class PlannedNeedle:
    """One needle: a straight line from the skin to its tip."""

    side: Side
    """The patient's side of the pedicle it goes through, or past."""
    model_id: str
    skin_lps_mm: Triple = attrs.field(converter=as_triple)
    tip_lps_mm: Triple = attrs.field(converter=as_triple)
    route: NeedleRoute = NeedleRoute.TRANSPEDICULAR

    def __attrs_post_init__(self) -> None:
        if self.path.length_mm < _MINIMUM_PATH_MM:
            raise PlanProblem("A needle needs its entry and tip apart.")

    @property
    def path(self) -> Segment:
        """From the skin to the tip."""
        return Segment(self.skin_lps_mm, self.tip_lps_mm)


@attrs.frozen
class PlannedBalloon:
    """One balloon, always on the axis of the needle on its side: its only freedom is depth."""

    side: Side
    model_id: str
    front_beyond_tip_mm: float
    """How far the balloon's front marker lies beyond the planned tip; negative: behind it."""
    volume_ml: float = attrs.field(validator=attrs.validators.ge(0.0))
    gauge_psi: float | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.ge(0.0))
    )
    """What the user read on the gauge; no pressure is ever computed."""


@attrs.frozen
class BalloonLimits:
    """Limits of a balloon as the user has read them in its instructions for use."""

    model_id: str
    volume_ml: float = attrs.field(validator=attrs.validators.gt(0.0))
    pressure_psi: float = attrs.field(validator=attrs.validators.gt(0.0))
    read_in: str
    """Where: the document and its revision."""


@attrs.frozen
class DeadVolume:
    """What stays in a needle's lumen, as the user has read or measured it."""

    model_id: str
    volume_ml: float = attrs.field(validator=attrs.validators.gt(0.0))
    read_in: str
    """Where: the document and its revision, or how it was measured."""


@attrs.frozen
class Injector:
    """The user's own device, as its sheet says."""

    ml_per_turn: float = attrs.field(validator=attrs.validators.gt(0.0))
    """Or ml of one small syringe, where those are used."""
    ml_per_minute: float = attrs.field(validator=attrs.validators.gt(0.0))


@attrs.frozen
class CementPhases:
    """When a product may be injected after mixing, as its sheet says for the room's warmth."""

    from_minutes: float = attrs.field(validator=attrs.validators.ge(0.0))
    until_minutes: float
    sets_minutes: float
    read_in: str
    """Where: the product's sheet, and for which temperature."""

    def __attrs_post_init__(self) -> None:
        if not self.from_minutes < self.until_minutes <= self.sets_minutes:
            raise PlanProblem(
                "Cement is first ready, then at its working time's end, then set.",
                hint="Enter the minutes in this order.",
            )
        if not self.read_in.strip():
            raise PlanProblem("Say where the working time was read.")


@attrs.frozen
class PlannedCement:
    """The cement for one level, all needles together."""

    model_id: str
    volume_ml: float = attrs.field(validator=attrs.validators.ge(0.0))


@attrs.frozen
class LevelPlan:
    """What is planned at one vertebra."""

    level: VertebraLevel
    procedure: Procedure
    needles: tuple[PlannedNeedle, ...] = ()
    balloons: tuple[PlannedBalloon, ...] = ()
    cement: PlannedCement | None = None
    is_healed: bool = False
    """By the user's word, from an MR without oedema: healed bone is not lifted."""

    def __attrs_post_init__(self) -> None:
        sides = {needle.side for needle in self.needles}
        if len(sides) < len(self.needles):
            raise PlanProblem("A level takes one needle a side.")
        if len({balloon.side for balloon in self.balloons}) < len(self.balloons):
            raise PlanProblem("A level takes one balloon a side.")
        if any(balloon.side not in sides for balloon in self.balloons):
            raise PlanProblem("A balloon needs the needle on its side.")
        if self.balloons and self.procedure is not Procedure.KYPHOPLASTY:
            raise PlanProblem("Balloons belong to a kyphoplasty.")

    def needle(self, side: Side) -> PlannedNeedle | None:
        """Return the needle on the patient's left or right, None where none is planned."""
        return next((n for n in self.needles if n.side is side), None)

    def balloon(self, side: Side) -> PlannedBalloon | None:
        """Return the balloon on the patient's left or right, None where none is planned."""
        return next((b for b in self.balloons if b.side is side), None)


def _trimmed(text: str) -> str:
    return text.strip()


@attrs.frozen
class AcceptedFinding:
    """A caution or danger that the user goes on with, and why; it counts for that number only."""

    level: VertebraLevel | None
    """None where the finding is of the whole plan."""
    side: Side | None
    code: str
    severity: str
    """The word that the finding had: ``danger`` or ``caution``."""
    value: float
    limit: float | None
    unit: str
    reason: str = attrs.field(converter=_trimmed)

    def __attrs_post_init__(self) -> None:
        if not self.reason:
            raise PlanProblem("Accepting a finding takes a reason.", hint="Write why.")

    @property
    def rule(self) -> tuple[VertebraLevel | None, Side | None, str]:
        """Which rule it is about, and where."""
        return self.level, self.side, self.code


@attrs.frozen
class VariantLabel:
    """Which of a level's variants a plan is: a letter that stays, a name where one was given."""

    letter: str = attrs.field(validator=attrs.validators.in_(tuple(VARIANT_LETTERS)))
    name: str = attrs.field(default="", converter=_trimmed)

    def __attrs_post_init__(self) -> None:
        if len(self.name) > LONGEST_VARIANT_NAME:
            raise PlanProblem(
                f"A variant's name has at most {LONGEST_VARIANT_NAME} letters.",
                hint="Choose a shorter one.",
            )

    @property
    def words(self) -> str:
        """What stands on screen and paper: ``variant B, past the pedicle``."""
        return f"variant {self.letter}, {self.name}" if self.name else f"variant {self.letter}"


@attrs.frozen
class KeptVariant:
    """A variant that is set aside: what was planned, and what was accepted of it.

    It holds no number that was measured of it: those follow from the vertebra as it is now.
    """

    label: VariantLabel
    plan: LevelPlan
    accepted: tuple[AcceptedFinding, ...] = ()

    def __attrs_post_init__(self) -> None:
        if any(item.level is not self.plan.level for item in self.accepted):
            raise PlanProblem("A variant keeps what was accepted at its own level.")


@attrs.frozen
class LevelVariants:
    """The variants of one level: the label of the one in the plan, and those set aside."""

    active: VariantLabel
    kept: tuple[KeptVariant, ...]
    """By letter, at least one."""

    def __attrs_post_init__(self) -> None:
        letters = [self.active.letter, *(item.label.letter for item in self.kept)]
        if not self.kept or len(set(letters)) < len(letters):
            raise PlanProblem("A level's variants have a letter each, and one is set aside.")
        if len({item.plan.level for item in self.kept}) > 1:
            raise PlanProblem("The variants of a level are all of that level.")

    @property
    def level(self) -> VertebraLevel:
        """Whose they are."""
        return self.kept[0].plan.level

    @property
    def labels(self) -> tuple[VariantLabel, ...]:
        """Every label, by letter."""
        labels = (self.active, *(item.label for item in self.kept))
        return tuple(sorted(labels, key=lambda label: label.letter))


@attrs.frozen
class Plan:
    """Everything planned for a patient, level by level from the head down."""

    levels: tuple[LevelPlan, ...] = ()
    """Of a level with variants, the active one."""
    measurements: tuple[Measurement, ...] = ()
    """What was measured by hand in the images, in the order it was."""
    balloon_limits: tuple[BalloonLimits, ...] = ()
    """What the user has read of balloons, instead of the catalogue's unverified limits."""
    dead_volumes: tuple[DeadVolume, ...] = ()
    """What the user has read of needles, instead of what the catalogue's tubes would hold."""
    injector: Injector | None = None
    cement_phases: CementPhases | None = None
    accepted: tuple[AcceptedFinding, ...] = ()
    """What the user goes on with in spite of a finding, in the order it was accepted."""
    variants: tuple[LevelVariants, ...] = ()
    """Of the levels that have any, in the order they were first kept."""

    def __attrs_post_init__(self) -> None:
        with_variants = [item.level for item in self.variants]
        if len(set(with_variants)) < len(with_variants):
            raise PlanProblem("A plan holds the variants of each level once.")
        if not set(with_variants) <= {item.level for item in self.levels}:
            raise PlanProblem("Variants are of a level that is planned.")
        if len({item.id for item in self.measurements}) != len(self.measurements):
            raise PlanProblem("A plan holds each measurement once.")
        if len({item.level for item in self.levels}) != len(self.levels):
            raise PlanProblem("A plan holds each level once.")
        if len({item.model_id for item in self.balloon_limits}) != len(self.balloon_limits):
            raise PlanProblem("A plan holds the limits of each balloon once.")
        if len({item.model_id for item in self.dead_volumes}) != len(self.dead_volumes):
            raise PlanProblem("A plan holds the dead volume of each needle once.")
        if len({item.rule for item in self.accepted}) != len(self.accepted):
            raise PlanProblem("A plan holds each accepted finding once.")

    def measurement(self, measurement_id: str) -> Measurement | None:
        """Return a measurement by its id, None where it is gone."""
        return next((item for item in self.measurements if item.id == measurement_id), None)

    def at(self, level: VertebraLevel) -> LevelPlan | None:
        """Return what is planned at a level, None where nothing is."""
        return next((item for item in self.levels if item.level is level), None)

    def variants_at(self, level: VertebraLevel) -> LevelVariants | None:
        """Return a level's variants, None where its plan is the only one."""
        return next((item for item in self.variants if item.level is level), None)
