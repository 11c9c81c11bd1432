"""How much height a balloon may give back: a band of geometry and elastic loss, no prediction."""

import math

import attrs
import numpy as np

from planner.anatomy.fracture import ReferenceHeights, wedge_angle_deg
from planner.anatomy.vertebra import VertebraModel
from planner.devices.device_values import BalloonModel
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import FloatArray
from planner.geometry.shapes import Capsule

LABEL = (
    "Illustration, not a prediction. A meta-analysis finds no difference in height between balloon "
    "kyphoplasty and vertebroplasty; part of any gain is posture, which a supine CT has already."
)


@attrs.frozen
class HeightBand:
    """A number with the ends of its band."""

    least: float
    expected: float
    most: float

    def __attrs_post_init__(self) -> None:
        if not self.least <= self.expected <= self.most:
            raise ValueError("A band is ordered: least, expected, most.")


@attrs.frozen
class HeightPrediction:
    """Heights of a body after its balloons, from the front to the back."""

    now_mm: tuple[float, float, float]
    """Anterior, middle, posterior."""
    usual_mm: tuple[float, float, float]
    """What the neighbours are on average: what is taken for the height before."""
    limit_mm: float
    """What the balloons' size allows the endplates to move, at most."""
    after_mm: tuple[HeightBand, HeightBand, HeightBand]
    """With the balloons out again, elastic loss taken off."""
    inflated_mm: tuple[float, float, float]
    """While the balloons are up: no elastic loss yet."""
    wedge_deg: HeightBand
    """After; the smallest lift leaves the largest angle, so `least` is the largest lift's."""
    wedge_now_deg: float
    is_healed: bool

    @property
    def lost_mm(self) -> tuple[float, float, float]:
        """What is missing of each height."""
        a, m, p = (max(u - n, 0.0) for u, n in zip(self.usual_mm, self.now_mm, strict=True))
        return a, m, p

    @property
    def kyphosis_gain_deg(self) -> float:
        """How much of the local kyphosis goes with the wedge that is expected to go."""
        return self.wedge_now_deg - self.wedge_deg.expected

    @property
    def height_reached(self) -> bool:
        """Whether the balloons' size is enough for all that was lost: more volume adds nothing."""
        return self.limit_mm >= max(self.lost_mm)


def lift_limit_mm(
    shapes: tuple[Capsule, ...], models: tuple[BalloonModel, ...], vertebra: VertebraModel
) -> float:
    """Return how far balloons can move the endplates: their reach, less the room there is.

    What bone lies between a balloon and an endplate is packed to a share of its height.
    """
    limits = [0.0]
    packed_share = clinical_number("balloon-packed-share")
    for shape, model in zip(shapes, models, strict=True):
        room_mm = vertebra.heights.middle_mm
        packed_mm = packed_share * max(room_mm - model.deflated_diameter_mm, 0.0)
        limits.append(2.0 * shape.radius_mm + packed_mm - room_mm)
    return max(limits)


def predict_heights(
    vertebra: VertebraModel,
    usual: ReferenceHeights,
    limit_mm: float,
    *,
    is_healed: bool = False,
) -> HeightPrediction:
    """Return the band of heights after balloons of a reach.

    Parameters
    ----------
    vertebra
        As it is now.
    usual
        Its neighbours' heights.
    limit_mm
        As of `lift_limit_mm`; 0 without balloons.
    is_healed
        By the user's word, from an MR without oedema: healed bone is not lifted.
    """
    heights = vertebra.heights
    now = (heights.anterior_mm, heights.middle_mm, heights.posterior_mm)
    before = (usual.anterior_mm, usual.middle_mm, usual.posterior_mm)
    reach_mm = 0.0 if is_healed else max(limit_mm, 0.0)
    lost = [max(u - n, 0.0) for u, n in zip(before, now, strict=True)]
    shares = [clinical_number(f"height-kept-{end}") for end in ("least", "usual", "most")]
    lifts = [[min(loss * share, reach_mm) for share in shares] for loss in lost]
    after = [HeightBand(*(n + lift for lift in row)) for n, row in zip(now, lifts, strict=True)]
    inflated = [n + min(loss, reach_mm) for n, loss in zip(now, lost, strict=True)]
    wedge_now = wedge_angle_deg(vertebra)
    wedges = sorted(
        wedge_now - _turn_deg(vertebra, lifts[0][n] - lifts[2][n]) for n in range(len(shares))
    )
    return HeightPrediction(
        now_mm=now,
        usual_mm=before,
        limit_mm=reach_mm,
        after_mm=(after[0], after[1], after[2]),
        inflated_mm=(inflated[0], inflated[1], inflated[2]),
        wedge_deg=HeightBand(*wedges),
        wedge_now_deg=wedge_now,
        is_healed=is_healed,
    )


