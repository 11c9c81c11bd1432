"""How tall a body should be: from the mean adult's, scaled to the patient's other levels."""

from collections.abc import Mapping

import numpy as np

from planner.anatomy.fracture import ReferenceHeights
from planner.anatomy.levels import VertebraLevel
from planner.anatomy.vertebra import BodyHeights

_FEWEST_LEVELS = 2


def norm_heights(
    level: VertebraLevel,
    heights: Mapping[VertebraLevel, BodyHeights],
    norms: Mapping[VertebraLevel, ReferenceHeights],
) -> ReferenceHeights | None:
    """Return a level's heights in the mean adult, made as tall as this patient.

    The patient's size is the median of the other levels' posterior heights over their norms: a
    fracture spares the back longest, and a median bears a few that it does not spare.

    Parameters
    ----------
    level
        The level in question; its own heights do not count.
    heights
        What was measured in this patient.
    norms
        Heights of the mean adult.

    Returns
    -------
    None where the norm of the level or enough others to tell the patient's size are missing.
    """
    norm = norms.get(level)
    shares = [
        measured.posterior_mm / norms[other].posterior_mm
        for other, measured in heights.items()
        if other is not level and other in norms
    ]
    if norm is None or len(shares) < _FEWEST_LEVELS:
        return None
    scale = float(np.median(shares))
    return ReferenceHeights(
        scale * norm.anterior_mm, scale * norm.middle_mm, scale * norm.posterior_mm
    )
