"""Where a run stands: immutable, a new one after each action."""

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.geometry.points import Triple, as_triple
from planner.geometry.shapes import CutCapsule, Segment
from planner.planning.plan import PlannedNeedle
from planner.rehearsal.events import Panel, Tool
from planner.simulation.c_arm import CArmPose
from planner.simulation.live_fill import CementFill


@attrs.frozen
class Moment:
    """A checkpoint as it was judged, at the moment it mattered."""

    code: str
    """Stable, never translated."""
    time_s: float
    side: Side | None
    text: str
    passed: bool = False
    is_critical: bool = False
    """A run with a critical moment that was not passed has failed, whatever its points."""


@attrs.frozen
class Shot:
    """One picture taken, with what it showed and cost."""

    time_s: float
    panel: Panel
    pose: CArmPose
    beam_s: float
    is_live: bool
    """Whether it only went on from the shot before."""
    dose: float
    """Relative: seconds of beam, weighed by the square of the distance to the skin."""
    dose_area: float
    """Relative dose times the share of the field that was open."""
    opening: float
    """How far the collimator was open, as a share of the field's edge."""
    magnification: float
    off_true_deg: float
    """How far the view was from the true one of its screen."""
    in_needle_phase: bool
    tips: tuple[tuple[Side, Triple], ...]
    """Where what was in the patient ended."""
    cement_ml: float
    pointer_lps_mm: Triple | None = None
    """Where the metal pointer's end lay on the skin."""
    hand: "Hand | None" = None
    """The trainee's hand, where it held something in the primary beam."""


@attrs.frozen
class Hand:
    """A hand that holds something: where, and along what."""

    grip_lps_mm: Triple = attrs.field(converter=as_triple)
    along_lps: Triple = attrs.field(converter=as_triple)
    """Of what it holds, away from the patient."""


@attrs.frozen
class SideState:
    """What stands in the patient on one side."""

    side: Side
    model_id: str
    skin_lps_mm: Triple = attrs.field(converter=as_triple)
    direction_lps: Triple = attrs.field(converter=as_triple)
    tool: Tool = Tool.NEEDLE
    reach_mm: float = 0.0
    """From the skin to the end of the tool in the patient."""
    channel_mm: float = 0.0
    """How deep the way is free that needle or drill have made."""
    cannula_mm: float | None = None
    """From the skin to the end of the working cannula."""
    bone_mm: float | None = None
    """Where the needle first met the vertebra; None before."""
    bevel_turn_deg: float | None = None
    balloon_id: str = ""
    balloon_ml: float = 0.0
    is_burst: bool = False
    """Whether the balloon in the patient has burst."""
    needle_done: bool = False
    """Whether the needle has given way to the next tool or to cement."""

    @property
    def tip_lps_mm(self) -> Triple:
        """The end of the tool."""
        return self.point_at(self.reach_mm)

    @property
    def line(self) -> Segment:
        """A stretch of the needle's line from the skin, long enough to cross any vertebra."""
        return Segment(self.skin_lps_mm, self.point_at(max(self.reach_mm, 1.0)))

    def point_at(self, depth_mm: float) -> Triple:
        """Return the point of the needle's line at a depth under the skin."""
        x, y, z = self.skin_lps_mm
        dx, dy, dz = self.direction_lps
        return x + depth_mm * dx, y + depth_mm * dy, z + depth_mm * dz


@attrs.frozen
class Hollow:
    """What a balloon has pushed open."""

    side: Side
    reach_mm: float
    """Where the balloon ended, from the skin."""
    volume_ml: float
    """What was in the balloon."""
    shape: CutCapsule
    """Flat where another balloon stood against it."""


@attrs.frozen(eq=False)
class RunState:
    """Everything a run has come to."""

    fill: CementFill
    time_s: float = 0.0
    pose: CArmPose | None = None
    named_level: VertebraLevel | None = None
    pointer_lps_mm: Triple | None = None
    """Where the metal pointer's end lies on the skin; None while there is none."""
    sides: tuple[SideState, ...] = ()
    touched: Side | None = None
    """The side whose instrument the hand moved last."""
    touched_s: float = 0.0
    shots: tuple[Shot, ...] = ()
    moments: tuple[Moment, ...] = ()
    tracks: tuple[PlannedNeedle, ...] = ()
    """Every way a needle has gone in bone, from the skin to its deepest point."""
    hollows: tuple[Hollow, ...] = ()
    """What balloons have pushed open, each place at its largest."""
    final_needles: tuple[PlannedNeedle, ...] = ()
    """Where each needle stood when it gave way to what follows."""
    needle_s: float = 0.0
    """How long needles were on their way."""
    unseen_ml: float = 0.0
    """Injected since the last shot."""
    leak_at_s: float | None = None
    """When cement last came out somewhere new."""
    closed_sides: tuple[Side, ...] = ()
    """Where a leak went on after a rest: nothing more should go in there."""
    is_finished: bool = False

    def on(self, side: Side) -> SideState | None:
        """Return what stands on a side, None before a needle was placed there."""
        return next((state for state in self.sides if state.side is side), None)

    @property
    def in_needle_phase(self) -> bool:
        """Whether shots and time count: a needle is on its way, and no cement is in yet."""
        on_its_way = any(not side.needle_done for side in self.sides)
        return on_its_way and self.fill.volume_ml == 0.0 and not self.is_finished

    def has(self, code: str, side: Side | None = None) -> bool:
        """Return whether a checkpoint was judged already."""
        return any(m.code == code and (side is None or m.side is side) for m in self.moments)
