"""The choice of who outlines all levels, kept in the preferences."""

from pathlib import Path
from typing import TYPE_CHECKING

import attrs
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from planner.assessment.findings import Severity
from planner.foundation.errors import PlannerError
from planner.gui.session import Session
from planner.workflow.segment_levels import program_of

if TYPE_CHECKING:
    from planner.gui.case_desk import CaseDesk


class SegmenterCommands(QObject):
    """Offers the segmenters on the levels panel and keeps what is chosen."""

    def __init__(self, session: Session, desk: "CaseDesk") -> None:
        super().__init__(desk)
        self._session = session
        self._segmenting = desk.planning.segmenting
        panel = desk.workbench.levels
        self._apply()
        panel.show_segmenters(
            [(s.info.id, s.info.title) for s in self._segmenting.segmenters],
            self._segmenting.chosen.info.id,
        )
        panel.segmenter_chosen.connect(self.choose)

    def choose(self, segmenter_id: str) -> None:
        """Keep a choice; where its program is not installed, say at once what to install."""
        self._session.prefer(attrs.evolve(self._session.preferences, segmenter=segmenter_id))
        self._apply()
        try:
            program_of(self._segmenting.chosen.info, self._session.preferences.programs)
        except PlannerError as problem:
            self._session.tell(str(problem), Severity.CAUTION)

    def locate(self) -> None:
        """Let the user say where the chosen segmenter's program lies."""
        info = self._segmenting.chosen.info
        if not info.program:
            said = (
                "The built-in way to outline levels needs no other program: choose another first."
            )
            self._session.tell(said, Severity.NOTE)
            return
        chosen, _kind = QFileDialog.getOpenFileName(
            self._session.window, f"Where is {info.program}?", str(Path.home())
        )
        if chosen:
            programs = {**self._session.preferences.programs, info.id: chosen}
            self._session.prefer(attrs.evolve(self._session.preferences, programs=programs))
            self._apply()
            self._session.tell(f"{info.title} is run as {chosen}.", Severity.NOTE)

    def _apply(self) -> None:
        kept = self._session.preferences
        self._segmenting.choose(kept.segmenter, kept.programs)
