"""What is measured of a plan on a vertebra: numbers with their uncertainty, never stored."""

import enum

import attrs

from planner.anatomy.levels import Side
from planner.foundation.errors import PlanProblem
from planner.geometry.planes import Plane
from planner.geometry.points import Triple, as_triple
from planner.geometry.shapes import Capsule, CutCapsule
from planner.planning.plan import NeedleRoute


@attrs.frozen
class Margin:
    """A distance from the needle's surface to a structure, negative once it is inside it."""

    distance_mm: float
    uncertainty_mm: float = attrs.field(validator=attrs.validators.ge(0.0))
    place_lps_mm: Triple | None = None
    """Where on the needle's axis it is least; None where that means nothing."""


@attrs.frozen
class WallMargins:
    """The margin to each wall of a pedicle, looked for straight outwards all around the needle."""

    medial: Margin
    lateral: Margin
    superior: Margin
    inferior: Margin

    def named(self) -> tuple[tuple[str, Margin], ...]:
        """Return every wall with its name; those where roots lie come first."""
        return (
            ("medial", self.medial),
            ("inferior", self.inferior),
            ("lateral", self.lateral),
            ("superior", self.superior),
        )


@attrs.frozen
class NeedleLandmarks:
    """What a needle passes on its way, as depths from where it meets bone.

    None where it does not pass it.
    """

    isthmus_mm: float | None
    posterior_wall_mm: float | None
    tip_mm: float | None


@attrs.frozen
class NeedleMargins:
    """The margins of one needle; None where a structure is not known or does not apply."""

    pedicle_wall: Margin | None
    canal: Margin | None
    foramen: Margin | None
    endplate: Margin | None
    anterior_cortex: Margin | None


class BreachGrade(enum.Enum):
    """Gertzbein-Robbins: how far the needle leaves the pedicle."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"


@attrs.frozen
class CArmAngles:
    """Where a C-arm looks along a line. Orbital grows to the patient's left, angular cranially."""

    orbital_deg: float
    angular_deg: float


@attrs.frozen
class NeedleMeasures:
    """Everything a needle's panel, report and JSON show."""

    side: Side
    skin_lps_mm: Triple = attrs.field(converter=as_triple)
    bone_entry_lps_mm: Triple | None
    """Where the axis meets the bone; None when it misses the vertebra."""
    tip_lps_mm: Triple = attrs.field(converter=as_triple)
    transverse_deg: float
    """In the vertebra's axial plane, medial positive."""
    sagittal_deg: float
    """In the vertebra's sagittal plane, caudad positive."""
    skin_entry_from_midline_mm: float
    depth_from_skin_mm: float
    depth_from_bone_mm: float | None
    pedicle_fill_share: float | None
    """Outer diameter over the isthmus's width; None without a pedicle."""
    margins: NeedleMargins
    grade: BreachGrade | None
    en_face: CArmAngles
    """Where the C-arm looks down this needle."""
    tip_depth_share: float
    """Where the tip lies between the posterior (0) and the anterior (1) wall of the body."""
    tip_lateral_share: float | None = None
    """How far the tip lies from the midline to the needle's own side, in half widths of the body;
    negative once it is past the midline."""
    nearest_pedicle_wall: str | None = None
    """``medial``, ``lateral``, ``superior`` or ``inferior``: the wall of the least margin."""
    angle_to_pedicle_deg: float | None = None
    """Between the needle and the pedicle's axis."""
    medial_wall_mm: float | None = None
    """How far lateral of the medial pedicle border the axis crosses the posterior-wall plane;
    negative: medial of it. None where the needle does not reach the plane."""
    bone_depth_mm: float | None = None
    """Least depth of the axis inside bone from the pedicle to the tip; negative: it leaves it."""
    neighbour_bone: Margin | None = None
    """Distance to neighbouring vertebrae and ribs; None where there are none near."""
    skin_gap_mm: float | None = None
    """How far the entry lies from the skin along the needle, positive outside the patient; None
    where the images end before the skin."""
    route: NeedleRoute = NeedleRoute.TRANSPEDICULAR
    walls: WallMargins | None = None
    """None without a pedicle, or on a path past it."""
    lung: Margin | None = None
    """Distance to air inside the patient; None where there is none near."""
    vessel: Margin | None = None
    """Distance to a great vessel that is labelled or seen; None where none is."""
    possible_vessel: Margin | None = None
    """Distance to soft tissue that may be a great vessel not told apart; None where none is near,
    or vessels were not looked for."""
    landmarks: NeedleLandmarks | None = None
    axis_angle_deg: float | None = None
    """Between the needle and the vertebra's axis from back to front."""
    skimmed_mm: float | None = None
    """How much of the path behind the pedicle runs along the surface of the bone: a needle that
    meets it squarely does so for two millimetres, one that slides off for many."""


@attrs.frozen
class WallContact:
    """How much of a wall of the body a balloon presses on."""

    wall: str
    area_mm2: float = attrs.field(validator=attrs.validators.ge(0.0))


@attrs.frozen
class BalloonMeasures:
    """What one balloon does in the bone."""

    side: Side
    shape: Capsule
    """The inflated balloon; where another one flattens it, as wide as it becomes."""
    contact_mm: float
    """From its surface to the nearest cortex of the body; negative: it would press into it."""
    nearest_wall: str
    """``superior endplate``, ``inferior endplate``, ``anterior wall``, ``posterior wall`` or
    ``lateral wall``."""
    rear_marker_beyond_cannula_mm: float
    front_marker_lps_mm: Triple = attrs.field(converter=as_triple)
    rear_marker_lps_mm: Triple = attrs.field(converter=as_triple)
    touched: tuple[WallContact, ...] = ()
    """Every wall it presses on, the largest area first."""
    flat: Plane | None = None
    """Where another balloon flattens it, its normal pointing out of this one."""
    cavity_ml: float | None = None
    """What of its volume lies inside the body: the hollow it leaves at most."""

    @property
    def pushed_open(self) -> CutCapsule:
        """What the inflated balloon takes up."""
        return CutCapsule(self.shape, self.flat)

    @property
    def touched_mm2(self) -> float:
        """The area of cortex it presses on."""
        return sum(contact.area_mm2 for contact in self.touched)


@attrs.frozen
class CementBand:
    """Volumes for a body: a reference, not a target, a soft cap and a hard warning."""

    reference_ml: float
    soft_ml: float
    hard_ml: float
    binding_limit: str
    """Which rule sets the soft cap: ``share of the body`` or ``absolute volume``."""
    reference_limit: str = "share of the body"
    """Which rule sets the reference: that, ``cavity and margin`` after balloons, or ``soft cap``
    where that is less."""
    reasons: tuple[str, ...] = ()
    """Why each of these binds, in numbers, a sentence each."""

    def __attrs_post_init__(self) -> None:
        if not 0.0 <= self.reference_ml <= self.soft_ml <= self.hard_ml:
            raise PlanProblem("A band is ordered: reference, soft cap, hard warning.")


@attrs.frozen
class CementMeasures:
    """What a cement volume means in a body."""

    volume_ml: float
    band: CementBand
    syringe_ml: float
    """The volume to draw up: what goes into bone and what stays in the cannulas."""
    fill_share: float
    """Volume over the body's volume as it is now."""
    is_syringe_read: bool = False
    """Whether the user has read what stays in each cannula; else it is the catalogue's tube."""
