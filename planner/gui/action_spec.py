"""One entry of the table of everything the program can be told to do."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from planner.gui.desk_state import DeskState

if TYPE_CHECKING:
    from planner.gui.commands import Commands
    from planner.gui.slice_desk import SliceDesk


@attrs.frozen
class ActionSpec:
    """One thing to do."""

    id: str
    text: str
    menu: str
    run: Callable[["Commands"], None]
    status_tip: str
    shortcut: str = ""
    icon: str = ""
    enabled_when: Callable[[DeskState], bool] = lambda _state: True
    on_slices: "Callable[[SliceDesk], object] | None" = None
    """What it does to slices that are shown without a case; None where it needs the case."""


def has_case(state: DeskState) -> bool:
    """Return whether a case is open."""
    return state.case is not None
