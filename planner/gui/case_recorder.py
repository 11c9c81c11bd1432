"""Every change of the open case, put into its file as it happens."""

from planner.anatomy.vertebra import VertebraModel
from planner.foundation.account import user_name
from planner.planning.plan import Plan
from planner.storage.case_file import CaseFile


class CaseRecorder:
    """Writes changes of a case with who made them; each call is on the disk when it returns."""

    def __init__(self, case_file: CaseFile) -> None:
        self._file = case_file
        self._who = user_name()

    def record_plan(self, plan: Plan, description: str) -> None:
        """Keep a revision of the plan."""
        self._file.record_plan(plan, description, who=self._who)

    def record_vertebrae(
        self,
        before: tuple[VertebraModel, ...],
        after: tuple[VertebraModel, ...],
        plan: Plan | None,
        description: str,
    ) -> None:
        """Keep vertebrae that came, changed or went, and the plan if it changed with them."""
        kept = {id(vertebra) for vertebra in before}
        levels_after = {vertebra.level for vertebra in after}
        with self._file.one_command():
            for vertebra in before:
                if vertebra.level not in levels_after:
                    self._file.remove_vertebra(vertebra.level, description, who=self._who)
            for vertebra in after:
                if id(vertebra) not in kept:
                    self._file.record_vertebra(vertebra, description, who=self._who)
            if plan is not None:
                self._file.record_plan(plan, description, who=self._who)

    def record_view_state(self, view_state: dict[str, object]) -> None:
        """Keep what was shown."""
        self._file.record_view_state(view_state)

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()
