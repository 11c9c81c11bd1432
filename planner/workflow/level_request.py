"""What a user wants at one level."""

import attrs

from planner.anatomy.levels import VertebraLevel
from planner.geometry.points import Triple
from planner.planning.plan import Approach, Procedure


@attrs.frozen
class LevelRequest:
    """A level to plan; None leaves the choice to the program."""

    level: VertebraLevel
    at_lps_mm: Triple | None = None
    """A point inside the body; None: found along the spine."""
    procedure: Procedure = Procedure.VERTEBROPLASTY
    approach: Approach | None = None
    gauge: int | None = None
