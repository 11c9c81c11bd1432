"""A pedicle that was not found, guessed from the other side."""

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import Pedicle, VertebraModel


def mirrored_pedicle(vertebra: VertebraModel, side: Side) -> Pedicle | None:
    """Return the other side's pedicle in a mirror, for a way in past one that was not found."""
    other = vertebra.pedicle(side.opposite)
    if other is None:
        return None
    frame, mirror = vertebra.lps_from_vertebra, np.array([-1.0, 1.0, 1.0])
    return attrs.evolve(
        other,
        side=side,
        isthmus_lps_mm=frame.point(frame.inverse.point(other.isthmus_lps_mm) * mirror),
        axis_lps=frame.vector(frame.inverse.vector(other.axis_lps) * mirror),
    )
