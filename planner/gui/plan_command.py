"""The undo commands: every change of a case is the state before and the state after."""

from typing import Protocol

from PySide6.QtGui import QUndoCommand

from planner.anatomy.vertebra import VertebraModel
from planner.planning.plan import Plan

_REPLACE_PLAN = 1


class CaseHolder(Protocol):
    """What a command changes."""

    def show_plan(self, plan: Plan, description: str) -> None:
        """Make `plan` the current one."""
        ...

    def show_vertebrae(
        self, vertebrae: tuple[VertebraModel, ...], plan: Plan, description: str
    ) -> None:
        """Make these vertebrae and this plan the current ones."""
        ...


class ReplacePlan(QUndoCommand):
    """One change of the plan; the steps of one gesture become one entry."""

    def __init__(
        self, holder: CaseHolder, text: str, before: Plan, after: Plan, gesture: str | None
    ) -> None:
        super().__init__(text)
        self._holder = holder
        self._before = before
        self.after = after
        self.gesture = gesture

    def id(self) -> int:
        """Return a number only where merging is wanted."""
        return -1 if self.gesture is None else _REPLACE_PLAN

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Take over the next step of the same gesture, never of another, never by time."""
        if not isinstance(other, ReplacePlan) or other.gesture != self.gesture:
            return False
        self.after = other.after
        if self.after == self._before:
            self.setObsolete(True)
        return True

    def redo(self) -> None:
        """Show the plan after the change."""
        self._holder.show_plan(self.after, self.text())

    def undo(self) -> None:
        """Show the plan before the change."""
        self._holder.show_plan(self._before, f"Undo: {self.text()}")


class ReplaceVertebrae(QUndoCommand):
    """A vertebra found, renamed or removed, with the plan that goes with it."""

    def __init__(
        self,
        holder: CaseHolder,
        text: str,
        before: tuple[tuple[VertebraModel, ...], Plan],
        after: tuple[tuple[VertebraModel, ...], Plan],
    ) -> None:
        super().__init__(text)
        self._holder = holder
        self._before = before
        self._after = after

    def redo(self) -> None:
        """Show the vertebrae after the change."""
        self._holder.show_vertebrae(*self._after, self.text())

    def undo(self) -> None:
        """Show the vertebrae before the change."""
        self._holder.show_vertebrae(*self._before, f"Undo: {self.text()}")
