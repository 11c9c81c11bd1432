"""What the window knows of a level's modelled cement at one moment."""

from typing import TYPE_CHECKING

import attrs

from planner.geometry.points import Triple
from planner.rendering.fill_picture import CementPicture, RoutePicture

if TYPE_CHECKING:  # these load scipy and numba, which the start page does without
    from planner.simulation.cement_runs import LeakShare
    from planner.simulation.less_leak import LeakAdvice

CurvePoint = tuple[float, float]
"""Millilitres injected, and what belongs to them."""


@attrs.frozen
class ComparedFill:
    """Runs of one choice of tips and volume, kept to be held against another."""

    title: str
    volume_ml: float
    tips: tuple[str, ...]
    """Where each tip lies, in words."""
    leak_share: float
    grave_share: float
    runs: int


@attrs.frozen(eq=False)
class FillState:
    """Everything of it belongs to exactly the plan that is shown beside it."""

    picture: CementPicture | None = None
    """None while it is being made: an older one is never here."""
    problem: str = ""
    """Why there is none and will be none."""
    shown_ml: float = 0.0
    """Less than planned while it is replayed."""
    is_replaying: bool = False
    runs: int = 0
    """Of the runs made for this plan; 0 while there are none."""
    runs_ml: float | None = None
    """What was injected in them."""
    leaks: "tuple[LeakShare, ...]" = ()
    """Up to the planned volume."""
    leak_share: float | None = None
    """The share of runs with any leak at the planned volume; None without runs."""
    grave_share: float | None = None
    """The share of runs with a leak to a grave place."""
    planned_ml: float = 0.0
    curve: tuple[CurvePoint, ...] = ()
    """The share of runs that had leaked, at each volume."""
    outside_ml: tuple[CurvePoint, ...] = ()
    """How much lies outside the bone in the run that is drawn, at each volume."""
    shows_shares: bool = False
    can_show_shares: bool = False
    advice: "LeakAdvice | None" = None
    compared: tuple[ComparedFill, ...] = ()
    route: RoutePicture | None = None
    """Of the leak that is looked at."""
    chosen_leak: int | None = None

    @property
    def has_runs(self) -> bool:
        """Whether runs were made for this plan."""
        return self.runs > 0

    def place_of(self, leak: int) -> Triple:
        """Return where a leak of the list comes out."""
        return self.leaks[leak].place_lps_mm
