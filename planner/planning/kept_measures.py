"""What was measured of a plan, kept with the bone it was measured in.

While one thing of a plan is dragged, everything else of it stays as it was measured.
"""

import weakref
from collections.abc import Callable, Hashable
from typing import TypeVar, cast

from planner.planning.safety_maps import SafetyMaps

_MOST = 16
"""Of one vertebra: its needles and balloons, and those of a few steps back."""
_KEPT: weakref.WeakKeyDictionary[SafetyMaps, dict[Hashable, object]] = weakref.WeakKeyDictionary()

Measured = TypeVar("Measured")


def measured_once(maps: SafetyMaps, key: Hashable, measure: Callable[[], Measured]) -> Measured:
    """Return what was measured of `key` in a vertebra, measured now where that was not done yet.

    Parameters
    ----------
    maps
        Of the vertebra; what was measured goes when these do.
    key
        Everything besides the maps that the measures depend on.
    measure
        A pure function of both.
    """
    kept = _KEPT.setdefault(maps, {})
    known = kept.pop(key, None)
    if known is not None:
        # Last again: what stays while another thing is dragged is not among the oldest.
        kept[key] = known
        return cast("Measured", known)
    measured = measure()
    # Jobs judge plans too: nothing here may rely on what another thread has just left.
    for oldest in tuple(kept)[: max(len(kept) - _MOST + 1, 0)]:
        kept.pop(oldest, None)
    kept[key] = measured
    return measured
