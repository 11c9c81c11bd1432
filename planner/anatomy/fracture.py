"""How a vertebral body has lost its shape, from its heights and its neighbours' heights."""

import enum
import math

import attrs
import numpy as np

from planner.anatomy.vertebra import BodyHeights, VertebraModel
from planner.foundation.clinical_numbers import clinical_number
from planner.foundation.errors import AnatomyProblem
from planner.geometry.points import angle_deg


class FractureShape(enum.Enum):
    """Where a body has lost most of its height."""

    NONE = "none"
    WEDGE = "wedge"
    BICONCAVE = "biconcave"
    CRUSH = "crush"


@attrs.frozen
class ReferenceHeights:
    """The heights a body is compared with, in millimetres."""

    anterior_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    middle_mm: float = attrs.field(validator=attrs.validators.gt(0.0))
    posterior_mm: float = attrs.field(validator=attrs.validators.gt(0.0))


@attrs.frozen
class HeightRatios:
    """Heights of a body against each other and against its neighbours; 1 is no loss."""

    wedge: float
    """Anterior over posterior height."""
    biconcavity: float
    """Middle over posterior height."""
    crush: float | None
    """Posterior height over the neighbours'; None without neighbours."""


@attrs.frozen
class FractureGrade:
    """A Genant-equivalent grade, computed from heights and not read by eye."""

    grade: int
    shape: FractureShape
    height_loss_share: float
    """The largest loss of the three heights."""
    against_neighbours: bool
    """False where the loss is against the body's own posterior height only."""


def reference_heights(neighbours: tuple[BodyHeights, ...]) -> ReferenceHeights:
    """Return the mean heights of a body's neighbours.

    Raises
    ------
    AnatomyProblem
        If there is no neighbour.
    """
    if not neighbours:
        raise AnatomyProblem(
            "Reference heights need a neighbouring vertebra.",
            hint="Find the level above or below as well.",
        )
    means = np.mean([(h.anterior_mm, h.middle_mm, h.posterior_mm) for h in neighbours], axis=0)
    return ReferenceHeights(*(float(mean) for mean in means))


def height_ratios(heights: BodyHeights, reference: ReferenceHeights | None) -> HeightRatios:
    """Return the ratios of a body's heights."""
    return HeightRatios(
        wedge=heights.anterior_mm / heights.posterior_mm,
        biconcavity=heights.middle_mm / heights.posterior_mm,
        crush=heights.posterior_mm / reference.posterior_mm if reference else None,
    )


def wedge_angle_deg(model: VertebraModel) -> float:
    """Return the angle between both endplates in the mid-sagittal plane, kyphotic positive."""
    rotation = model.lps_from_vertebra.rotation
    slopes = []
    for normal in (model.walls.superior.normal_lps, model.walls.inferior.normal_lps):
        _, back, up = rotation.T @ np.asarray(normal)
        slopes.append(math.degrees(math.atan2(-back, up) if up > 0 else math.atan2(back, -up)))
    upper, lower = slopes
    return upper - lower


def local_kyphosis_deg(above: VertebraModel, below: VertebraModel) -> float:
    """Return the angle from the upper endplate above to the lower one below, kyphotic positive."""
    upper = np.asarray(above.walls.superior.normal_lps)
    lower = -np.asarray(below.walls.inferior.normal_lps)
    left = above.lps_from_vertebra.rotation[:, 0]
    upper, lower = upper - left * (upper @ left), lower - left * (lower @ left)
    forwards = float(np.cross(lower, upper) @ left)
    return math.copysign(angle_deg(upper, lower), forwards)


def fracture_grade(heights: BodyHeights, reference: ReferenceHeights | None) -> FractureGrade:
    """Return the Genant-equivalent grade and shape of a body.

    Without neighbours the anterior and middle heights are judged against the posterior one,
    and a crush cannot be seen.
    """
    own = (heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
    if reference is None:
        losses = [1.0 - height / heights.posterior_mm for height in own]
    else:
        usual = (reference.anterior_mm, reference.middle_mm, reference.posterior_mm)
        losses = [1.0 - height / other for height, other in zip(own, usual, strict=True)]
    loss = max(losses)
    limits = [clinical_number(f"genant-grade-{n}-loss") for n in (1, 2, 3)]
    grade = sum(loss >= limit for limit in limits)
    return FractureGrade(
        grade=grade,
        shape=_shape(losses, limits[0]) if grade else FractureShape.NONE,
        height_loss_share=max(loss, 0.0),
        against_neighbours=reference is not None,
    )


def _shape(losses: list[float], least_loss: float) -> FractureShape:
    anterior, middle, posterior = losses
    if posterior >= least_loss:
        return FractureShape.CRUSH
    return FractureShape.WEDGE if anterior >= middle else FractureShape.BICONCAVE
