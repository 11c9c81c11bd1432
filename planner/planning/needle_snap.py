"""Where a needle that is moved by hand is drawn to: a proposed needle, or its pedicle's axis."""

from collections.abc import Iterable

import attrs
import numpy as np

from planner.anatomy.vertebra import VertebraModel
from planner.geometry.points import angle_deg, as_triple, distance_mm
from planner.planning.plan import NeedleRoute, PlannedNeedle

SNAP_MM, SNAP_DEG = 1.5, 2.0


def snapped(
    needle: PlannedNeedle, vertebra: VertebraModel, proposed: Iterable[PlannedNeedle]
) -> PlannedNeedle:
    """Return a proposed needle that this one all but lies on, else it drawn to its pedicle's axis.

    A needle is near when its tip lies within 1.5 mm and its direction within 2 degrees. What
    product it is stays as it was.

    Returns
    -------
    The needle itself where neither is near.
    """
    for other in proposed:
        if (
            (other.side, other.route) == (needle.side, needle.route)
            and distance_mm(other.tip_lps_mm, needle.tip_lps_mm) <= SNAP_MM
            and angle_deg(other.path.direction_lps, needle.path.direction_lps) <= SNAP_DEG
        ):
            return attrs.evolve(other, model_id=needle.model_id)
    return _on_axis(needle, vertebra)


def _on_axis(needle: PlannedNeedle, vertebra: VertebraModel) -> PlannedNeedle:
    pedicle = vertebra.pedicle(needle.side)
    if pedicle is None or needle.route is not NeedleRoute.TRANSPEDICULAR:
        return needle
    axis, isthmus = np.asarray(pedicle.axis_lps), np.asarray(pedicle.isthmus_lps_mm)
    start, along = np.asarray(needle.skin_lps_mm), np.asarray(needle.path.direction_lps)
    off_mm = float(np.linalg.norm(np.cross(isthmus - start, along)))
    if off_mm > SNAP_MM or angle_deg(as_triple(along), pedicle.axis_lps) > SNAP_DEG:
        return needle
    tip = isthmus + ((np.asarray(needle.tip_lps_mm) - isthmus) @ axis) * axis
    return attrs.evolve(
        needle,
        tip_lps_mm=as_triple(tip),
        skin_lps_mm=as_triple(tip - needle.path.length_mm * axis),
    )
