"""What the user does to variants of the selected level, and two of them measured side by side."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from planner.anatomy.levels import VertebraLevel
from planner.foundation.errors import PlannerError
from planner.foundation.progress import Progress
from planner.gui.case_document import CaseDocument
from planner.gui.jobs import JobRunner
from planner.gui.scene_keeper import SceneKeeper
from planner.planning import variants
from planner.planning.plan import Plan
from planner.workflow.compare_variants import VariantComparison, compare_variants

_KEY = "comparison"


class VariantDesk(QObject):
    """Keeps, switches, names, deletes and compares variants; each change is one step of undo."""

    compared = Signal()
    """A comparison was made, or the one there was no longer counts."""
    refused = Signal(object)
    """The `PlannerError` that says why something cannot be done."""

    def __init__(
        self,
        document: CaseDocument,
        keeper: SceneKeeper,
        jobs: JobRunner,
        is_outline_open: Callable[[], bool],
    ) -> None:
        super().__init__(document)
        self._document = document
        self._keeper = keeper
        self._jobs = jobs
        self._is_outline_open = is_outline_open
        self._wanted: tuple[VertebraLevel, tuple[str, str]] | None = None
        self._made_from: tuple[object, ...] = ()
        self._comparison: VariantComparison | None = None
        document.plan_changed.connect(lambda _before, _after: self._compare_again())
        document.case_opened.connect(lambda _case: self.stop_comparing())
        keeper.changed.connect(self._compare_again)

    @property
    def comparison(self) -> VariantComparison | None:
        """The comparison of exactly the plan and the outlines as they are now, or None."""
        is_current = not self._is_outline_open() and _is_same(self._made_from, self._basis())
        return self._comparison if is_current else None

    @property
    def plan(self) -> Plan:
        """The current plan."""
        return self._document.plan

    def keep(self) -> None:
        """Set what is planned aside as a variant and go on with the next one."""
        self._change("Keep a variant", variants.keep_variant)

    def switch(self, letter: str) -> None:
        """Work on another variant."""
        self._change(
            f"Switch to variant {letter}", lambda p, lv: variants.switch_variant(p, lv, letter)
        )
        planned = self._document.level_plan
        if planned is not None and planned.needles:
            sides = [needle.side for needle in planned.needles]
            side = self._document.selection.side
            self._document.select(planned.level, side if side in sides else sides[0])

    def switch_to_next(self) -> None:
        """Work on the variant of the next letter, after the last on the first."""
        level = self._document.selection.level
        found = self.plan.variants_at(level) if level is not None else None
        if found is not None:
            letters = [item.letter for item in found.labels]
            self.switch(letters[(letters.index(found.active.letter) + 1) % len(letters)])

    def rename(self, letter: str, name: str) -> None:
        """Call a variant otherwise."""
        self._change(
            f"Name variant {letter}", lambda p, lv: variants.rename_variant(p, lv, letter, name)
        )

    def delete(self, letter: str) -> None:
        """Take a variant out of the case; undo brings it back."""
        self._change(
            f"Delete variant {letter}", lambda p, lv: variants.delete_variant(p, lv, letter)
        )

    def compare(self, letters: tuple[str, str]) -> None:
        """Measure two variants of the selected level, again whenever something changes."""
        level = self._document.selection.level
        if level is not None:
            self._wanted = (level, letters)
            self._compare_again()

    def stop_comparing(self) -> None:
        """Let go of the comparison."""
        self._wanted, self._comparison, self._made_from = None, None, ()

    def _change(self, text: str, change: Callable[[Plan, VertebraLevel], Plan]) -> None:
        level = self._document.selection.level
        if level is None or self._document.is_gesture_running:
            return
        try:
            plan = change(self._document.plan, level)
        except PlannerError as problem:
            self.refused.emit(problem)
            return
        self._document.edit(text, plan)

    def _compare_again(self) -> None:
        if self._wanted is None:
            return
        self._comparison = None
        scene, plan, (level, letters) = self._keeper.scene, self._document.plan, self._wanted
        basis = self._basis()
        self.compared.emit()
        if scene is None or level not in scene.maps or self._is_outline_open():
            return

        def work(progress: Progress) -> VariantComparison:
            return compare_variants(plan, scene, level, letters, progress)

        def done(comparison: VariantComparison) -> None:
            self._comparison, self._made_from = comparison, basis
            self.compared.emit()

        title = f"Comparing variants of {level.name}"
        self._jobs.start(title, work, done, key=_KEY, on_failed=self.refused.emit)

    def _basis(self) -> tuple[object, ...]:
        """Return what a comparison depends on."""
        return (*(self._wanted or ()), self._document.plan, self._keeper.scene)


def _is_same(one: tuple[object, ...], other: tuple[object, ...]) -> bool:
    return len(one) == len(other) and all(a is b for a, b in zip(one, other, strict=True))
