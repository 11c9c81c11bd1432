"""A vertebra as found in a CT: its masks, frame and landmarks."""

import enum

import attrs

from planner.anatomy.levels import Side, VertebraLevel
from planner.foundation.errors import GeometryProblem
from planner.geometry.planes import Plane
from planner.geometry.points import PointLike, Triple, as_point_mm, as_triple, as_unit_vector
from planner.geometry.transforms import RigidTransform
from planner.geometry.units import ml_from_mm3
from planner.imaging.volume import VoxelMask


def _as_unit_triple(value: PointLike) -> Triple:
    return as_triple(as_unit_vector(value))


class HandMade(enum.Enum):
    """What of a vertebra the user has set, instead of the program."""

    OUTLINE = "outline"
    LANDMARKS = "landmarks"
    """The ends of the height lines."""


@attrs.frozen
class Pedicle:
    """The bony bridge from body to arch on one side, at its narrowest place."""

    side: Side
    isthmus_lps_mm: Triple = attrs.field(converter=as_triple)
    """The centre of the narrowest cross-section."""
    axis_lps: Triple = attrs.field(converter=_as_unit_triple)
    """Along the pedicle from back to front, as a needle goes."""
    width_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    """Least width of the outer cortex across the axis in the vertebra's axial plane, and no more
    than the thickest cylinder that passes."""
    height_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    """Height of the outer cortex across the axis in the vertebra's sagittal plane."""


@attrs.frozen
class HeightLine:
    """One height of the body: from a point on the lower endplate to one on the upper."""

    superior_lps_mm: Triple = attrs.field(converter=as_triple)
    inferior_lps_mm: Triple = attrs.field(converter=as_triple)

    @property
    def height_mm(self) -> float:
        """The distance between both points."""
        return float(
            sum(
                (a - b) ** 2
                for a, b in zip(self.superior_lps_mm, self.inferior_lps_mm, strict=True)
            )
            ** 0.5
        )


@attrs.frozen
class BodyHeights:
    """The three heights of a vertebral body on its mid-sagittal plane."""

    anterior: HeightLine
    middle: HeightLine
    posterior: HeightLine

    def named_lines(self) -> tuple[tuple[str, HeightLine], ...]:
        """Return each line with the name of its field, from the front to the back."""
        return (
            ("anterior", self.anterior),
            ("middle", self.middle),
            ("posterior", self.posterior),
        )

    @property
    def anterior_mm(self) -> float:
        """Height at the anterior wall."""
        return self.anterior.height_mm

    @property
    def middle_mm(self) -> float:
        """Height half way between the walls."""
        return self.middle.height_mm

    @property
    def posterior_mm(self) -> float:
        """Height at the posterior wall."""
        return self.posterior.height_mm


@attrs.frozen
class BodyWalls:
    """Planes fitted to the walls of a body; each normal points out of the bone."""

    superior: Plane
    inferior: Plane
    anterior: Plane
    posterior: Plane


@attrs.frozen(eq=False)
class VertebraModel:
    """Everything the plan needs to know of one vertebra.

    All masks share one grid, a crop around the vertebra with voxels of equal edges, whose axes
    run along L, P and S.

    ``lps_from_vertebra`` has its origin at the centroid of the body and its axes to the left,
    posterior and superior of the vertebra.
    """

    level: VertebraLevel
    whole: VoxelMask
    """Body, pedicles and posterior elements."""
    body: VoxelMask
    """The vertebral body alone, cut from the pedicles at the posterior wall."""
    canal: VoxelMask
    """The bony spinal canal as far as the grid reaches, above and below the level too."""
    other_bone: VoxelMask
    """Neighbouring vertebrae and ribs inside the grid."""
    lps_from_vertebra: RigidTransform
    walls: BodyWalls
    heights: BodyHeights
    left_pedicle: Pedicle | None
    right_pedicle: Pedicle | None
    trabecular_hu: float | None
    """Mean of the body away from its cortex; None where the body is too small to tell."""
    boundary_uncertainty_mm: float = attrs.field(validator=attrs.validators.ge(0.0))
    """How far the outline may be off: mask error and half the slice step."""
    notes: tuple[str, ...] = ()
    """Sentences for the user about what is doubtful in this vertebra."""
    by_hand: tuple[HandMade, ...] = ()
    """What the user has set, each once."""

    def __attrs_post_init__(self) -> None:
        grid = self.whole.geometry
        if any(m.geometry != grid for m in (self.body, self.canal, self.other_bone)):
            raise GeometryProblem("All masks of a vertebra must share one grid.")

    def pedicle(self, side: Side) -> Pedicle | None:
        """Return the pedicle of the patient's left or right side, None where none was found."""
        return self.left_pedicle if side is Side.LEFT else self.right_pedicle

    @property
    def centre_lps_mm(self) -> Triple:
        """The centroid of the body."""
        return as_triple(as_point_mm(self.lps_from_vertebra.translation_mm))

    @property
    def body_volume_ml(self) -> float:
        """Volume of the body alone."""
        return ml_from_mm3(self.body.volume_mm3)

    @property
    def whole_volume_ml(self) -> float:
        """Volume of the whole vertebra."""
        return ml_from_mm3(self.whole.volume_mm3)
