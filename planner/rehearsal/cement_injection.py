"""What a rehearsal asks of a model of cement."""

from typing import Protocol

from planner.geometry.points import Triple
from planner.simulation.live_fill import CementFill


class FillModel(Protocol):
    """How cement spreads. The same injections always give the same fill."""

    def empty(self) -> CementFill:
        """Return a level without cement."""
        ...

    def injected(self, fill: CementFill, tip_lps_mm: Triple, by_ml: float) -> CementFill:
        """Return the fill after a push of the plunger with the cannula's end at a point."""
        ...
