"""The open case: what it holds now, how it came to be, and where it is kept."""

import contextlib
import datetime as dt
import logging
from collections.abc import Iterator
from typing import Protocol

import attrs
from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoStack

from planner.anatomy.level_naming import names_counted_from
from planner.anatomy.levels import Side, VertebraLevel
from planner.anatomy.vertebra import VertebraModel
from planner.foundation.errors import PlannerError
from planner.gui.plan_command import ReplacePlan, ReplaceVertebrae
from planner.planning import edits
from planner.planning.plan import LevelPlan, Plan
from planner.storage.case import Case

logger = logging.getLogger(__name__)

_ORDER = {level: place for place, level in enumerate(VertebraLevel)}


@attrs.frozen
class Selection:
    """Which level and which needle the user works on."""

    level: VertebraLevel | None = None
    side: Side = Side.LEFT


class Recorder(Protocol):
    """Keeps every change of a case on disk, as it happens."""

    def record_plan(self, plan: Plan, description: str) -> None:
        """Keep a revision of the plan."""
        ...

    def record_vertebrae(
        self,
        before: tuple[VertebraModel, ...],
        after: tuple[VertebraModel, ...],
        plan: Plan | None,
        description: str,
    ) -> None:
        """Keep vertebrae that came, changed or went, and the plan if it changed with them."""
        ...

    def record_view_state(self, view_state: dict[str, object]) -> None:
        """Keep what was shown."""
        ...

    def close(self) -> None:
        """Let go of the file."""
        ...


