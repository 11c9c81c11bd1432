"""Who outlines all levels: the program itself, or another that the user has installed."""

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from planner.anatomy.segmenter import Segmenter
from planner.foundation.errors import PlannerError
from planner.foundation.plugins import PluginFailure
from planner.foundation.progress import Progress
from planner.gui.level_finding import LevelFinding
from planner.gui.level_importing import LevelImporting
from planner.workflow.label_levels import LabelledLevels
from planner.workflow.open_study import OpenStudy
from planner.workflow.own_segmenter import OWN_ID
from planner.workflow.segment_levels import discover_segmenters, program_of, segment_levels


class Segmenting(QObject):
    """Knows the segmenters, which of them is chosen, and lets it find all levels."""

    refused = Signal(object)

    def __init__(self, finding: LevelFinding, importing: LevelImporting) -> None:
        super().__init__(finding)
        self._finding = finding
        self._importing = importing
        self._found = discover_segmenters()
        self._chosen: Segmenter = self._found.named(OWN_ID)
        self._programs: Mapping[str, str] = {}

    @property
    def segmenters(self) -> tuple[Segmenter, ...]:
        """Those that can be chosen, the built-in one first."""
        return self._found.segmenters

    @property
    def failures(self) -> tuple[PluginFailure, ...]:
        """Those that cannot be used, and why."""
        return self._found.failures

    @property
    def chosen(self) -> Segmenter:
        """The one that finds all levels."""
        return self._chosen

    def choose(self, segmenter_id: str, programs: Mapping[str, str]) -> None:
        """Let one of them find all levels from now on.

        Parameters
        ----------
        segmenter_id
            Of it; the built-in one stands in for one that has gone.
        programs
            Where the programs lie that segmenters run, by their ids, as far as the user has said.
        """
        self._chosen, self._programs = self._found.named(segmenter_id), programs

    def find_all(self) -> None:
        """Find every whole vertebra with the chosen one."""
        chosen = self._chosen
        if chosen.info.id == OWN_ID:
            self._finding.find_all()
            return
        try:
            program = program_of(chosen.info, self._programs)
        except PlannerError as problem:
            self.refused.emit(problem)
            return

        def levels(study: OpenStudy, progress: Progress) -> LabelledLevels:
            return segment_levels(study, chosen, program, progress)

        title = chosen.info.title
        self._importing.start(f"{title} finds all levels", f"Find all levels by {title}", levels)
