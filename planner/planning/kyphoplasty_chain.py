"""What follows a needle in a kyphoplasty: working cannula, drill, room for a balloon."""

import attrs
import numpy as np

from planner.anatomy.levels import Side
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.clinical_numbers import clinical_number
from planner.geometry.points import as_triple
from planner.geometry.shapes import Segment
from planner.planning.balloon_placement import cannula_end_mm
from planner.planning.measures import CArmAngles, NeedleMeasures
from planner.planning.needle_path import en_face_angles

_ALONG_AXIS_MM = 40.0


@attrs.frozen
class KyphoplastyChain:
    """Depths along one needle from where it meets bone."""

    cannula_end_mm: float
    """A little past the posterior wall, or inside the body for a needle past the pedicle."""
    drill_mm: float
    """As deep as a drill goes: short of the anterior cortex. Never beyond it: the distance to the
    cortex is the shortest there is, and the needle's own direction is longer."""

    @property
    def room_mm(self) -> float:
        """How long the way is that a balloon can open in; negative: the drill ends before."""
        return self.drill_mm - self.cannula_end_mm


def kyphoplasty_chain(measures: NeedleMeasures, vertebra: VertebraModel) -> KyphoplastyChain | None:
    """Return the chain of a needle; None where it misses the bone or the front wall is not known.

    Parameters
    ----------
    measures
        Of the needle where it is now.
    vertebra
        That it was measured in.
    """
    cortex, tip_mm = measures.margins.anterior_cortex, measures.depth_from_bone_mm
    if cortex is None or tip_mm is None:
        return None
    path = Segment(measures.skin_lps_mm, measures.tip_lps_mm)
    bone_mm = measures.depth_from_skin_mm - tip_mm
    drill_mm = tip_mm + cortex.distance_mm - clinical_number("drill-short-of-anterior-cortex")
    return KyphoplastyChain(cannula_end_mm(path, vertebra) - bone_mm, drill_mm)


def pedicle_en_face(vertebra: VertebraModel, side: Side) -> CArmAngles | None:
    """Return where a C-arm looks down a pedicle's own axis; None where there is no pedicle."""
    pedicle = vertebra.pedicle(side)
    if pedicle is None:
        return None
    isthmus, axis = np.asarray(pedicle.isthmus_lps_mm), np.asarray(pedicle.axis_lps)
    return en_face_angles(
        Segment(as_triple(isthmus - _ALONG_AXIS_MM * axis), pedicle.isthmus_lps_mm)
    )