def _turn_deg(vertebra: VertebraModel, front_over_back_mm: float) -> float:
    """Return the angle by which a lift that is larger in front turns the upper endplate."""
    heights = vertebra.heights
    depth_mm = math.dist(heights.anterior.superior_lps_mm, heights.posterior.superior_lps_mm)
    return math.degrees(math.atan2(front_over_back_mm, depth_mm))


def lifted_points(
    points_lps_mm: FloatArray, vertebra: VertebraModel, lift_mm: tuple[float, float, float]
) -> FloatArray:
    """Return points of a body moved with its upper endplate, for the ghost of what may be.

    The lower endplate stays, the upper one is lifted, and what lies between is stretched
    smoothly; points behind the posterior wall stay.

    Parameters
    ----------
    points_lps_mm
        Shape (n, 3).
    vertebra
        As it is now.
    lift_mm
        Of the upper endplate in front, in the middle and at the back.
    """
    frame = vertebra.lps_from_vertebra
    to_frame = frame.inverse
    lines = (vertebra.heights.anterior, vertebra.heights.middle, vertebra.heights.posterior)
    tops = to_frame.points(np.array([line.superior_lps_mm for line in lines]))
    bottoms = to_frame.points(np.array([line.inferior_lps_mm for line in lines]))
    places = to_frame.points(points_lps_mm)
    depth = places[:, 1]
    order = np.argsort(tops[:, 1])
    at = tops[order, 1]
    top = np.interp(depth, at, tops[order, 2])
    bottom = np.interp(depth, at, bottoms[order, 2])
    lift = np.interp(depth, at, np.asarray(lift_mm)[order])
    share = np.clip((places[:, 2] - bottom) / (top - bottom), 0.0, 1.0)
    behind_mm = np.clip(depth - tops[2, 1], 0.0, None)
    fade = np.clip(1.0 - behind_mm / 3.0, 0.0, 1.0)
    moved = places.copy()
    moved[:, 2] += lift * share * share * (3.0 - 2.0 * share) * fade
    return frame.points(moved)


def stop_advice(
    prediction: HeightPrediction | None,
    touched_mm2: float,
    volume_ml: float,
    model: BalloonModel,
    gauge_psi: float | None = None,
) -> tuple[str, ...]:
    """Return why inflation stops here, a sentence each; empty while nothing says so.

    Parameters
    ----------
    prediction
        None where no neighbour tells what was lost.
    touched_mm2
        Area of cortex that the balloon presses on.
    volume_ml, model
        What is in it, and its limits.
    gauge_psi
        The user's own reading; no pressure is computed.
    """
    mark = "" if model.limits_confirmed else " (limit unverified)"
    reasons = []
    if touched_mm2 > 0.0:
        reasons.append(f"The balloon presses on {touched_mm2:.0f} mm\N{SUPERSCRIPT TWO} of cortex.")
    if prediction is not None and prediction.height_reached and max(prediction.lost_mm) > 0.0:
        reasons.append("Its size is enough for the height that was lost.")
    if volume_ml >= model.maximum_volume_ml:
        reasons.append(f"Its volume limit of {model.maximum_volume_ml:.1f} ml is reached{mark}.")
    if gauge_psi is not None and gauge_psi >= model.maximum_pressure_psi:
        reasons.append(
            f"The gauge reads {gauge_psi:.0f} psi, its limit is "
            f"{model.maximum_pressure_psi:.0f} psi{mark}."
        )
    return tuple(reasons)
