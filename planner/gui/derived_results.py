"""What follows from the plan: judged again at each change, and never shown for another plan."""

from collections.abc import Callable, Container
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.assessment.findings import Assessment
from planner.foundation.errors import PlannerError
from planner.gui.case_document import CaseDocument
from planner.planning.plan import Plan


class Judge(Protocol):
    """What can judge a plan whose levels it knows."""

    @property
    def maps(self) -> Container[VertebraLevel]:
        """The levels it knows."""
        ...

    def assess(self, plan: Plan) -> Assessment:
        """Return a plan's measures and findings."""
        ...


class DerivedResults(QObject):
    """The assessment of the current plan, or nothing while that cannot be given."""

    changed = Signal()
    failed = Signal(object)

    def __init__(self, document: CaseDocument, judge: Callable[[], Judge | None]) -> None:
        super().__init__(document)
        self._document = document
        self._judge = judge
        self._computed_from: tuple[object, ...] = ()
        self._computed_by: Judge | None = None
        self._assessment: Assessment | None = None
        document.plan_changed.connect(lambda _before, _after: self.refresh())
        document.case_opened.connect(lambda _case: self.refresh())

    @property
    def assessment(self) -> Assessment | None:
        """The assessment of the current plan; None while there is none for exactly this plan."""
        return self._assessment if self.is_current else None

    @property
    def is_current(self) -> bool:
        """Whether the assessment was made from the plan and the anatomy as they are now."""
        return (
            self._assessment is not None
            and self._document.case is not None
            and _is_same(self._computed_from, _judged_of(self._document.plan))
            and self._computed_by is self._judge()
        )

    def refresh(self) -> None:
        """Judge the plan again if every level of it can be judged; else wait for its anatomy."""
        judge, plan = self._judge(), self._document.plan
        if self.is_current:
            # A measurement in the images changes the plan, and nothing that is judged.
            self.changed.emit()
            return
        self._assessment = None
        if judge is not None and all(level.level in judge.maps for level in plan.levels):
            try:
                self._assessment = judge.assess(plan)
            except PlannerError as problem:
                self.failed.emit(problem)
            self._computed_from, self._computed_by = _judged_of(plan), judge
        self.changed.emit()


def _judged_of(plan: Plan) -> tuple[object, ...]:
    """Return the parts of a plan that its assessment depends on."""
    return plan.levels, plan.balloon_limits, plan.dead_volumes


def _is_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
