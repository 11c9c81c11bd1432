"""Fractures that were asked for by heights or by an angle, as shares of heights."""

import attrs
import numpy as np

from planner.digital_spine.body_shape import BodyShape
from planner.digital_spine.body_walls import wedge_deg
from planner.digital_spine.pathology import Fracture
from planner.foundation.errors import PlanProblem

_MOST_LOSS = 0.8
_HALVINGS = 30
_LEAST_LEFT = 1e-6
"""Keeps a wholly restored body's losses finite, and so far too large."""


def as_shares(whole: BodyShape, fracture: Fracture) -> Fracture:
    """Return a fracture whose losses come to the heights or the angle it asks for.

    Parameters
    ----------
    whole
        The body before.
    fracture
        As it was asked for; one by shares comes back as it is.

    Raises
    ------
    PlanProblem
        If a height is above the one before or below a fifth of it, or no fracture of this body
        has the angle.
    """
    if fracture.heights_mm is not None:
        return _of_heights(whole, fracture, fracture.heights_mm)
    if fracture.wedge_deg is not None:
        return _of_angle(whole, fracture, fracture.wedge_deg)
    return fracture


def _of_heights(
    whole: BodyShape, fracture: Fracture, asked_mm: tuple[float, float, float]
) -> Fracture:
    before = whole.landmarks_before.heights_mm
    # What a treatment gives back is part of what was asked for.
    left = max(1.0 - fracture.restored, _LEAST_LEFT)
    losses = [(1.0 - asked / height) / left for asked, height in zip(asked_mm, before, strict=True)]
    if min(losses) < -1e-9 or max(losses) > _MOST_LOSS:
        heights = " / ".join(f"{height:.1f}" for height in before)
        raise PlanProblem(
            f"{fracture.level.name} cannot have these heights: before it had {heights} mm.",
            hint="Give anterior, middle and posterior heights between a fifth of these and these.",
        )
    anterior, middle, posterior = (float(np.clip(loss, 0.0, _MOST_LOSS)) for loss in losses)
    return attrs.evolve(
        fracture, anterior_loss=anterior, middle_loss=middle, posterior_loss=posterior
    )


def _of_angle(whole: BodyShape, fracture: Fracture, asked_deg: float) -> Fracture:
    def with_loss(loss: float) -> Fracture:
        middle = (loss + fracture.posterior_loss) / 2.0
        return attrs.evolve(fracture, anterior_loss=loss, middle_loss=middle)

    def angle_deg(loss: float) -> float:
        return wedge_deg(attrs.evolve(whole, fracture=with_loss(loss)))

    low, high = 0.0, _MOST_LOSS
    if not angle_deg(low) <= asked_deg <= angle_deg(high):
        raise PlanProblem(
            f"{fracture.level.name} cannot be wedged by {asked_deg:g} degrees.",
            hint=f"Ask for {max(angle_deg(low), 0.0):.1f} to {angle_deg(high):.1f} degrees.",
        )
    for _ in range(_HALVINGS):
        middle = (low + high) / 2.0
        low, high = (middle, high) if angle_deg(middle) < asked_deg else (low, middle)
    return with_loss((low + high) / 2.0)