class CaseDocument(QObject):
    """Holds the current case; every change goes through one undo stack and onto the disk."""

    case_opened = Signal(object)
    plan_changed = Signal(object, object)
    vertebrae_changed = Signal(object, object)
    clean_changed = Signal(bool)
    selection_changed = Signal(object)
    history_changed = Signal()
    """What can be undone or redone changed, or a gesture began or ended."""
    saved = Signal(object)
    """The time of the last record, timezone-aware."""
    save_failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._case: Case | None = None
        self._recorder: Recorder | None = None
        self._recorded_plan = Plan()
        self._selection = Selection()
        self._gesture: str | None = None
        self._stack = QUndoStack(self)
        self._stack.cleanChanged.connect(self.clean_changed)
        self._stack.indexChanged.connect(self._tell_history)

    @property
    def case(self) -> Case | None:
        """The open case, None before the first is opened."""
        return self._case

    @property
    def plan(self) -> Plan:
        """The current plan; empty without a case."""
        return self._case.plan if self._case else Plan()

    @property
    def vertebrae(self) -> tuple[VertebraModel, ...]:
        """The vertebrae found so far, from the head down."""
        return self._case.vertebrae if self._case else ()

    @property
    def selection(self) -> Selection:
        """The level and needle the user works on."""
        return self._selection

    @property
    def level_plan(self) -> LevelPlan | None:
        """What is planned at the selected level."""
        return self.plan.at(self._selection.level) if self._selection.level else None

    @property
    def is_clean(self) -> bool:
        """Whether the case is as it was opened."""
        return self._stack.isClean()

    @property
    def is_gesture_running(self) -> bool:
        """Whether a drag is under way; undo and redo wait for its end."""
        return self._gesture is not None

    @property
    def undo_text(self) -> str | None:
        """What undo would take back; None where it cannot."""
        return self._stack.undoText() if self.can_undo else None

    @property
    def redo_text(self) -> str | None:
        """What redo would do again; None where it cannot."""
        return self._stack.redoText() if self.can_redo else None

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back and no gesture is under way."""
        return self._gesture is None and self._stack.canUndo()

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to do again and no gesture is under way."""
        return self._gesture is None and self._stack.canRedo()

    @property
    def change_count(self) -> int:
        """How many changes undo could take back."""
        return self._stack.index()

    def open(self, case: Case, recorder: Recorder | None = None) -> None:
        """Make a case the current one; the former is closed, its file complete."""
        self.close()
        self._case, self._recorder = case, recorder
        self._recorded_plan = case.plan
        first = next((v.level for v in case.vertebrae if case.plan.at(v.level)), None)
        level = first or next((v.level for v in case.vertebrae), None)
        self._selection = Selection(level, self._first_side(level))
        self.case_opened.emit(case)
        self.selection_changed.emit(self._selection)

    def close(self) -> None:
        """Let go of the case and its file."""
        self._stack.clear()
        self._gesture = None
        if self._recorder is not None:
            self._recorder.close()
        self._case, self._recorder = None, None

    def select(self, level: VertebraLevel | None, side: Side | None = None) -> None:
        """Work on another level or needle."""
        chosen = Selection(level, side or self._selection.side)
        if chosen != self._selection:
            self._selection = chosen
            self.selection_changed.emit(chosen)

    def edit(self, text: str, plan: Plan, *, gesture: str | None = None) -> None:
        """Change the plan; steps with the same gesture are one entry of the history.

        Parameters
        ----------
        text
            Completes "Undo ...": short, imperative, such as ``Move needle tip``.
        plan
            The plan after the change.
        gesture
            The id of the running gesture, None for a change on its own.
        """
        if self._case is not None and plan != self.plan:
            self._stack.push(ReplacePlan(self, text, self.plan, plan, gesture))

    def put_vertebra(self, vertebra: VertebraModel) -> None:
        """Add a found vertebra; one of the same level is replaced."""
        others = tuple(v for v in self.vertebrae if v.level is not vertebra.level)
        self._replace_vertebrae(f"Find {vertebra.level.name}", (*others, vertebra), self.plan)
        self.select(vertebra.level)

    def put_vertebrae(
        self, vertebrae: tuple[VertebraModel, ...], text: str = "Find all levels"
    ) -> None:
        """Add many found vertebrae as one change; those of the same levels are replaced."""
        names = {v.level for v in vertebrae}
        others = tuple(v for v in self.vertebrae if v.level not in names)
        self._replace_vertebrae(text, (*others, *vertebrae), self.plan)
        if self._selection.level is None and vertebrae:
            self.select(vertebrae[0].level)

    def change_vertebra(self, vertebra: VertebraModel, text: str) -> None:
        """Put another vertebra in the place of the one of its level; nothing where there is none.

        Parameters
        ----------
        vertebra
            The vertebra after the change.
        text
            Completes "Undo ...": short, imperative, such as ``Paint body``.
        """
        if any(v.level is vertebra.level for v in self.vertebrae):
            changed = tuple(vertebra if v.level is vertebra.level else v for v in self.vertebrae)
            self._replace_vertebrae(text, changed, self.plan)

    def put_plan(self, text: str, vertebrae: tuple[VertebraModel, ...], plan: Plan) -> None:
        """Replace the plan, and the vertebrae where it needs others, as one change."""
        if tuple(vertebrae) == self.vertebrae:
            self.edit(text, plan)
        else:
            self._replace_vertebrae(text, vertebrae, plan)

    def remove_vertebra(self, level: VertebraLevel) -> None:
        """Remove a vertebra and what is planned at it."""
        plan = edits.remove_level(self.plan, level)
        kept = tuple(v for v in self.vertebrae if v.level is not level)
        self._replace_vertebrae(f"Remove {level.name}", kept, plan)

    def rename_vertebra(self, level: VertebraLevel, name: VertebraLevel) -> None:
        """Give a vertebra another name and count all others from it, what is planned too.

        Raises
        ------
        AnatomyProblem
            If another level would have no name left; then nothing is renamed.
        """
        if level is name:
            return
        names = names_counted_from([v.level for v in self.vertebrae], level, name)
        renamed = tuple(attrs.evolve(v, level=names[v.level]) for v in self.vertebrae)
        plan = edits.rename_levels(self.plan, names)
        self._replace_vertebrae(f"Rename {level.name} to {name.name}", renamed, plan)
        self.select(name)

    def undo(self) -> None:
        """Take back the last change, unless a gesture is under way."""
        if self.can_undo:
            self._stack.undo()

    def redo(self) -> None:
        """Do the last undone change again, unless a gesture is under way."""
        if self.can_redo:
            self._stack.redo()

    def begin_gesture(self, gesture: str) -> None:
        """Hold undo, redo and the record back until `end_gesture`."""
        self._gesture = gesture
        self.history_changed.emit()

    def end_gesture(self) -> None:
        """Keep what the gesture did as one entry; one that changed nothing leaves none."""
        if self._gesture is None:
            return
        self._gesture = None
        if self.plan != self._recorded_plan:
            self._record(self.plan, self._stack.undoText())
        self.history_changed.emit()

    def keep_view_state(self, view_state: dict[str, object]) -> None:
        """Keep what is shown; it is not part of the history."""
        if self._case is not None:
            self._case = attrs.evolve(self._case, view_state=view_state)
        if self._recorder is not None:
            with self._telling_of_failures():
                self._recorder.record_view_state(view_state)

    def show_plan(self, plan: Plan, description: str) -> None:
        """Make `plan` the current one; only the undo commands call this."""
        if self._case is None:
            return
        before = self.plan
        self._case = attrs.evolve(self._case, plan=plan)
        if self._gesture is None:
            self._record(plan, description)
        self.plan_changed.emit(before, plan)

    def show_vertebrae(
        self, vertebrae: tuple[VertebraModel, ...], plan: Plan, description: str
    ) -> None:
        """Make these vertebrae current; only the undo commands call this."""
        if self._case is None:
            return
        before, plan_before = self.vertebrae, self.plan
        self._case = attrs.evolve(self._case, vertebrae=vertebrae, plan=plan)
        new_plan = plan if plan != plan_before else None
        self._recorded_plan = plan
        if self._recorder is not None:
            with self._telling_of_failures():
                self._recorder.record_vertebrae(before, vertebrae, new_plan, description)
        self._keep_selection_valid()
        self.vertebrae_changed.emit(before, vertebrae)
        if new_plan is not None:
            self.plan_changed.emit(plan_before, new_plan)

    def _tell_history(self) -> None:
        self.history_changed.emit()

    def _replace_vertebrae(
        self, text: str, vertebrae: tuple[VertebraModel, ...], plan: Plan
    ) -> None:
        if self._case is None:
            return
        ordered = tuple(sorted(vertebrae, key=lambda v: _ORDER[v.level]))
        before = (self.vertebrae, self.plan)
        self._stack.push(ReplaceVertebrae(self, text, before, (ordered, plan)))

    def _keep_selection_valid(self) -> None:
        levels = [v.level for v in self.vertebrae]
        if self._selection.level not in levels:
            self.select(levels[0] if levels else None)

    def _first_side(self, level: VertebraLevel | None) -> Side:
        planned = self.plan.at(level) if level else None
        return planned.needles[0].side if planned and planned.needles else Side.LEFT

    def _record(self, plan: Plan, description: str) -> None:
        self._recorded_plan = plan
        if self._recorder is not None:
            with self._telling_of_failures():
                self._recorder.record_plan(plan, description)

    @contextlib.contextmanager
    def _telling_of_failures(self) -> Iterator[None]:
        try:
            yield
        except (PlannerError, OSError) as problem:
            logger.exception("the case could not be saved")
            self.save_failed.emit(problem)
        else:
            self.saved.emit(dt.datetime.now().astimezone())
