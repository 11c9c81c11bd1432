"""What the hand feels at the tip of an instrument."""

import attrs
import numpy as np

from planner.geometry.points import Triple, as_triple
from planner.imaging.hounsfield import sample_hu
from planner.imaging.volume import Volume

_AHEAD_MM = np.linspace(0.0, 1.5, 4)
_WORDS_BELOW_HU = ((-300.0, "air"), (130.0, "soft tissue"), (375.0, "spongy bone"))
"""Limits as a planner for pedicle screws shows them: soft below 130, cancellous 135 to 375."""
_HARD = "cortical bone"
_NOTHING_HU, _HARDEST_HU = -100.0, 900.0
_BLOW_STEP_MM, _FARTHEST_MM = 0.25, 5.0
_SPENT_A_MM, _SPENT_IN_CORTEX = 0.2, 1.2
"""Of a blow's force: on any millimetre, and on top of it on one as hard as cortex. A blow goes
0.7 mm in cortex, 1.6 mm in spongy bone, and further where the tip breaks through."""


@attrs.frozen
class Feel:
    """The resistance ahead of a tip."""

    value_hu: float | None
    """Mean just ahead of the tip; None outside the images."""
    resistance: float
    """From 0, none, to 1, as hard as cortex."""
    word: str


def feel_ahead(volume: Volume, tip_lps_mm: Triple, direction_lps: Triple) -> Feel:
    """Return what is felt when a tip is pushed on from where it is."""
    points = np.asarray(tip_lps_mm) + _AHEAD_MM[:, np.newaxis] * np.asarray(direction_lps)
    values_hu = sample_hu(volume, points)
    if np.isnan(values_hu).any():
        return Feel(None, 0.0, "outside the images")
    value_hu = float(values_hu.mean())
    share = (value_hu - _NOTHING_HU) / (_HARDEST_HU - _NOTHING_HU)
    word = next((word for limit, word in _WORDS_BELOW_HU if value_hu < limit), _HARD)
    return Feel(value_hu, min(max(share, 0.0), 1.0), word)


def hammered_mm(volume: Volume, tip_lps_mm: Triple, direction_lps: Triple) -> float:
    """Return how far one blow drives a tip: until what it meets has used up its force."""
    gone_mm, force = 0.0, 1.0
    while gone_mm < _FARTHEST_MM:
        here = as_triple(np.asarray(tip_lps_mm) + gone_mm * np.asarray(direction_lps))
        resistance = feel_ahead(volume, here, direction_lps).resistance
        force -= _BLOW_STEP_MM * (_SPENT_A_MM + _SPENT_IN_CORTEX * resistance)
        if force < 0.0:
            break
        gone_mm += _BLOW_STEP_MM
    return gone_mm
